#!/bin/sh
# Nothing names the machine it was written on: no home or work folders, no host names.
. "$(dirname "$0")/lib.sh"

work=work
for word in "/$work/" "/home/" "/Users/" "/root/"; do
    git ls-files -z | xargs -0 grep -IlF -- "$word" 2>/dev/null | while read -r file; do
        [ "$file" = tests/house/places.sh ] || offend "$file" "names $word"
    done
done
verdict
