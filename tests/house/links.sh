#!/bin/sh
# Every relative link of the documents leads somewhere.
. "$(dirname "$0")/lib.sh"

for file in $(git ls-files '*.md'); do
    [ -f "$file" ] || continue
    grep -oE '\]\([^)# ]+' "$file" | sed 's/^](//' | while read -r to; do
        case $to in *:*) continue ;; esac
        [ -e "$(dirname "$file")/$to" ] || offend "$file" "links to $to, which is not there"
    done
done
verdict
