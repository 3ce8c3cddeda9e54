#!/bin/sh
# docs/validation: every row has a test or a reason, and the tables kept there name rows and tests that are there.
. "$(dirname "$0")/lib.sh"

docs/validation/make -o "$offences.made" 2>"$offences.said" || while read -r line; do offend docs/validation "$line"; done <"$offences.said"
{
    seq -f 'R%02.0f' 42
    seq -f 'T%02.0f' 54
    seq -f 'gate_%02.0f' 13
    seq -f 'P11_%.0f' 29
} >"$offences.numbers"
awk -F '\t' 'NF == 2 && $1 !~ /^custody_/ { print $1 }' docs/validation/requirements.tsv | cmp -s - "$offences.numbers" ||
    offend docs/validation/requirements.tsv "does not hold R01 to R42, T01 to T54, gate_01 to gate_13, P11_1 to P11_29 in two columns"
[ "$(grep -c '^custody_' docs/validation/requirements.tsv)" = 30 ] || offend docs/validation/requirements.tsv "does not hold the events of custody"
seq 35 >"$offences.numbers"
awk -F '\t' 'NF == 3 { print $1 }' docs/validation/ledger.tsv | cmp -s - "$offences.numbers" ||
    offend docs/validation/ledger.tsv "does not hold the numbers 1 to 35 in three columns"
# tests come and go between two whole runs; what the tables say must be true all the same
for page in matrix.md ledger.md; do
    cut -d'|' -f2,3 "$offences.made/$page" | grep '^ [A-Za-z0-9_]* ' >"$offences.rows"
    cut -d'|' -f2,3 "docs/validation/$page" | grep '^ [A-Za-z0-9_]* ' | cmp -s - "$offences.rows" ||
        offend "docs/validation/$page" "has other rows than its tables: docs/validation/make"
    grep -o '`[A-Za-z0-9_]*` ([a-z0-9_/, ]*)' "$offences.made/$page" | sort -u >"$offences.there"
    grep -o '`[A-Za-z0-9_]*` ([a-z0-9_/, ]*)' "docs/validation/$page" | sort -u | comm -23 - "$offences.there" | while read -r gone; do
        offend "docs/validation/$page" "names a test that is not there: $gone: docs/validation/make"
    done
done
rm -rf "$offences.made"
verdict
