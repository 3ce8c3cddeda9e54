#!/bin/sh
# Every header opens with what it is for; every function in it is named in a docstring above it.
. "$(dirname "$0")/lib.sh"

for file in $(sources '*.h' common services deploy tests); do
    head -n 1 "$file" | grep -q '^/\*' || offend "$file" "does not open with a comment"
    docs=$(awk '/\/\*\*/ { inside = 1 } inside { print } /\*\// { inside = 0 }' "$file")
    for name in $(ctags --languages=C --langmap=C:.h --kinds-C=p --sort=no -f - "$file" | cut -f1 | sort -u); do
        printf '%s\n' "$docs" | grep -qE "(^|[^A-Za-z0-9_])$name([^A-Za-z0-9_]|\$)" || offend "$file" "$name has no docstring"
    done
done
verdict
