# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. Loopback ports: a range of 32 that nobody listens in.
step_ports() {
    base=${HOUSE_BASE:-}
    for candidate in $base 5600 5700 5800 5900 6100 6200; do
        ! ports_taken "$candidate" || continue
        base=$candidate
        break
    done
    [ -n "$base" ] && ! ports_taken "$base" || fail "no free range of loopback ports from ${base:-5600} on"
}

# Listening TCP sockets (state 0A) in BASE..BASE+31.
ports_taken() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { split($2, a, ":"); print a[2] }' | while read -r hex; do
        port=$((0x$hex))
        [ "$port" -lt "$1" ] || [ "$port" -gt $(($1 + 31)) ] || echo taken
    done | grep -q taken
}

# Each service has its place in the range; the gateway's HTTPS is the first.
port_of() {
    n=0
    for name in https access source batch quality custody release audit sequencer signer notary witness-1 witness-2 tsa publish; do
        [ "$name" != "$1" ] || { echo $((base + n)); return; }
        n=$((n + 1))
    done
    fail "$1 has no port"
}
