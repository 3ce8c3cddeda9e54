#!/bin/sh
# Check a Stemma dossier with a POSIX shell, openssl (3.0 or later), unzip, awk and the core utilities alone: docs/FORMAT.md,
# rules 1 to 10.
#
#   sh verify.sh FILE TRUST-FOLDER [AS-OF]
#
# TRUST-FOLDER holds lab-root.pem, tsa-root.pem, log.pub.pem and witnesses.txt, got by another way than the dossier; perhaps
# suites.txt. AS-OF (2035-06-30T00:00:00.000Z) demands that the time-stamp lasts until then.
# Exit status: 0 it holds, 1 it does not (`stream seq rule: text`), 2 it could not be checked.
# Not done here: Unicode normal form C of statement bodies, and the recomputation (rule 11); stemma-verify does both.
#
# It goes rule by rule, each over all entries at once: awk reads and compares, openssl hashes many files in one run. Bytes that
# are to be hashed are written by printf from octal escapes. Tables in the scratch folder:
#   facts    member, size, SHA-256                    chains   hash, target, stream, seq, text, steps up the tree
#   entries  number, stream, whole or part, seq, log, stream, prev, time, seconds, statement, its length, signature, its length
# The words of a line are wanted apart.
# shellcheck disable=SC2046
set -u
LC_ALL=C
export LC_ALL
umask 077

