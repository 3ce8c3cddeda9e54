#!/bin/sh
# Two houses that are set up at the same time have two ranges of ports: ports.sh SOURCE
# Neither listens yet when the other looks; the second one is given up before the third looks.
set -eu
# shellcheck source=deploy/house/ports.sh
. "$1/deploy/house/ports.sh"
fail() { echo "$*" >&2; exit 1; }

HOUSE_BASE=47600
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/first" "$work/go"
(step_ports; echo "$base" >"$work/first"; cat "$work/go" >"$work/done") &
read -r first <"$work/first"
second=$(step_ports; echo "$base")
echo >"$work/go"
wait
third=$(step_ports; echo "$base")
[ "$second" != "$first" ] || fail "both have $first"
[ "$third" = "$first" ] || fail "the range of the one that ended, $first, is not free: $third"
