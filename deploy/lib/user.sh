# shellcheck shell=sh
# Sourced. Who the house runs as, and where it may live.
# PostgreSQL refuses to run as root, and no service needs to be root: when started by root, the house runs as the
# `postgres` user, which the postgresql packages bring along. Started by anyone else, it runs as that person.

HOUSE_USER=postgres

house_is_other() { [ "$(id -u)" -eq 0 ]; }

# Become the house's user and run a command in place of this shell, with no way back to root.
exec_house() {
    if house_is_other; then
        cd "${dir:-.}" || exit     # of the script that sources this: a folder that the other user can see
        exec setpriv --reuid="$HOUSE_USER" --regid="$HOUSE_USER" --init-groups --inh-caps=-all --no-new-privs \
            env HOME=/nonexistent USER="$HOUSE_USER" LOGNAME="$HOUSE_USER" "$@"
    fi
    exec "$@"
}

# Run a command as the house's user.
as_house() { (exec_house "$@"); }

# house_folder DIR: makes DIR, owned by the house's user and closed to others, and prints its real path. Where root's
# checkout lies behind a closed folder (/root, a 0700 temporary one), DIR becomes a link to a folder below /var/lib.
house_folder() {
    if ! house_is_other; then
        mkdir -p "$1"
        chmod 0700 "$1"
        (cd "$1" && pwd -P)
        return
    fi
    [ -e "$1" ] || rm -f "$1"            # a link whose target went away
    mkdir -p "$(dirname "$1")"
    parent=$(cd "$(dirname "$1")" && pwd -P)
    if [ ! -L "$1" ] && ! as_house test -x "$parent"; then
        elsewhere=/var/lib/stemma/$(printf %s "$parent/$(basename "$1")" | cksum | cut -d' ' -f1)
        mkdir -p "$elsewhere"
        [ ! -d "$1" ] || rm -rf "$1"
        ln -s "$elsewhere" "$1"
    fi
    mkdir -p "$1"
    real=$(cd "$1" && pwd -P)
    chown "$HOUSE_USER": "$real"
    chmod 0700 "$real"
    echo "$real"
}