[ $# -eq 2 ] || [ $# -eq 3 ] || { echo "usage: verify.sh FILE TRUST-FOLDER [AS-OF]" >&2; exit 2; }
ASOF=${3-}
FILE=$1
case $2 in /*) TRUST=$2 ;; *) TRUST=$(pwd)/$2 ;; esac
for f in "$FILE" "$TRUST/lab-root.pem" "$TRUST/tsa-root.pem" "$TRUST/log.pub.pem" "$TRUST/witnesses.txt"; do
    [ -r "$f" ] || { echo "verify.sh: cannot read $f" >&2; exit 2; }
done
for tool in openssl unzip awk od sed tr sort xargs; do
    command -v $tool >/dev/null || { echo "verify.sh: needs $tool" >&2; exit 2; }
done
D=$(mktemp -d) || exit 2
trap 'rm -rf "$D"' EXIT
trap 'exit 2' HUP INT TERM
mkdir "$D/x" "$D/t" || exit 2
X=$D/x
T=$D/t
mkdir "$T/empty" "$T/nodes" "$T/leaves" "$T/pieces" "$T/certs" "$T/pairs" "$T/crls"
SSL_CERT_DIR=$T/empty SSL_CERT_FILE=$T/none        # the machine's own roots are never asked
export SSL_CERT_DIR SSL_CERT_FILE

refuse() { # stream seq rule text
    echo "$1 $2 $3: $4"
    exit 1
}
size() { wc -c <"$1" | tr -d ' '; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
spell() { # lines `name \ooo\ooo...` to files in a folder
    while read -r name octal; do printf "$octal" >"$1/$name"; done
}
sums() { # names, folder: lines `name hash`
    [ ! -s "$1" ] || (cd "$2" && xargs openssl dgst -sha256 -r <"$1") | awk '{ print substr($2, 2), $1 }'
}
# What all the programs below share. bad() tells a fault and ends; tables are read from the scratch folder t.
LIB='
    function bad(where, why) { print where ": " why; failed = 1; exit 1 }
    function h(s) { return length(s) == 64 && s ~ /^[0-9a-f]+$/ }
    function n(s) { return s ~ /^(0|[1-9][0-9]*)$/ && (length(s) < 16 || (length(s) == 16 && ("x" s) <= "x9007199254740991")) }
    function id(s) { return length(s) <= 32 && s ~ /^[A-Z][A-Z]?[A-Z]?[A-Z]?(-[A-Z0-9]+)?$/ && (index(s, "-") == 0 || length(s) - index(s, "-") <= 27) }
    function sec(t,   y, m, d, days, a, b, c) { # 2026-03-02T08:00:13.000Z to seconds since 1970; "" if there is no such time
        if (t !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9][0-9][0-9]Z$/) return ""
        y = substr(t, 1, 4) + 0; m = substr(t, 6, 2) + 0; d = substr(t, 9, 2) + 0
        a = substr(t, 12, 2) + 0; b = substr(t, 15, 2) + 0; c = substr(t, 18, 2) + 0
        split("31 28 31 30 31 30 31 31 30 31 30 31", days, " "); if (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) days[2] = 29
        if (m < 1 || m > 12 || d < 1 || d > days[m] || a > 23 || b > 59 || c > 59) return ""
        if (m <= 2) { y--; m += 12 }
        d += 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) - 719469
        return d * 86400 + a * 3600 + b * 60 + c }
    function facts(   l, w) { while ((getline l < (t "facts")) > 0) { split(l, w, " "); size[w[1]] = w[2]; sum[w[1]] = w[3] } }
    function entries(   l, w) { while ((getline l < (t "entries")) > 0) { split(l, w, " "); N = w[1]
        S[N] = w[2]; q[N] = w[4]; time[N] = w[8]; secs[N] = w[9]; stmt[N] = w[10]; len[N] = w[11]; sig[N] = w[12]; siglen[N] = w[13] } }
    function leaves(   l, w) { while ((getline l < (t "sums.leaves")) > 0) { split(l, w, " "); leaf[w[1]] = w[2] } }
    function up(fn, sn, from, both,   s, i) { # the steps of a proof (RFC 9162 2.1.3.2) in the fields from there on, each the side
        s = " "                               # and the hash; both = 1: those of the smaller tree alone (2.1.4.2). "": too long or short
        for (i = from; i <= NF; i++) {
            if (sn == 0 || !h($i)) return ""
            if (fn % 2 == 1 || fn == sn) { s = s "L" $i " "; while (fn % 2 == 0 && fn != 0) { fn /= 2; sn = int(sn / 2) } }
            else if (!both) s = s "R" $i " "
            fn = int(fn / 2); sn = int(sn / 2) }
        return sn == 0 ? s : "" }
'
run() { # awk program, files: with the library; what it prints, if it fails, is the fault
    program=$1
    shift
    awk -v t="$T/" -v x="$X/" "$LIB$program" "$@" || exit 1
}
epoch() { echo "$1" | awk "$LIB"'{ s = sec($0); if (s == "") exit 1; printf "%d\n", s }'; }
openssl_time() { # Mar  2 08:00:13.25 2026 GMT to 2026-03-02T08:00:13.250Z
    echo "$1" | awk '{ m = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3; split($3, t, "."); ms = substr(t[2] "000", 1, 3)
        printf "%04d-%02d-%02dT%s.%sZ\n", $4, m, $2, t[1], ms }'
}
after() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a "" > b "") }'; }
[ -z "$ASOF" ] || epoch "$ASOF" >/dev/null || { echo "verify.sh: AS-OF is no time" >&2; exit 2; }
# Suites: for which times of the record the algorithms under a /1 are believed. suites.txt of the trust folder replaces this.
printf '%s\n' 'stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z' 'token/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z' \
    'rehash/1 2026-01-01T00:00:00.000Z 2055-12-31T23:59:59.999Z' >"$T/suites"
if [ -f "$TRUST/suites.txt" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
        set -- $(echo "$line")
        [ $# -eq 3 ] && [ "$line" = "$1 $2 $3" ] && epoch "$2" >/dev/null && epoch "$3" >/dev/null && ! after "$2" "$3" ||
            { echo "verify.sh: suites.txt" >&2; exit 2; }
    done <"$TRUST/suites.txt"
    [ -z "$(cut -d' ' -f1 "$TRUST/suites.txt" | sort | uniq -d)" ] || { echo "verify.sh: suites.txt" >&2; exit 2; }
    cp "$TRUST/suites.txt" "$T/suites"
fi
believed() { # suite time
    awk -v s="$1" -v at="$2" '$1 == s { ok = (at "" >= $2 "") && (at "" <= $3 "") } END { exit !ok }' "$T/suites"
}
der_alone() { # nothing behind the first DER value
    openssl asn1parse -inform DER -in "$1" 2>/dev/null | awk -v n="$(size "$1")" '
        NR == 1 { match($0, /hl= *[0-9]+/); h = substr($0, RSTART + 3, RLENGTH - 3); match($0, / l= *[0-9]+/)
                  l = substr($0, RSTART + 3, RLENGTH - 3); ok = h + l == n } END { exit !ok }'
}


# --- rule 1: the container, read byte for byte, in file order ------------------------------------------------------------
od -An -v -tu1 "$FILE" | awk -v names="$T/names" '
    function bad(why) { print why; failed = 1; exit 1 }
    function num(s, at, n,   v, i) { v = 0; for (i = n - 1; i >= 0; i--) v = v * 256 + b[at + i]; return v }
    # a record is gathered into b[0..]; `want` says when it is complete; contents are skipped, a line of 16 at once
    BEGIN { for (i = 32; i < 127; i++) chr[i] = sprintf("%c", i); state = "sig"; want = 4; n = 0; pos = 0; files = 0; seen = 0 }
    skip >= 16 { skip -= 16; pos += 16; next }
    { for (f = 1; f <= NF; f++) { pos++
        if (skip > 0) { skip--; continue }
        b[n++] = $f + 0
        while (n == want && skip == 0) step() } }
    function step(   k, at) {
        if (state == "sig") {
            if (b[0] != 80 || b[1] != 75) bad("bytes that are no zip record")
            if (b[2] == 3 && b[3] == 4 && !central) { state = "local"; want = 30 }
            else if (b[2] == 1 && b[3] == 2) { if (!central) start = pos - 4; central = 1; state = "central"; want = 46 }
            else if (b[2] == 5 && b[3] == 6) { if (!central) start = pos - 4; central = 1; state = "end"; want = 22; endpos = pos - 4 }
            else bad("unknown zip record")
        } else if (state == "local" || state == "central") {
            k = state == "local" ? 26 : 28
            if (want < 47 && num(b, k, 2) > 0 && !named) { named = 1; want = (state == "local" ? 30 : 46) + num(b, k, 2) }
            else finish()
        } else { # end
            if (num(b,4,2) || num(b,6,2) || num(b,8,2) != seen || num(b,10,2) != seen || seen != files || num(b,12,4) != endpos - start || num(b,16,4) != start || num(b,20,2)) bad("end record")
            state = "done"; want = -1; n = 0
        }
    }
    function finish(   k, at, name, i, shared, low) {
        k = state == "local" ? 4 : 6
        name = ""; for (i = (state == "local" ? 30 : 46); i < want; i++) name = name (b[i] in chr ? chr[b[i]] : "\001")
        if (name !~ /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/) bad("malformed name")
        shared = ""; for (i = k; i < k + 26; i++) shared = shared " " b[i]
        if (num(b,k,2) != 20 || num(b,k+2,2) || num(b,k+4,2) || num(b,k+6,2) || num(b,k+8,2) != 33 || num(b,k+14,4) != num(b,k+18,4) || num(b,k+24,2)) bad("header of " name)
        if (state == "local") {
            low = tolower(name); if (low in have) bad("a name is there twice: " name); have[low] = 1
            order[files] = name; head[files] = shared; place[files] = pos - n; files++; skip = num(b, 18, 4)
            print name, skip > names
        } else {
            if (order[seen] != name || head[seen] != shared || num(b,4,2) != 20 || num(b,42,4) != place[seen] || num(b,32,2) || num(b,34,2) || num(b,36,2) || num(b,38,4)) bad("central header of " name)
            seen++
        }
        state = "sig"; want = 4; n = 0; named = 0
    }
    END { if (!failed) { if (state != "done" || n > 0 || skip > 0) { print "bytes before, between or behind"; exit 1 }
          if (files > 999) { print "1,000 members or more"; exit 1 } } }' >"$T/zip" || refuse - - 1 "$(cat "$T/zip")"
unzip -qq -t "$FILE" >/dev/null 2>&1 || refuse - - 1 "contents do not match their checksums"
unzip -qq -d "$X" "$FILE" >/dev/null 2>&1 || refuse - - 1 "does not unpack"
cut -d' ' -f1 "$T/names" >"$T/list"
[ "$(sed -n 1p "$T/list")" = mimetype ] || refuse - - 1 "mimetype is not first"
printf 'application/vnd.etsi.asic-e+zip' | cmp -s - "$X/mimetype" || refuse - - 1 "mimetype"
sums "$T/list" "$X" | awk 'FILENAME == ARGV[1] { size[$1] = $2; next } { print $1, size[$1], $2 }' "$T/names" - >"$T/facts"
printf '%s\n' mimetype README.txt human/dossier.pdf >"$T/used"
member() { # name rule stream: it must be there, and not empty
    [ -s "$X/$1" ] || refuse "${3--}" - "$2" "$1 is missing"
    echo "$1" >>"$T/used"
}
# No text has a NUL, and not every awk sees one: let it be a character that no text may have either.
grep -e '^dossier.txt$' -e '^log/' -e '^streams/' -e '\.xml$' "$T/list" | grep -v -e '\.p7s$' -e '\.tsr$' >"$T/texts"
[ "$(cd "$X" && xargs cat <"$T/texts" | tr -dc '\000' | wc -c)" -eq 0 ] || while read -r name; do
    tr '\000' '\001' <"$X/$name" >"$T/text" && mv "$T/text" "$X/$name"
done <"$T/texts"

# --- notes ---------------------------------------------------------------------------------------------------------------
note_form() { # three lines, an empty one, then signature lines; the whole file
    awk 'NR == 1 && !/^[a-z0-9.-]+(\/[a-z0-9.-]+)*$/ { exit 1 } NR == 2 && !/^(0|[1-9][0-9]*)$/ { exit 1 }
         NR == 3 && (!/^[A-Za-z0-9+\/]+[AEIMQUYcgkosw048]=$/ || length($0) != 44) { exit 1 } NR == 4 && $0 != "" { exit 1 }
         NR > 4 && (!/^\342\200\224 [^ +]+ [A-Za-z0-9+\/]+=*$/ || length($3) % 4 || ($3 ~ /=$/ && $3 !~ /([AQgw]=|[AEIMQUYcgkosw048])=$/)) { exit 1 } { n += length($0) + 1 } END { if (NR < 4) exit 1; print n }' "$1" >"$T/length" &&
    [ "$(cat "$T/length")" = "$(tr -d '\000' <"$1" | wc -c | tr -d ' ')" ] && [ "$(cat "$T/length")" = "$(size "$1")" ]
}
ed25519() { # public key (PEM), message, signature
    openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1
}
openssl pkey -pubin -in "$TRUST/log.pub.pem" -outform DER 2>/dev/null | tail -c 32 >"$T/log.raw"
[ "$(size "$T/log.raw")" = 32 ] || { echo "verify.sh: log.pub.pem is no Ed25519 key" >&2; exit 2; }
log_signed() { # a note signed by the log, by one line: body in $T/body, its lines in origin, tree, root
    note_form "$1" || return 1
    { IFS= read -r origin; IFS= read -r tree; IFS= read -r root; read -r _; read -r _ name blob; read -r _ && return 1; } <"$1"
    [ "$name" = "$origin" ] || return 1
    printf '%s\n' "$origin" "$tree" "$root" >"$T/body"
    root=$(echo "$root" | openssl base64 -d -A | hex)
    echo "$blob" | openssl base64 -d -A >"$T/blob"
    [ "$(size "$T/blob")" = 68 ] && [ "$(openssl base64 -A -in "$T/blob")" = "$blob" ] || return 1
    id=$({ printf '%s\n\001' "$name"; cat "$T/log.raw"; } | openssl dgst -sha256 -r | cut -c1-8)
    [ "$(head -c 4 "$T/blob" | hex)" = "$id" ] || return 1
    tail -c 64 "$T/blob" >"$T/sig"
    ed25519 "$TRUST/log.pub.pem" "$T/body" "$T/sig"
}

token() { # data, token: prints its time; fails if it does not hold
    der_alone "$2" || return 1
    when=$(openssl ts -reply -in "$2" -text 2>/dev/null | sed -n 's/^Time stamp: //p')
    [ -n "$when" ] || return 1
    when=$(openssl_time "$when")
    openssl ts -verify -data "$1" -in "$2" -CAfile "$TRUST/tsa-root.pem" -attime "$(epoch "$when")" >/dev/null 2>&1 || return 1
    echo "$when"
}

token_end() { # token: when the first of its certificates ends, or its suite
    openssl ts -reply -in "$1" -token_out 2>/dev/null | openssl pkcs7 -inform DER -print_certs 2>/dev/null |
        awk -v t="$T" '/BEGIN CERT/ { n++; on = 1 } on { print > (t "/tsa" n ".pem") } /END CERT/ { on = 0 }'
    { sed -n 's/^token\/1 [^ ]* //p' "$T/suites"
      for c in "$T"/tsa*.pem; do
          [ ! -f "$c" ] || openssl_time "$(openssl x509 -in "$c" -noout -enddate | cut -d= -f2)" | sed 's/\.000Z$/.999Z/'
      done; } | sort | sed -n 1p
    rm -f "$T"/tsa*.pem
}

# --- rules 2 and 3 -------------------------------------------------------------------------------------------------------
for f in log/checkpoint log/checkpoint.tsr log/cosignatures; do member $f 2; done
log_signed "$X/log/checkpoint" || refuse - - 2 "the checkpoint or its signature"
ORIGIN=$origin SIZE=$tree ROOT=$root
cp "$T/body" "$T/checkpoint.body"
note_form "$X/log/cosignatures" || refuse - - 2 "log/cosignatures is malformed"
sed -n 1,3p "$X/log/cosignatures" | cmp -s - "$T/checkpoint.body" || refuse - - 2 "cosignatures of another checkpoint"
while IFS= read -r vkey || [ -n "$vkey" ]; do
    [ -n "$vkey" ] || continue
    name=${vkey%%+*}; rest=${vkey#*+}; id=${rest%%+*}; key=${rest#*+}
    echo "$key" | openssl base64 -d -A >"$T/key"
    [ "$(size "$T/key")" = 33 ] && [ "$(head -c 1 "$T/key" | hex)" = 04 ] || { echo "verify.sh: witnesses.txt" >&2; exit 2; }
    [ "$({ printf '%s\n' "$name"; cat "$T/key"; } | openssl dgst -sha256 -r | cut -c1-8)" = "$id" ] || { echo "verify.sh: witnesses.txt" >&2; exit 2; }
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c 32 "$T/key"; } | openssl pkey -pubin -inform DER -out "$T/witness.pem" 2>/dev/null
    found=
    for blob in $(awk -v n="$name" 'NR > 4 && $2 == n { print $3 }' "$X/log/cosignatures"); do
        echo "$blob" | openssl base64 -d -A >"$T/blob"
        [ "$(head -c 4 "$T/blob" | hex)" = "$id" ] && [ "$(size "$T/blob")" = 76 ] || continue
        time=$(od -An -v -tu1 -j4 -N8 "$T/blob" | awk '{ for (i = 1; i <= 8; i++) v = v * 256 + $i } END { printf "%.0f\n", v }')
        { printf 'cosignature/v1\ntime %s\n' "$time"; cat "$T/checkpoint.body"; } >"$T/message"
        tail -c 64 "$T/blob" >"$T/sig"
        ed25519 "$T/witness.pem" "$T/message" "$T/sig" && found=1
        break
    done
    [ -n "$found" ] || refuse - - 2 "no cosignature of $name"
done <"$TRUST/witnesses.txt"
STAMPED=$(token "$X/log/checkpoint" "$X/log/checkpoint.tsr") || refuse - - 3 "the time-stamp over the checkpoint does not hold"
believed token/1 "$STAMPED" && believed stemma/1 "$STAMPED" || refuse - - 3 "the suite is not accepted for $STAMPED"
END=$(token_end "$X/log/checkpoint.tsr")
! after "$ASOF" "$END" || refuse - - 3 "the time-stamp ended at $END and nothing renewed it until $ASOF"
ms() { echo "$(epoch "$1") $(echo "$1" | cut -c21-23)" | awk '{ printf "%.0f\n", $1 * 1000 + $2 }'; }
STAMPED_MS=$(ms "$STAMPED")
later() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 > b + 0) }'; }

# --- signatures ----------------------------------------------------------------------------------------------------------
# The one form, strictly DER: SignedData, detached, two certificates in order, one signer named by issuer and number, four signed
# attributes in order, nothing else. In $T/walks a line each: member, places of the signer's certificate and of the other in
# $T/certs, the hash in signingCertificateV2; or member and -. Two certificates make a pair if one issued the other.
grep '\.p7s$' "$T/list" >"$T/p7s"
(cd "$X" && [ ! -s "$T/p7s" ] || xargs cat <"$T/p7s") | od -An -v -to1 | awk -v t="$T/" '
    function val(tag, end,   l, c) { # the value at `at`: its contents from V to E
        if (bad || at + 2 > end || b[at] != tag) return bad = 1
        l = dec[b[at + 1]]; c = at + 2
        if (l == 129 && c < end) { l = dec[b[c]]; c++; if (l < 128) return bad = 1 }
        else if (l == 130 && c + 1 < end) { l = dec[b[c]] * 256 + dec[b[c + 1]]; c += 2; if (l < 256) return bad = 1 }
        else if (l >= 128) return bad = 1
        if (c + l > end) return bad = 1
        V = c; E = c + l }
    function into(tag, end) { val(tag, end); if (!bad) at = V; return E }
    function over(tag, end,   from) { from = at; val(tag, end); if (!bad) at = E; return bytes(from, at) }
    function bytes(from, to,   s) { s = ""; for (; from < to && !bad; from++) s = s "\\" b[from]; return s }
    function must(ok) { if (!ok) bad = 1 }
    function is(list,   w, i, n) { n = split(list, w, " "); for (i = 1; i <= n; i++) if (b[at + i - 1] != w[i]) return 0; at += n; return 1 }
    function sha256() { must(is("060 015 006 011 140 206 110 001 145 003 004 002 001 005 000") || is("060 013 006 011 140 206 110 001 145 003 004 002 001")) }
    function names(i,   end) { # of certificate i: number, issuer, subject
        at = from[i]; end = into("060", to[i]); end = into("060", end); over("240", end); serial[i] = over("002", end)
        over("060", end); issuer[i] = over("060", end); over("060", end); subject[i] = over("060", end) }
    function attribute(end,   kind, e) { # which of the four; its one value
        end = into("060", end)
        kind = is("006 011 052 206 110 206 367 015 001 011 003") ? "type" : is("006 011 052 206 110 206 367 015 001 011 004") ? "digest" : \
               is("006 011 052 206 110 206 367 015 001 011 005") ? "time" : is("006 013 052 206 110 206 367 015 001 011 020 002 057") ? "ess" : "none"
        e = into("061", end); must(e == end && kind != "none" && !(kind in seen)); seen[kind] = 1
        if (kind == "type") must(is("006 011 052 206 110 206 367 015 001 007 001"))
        if (kind == "digest") must(length(over("004", e)) == 34 * 4)
        if (kind == "time") must(over(b[at] == "027" ? "027" : "030", e) ~ /^\\(027\\015(\\06[0-7]|\\07[01])+|030\\017(\\06[0-7]|\\07[01])+)\\132$/)
        if (kind == "ess") ess(e)
        must(at == end) }
    function ess(end,   e, f, g) { # one ESSCertIDv2 of SHA-256; issuer and number, if there, are the signer\047s
        must(into("060", end) == end); must(into("060", end) == end); must((e = into("060", end)) == end)
        hash = over("004", e); must(length(hash) == 34 * 4)
        if (at == e) return
        must((f = into("060", e)) == e); g = into("060", f); must(into("244", g) == g)
        must(over("060", g) == signer && at == g); must(over("002", f) == number && at == f) }
    function walk(n,   e, f, g, i, last, s) {
        bad = at = 0; split("", seen)
        e = into("060", n); must(e == n && is("006 011 052 206 110 206 367 015 001 007 002")); must(into("240", e) == e); must(into("060", e) == e)
        must(is("002 001 001")); f = into("061", e); sha256(); must(at == f)
        f = into("060", e); must(is("006 011 052 206 110 206 367 015 001 007 001") && at == f)
        f = into("240", e); for (i = 1; i <= 2; i++) { from[i] = at; cert[i] = over("060", f); to[i] = at }
        must(at == f && cert[1] < cert[2]); for (i = 1; i <= 2; i++) names(i)
        at = f; must(into("061", e) == e); must(into("060", e) == e)
        must(is("002 001 001")); f = into("060", e); signer = over("060", f); number = over("002", f); must(at == f); sha256()
        me = issuer[1] == signer && serial[1] == number ? 1 : 2; it = 3 - me
        must(issuer[me] == signer && serial[me] == number && !(issuer[it] == signer && serial[it] == number))
        must(subject[it] == issuer[me] && subject[it] != issuer[it])
        f = into("240", e); last = ""
        while (at < f && !bad) { i = at; attribute(f); s = bytes(i, at); must(("x" last) < ("x" s)); last = s }
        must(("type" in seen) && ("digest" in seen) && ("time" in seen) && ("ess" in seen))
        must(is("060 012 006 010 052 206 110 316 075 004 003 002")); over("004", e); must(at == e) }
    function place(c) { if (!(c in known)) { known[c] = ++certs; print certs, c > (t "certs.octal") } return certs == known[c] ? certs : known[c] }
    function told(name,   s, i) { if (bad) { print name, "-"; return }
        s = ""; for (i = 9; i < length(hash); i += 4) s = s sprintf("%02x", dec[substr(hash, i + 1, 3)])
        print name, place(cert[me]), place(cert[it]), s }
    function next_one() { while (++k <= files) { left = size[k]; n = 0; if (left > 0) return; bad = 1; told(name[k]) } }
    BEGIN { for (i = 0; i < 256; i++) dec[sprintf("%03o", i)] = i
        while ((getline line < (t "names")) > 0) { split(line, w, " "); if (w[1] ~ /\.p7s$/) { name[++files] = w[1]; size[files] = w[2] } }
        k = 0; next_one() }
    { for (i = 1; i <= NF; i++) {
        if (n < 8000) b[n] = $i
        if (++n == left) { for (j = 0; j < 16; j++) b[n + j] = "-"; if (left > 8000) bad = 1; else walk(left); told(name[k]); next_one() } } }' >"$T/walks"
[ ! -f "$T/certs.octal" ] || spell "$T/certs" <"$T/certs.octal"
ls "$T/certs" >"$T/certs.list"
sums "$T/certs.list" "$T/certs" >"$T/sums.certs"
n=0
for c in "$X"/pki/*.crl; do
    [ -f "$c" ] || continue
    n=$((n + 1)) form=DER
    grep -q 'BEGIN X509 CRL' "$c" && form=PEM
    openssl crl -inform $form -in "$c" -out "$T/crls/$n.pem" -lastupdate -crlnumber -issuer -text -nameopt RFC2253 >"$T/crls/$n" 2>/dev/null || refuse - - 7 "pki/${c##*/} is no CRL"
    at=$(openssl_time "$(sed -n 's/^lastUpdate=//p' "$T/crls/$n")")
    echo "$at $(sed -n 's/^crlNumber=0x//p' "$T/crls/$n" | awk '{ printf "%48s", $0 }' | tr ' ' 0) $n $(sed -n 's/^issuer=//p' "$T/crls/$n")"
