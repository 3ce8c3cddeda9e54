#!/bin/sh
# docs/validation/ledger.md is what its script makes of the tests' names.
. "$(dirname "$0")/lib.sh"

docs/validation/make -o "$offences.table"
cmp -s "$offences.table" docs/validation/ledger.md || offend docs/validation/ledger.md "is out of date: docs/validation/make"
seq 35 >"$offences.numbers"
awk -F '\t' 'NF == 3 { print $1 }' docs/validation/ledger.tsv | cmp -s - "$offences.numbers" ||
    offend docs/validation/ledger.tsv "does not hold the numbers 1 to 35 in three columns"
grep -n 'none yet: *|' docs/validation/ledger.md | while read -r line; do
    offend docs/validation/ledger.md "neither test nor reason: $line"
done
verdict
