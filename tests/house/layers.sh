#!/bin/sh
# Includes run down the storeys, or sideways without a circle (common/README.md). Nothing in common/ knows a service.
. "$(dirname "$0")/lib.sh"

storey() {
    case $1 in
        base) echo 1 ;;
        file | crypto | pdf | ledger | record | fsm) echo 2 ;;
        contract | instruments | domain | dossier | exports) echo 3 ;;
        db | wire | paper | labels) echo 4 ;;
        service | desk) echo 5 ;;
        *) echo 0 ;;
    esac
}

for file in $(sources '*.[ch]' common); do
    from=${file#common/}
    from=${from%%/*}
    at=$(storey "$from")
    [ "$at" -ne 0 ] || offend "$file" "common/$from has no storey"
    sed -n 's/^#include "\([^"]*\)\/[^"/]*".*/\1/p' "$file" | while read -r to; do
        to=${to%%/*}
        below=$(storey "$to")
        if [ "$below" -eq 0 ]; then
            offend "$file" "includes $to/, which is no module of common/"
        elif [ "$below" -gt "$at" ]; then
            offend "$file" "includes $to/, which lies above"
        elif [ "$to" != "$from" ] && [ "$below" -eq "$at" ]; then
            echo "$from $to" >>"$offences.arrows"
        fi
    done
done
if [ -s "$offences.arrows" ] && ! sort -u "$offences.arrows" | tsort >/dev/null 2>"$offences.circle"; then
    offend common "modules of one storey include each other in a circle: $(tr '\n' ' ' <"$offences.circle")"
fi
verdict
