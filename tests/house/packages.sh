#!/bin/sh
# Every package of deploy/packages has a reason and stands there once; one that is there but too old counts as missing.
. "$(dirname "$0")/lib.sh"

grep -vE '^(#|\[|$)' deploy/packages | while read -r line; do
    case $line in *' # '?*) ;; *) offend deploy/packages "no reason: $line" ;; esac
done
grep -oE '^[a-z0-9][a-z0-9.+-]*' deploy/packages | sort | uniq -d | while read -r name; do
    offend deploy/packages "$name stands twice"
done

copy=$(mktemp -d)
cp deploy/install-packages deploy/packages "$copy"
printf '[old]\ndash 0.1 # old enough\ncoreutils 999 # too old on any machine\nnosuchpackage # absent\n' >>"$copy/packages"
said=$("$copy/install-packages" --missing old)
[ "$said" = "coreutils nosuchpackage " ] || offend deploy/install-packages "says that '$said' is missing of dash, coreutils 999 and nosuchpackage"
rm -r "$copy"
verdict
