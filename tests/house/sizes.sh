#!/bin/sh
# A page, not a scroll: .c at most 800 lines, headers 250, main.c 40, functions 100 lines and 7 parameters.
. "$(dirname "$0")/lib.sh"

limit() { # pattern, lines, folders
    pattern=$1 most=$2
    shift 2
    for file in $(sources "$pattern" "$@"); do
        lines=$(wc -l <"$file")
        [ "$lines" -le "$most" ] || offend "$file" "$lines lines; $most are the most"
    done
}

limit '*.c' 800 common services deploy tests
limit '*.h' 250 common services deploy tests
for file in $(sources main.c services deploy); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 40 ] || offend "$file" "$lines lines; main.c has at most 40"
done

# shellcheck disable=SC2046 # a list of files
ctags --languages=C --kinds-C=f --fields=+neS --sort=no -f - $(sources '*.c' common services deploy) | awk -F'\t' '
    {
        first = last = 0; inner = ""
        for (i = 4; i <= NF; i++) {
            if ($i ~ /^line:/) first = substr($i, 6)
            if ($i ~ /^end:/) last = substr($i, 5)
            if ($i ~ /^signature:/) inner = substr($i, 12, length($i) - 12)
        }
        if (last - first + 1 > 100) printf "%s: %s has %d lines; 100 are the most\n", $2, $1, last - first + 1
        if ($1 == "on_request" && inner ~ /MHD_Connection/) next   # libmicrohttpd gives the shape of its handler
        while (gsub(/\([^()]*\)/, "", inner)) { }
        n = gsub(/,/, ",", inner) + 1
        if (n > 7) printf "%s: %s has %d parameters; 7 are the most\n", $2, $1, n
    }' >>"$offences"
verdict
