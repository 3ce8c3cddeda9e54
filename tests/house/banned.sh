#!/bin/sh
# Functions that cannot be used safely, and binary floats where values are recorded.
. "$(dirname "$0")/lib.sh"

for file in $(sources '*.[ch]' common services deploy tests); do
    code "$file" >"$offences.code"
    for name in sprintf vsprintf strcpy strcat gets atoi atol atof strtok system popen alloca tmpnam mktemp; do
        ! grep -qE "(^|[^A-Za-z0-9_.>])${name}[[:space:]]*\\(" "$offences.code" || offend "$file" "calls $name"
    done
    ! grep -qE '^[[:space:]]*\[\[' "$offences.code" || offend "$file" "has a C23 attribute"
done
for file in $(sources '*.[ch]' common/record common/contract common/domain common/ledger common/dossier common/fsm); do
    code "$file" >"$offences.code"
    ! grep -qE '(^|[^A-Za-z0-9_"])(float|double)[[:space:]]' "$offences.code" || offend "$file" "uses a binary float"
done
verdict
