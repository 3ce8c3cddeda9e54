#!/bin/sh
# Each library has one module that speaks to it. Tests may look at a library directly.
. "$(dirname "$0")/lib.sh"

# header-pattern, then where it may be included
check() {
    pattern=$1
    shift
    for file in $(grep -rlE "^#include [<\"]($pattern)" common services deploy --include='*.[ch]' || true); do
        for may in "$@"; do
            case $file in "$may"/*) continue 2 ;; esac
        done
        offend "$file" "includes $pattern; only $* may"
    done
}

check 'openssl/' common/crypto deploy/tsa services/gateway
check 'libpq-fe\.h|libpq/' common/db
check 'czmq\.h|zmq\.h' common/wire
check 'microhttpd\.h|gnutls/' services/gateway deploy/tsa
check 'p11-kit/' common/crypto
check 'sodium\.h' common/crypto
check 'jansson\.h' common/record common/wire common/domain common/contract common/ledger services/gateway services/terminal deploy/job
check 'gmp\.h|mpfr\.h' common/base common/domain
check 'cairo\.h|cairo-pdf\.h|cairo-ft\.h|pango/|fontconfig/' common/paper common/labels
check 'zlib\.h' common/dossier services/gateway
check 'zint\.h' common/labels
check 'udunits2\.h' common/domain
check 'seccomp\.h' common/service services/signer services/instrument
verdict
