#!/bin/sh
# Every tier has cases, there are at least two hundred, and each says what it covers by a name of its own.
. "$(dirname "$0")/lib.sh"

count() { ctest --test-dir "$build" -N "$@" | sed -n 's/^Total Tests: //p'; }

for tier in house unit property contract integration; do
    [ "$(count -L "^$tier\$")" -gt 0 ] || offend tests "tier $tier is empty"
done
[ "$(count)" -ge 200 ] || offend tests "$(count) cases; 200 are the least"
ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p' | sort | uniq -d | while read -r name; do
    offend tests "two cases are called $name"
done
verdict
