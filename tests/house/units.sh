#!/bin/sh
# systemd takes the units as they are, and every service that is built has one.
. "$(dirname "$0")/lib.sh"

command -v systemd-analyze >/dev/null || { echo "[  SKIPPED ] systemd-analyze is not here"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder" "$offences" "$offences".*' EXIT
# The programs are not installed here: verify asks for them, so any program stands in.
for unit in deploy/systemd/*.service deploy/systemd/*.target deploy/systemd/*.timer; do
    sed -E 's|^(Exec[A-Za-z]*=)/usr/lib/stemma/[a-z-]+|\1/bin/true|' "$unit" >"$folder/$(basename "$unit")"
done
SYSTEMD_UNIT_PATH="$folder:" systemd-analyze verify --man=no "$folder"/*.service "$folder"/*.target "$folder"/*.timer >"$offences.out" 2>&1 || true
grep -E "$folder|stemma" "$offences.out" | sed "s|$folder/||g" >>"$offences" || true
for main in services/*/main.c; do
    name=$(basename "$(dirname "$main")")
    case $name in terminal) continue ;; esac
    [ -f "deploy/systemd/stemma-$name.service" ] || offend deploy/systemd "service $name has no unit"
done
verdict
