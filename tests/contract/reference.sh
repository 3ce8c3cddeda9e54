#!/bin/sh
# docs/reference is what the programs say of themselves, to the letter: reference.sh SOURCE BUILD
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$1/docs/reference/make" "$2" "$out"
cd "$1/docs/reference"
for page in *.md; do
    [ "$page" = README.md ] || [ -e "$out/$page" ] || { echo "no program makes $page" >&2; exit 1; }
done
for page in "$out"/*.md; do
    diff -u "$(basename "$page")" "$page" || { echo "run docs/reference/make $2 and commit" >&2; exit 1; }
done
