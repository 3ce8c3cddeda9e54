# shellcheck shell=sh disable=SC2034
# Sourced by the checks: they run in the checkout's root, print what offends, one line each, and fail if anything did.
set -eu
cd "$1"
build=$2
offences=$(mktemp)
trap 'rm -f "$offences" "$offences".*' EXIT

# offend FILE TEXT: say what is wrong where.
offend() { printf '%s: %s\n' "$1" "$2" >>"$offences"; }

# sources PATTERN FOLDER...: files of the project, never of a build.
sources() {
    pattern=$1
    shift
    for folder in "$@"; do
        [ ! -d "$folder" ] || find "$folder" -name node_modules -prune -o -type f -name "$pattern" -print
    done | LC_ALL=C sort
}

# code FILE: C without comments.
code() { gcc -fpreprocessed -dD -E -P -x c "$1" 2>/dev/null; }

verdict() {
    if [ -s "$offences" ]; then
        LC_ALL=C sort -u "$offences"
        exit 1
    fi
    echo "holds"
}
