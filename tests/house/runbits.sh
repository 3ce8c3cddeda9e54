#!/bin/sh
# What starts with #! can be run, what can be run starts with #!, and the doors of the house are open.
. "$(dirname "$0")/lib.sh"

for file in .ci/run tests/run tests/support/cluster tests/support/house deploy/demo deploy/install-packages; do
    [ -x "$file" ] || offend "$file" "cannot be run"
done
git ls-files | while read -r file; do
    [ -f "$file" ] && [ ! -L "$file" ] || continue
    first=$(head -c 2 "$file" | tr -d '\0')
    if [ "$first" = '#!' ] && [ ! -x "$file" ]; then
        offend "$file" "starts with #! but cannot be run"
    elif [ "$first" != '#!' ] && [ -x "$file" ]; then
        offend "$file" "can be run but does not start with #!"
    fi
done
verdict
