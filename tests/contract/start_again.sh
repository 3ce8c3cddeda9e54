#!/bin/sh
# A run of the tests that was killed, its server with it, stops no later run: start_again.sh DIR MIGRATE SQL.
set -eu
database=$(cd "$(dirname "$0")" && pwd -P)/../support/database
trap '"$database" stop "$1"' EXIT
"$database" start "$1" "$2" "$3"
kill -KILL "$(head -n 1 "$1/data/postmaster.pid")"
"$database" start "$1" "$2" "$3"
. "$1/env"
[ "$(psql -At -d record -c 'select count(*) > 0 from house.schema_migration')" = t ]
