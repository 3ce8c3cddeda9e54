#!/bin/sh
# SQL of a service stands in its statement tables (STATEMENT_TABLE, or the rows beside it), nowhere else.
. "$(dirname "$0")/lib.sh"

for file in $(sources '*.c' services common/service common/domain common/desk common/dossier deploy); do
    case $file in *_rows.c) continue ;; esac
    ! grep -q 'STATEMENT_TABLE(' "$file" || continue
    if code "$file" | grep -qiE '"[^"]*(select [a-z_.*(]+.* from |insert into |delete from |update [a-z_.]+ set )'; then
        offend "$file" "holds SQL; it belongs into the store's statement table"
    fi
done
verdict
