# shellcheck shell=sh disable=SC2154
# Sourced by deploy/lib/house. The supervisor with every service, ready or an explanation.
step_start() {
    supervisor_settings | put "$dir/etc/supervisor.ini"
    as_house "$dir/bin/stemma-supervisor" check "$dir/etc/supervisor.ini" >/dev/null
    # The locks of this set-up (descriptors 8 and 9) must not live on in what it starts.
    (exec 8<&- 9>&-; exec_house setsid "$dir/bin/stemma-supervisor" run "$dir/etc/supervisor.ini") </dev/null >>"$dir/log/supervisor.out" 2>&1 &
    tries=0
    until as_house "$dir/bin/stemma-supervisor" status "$dir/etc/supervisor.ini" >"$dir/run/said" 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || why_not_ready
        sleep 0.2
    done
    say "services: $(($(wc -l <"$dir/run/said") - 1)) ready"
}

why_not_ready() {
    cat "$dir/run/said" >&2
    awk 'NR > 1 && $2 != "ready" { print $1 }' "$dir/run/said" | while read -r name; do
        echo "--- $name" >&2
        tail -n 5 "$dir/log/$name.log" >&2
    done
    fail "not every service is ready; all logs are in $dir/log"
}

program() { # name, after, command...
    printf '\n[%s]\nafter = %s\n' "$1" "$2"
    shift 2
    echo "command = $*"
}

supervisor_settings() {
    printf '[supervisor]\nrun = %s/run\nlog = %s/log\n' "$dir" "$dir"
    program notary "" "$dir/bin/stemma-notary --config $dir/etc/notary.ini"
    program witness-1 "" "$dir/bin/stemma-notary --config $dir/etc/witness-1.ini"
    program witness-2 "" "$dir/bin/stemma-notary --config $dir/etc/witness-2.ini"
    program tsa "" "$dir/bin/stemma-tsa --config $dir/etc/tsa.ini"
    program signer "" "$dir/bin/stemma-signer --config $dir/etc/signer.ini"
    program sequencer "notary witness-1 witness-2 tsa" "$dir/bin/stemma-sequencer --config $dir/etc/sequencer.ini"
    for name in access source batch quality custody release; do
        program "$name" signer "$dir/bin/stemma-$name --config $dir/etc/$name.ini"
    done
    program audit "signer sequencer" "$dir/bin/stemma-audit --config $dir/etc/audit.ini"
    program gateway "access sequencer" "$dir/bin/stemma-gateway --config $dir/etc/gateway.ini"
}

stop_services() {
    [ -x "$dir/bin/stemma-supervisor" ] && [ -e "$dir/etc/supervisor.ini" ] || return 0
    as_house "$dir/bin/stemma-supervisor" stop "$dir/etc/supervisor.ini"
}
