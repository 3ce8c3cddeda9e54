#!/bin/sh
# Shell scripts pass shellcheck and stop at the first error.
. "$(dirname "$0")/lib.sh"

for file in $(git ls-files); do
    [ -f "$file" ] || continue
    case $(head -n 1 "$file" | tr -d '\0') in
        '#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*)
            shellcheck -x -S warning -e SC1091,SC1090,SC2154 "$file" >>"$offences" 2>&1 || true
            ;;
    esac
done
verdict
