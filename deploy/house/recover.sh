# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. The old log is closed and put aside, whole: database (read-only from now on), notary, witnesses,
# trust anchors, reports. What was half done by a run that was killed is done again.
step_recover() {
    number=1
    while [ -e "$dir/closed/$number/done" ]; do number=$((number + 1)); done
    aside=$dir/closed/$number
    as_house mkdir -p -m 0700 "$dir/closed" "$aside"
    origin=$(cat "$aside/origin" 2>/dev/null || echo "$origin")
    for name in "$origin" $(cat "$dir"/closed/*/origin 2>/dev/null); do
        [ "$1" != "$name" ] || fail "a closed log is never gone on with under its own name"
    done
    if [ ! -e "$aside/origin" ]; then
        as_house "$dir/bin/stemma-notary" --close "$aside/checkpoint" --role log --origin "$origin" --key "$dir/notary/key.pem" \
            --memory "$dir/notary/memory"
        echo "$origin" | put "$aside/origin"
    fi
    put_database_aside "stemma_closed_$number"
    for folder in notary witness-1 witness-2 trust audit; do
        [ -e "$aside/$folder" ] || as_house cp -a "$dir/$folder" "$aside/$folder"
    done
    as_house rm -f "$dir/marks/notary" "$dir/marks/receipts" "$dir/audit/report"
    as_house rm -rf "$dir/audit/scratch"
    echo "$1" | put "$dir/origin"
    echo "$aside" | put "$dir/recovers"
    as_house touch "$aside/done"
    say "log: $origin is closed; its last checkpoint is $aside/checkpoint, its database is now stemma_closed_$number"
}

put_database_aside() {
    "$here/cluster" start "$dir/cluster" 9>&-
    # shellcheck disable=SC1091
    . "$dir/cluster/env"
    if [ "$(sql postgres "select count(*) from pg_database where datname = '$1'")" = 0 ]; then
        sql postgres "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'stemma'" >/dev/null
        sql postgres "alter database stemma rename to $1"
        sql postgres "alter database $1 set default_transaction_read_only = on"
    fi
    [ "$(sql postgres "select count(*) from pg_database where datname = 'stemma'")" != 0 ] ||
        sql postgres "create database stemma template template0"
}

sql() { as_house psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
