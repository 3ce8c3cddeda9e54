# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. The lab's root, issuing CA, services' certificates, the time-stamp authority's key and the
# first administrator's key, made once; and the page's TLS certificate, which proves nothing but that browsers talk to this machine.
step_authority() {
    if [ ! -e "$dir/marks/authority" ]; then
        for folder in offline authority keys tsa trust pki; do
            as_house rm -rf "$dir/$folder"             # half founded by a run that was killed
        done
        as_house rm -f "$dir/secrets.txt" "$dir/admin.secret"
        od -An -N10 -tx1 /dev/urandom | tr -d ' \n' | put "$dir/admin.secret"
        { cat "$dir/admin.secret"; echo; } | as_house "$dir/bin/stemma-signer" --found "$dir" --lab "Stemma demonstration lab" \
            --person U-ADA --name "Ada Brandt" --roles admin --secret-fd 0 --argon2 "${HOUSE_ARGON2:-19456,2}" \
            ${HOUSE_TOKEN:+--token "$HOUSE_TOKEN"} >"$dir/log/found.log" 2>&1 ||
            { cat "$dir/log/found.log" >&2; fail "the lab could not be founded"; }
        as_house touch "$dir/marks/authority"
        say "authority: lab root, issuing CA, administrator U-ADA, time-stamp authority"
    fi
    once tls page_certificate
}

page_certificate() {
    as_house mkdir -p -m 0700 "$dir/tls"
    as_house openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 -subj "/CN=localhost" \
        -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout "$dir/tls/gateway.key" -out "$dir/tls/gateway.pem" 2>/dev/null
}