done >"$T/crls/all"
revoked() { # certificate, its issuer's: since when, in seconds, the newest CRL here that the issuer signed revokes it
    name=$(openssl x509 -in "$1" -noout -issuer -nameopt RFC2253) since=99999999999
    sort -r "$T/crls/all" >"$T/crls/sorted"
    while read -r _ _ n by; do
        [ "issuer=$by" = "$name" ] && openssl crl -in "$T/crls/$n.pem" -CAfile "$2" -no-CApath -no-CAstore -noout 2>&1 | grep -q 'verify OK' || continue
        since=$(awk -v s="$(openssl x509 -in "$1" -noout -serial | cut -d= -f2)" '
            /Serial Number:/ { on = ($3 == s) } on && /Revocation Date:/ { sub(/.*Revocation Date: /, ""); print; exit }' "$T/crls/$n.pem")
        [ -z "$since" ] && since=99999999999 || since=$(epoch "$(openssl_time "$since")" || echo 0)
        break
    done <"$T/crls/sorted"
    echo "$since"
}
pair() { # signer's certificate, issuing CA's: what is wrong with them|the signer's hash|CN|person, then since when each is revoked
    why=
    for c in "$1" "$2"; do
        openssl x509 -inform DER -in "$T/certs/$c" -out "$T/certs/$c.pem" 2>/dev/null || why="a certificate cannot be read"
        openssl x509 -in "$T/certs/$c.pem" -noout -text -certopt no_subject,no_issuer,no_extensions 2>/dev/null >"$T/text"
        grep -qx ' *ASN1 OID: prime256v1' "$T/text" && grep -qx ' *Signature Algorithm: ecdsa-with-SHA256' "$T/text" || why="a certificate is not P-256 and SHA-256"
    done
    openssl x509 -in "$T/certs/$1.pem" -noout -ext keyUsage,basicConstraints >"$T/text" 2>/dev/null
    grep -qx ' *Digital Signature, Non Repudiation' "$T/text" || why="key usage"
    ! grep -q '^ *CA:TRUE' "$T/text" || why="the signer is a CA"
    openssl x509 -in "$T/certs/$1.pem" -noout -subject -nameopt multiline,-esc_msb | awk -v why="$why" -v h="$(sed -n "s/^$1 //p" "$T/sums.certs")" '
        { sub(/^ +/, "") } /^commonName *=/ { cn = $0; sub(/^[^=]*= /, "", cn) } /^serialNumber *=/ { id = $0; sub(/^[^=]*= /, "", id) }
        END { print why "|" h "|" cn "|" id }'
    revoked "$T/certs/$1.pem" "$T/certs/$2.pem"
    revoked "$T/certs/$2.pem" "$TRUST/lab-root.pem"
}
signed() { # content, signature, seconds, and of its walk: certificate, issuing certificate, hash. Sets why, or cert, cn and person
    [ "${4--}" != - ] || { why="the signature is not in the one form"; return 1; }
    [ -f "$T/pairs/$4.$5" ] || pair "$4" "$5" >"$T/pairs/$4.$5"
    { IFS='|' read -r why cert cn person; read -r since; read -r since_ca; } <"$T/pairs/$4.$5"
    [ -z "$why" ] || return 1
    why="signingCertificateV2 names another certificate"
    [ "$cert" = "$6" ] || return 1
    why="the certificate was revoked"
    [ "$3" -lt "$since" ] && [ "$3" -lt "$since_ca" ] || return 1
    why="the signature does not hold"
    openssl cms -verify -cades -x509_strict -binary -inform DER -in "$2" -content "$1" -CAfile "$TRUST/lab-root.pem" -no-CApath -no-CAstore \
        -purpose any -attime "$3" -out /dev/null >/dev/null 2>&1
}

# --- rule 4: the manifest ------------------------------------------------------------------------------------------------
M=META-INF/ASiCManifest001.xml
member $M 4
member META-INF/signature001.p7s 4
run '
    BEGIN { facts(); for (i = 0; i < 16; i++) v[substr("0123456789abcdef", i + 1, 1)] = i
        for (i = 0; i < 64; i++) c[i] = substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", i + 1, 1)
        want[1] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"; want[wants = 3] = "<asic:SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>"
        want[2] = "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
        while ((getline name < (t "list")) > 0) if (name != "mimetype" && name !~ /^META-INF\//) want[++wants] = \
            "<asic:DataObjectReference URI=\"" name "\" MimeType=\"application/octet-stream\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>" \
            base64(sum[name]) "</ds:DigestValue></asic:DataObjectReference>"
        want[++wants] = "</asic:ASiCManifest>" }
    function base64(hex,   s, i, x) { s = ""; hex = hex "00"     # three digits are two letters
        for (i = 1; i <= 66; i += 3) { x = v[substr(hex, i, 1)] * 256 + v[substr(hex, i + 1, 1)] * 16 + v[substr(hex, i + 2, 1)]; s = s c[int(x / 64)] c[x % 64] }
        return substr(s, 1, 43) "=" }
    { total += length($0) + 1; if ($0 != want[NR]) bad("- - 4", "the manifest does not list what is here") }
    END { if (!failed && (NR != wants || total != size["META-INF/ASiCManifest001.xml"])) bad("- - 4", "the manifest does not list what is here") }' "$X/$M"
signed "$X/$M" "$X/META-INF/signature001.p7s" "$(epoch "$STAMPED")" $(sed -n 's/^META-INF\/signature001\.p7s //p' "$T/walks") || refuse - - 4 "manifest: $why"
[ "$cn|$person" = "audit|" ] || refuse - - 4 "the manifest is not signed by audit"

# --- dossier.txt ---------------------------------------------------------------------------------------------------------
export ORIGIN SIZE ROOT STAMPED
member dossier.txt 5
run '
    BEGIN { facts() } { total += length($0) + 1 }
    NR == 1 { ok = $0 == "stemma-dossier/1"; next } NR == 2 { ok = ok && $0 == "subject " $2 && id($2); subject = $2; next }
    NR == 3 { ok = ok && $0 == "checkpoint " ENVIRON["SIZE"]; next }
    { ok = ok && $0 == $1 " " $2 " " $3 && $1 ~ /^(whole|part)$/ && id($2) && n($3) && $3 > 0 && ("x" last) < ("x" $2); last = $2; kind[$2] = $1 }
    END { if (!ok || total != size["dossier.txt"] || kind[subject] != "whole" || kind["SYS"] != "part") bad("- - 5", "dossier.txt") }' "$X/dossier.txt"
SUBJECT=$(sed -n 's/^subject //p' "$X/dossier.txt")
sed -n '4,$p' "$X/dossier.txt" >"$T/streams"
while read -r _ S _; do
    member "streams/$S/chain.txt" 5 "$S"
    member "streams/$S/proofs.txt" 8 "$S"
    [ ! -f "$X/streams/$S/observations" ] || member "streams/$S/observations" 6 "$S"
    printf 'stemma-genesis/1\n%s\n%s\n' "$ORIGIN" "$S" >"$T/leaves/$S"
done <"$T/streams"

# --- rule 5: the chains, first their form ----------------------------------------------------------------------------------
: >"$T/atts"
run '
    BEGIN { facts(); while ((getline l < (t "streams")) > 0) { split(l, w, " "); kind[++m] = w[1]; name[m] = w[2]; count[m] = w[3]
        ARGV[ARGC++] = x "streams/" w[2] "/chain.txt" } }
    function begin() { line = 0; ok = 1; text = lastatt = "" }
    function entry() { # one is at its end
        if (!ok || line < 8) bad(s " " last " 5", "the entry behind it is malformed")
        k++; many++; last = f["seq"]; print k, text > (t "leaves.octal")
        print k, s, kind[m_], last, f["log"], f["stream"], f["prev"], f["time"], sprintf("%.0f", sec(f["time"])), f["stmt"], f["stmtlen"], f["sig"], f["siglen"] > (t "entries") }
    function stream() { # so is one
        entry()
        if (many != count[m_]) bad(s " - 5", "the count of entries")
        if (total != size["streams/" s "/chain.txt"]) bad(s " - 5", "chain.txt") }
    FNR == 1 { if (m_) stream(); s = name[++m_]; many = total = 0; last = "-"; begin() }
    { total += length($0) + 1 }
    $0 == "" { entry(); begin(); next }
    { line++; text = text $0 "\\n" }
    line == 1 { ok = $0 == "stemma-entry/1"; next }
    line < 7 { word = line == 2 ? "log" : line == 3 ? "stream" : line == 4 ? "seq" : line == 5 ? "prev" : "time"; ok = ok && $0 == word " " $2; f[word] = $2 }
    line == 2 { ok = ok && $2 ~ /^[a-z0-9.-]+(\/[a-z0-9.-]+)*$/ } line == 3 { ok = ok && id($2) } line == 4 { ok = ok && n($2) }
    line == 5 { ok = ok && h($2) } line == 6 { ok = ok && sec($2) != "" }
    line == 7 { ok = ok && $0 == "stmt " $2 " " $3 && h($2) && n($3) && $3 > 0; f["stmt"] = $2; f["stmtlen"] = $3 }
    line == 8 { ok = ok && $0 == "sig " $2 " " $3 && ($2 == "-" ? $3 "" == "0" : h($2) && n($3) && $3 > 0); f["sig"] = $2; f["siglen"] = $3 }
    line > 8 { ok = ok && $0 == "att " $2 " " $3 " " $4 && length($2) <= 64 && $2 ~ /^[a-z0-9._-]+$/ && h($3) && n($4) && ("x" lastatt) < ("x" $2)
               lastatt = $2; if (ok) print s, f["seq"], $2, $3, $4 > (t "atts") }
    END { if (!failed) stream(); if (failed) exit 1 }'
sed 's/ / \\000/' "$T/leaves.octal" | spell "$T/leaves"
ls "$T/leaves" >"$T/leaves.list"
sums "$T/leaves.list" "$T/leaves" >"$T/sums.leaves"
ISSUED=$(sed -n 's/^stemma\/1 //p' "$T/suites") STAMPED_MS=$(ms "$STAMPED")
export ISSUED STAMPED_MS
run '
    BEGIN { leaves(); split(ENVIRON["ISSUED"], believed, " ") }
    { where = $2 " " $4 " 5"; first = $2 != last
      if ($5 != ENVIRON["ORIGIN"] || $6 != $2) bad(where, "log or stream")
      if (!first && $4 + 0 <= was) bad(where, "the sequence number does not rise")
      if ($3 == "whole" && $4 + 0 != (first ? 0 : was + 1)) bad(where, "a gap")
      if (!first && $8 "" <= clock "") bad(where, "the time does not rise")
      if ($4 == 0 && $7 "" != leaf[$2] "") bad(where, "not the genesis hash")
      if (!first && $4 == was + 1 && $7 "" != leaf[$1 - 1] "") bad(where, "the link to the entry before")
      if ($9 * 1000 + substr($8, 21, 3) > ENVIRON["STAMPED_MS"] + 1000) bad(where, "later than the time-stamp")
      if (!(1 in believed) || $8 "" < believed[1] "" || $8 "" > believed[2] "") bad(where, "the suite stemma/1 is not accepted for " $8)
      last = $2; was = $4 + 0; clock = $8 }' "$T/entries"

# --- rule 6: the statements; those of entries without signature are cut out of `observations`, 13 lines each -----------------
: >"$T/pieces.names"
run '
    BEGIN { facts(); entries(); for (i = 1; i <= N; i++) if (sig[i] == "-") { file = "streams/" S[i] "/observations"; of[file, ++count[file]] = i; if (file in size && !(file in given)) { given[file]; ARGV[ARGC++] = x file } }
        while ((getline l < (t "streams")) > 0) { split(l, w, " "); file = "streams/" w[2] "/observations"; if (file in size && !(file in given)) bad(w[2] " - 6", "observations of no entry") }
        file = ""; if (ARGC < 2) exit 0 }
    function over() { if (file != "" && total != size[file]) bad(s " - 6", "observations") }
    FNR == 1 { over(); file = substr(FILENAME, length(x) + 1); s = file; sub(/^streams\//, "", s); sub(/\/observations$/, "", s); total = 0 }
    { total += length($0) + 1; k = int((FNR - 1) / 13) + 1 
      if (!((file, k) in of)) bad(s " - 6", "observations of no entry")
      k = of[file, k]; print > (t "pieces/" k); bytes[k] += length($0) + 1; if (FNR % 13 == 0) { close(t "pieces/" k); print k, bytes[k] > (t "pieces.names") } }
    END { if (!failed) over(); if (failed) exit 1 }'
cut -d' ' -f1 "$T/pieces.names" >"$T/pieces.list"
sums "$T/pieces.list" "$T/pieces" | awk 'FILENAME == ARGV[1] { size[$1] = $2; next } { print "pieces/" $1, size[$1], $2 }' "$T/pieces.names" - >>"$T/facts"
: >"$T/sys"
: >"$T/acts"
run '
    BEGIN { facts(); entries(); leaves(); while ((getline l < (t "walks")) > 0) { split(l, w, " "); walk[w[1]] = w[2] " " w[3] " " w[4] }
        for (i = 1; i <= N; i++) {
            name[i] = "pieces/" i
            if (sig[i] != "-") { name[i] = q[i]; while (length(name[i]) < 6) name[i] = "0" name[i]; name[i] = "streams/" S[i] "/acts/" name[i]; p7s[i] = name[i] ".p7s"; name[i] = name[i] ".stmt" }
            place[S[i], q[i]] = i; where = S[i] " " q[i] " 6"
            if (!(name[i] in size)) bad(where, "its statement is missing")
            if (sum[name[i]] != stmt[i] || size[name[i]] != len[i]) bad(where, "not the statement that the entry names")
            if (len[i] > 60000) bad(where, "the statement is too long")
            if ((S[i], stmt[i]) in twice) bad(where, "the statement is there twice")
            twice[S[i], stmt[i]]; print name[i] >> (t "used"); ARGV[ARGC++] = (sig[i] == "-" ? t : x) name[i] } }
    function fault() { sick = 1; pos = length(text) + 2; return 0 }
    function value(d,   c, l) { c = substr(text, pos, 1)
        if (c == "\"") return string()
        if (c == "{" || c == "[") return d > 8 ? fault() : nested(d, c)
        if (match(substr(text, pos, 5), /^(true|null|false)/)) { pos += RLENGTH; return 1 }
        if (match(substr(text, pos, 20), /^(0|-?[1-9][0-9]*)/)) { l = substr(text, pos, RLENGTH); pos += RLENGTH; sub(/-/, "", l); return n(l) ? 1 : fault() }
        return fault() }
    function string(   c) { pos++
        while (pos <= length(text)) {
            if (match(substr(text, pos, 80), /^[^"\\]+/)) { pos += RLENGTH; continue }
            if (substr(text, pos, 1) == "\"") { pos++; return 1 }
            if (substr(text, pos + 1, 1) !~ /["\\]/) return fault()
            pos += 2 }
        return fault() }
    function nested(d, open,   close_, last, key) { close_ = open == "{" ? "}" : "]"; pos++; last = ""
        if (substr(text, pos, 1) == close_) { pos++; return 1 }
        while (!sick) {
            if (open == "{") { if (!match(substr(text, pos, 44), /^"[a-z][a-z0-9_]*":/) || RLENGTH > 43) return fault()
                key = substr(text, pos + 1, RLENGTH - 3); if (!(("x" last) < ("x" key))) return fault(); last = key; pos += RLENGTH }
            value(d + 1)
            if (substr(text, pos, 1) == ",") { pos++; continue }
            if (substr(text, pos, 1) == close_) { pos++; return 1 }
            return fault() } }
    function profile(s,   u) { # the strict profile of a body but for Unicode normal form C
        if (substr(s, 1, 1) != "{" || s ~ /[\001-\037\177]/) return 0
        if (s ~ /[\200-\377]/) {
            if (s ~ /\302[\200-\237]/ || s ~ /\342\200[\213-\217\252-\256]/ || s ~ /\342\201[\240-\251]/ || s ~ /\357\273\277/ || s ~ /\357\267[\220-\257]/ || s ~ /\357\277[\276\277]/ || s ~ /[\360-\364][\217\237\257\277]\277[\276\277]/) return 0
            u = s; gsub(/[\302-\337][\200-\277]/, ".", u); gsub(/\340[\240-\277][\200-\277]/, ".", u); gsub(/\355[\200-\237][\200-\277]/, ".", u); gsub(/[\341-\354\356\357][\200-\277][\200-\277]/, ".", u)
            gsub(/\360[\220-\277][\200-\277][\200-\277]/, ".", u); gsub(/[\361-\363][\200-\277][\200-\277][\200-\277]/, ".", u); gsub(/\364[\200-\217][\200-\277][\200-\277]/, ".", u)
            if (u ~ /[\200-\377]/) return 0 }
        text = s; pos = 1; sick = 0; value(1); return !sick && pos == length(s) + 1 }
    function over(   where, i) { # a statement is at its end
        where = S[k] " " q[k] " "
        if (!ok || line < 12) bad(where 6, "the statement\047s header")
        if (sec(claimed) == "") bad(where 6, "the statement\047s time")
        if (line != 13 || length(body) + 1 != bodylen || total != len[k]) bad(where 6, "the body\047s length")
        if (!profile(body)) bad(where 6, "the body is outside the profile")
        if (stream != S[k]) bad(where 6, "the statement names another stream")
        if (rseq == "-1" && rhash != leaf[S[k]]) bad(where 6, "reviewed")
        if (rseq != "-" && rseq + 0 >= q[k] + 0) bad(where 6, "reviewed what came later")
        if (rseq != "-" && ((S[k], rseq) in place) && rhash != leaf[place[S[k], rseq]]) bad(where 6, "reviewed another entry")
        if (act != (sig[k] != "-")) bad(where 7, "an act without signature, or a signature of no act")
        if (S[k] == "SYS") print q[k], type, body > (t "sys")
        if (!act) return
        if (!(p7s[k] in size)) bad(where 7, p7s[k] " is missing")
        if (sum[p7s[k]] != sig[k] || size[p7s[k]] != siglen[k]) bad(where 7, "not the signature that the entry names")
        print p7s[k] >> (t "used"); print S[k], q[k], secs[k], cert, actor, name[k], p7s[k], walk[p7s[k]] > (t "acts") }
    FNR == 1 { if (k) over(); k++; total = 0; body = "" }
    { line = FNR; total += length($0) + 1 }
    line == 1 { ok = $0 == "stemma-statement/1" }
    line == 2 { ok = ok && /^type [a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/; type = $2 }
    line == 3 { ok = ok && $0 == "stream " $2 && id($2); stream = $2 }
    line == 4 { ok = ok && $0 == "actor " $2 " " $3 && id($2) && id($3) && $2 ~ /^[UT]-/ && $3 ~ /^T-/; actor = $2 }
    line == 5 { ok = ok && $0 == "signer " $2 " " $3; act = $2 != "-"; cert = $2
                ok = ok && (act ? h($2) && $3 == actor && $3 ~ /^U-/ : $3 ~ /^[a-z][a-z0-9_]*$/) }
    line == 6 { ok = ok && (act ? /^meaning (authored|performed|verified|reviewed|approved|released|rejected|handed-over|received|corrected|witnessed)$/ : $0 == "meaning recorded") }
    line == 7 { ok = ok && ($0 == "reviewed -" ? !act : $0 == "reviewed " $2 " " $3 && ($2 == "-1" || n($2)) && h($3)); rseq = $2; rhash = $3 }
    line == 8 { ok = ok && ($0 == "rendered -" ? !act : $0 == "rendered " $2 " " $3 && h($2) && $3 ~ /^[a-z][a-z0-9_-]*\/(0|[1-9][0-9]*)$/) }
    line == 9 { ok = ok && $0 == "at " $2; claimed = $2 }
    line == 10 { ok = ok && $0 == "command " $2 && length($2) == 32 && $2 ~ /^[0-9a-f]+$/ && substr($2, 13, 1) == "7" && substr($2, 17, 1) ~ /[89ab]/ }
    line == 11 { ok = ok && $0 == "body " $2 && n($2); bodylen = $2 } line == 12 { ok = ok && $0 == "" } line == 13 { body = $0 }
    END { if (!failed) over(); if (failed) exit 1 }'

# --- rule 7: the signatures ------------------------------------------------------------------------------------------------
while read -r S q seconds hash actor stmt p7s mine its ess; do
    signed "$X/$stmt" "$X/$p7s" "$seconds" "${mine:--}" "$its" "$ess" || refuse "$S" "$q" 7 "$why"
    [ "$cert|$person" = "$hash|$actor" ] || refuse "$S" "$q" 7 "signed with another certificate"
done <"$T/acts"

# --- rule 8: the tree, where many proofs share nodes: level by level, each node hashed once ----------------------------------
: >"$T/hashed"
climb() { # chains: each to its end; refuses at the first that does not arrive at its target
    while awk -v t="$T/" '
            BEGIN { for (i = 0; i < 256; i++) octal[sprintf("%02x", i)] = sprintf("\\%03o", i)
                while ((getline l < (t "hashed")) > 0) { split(l, w, " "); sum[w[1]] = w[2] } }
            function spelt(pair,   s, i) { s = "\\001"; for (i = 1; i < 128; i += 2) s = s octal[substr(pair, i, 2)]; return s }
            length($1) == 128 { $1 = sum[$1] }
            NF > 5 { more = 1; $1 = substr($6, 1, 1) == "L" ? substr($6, 2) $1 : $1 substr($6, 2); $6 = ""
                if (!($1 in sum)) { sum[$1] = ""; print $1, spelt($1) > (t "nodes.octal") } }
            { print > (t "chains.next") }
            END { exit !more }' "$1"; do
        mv "$T/chains.next" "$1"
        [ -f "$T/nodes.octal" ] || continue
        spell "$T/nodes" <"$T/nodes.octal"
        cut -d' ' -f1 "$T/nodes.octal" >"$T/nodes.list"
        rm "$T/nodes.octal"
        sums "$T/nodes.list" "$T/nodes" >>"$T/hashed"
    done
    awk '$1 "" != $2 "" { gsub(/_/, " ", $5); print $3, $4, $5; exit 1 }' "$T/chains.next" || exit 1
}
run '
    BEGIN { facts(); entries(); leaves(); for (i = 1; i <= N; i++) if (S[i] != S[i - 1]) ARGV[ARGC++] = x "streams/" S[i] "/proofs.txt" }
    function over() { if (S[k] == S[k + 1]) bad(S[k] " " q[k + 1] " 8", "proofs.txt"); if (total != size["streams/" S[k] "/proofs.txt"]) bad(S[k] " - 8", "proofs.txt") }
    FNR == 1 { if (k) over(); s = S[k + 1]; index_ = -1; total = 0 }
    { k++; total += length($0) + 1; l = "proof " $2 " " $3; for (i = 4; i <= NF; i++) l = l " " $i
      if (S[k] != s) bad(s " - 8", "more proofs than entries")
      if ($0 != l || $2 "" != q[k] "" || !n($3)) bad(s " " q[k] " 8", "proofs.txt")
      if ($3 <= index_) bad(s " " q[k] " 5", "the leaf index does not rise")
      steps = $3 + 0 < ENVIRON["SIZE"] + 0 ? up($3 + 0, ENVIRON["SIZE"] - 1, 4) : ""
      if (steps == "") bad(s " " q[k] " 8", "not proved to be in the tree")
      index_ = $3 + 0; print leaf[k], ENVIRON["ROOT"], s, q[k], "8:_not_proved_to_be_in_the_tree" steps > (t "chains")
      print s, q[k], $3, sprintf("%.0f", secs[k] * 1000 + substr(time[k], 21, 3)), sig[k] > (t "placed") }
    END { if (!failed) over(); if (failed) exit 1 }'
climb "$T/chains"

# --- rule 9: the attachments -----------------------------------------------------------------------------------------------
run '
    BEGIN { facts() }
    { file = "attachments/" $4; if (!(file in size)) bad($1 " " $2 " 9", "the attachment " $3 " is missing")
      if (sum[file] != $4 || size[file] != $5) bad($1 " " $2 " 9", "the attachment " $3); print file > (t "more") }' "$T/atts"
[ ! -f "$T/more" ] || cat "$T/more" >>"$T/used"

# --- rule 10: completeness and time evidence ---------------------------------------------------------------------------------
logged() { # the log's own entry of that number: type, ms, index, body; all empty if it is not here
    set -- $(awk -v q="$1" 'FILENAME == ARGV[1] { if ($1 == "SYS" && $2 == q) at = $4 " " $3; next } $1 == q { print $2, at, $3 }' "$T/placed" "$T/sys")
    type=${1-} ms=${2-} index=${3-} body=${4-}
}
member log/heads.txt 10
run '
    BEGIN { facts() } { total += length($0) + 1 }
    NR == 1 { ok = $0 == "heads " $2 " " $3 " " $4 " " $5 && n($2) && n($3) && n($4) && h($5); streams = $4; root = $5; seq = $2 }
    NR == 2 { ok = ok && $0 == "line " $2 " " $3 " " $4 " " $5 && n($2) && id($3) && n($4) && h($5); at = $2 }
    NR == 3 { l = "proof " $2; for (i = 3; i <= NF; i++) l = l " " $i; ok = ok && l == $0 && $2 "" == at ""
              if (!ok) exit; steps = at + 0 < streams + 0 ? up(at + 0, streams - 1, 3) : "" }
    END { if (!ok || NR != 3 || total != size["log/heads.txt"]) bad("- - 10", "log/heads.txt")
          if (steps == "") bad("SYS " seq " 10", "the line of the heads is not proved")
          print root, "SYS", seq, "10:_the_line_of_the_heads_is_not_proved" steps > (t "climb") }' "$X/log/heads.txt"
{ read -r _ hseq hsize hstreams hroot; read -r _ _ hstream hlast hleaf; } <"$X/log/heads.txt"
logged "$hseq"
[ "$type" = log.heads ] || refuse SYS "$hseq" 10 "the log.heads entry is missing"
[ "$body" = "{\"root\":\"$hroot\",\"size\":$hsize,\"streams\":$hstreams}" ] || refuse SYS "$hseq" 10 "the log recorded other heads"
[ "$STAMPED_MS" -le $((ms + 90000000)) ] || refuse SYS "$hseq" 10 "the heads are too old"
[ "$hsize" -le "$SIZE" ] || refuse SYS "$hseq" 10 "the heads of a larger tree"
set -- $(awk -v s="$SUBJECT" '$2 == s { k = $1; q = $4 } END { print k, q }' "$T/entries")
[ "$hstream $hlast $hleaf" = "$SUBJECT $2 $(sed -n "s/^$1 //p" "$T/sums.leaves")" ] &&
    [ "$(awk -v s="$SUBJECT" '$1 == s { i = $3 } END { print i }' "$T/placed")" -lt "$hsize" ] ||
    refuse "$SUBJECT" "$2" 10 "the chain does not end where the log says it did"
{ { printf '\000'; sed -n 2p "$X/log/heads.txt" | cut -d' ' -f3-; } | openssl dgst -sha256 -r | cut -c1-64; cat "$T/climb"; } | paste -d' ' -s - >"$T/chains"

[ -f "$X/log/stamps.txt" ] || refuse - - 10 "log/stamps.txt is missing"
echo log/stamps.txt >>"$T/used"
: >"$T/wanted"
run '
    BEGIN { facts(); ok = 1; last = -1 } { total += length($0) + 1 }
    NR % 2 == 1 { ok = ok && $0 == "stamp " $2 " " $3 && n($2) && n($3) && $3 + 0 > last; last = $3 + 0; at = $3; seq = $2 }
    NR % 2 == 0 { l = "consistency " $2; for (i = 3; i <= NF; i++) { ok = ok && h($i); l = l " " $i }
                  ok = ok && l == $0 && $2 "" == at ""; if (ok) print seq, at, substr($0, length($1 $2) + 3) > (t "wanted") }
    END { if (!ok || NR % 2 || total != size["log/stamps.txt"] + 0) bad("- - 10", "log/stamps.txt") }' "$X/log/stamps.txt"
: >"$T/stamps"
while read -r seq size_ proof; do
    logged "$seq"
    [ "$type" = log.timestamp ] || refuse SYS "$seq" 10 "the log.timestamp entry is missing"
    c=$(awk -v q="$seq" '$1 == "SYS" && $2 == q && $3 == "checkpoint" { print $4 }' "$T/atts")
    t=$(awk -v q="$seq" '$1 == "SYS" && $2 == q && $3 == "token" { print $4 }' "$T/atts")
    [ -n "$c" ] && [ -n "$t" ] || refuse SYS "$seq" 10 "checkpoint and token"
    log_signed "$X/attachments/$c" || refuse SYS "$seq" 10 "the stamped checkpoint"
    [ "$origin" = "$ORIGIN" ] && [ "$tree" = "$size_" ] && [ "$body" = "{\"root\":\"$root\",\"size\":$size_}" ] || refuse SYS "$seq" 10 "not the recorded checkpoint"
    when=$(token "$X/attachments/$c" "$X/attachments/$t") || refuse SYS "$seq" 10 "the token does not hold"
    believed token/1 "$when" || refuse SYS "$seq" 10 "the suite is not accepted for $when"
    # RFC 9162 2.1.4.2: two chains from the proof's first hash, to the root of then and to the root of now
    echo "$size_ $root $proof" | run '{ m = $1 + 0; N = ENVIRON["SIZE"] + 0; where = "SYS '"$seq"' 10"; told = "not the beginning of this tree"
        if (m < 1 || m > N || (m == N && (NF > 2 || $2 != ENVIRON["ROOT"]))) bad(where, told)
        if (m == N) exit
        for (fn = m; fn % 2 == 0; fn /= 2) ; if (fn == 1) $2 = $2 " " $2; $0 = $0
        if (NF < 3) bad(where, told)
        fn = m - 1; for (sn = N - 1; fn % 2 == 1; fn = int(fn / 2)) sn = int(sn / 2)
        then = up(fn, sn, 4, 1); now = up(fn, sn, 4, 0); if (now == "") bad(where, told)
        gsub(/ /, "_", told); print $3, $2, where ":_" told then; print $3, ENVIRON["ROOT"], where ":_" told now }' >"$T/both" || { cat "$T/both"; exit 1; }
    cat "$T/both" >>"$T/chains"
    echo "$size_ $(ms "$when") $seq $index $when $(token_end "$X/attachments/$t")" >>"$T/stamps"
done <"$T/wanted"
climb "$T/chains"
awk 'FILENAME == ARGV[1] { size[++n] = $1; when[n] = $2; seq[n] = $3; at[n] = $4; next }
    { for (i = 1; i <= n && size[i] + 0 <= $3 + 0; i++) ; if (i > n && $5 != "-") { print $1, $2, "10: no time-stamp covers the act"; exit 1 }
      for (; i <= n; i++) if (when[i] + 1000 < $4 + 0) { print $1, $2, "10: the entry is later than a time-stamp that covers it"; exit 1 }
      for (i = n; i && at[i] + 0 >= $3 + 0; i--) ; if (i && $4 + 600000 < when[i] + 0) { print $1, $2, "10: it says a time long before time-stamp SYS " seq[i] ", which was in the log before it"; exit 1 } }' \
    "$T/stamps" "$T/placed" || exit 1
# Each lasts until the dossier's own time-stamp, or a later one over the tree with its token renewed it while it lasted.
awk -v stamped="$STAMPED" '{ n++; size[n] = $1; seq[n] = $3; at[n] = $4; when[n] = $5; end[n] = $6 }
    END { for (i = n; i > 0; i--) { holds[i] = stamped "" <= end[i] ""
              for (j = i + 1; j <= n; j++) if (holds[j] && size[j] + 0 > at[i] + 0 && when[j] "" <= end[i] "") holds[i] = 1 }
          for (i = 1; i <= n; i++) if (!holds[i]) { print "SYS", seq[i], "10: the time-stamp ended at " end[i] ", and no other renewed it before"; exit 1 } }' \
    "$T/stamps" || exit 1

left=$(awk 'FILENAME == ARGV[1] { used[$0]; next } !($0 in used) && !/^pki\/[^\/]*\.(pem|crl)$/ && !/^exports\/[^\/]*$/ { print; exit }' "$T/used" "$T/list")
[ -z "$left" ] || refuse - - 1 "$left has no place in a dossier"
echo "$SUBJECT holds: log of $SIZE, stamped $STAMPED, renew before $(echo "$END" | cut -c1-10) (rules 1 to 10)"
