# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. A private cluster, the migrations, one password a role in a passfile of mode 0600.
step_database() {
    "$here/cluster" start "$dir/cluster" 9>&-
    # shellcheck disable=SC1091
    . "$dir/cluster/env"
    say "database: private cluster on $PGHOST"
    as_house "$dir/bin/stemma-migrate" --db "host=$PGHOST port=$PGPORT dbname=stemma user=$PGUSER passfile=$PGPASSFILE" \
        --sql "$dir/share/sql" --origin "$origin" >"$dir/log/migrate.log" 2>&1 || { cat "$dir/log/migrate.log" >&2; fail "migration failed; \"$0 remove $dir\" begins a new house"; }
    say "database: $(sed 's/^stemma-migrate: //' "$dir/log/migrate.log")"
    for service in $services; do
        once "role-$service" role_password "$service"
    done
}

role_password() {
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    printf '*:*:*:stemma_%s:%s\n' "$1" "$password" | put "$dir/passfiles/$1"
    printf "alter role stemma_%s password '%s';\n" "$1" "$password" | as_house psql -X -q -v ON_ERROR_STOP=1
}

conninfo() { echo "host=$PGHOST port=$PGPORT dbname=stemma user=stemma_$1 passfile=$dir/passfiles/$1"; }
