# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. The log's key and the notary's memory; two witnesses with keys and memories of their own.
step_log() {
    once notary notary_keys
    once receipts receipt_keys
}

# Each service that records signs its receipts with a key of its own; the verifier keys lie with the log's.
receipt_keys() {
    as_house mkdir -p -m 0700 "$dir/receipts"
    as_house rm -f "$dir"/receipts/*.pem                             # half made by a run that was killed
    for name in $services; do
        as_house "$dir/bin/stemma-keys" --receipt "$dir/receipts/$name.pem" "$origin" "$name"
    done | put "$dir/trust/receipts.txt"
    [ "$(wc -l <"$dir/trust/receipts.txt")" -eq "$(echo "$services" | wc -w)" ] || fail "the receipts' keys could not be made"
}

notary_keys() {
    for name in notary witness-1 witness-2; do
        as_house rm -f "$dir/$name/key.pem" "$dir/$name/memory"      # half made by a run that was killed
    done
    as_house rm -f "$dir/trust/log.pub.pem"
    as_house "$dir/bin/stemma-notary" --make-key "$dir/notary/key.pem" --role log --origin "$origin" \
        --memory "$dir/notary/memory" --public "$dir/trust/log.pub.pem" | put "$dir/notary/verifier-key"
    for name in witness-1 witness-2; do
        as_house "$dir/bin/stemma-notary" --make-key "$dir/$name/key.pem" --role witness --origin "$origin" --name "$name" \
            --memory "$dir/$name/memory"
    done | put "$dir/trust/witnesses.txt"
    [ "$(wc -l <"$dir/trust/witnesses.txt")" -eq 2 ] || fail "the witnesses' keys could not be made"
    say "log: key of $origin, two witnesses"
}
