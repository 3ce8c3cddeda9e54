#!/bin/sh
# A run of the tests that was killed, its server with it, stops no later run: start_again.sh DIR MIGRATE SQL.
set -eu
database=$(cd "$(dirname "$0")" && pwd -P)/../support/database
trap '"$database" stop "$1"' EXIT
"$database" start "$1" "$2" "$3"
pid=$(head -n 1 "$1/data/postmaster.pid")
kill -KILL "$pid"
while case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) in '' | Z* | X*) false ;; esac; do
    sleep 0.1                # a killed process may take a moment to die
done
"$database" start "$1" "$2" "$3"
. "$1/env"
[ "$(psql -At -d record -c 'select count(*) > 0 from house.schema_migration')" = t ]
