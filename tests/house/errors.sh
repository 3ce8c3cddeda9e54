#!/bin/sh
# The catalogue of refusals: each symbol and SQLSTATE once, each row with a status and a sentence.
. "$(dirname "$0")/lib.sh"

table=common/base/errors.def
sed -n 's/^ERROR(\([A-Z0-9_]*\), *\([0-9]*\), *"\(ZL[0-9]*\)", *"\([^"]*\)".*/\1 \2 \3 \4/p' "$table" >"$offences.rows"
[ "$(wc -l <"$offences.rows")" -eq "$(grep -c '^ERROR(' "$table")" ] || offend "$table" "a row is not in the form of the others"
cut -d' ' -f1 "$offences.rows" | sort | uniq -d | while read -r x; do offend "$table" "$x stands twice"; done
cut -d' ' -f3 "$offences.rows" | sort | uniq -d | while read -r x; do offend "$table" "$x stands twice"; done
while read -r symbol status _ sentence; do
    case $status in 4?? | 5??) ;; *) offend "$table" "$symbol: $status is no refusal" ;; esac
    case $sentence in *.) ;; *) offend "$table" "$symbol: no sentence" ;; esac
done <"$offences.rows"
# SQL raises only what the catalogue has.
for state in $(grep -rhoE "ZL[0-9]{3}" sql | sort -u); do
    grep -q "\"$state\"" "$table" || offend sql "raises $state, which the catalogue lacks"
done
verdict
