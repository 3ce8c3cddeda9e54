# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. Loopback ports: a range of 32 that nobody listens in, and that no other house is about to.
step_ports() {
    for candidate in ${HOUSE_BASE:-} 5600 5700 5800 5900 6100 6200; do
        ports_reserve "$candidate" || continue
        ! ports_taken "$candidate" || continue
        base=$candidate
        return 0
    done
    fail "no free range of loopback ports from ${HOUSE_BASE:-5600} on"
}

# The range beginning at BASE is this set-up's own from before it looks until it ends, for then its services listen. The
# lock is descriptor 8 on a file in /tmp, where every user of the machine finds it: they share its ports.
ports_reserve() {
    lock=/tmp/stemma-ports-$1
    [ -e "$lock" ] || (umask 022; set -C; : >"$lock") 2>/dev/null || :
    [ -f "$lock" ] && [ -r "$lock" ] || return 1
    exec 8<"$lock"
    flock -n 8
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
