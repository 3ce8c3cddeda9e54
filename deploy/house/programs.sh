# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. Programs and SQL are copied into the house, so that its user need not see the checkout and
# a rebuild does not change what runs.
step_programs() {
    for folder in bin share etc terminals run log passfiles curve curve/secret curve/public notary witness-1 witness-2 signer audit marks; do
        as_house mkdir -p -m 0700 "$dir/$folder"
    done
    for program in "$build"/bin/stemma "$build"/bin/stemma-*; do
        [ -x "$program" ] || fail "$build is not built"
        to=$dir/bin/$(basename "$program")
        cp -l -f --remove-destination "$program" "$to" 2>/dev/null || cp -f --remove-destination "$program" "$to"
        chmod 0755 "$to"
    done
    cp -f --remove-destination "$source/deploy/backup" "$dir/bin/stemma-backup"
    chmod 0755 "$dir/bin/stemma-backup"
    rm -rf "$dir/share/sql" "$dir/share/scenario"
    cp -R "$source/sql" "$dir/share/sql"
    cp -R "$source/deploy/job/scenario" "$dir/share/scenario"
    ! house_is_other || chown -R "$HOUSE_USER": "$dir/share"
}
