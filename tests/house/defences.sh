#!/bin/sh
# tests/mutation/defences.tsv: each defence is where its row looks for it, and the case that must notice is there.
. "$(dirname "$0")/lib.sh"

while IFS="	" read -r name file script program case; do
    if [ ! -f "$file" ]; then
        offend tests/mutation/defences.tsv "$name: there is no $file"
        continue
    fi
    sed "$script" "$file" | cmp -s - "$file" && offend tests/mutation/defences.tsv "$name: the defence is no longer where it was, in $file"
    [ "$case" = @golden ] || grep -rqE "^CASE\\($case\\)" tests --include='*.c' || offend tests/mutation/defences.tsv "$name: there is no $case"
    [ -n "$program" ] || offend tests/mutation/defences.tsv "$name: five columns"
done <tests/mutation/defences.tsv
verdict
