# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. CURVE keys of services and terminals, and the directory that says where services listen.
terminal_names="T-OFFICE1 T-OFFICE2 T-OFFICE3 T-OFFICE4 T-OFFICE5 T-OFFICE6 T-BENCH1 T-BENCH2 T-BENCH3 T-BENCH4 T-BENCH5"

step_wires() {
    for name in $services signer notary witness-1 witness-2; do
        curve_key "$name" service
    done
    curve_key gateway gateway
    for name in $terminal_names; do
        curve_key "$name" terminal
        put "$dir/terminals/$name.ini" <<EOF
secret = ../curve/secret/$name.key_secret
public = ../curve/public
directory = ../etc/directory.ini
trust = ../trust
terminal = $name
EOF
    done
    put "$dir/terminals/T-GATEWAY.ini" <<EOF
secret = ../curve/secret/gateway.key_secret
public = ../curve/public
directory = ../etc/directory.ini
trust = ../trust
terminal = T-GATEWAY
EOF
    for name in $services signer notary witness-1 witness-2; do
        echo "$name = tcp://127.0.0.1:$(port_of "$name")"
    done | put "$dir/etc/directory.ini"
}

curve_key() {
    [ -e "$dir/curve/public/$1.key" ] || as_house rm -f "$dir/curve/secret/$1.key_secret"   # half made
    as_house "$dir/bin/stemma-keys" "$dir/curve/secret/$1.key_secret" "$dir/curve/public" "$1" "$2"
}
