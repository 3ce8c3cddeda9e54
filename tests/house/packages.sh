#!/bin/sh
# Every package of deploy/packages has a reason and stands there once.
. "$(dirname "$0")/lib.sh"

grep -vE '^(#|\[|$)' deploy/packages | while read -r line; do
    case $line in *' # '?*) ;; *) offend deploy/packages "no reason: $line" ;; esac
done
grep -oE '^[a-z0-9][a-z0-9.+-]*' deploy/packages | sort | uniq -d | while read -r name; do
    offend deploy/packages "$name stands twice"
done
verdict
