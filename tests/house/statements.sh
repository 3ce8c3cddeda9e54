#!/bin/sh
# SQL of a service stands in the statement tables of its store and row files, and in the frame's group commit, nowhere else.
. "$(dirname "$0")/lib.sh"

for file in $(sources '*.c' services common/service common/domain common/desk common/dossier deploy); do
    case $file in *_store.c | *_rows.c | common/service/group.c) continue ;; esac
    if code "$file" | grep -qiE '"[^"]*(select [a-z_.*(]+.* from |insert into |delete from |update [a-z_.]+ set )'; then
        offend "$file" "holds SQL; it belongs into the store's statement table"
    fi
done
verdict
