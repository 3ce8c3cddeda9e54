#!/bin/sh
# No service includes another: they meet over sockets. Tests, deploy and services never reach into a sibling's folder.
. "$(dirname "$0")/lib.sh"

names=$(ls services)
for file in $(sources '*.[ch]' services); do
    own=${file#services/}
    own=${own%%/*}
    for other in $names; do
        [ "$other" != "$own" ] || continue
        if grep -qE "^#include \"(\.\./)*(services/)?$other/" "$file" && [ ! -d "common/$other" ]; then
            offend "$file" "includes service $other"
        fi
    done
    if grep -qE '^#include "[^"]*\.\./\.\./' "$file"; then
        offend "$file" "includes by a path out of its service"
    fi
done
verdict
