# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. One settings file a service, written anew at each start.
step_settings() {
    for name in access source batch quality custody release; do
        { common "$name"; database "$name"; [ "$name" != access ] || echo "issuing_ca = ../pki/issuing.pem"; } | put "$dir/etc/$name.ini"
    done
    { common audit; database audit; echo "directory = directory.ini"; echo "pki = ../pki"; echo "trust = ../trust"
      echo "memory = ../audit"; echo "sql = ../share/sql"; echo "witnesses = witness-1 witness-2"; } |
        put "$dir/etc/audit.ini"
    { common sequencer; database sequencer; sequencer_rest; } | put "$dir/etc/sequencer.ini"
    { common signer; signer_rest; } | put "$dir/etc/signer.ini"
    { common notary; notary_rest notary log; } | put "$dir/etc/notary.ini"
    for name in witness-1 witness-2; do
        { common "$name"; notary_rest "$name" witness; } | put "$dir/etc/$name.ini"
    done
    gateway_all | put "$dir/etc/gateway.ini"
    tsa_all | put "$dir/etc/tsa.ini"
}

common() {
    cat <<EOF
name = $1
endpoint = tcp://127.0.0.1:$(port_of "$1")
curve_secret = ../curve/secret/$1.key_secret
curve_public = ../curve/public
origin = $origin
lab_root = ../pki/lab-root.pem
crl = ../pki
EOF
}

database() {
    echo "database = $(conninfo "$1")"
    echo "receipt_key = ../receipts/$1.pem"
}

sequencer_rest() {
    cat <<EOF
directory = directory.ini
witnesses = witness-1 witness-2
log_key = ../trust/log.pub.pem
witness_keys = ../trust/witnesses.txt
tsa_url = http://127.0.0.1:$(port_of tsa)/
tsa_root = ../trust/tsa-root.pem
stamp_every_s = ${HOUSE_STAMP_S:-60}
publish = tcp://127.0.0.1:$(port_of publish)
EOF
    closed=$(cat "$dir/recovers" 2>/dev/null) || return 0
    echo "recovers = $closed/checkpoint"
    echo "recovers_key = $closed/trust/log.pub.pem"
}

signer_rest() {
    cat <<EOF
keys = ../keys
authority = ../authority
journal = ../signer/journal
revoked = ../pki/issuing.crl
rp_id = localhost
origins = https://localhost:$(port_of https)
EOF
}

notary_rest() { # folder, role
    cat <<EOF
role = $2
key = ../$1/key.pem
memory = ../$1/memory
EOF
    [ "$2" = log ] || echo "log_key = ../trust/log.pub.pem"
}

gateway_all() {
    cat <<EOF
listen = 127.0.0.1:$(port_of https)
tls_certificate = ../tls/gateway.pem
tls_key = ../tls/gateway.key
curve_secret = ../curve/secret/gateway.key_secret
curve_public = ../curve/public
directory = directory.ini
terminal = T-GATEWAY
login_per_minute = ${HOUSE_LOGINS:-60}
announcements = tcp://127.0.0.1:$(port_of publish)
EOF
}

tsa_all() {
    cat <<EOF
listen = 127.0.0.1:$(port_of tsa)
certificate = ../tsa/tsa.pem
key = ../tsa/tsa.key
serial = ../tsa/serial
EOF
}
