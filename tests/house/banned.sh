#!/bin/sh
# Functions that cannot be used safely, and binary floats where values are recorded.
. "$(dirname "$0")/lib.sh"

names='sprintf|vsprintf|strcpy|strcat|gets|atoi|atol|atof|strtok|system|popen|alloca|tmpnam|mktemp'
for file in $(sources '*.[ch]' common services deploy tests); do
    code "$file" >"$offences.code"
    grep -oE "(^|[^A-Za-z0-9_.>])($names)[[:space:]]*\(" "$offences.code" | grep -oE "$names" | sort -u | while read -r name; do
        offend "$file" "calls $name"
    done
    ! grep -qE '^[[:space:]]*\[\[' "$offences.code" || offend "$file" "has a C23 attribute"
    case $file in
        common/record/* | common/contract/* | common/domain/* | common/ledger/* | common/dossier/* | common/fsm/*)
            ! grep -qE '(^|[^A-Za-z0-9_"])(float|double)[[:space:]]' "$offences.code" || offend "$file" "uses a binary float" ;;
    esac
done
verdict
