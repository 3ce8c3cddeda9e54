#!/bin/sh
# Check a Stemma dossier with a POSIX shell, openssl (3.0 or later), unzip, awk and od alone: docs/FORMAT.md, rules 1 to 10.
#
#   sh verify.sh FILE TRUST-FOLDER [AS-OF]
#
# TRUST-FOLDER holds lab-root.pem, tsa-root.pem, log.pub.pem and witnesses.txt, got by another way than the dossier; perhaps
# suites.txt. AS-OF (2035-06-30T00:00:00.000Z) demands that the time-stamp lasts until then.
# Exit status: 0 it holds, 1 it does not (`stream seq rule: text`), 2 it could not be checked.
# Not done here: Unicode normal form C of statement bodies, and the recomputation (rule 11); stemma-verify does both.
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
for tool in openssl unzip awk od sed; do
    command -v $tool >/dev/null || { echo "verify.sh: needs $tool" >&2; exit 2; }
done
D=$(mktemp -d) || exit 2
trap 'rm -rf "$D"' EXIT
trap 'exit 2' HUP INT TERM
mkdir "$D/x" "$D/t" || exit 2
X=$D/x
T=$D/t
mkdir "$T/empty" "$T/nodes" "$T/revoked"
SSL_CERT_DIR=$T/empty SSL_CERT_FILE=$T/none        # the machine's own roots are never asked
export SSL_CERT_DIR SSL_CERT_FILE

refuse() { # stream seq rule text
    echo "$1 $2 $3: $4"
    exit 1
}
sha() { openssl dgst -sha256 -r "$1" | cut -c1-64; }
size() { wc -c <"$1" | tr -d ' '; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
bytes() { # hex on the command line to bytes
    awk -v h="$1" 'BEGIN { d = "0123456789abcdef"
        for (i = 1; i < length(h); i += 2) { v = (index(d, substr(h, i, 1)) - 1) * 16 + index(d, substr(h, i + 1, 1)) - 1
            printf "\\%o%o%o", int(v / 64), int(v / 8) % 8, v % 8 } }' >"$T/octal"
    printf "$(cat "$T/octal")"
}
node() { # proofs of one tree share their upper nodes: each is hashed once
    [ -f "$T/nodes/$1$2" ] || { printf '\001'; bytes "$1$2"; } | openssl dgst -sha256 -r | cut -c1-64 >"$T/nodes/$1$2"
    cat "$T/nodes/$1$2"
}
leaf() { { printf '\000'; cat "$1"; } | openssl dgst -sha256 -r | cut -c1-64; }
epoch() { # 2026-03-02T08:00:13.000Z to seconds since 1970; fails if there is no such time
    echo "$1" | awk '!/^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9][0-9][0-9]Z$/ { exit 1 }
        { y = substr($0, 1, 4) + 0; m = substr($0, 6, 2) + 0; d = substr($0, 9, 2) + 0
          split("31 28 31 30 31 30 31 31 30 31 30 31", n, " "); if (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) n[2] = 29
          h = substr($0, 12, 2) + 0; i = substr($0, 15, 2) + 0; s = substr($0, 18, 2) + 0
          if (m < 1 || m > 12 || d < 1 || d > n[m] || h > 23 || i > 59 || s > 59) exit 1
          if (m <= 2) { y--; m += 12 }
          days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 1 - 719468
          printf "%d\n", days * 86400 + h * 3600 + i * 60 + s }'
}
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
    function take(n) { return n <= 0 }
    function num(s, at, n,   v, i) { v = 0; for (i = n - 1; i >= 0; i--) v = v * 256 + b[at + i]; return v }
    # a record is gathered into b[0..]; `want` says when it is complete
    BEGIN { for (i = 32; i < 127; i++) chr[i] = sprintf("%c", i); state = "sig"; want = 4; n = 0; pos = 0; files = 0; seen = 0 }
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
            print name > names
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
[ "$(sed -n 1p "$T/names")" = mimetype ] || refuse - - 1 "mimetype is not first"
printf 'application/vnd.etsi.asic-e+zip' | cmp -s - "$X/mimetype" || refuse - - 1 "mimetype"
cp "$T/names" "$T/left"
used() { awk -v u="$1" '$0 != u' "$T/left" >"$T/left2" && mv "$T/left2" "$T/left"; }
member() { # name rule stream seq: it must be there
    [ -f "$X/$1" ] || refuse "${3--}" "${4--}" "$2" "$1 is missing"
    used "$1"
}
for f in mimetype README.txt human/dossier.pdf META-INF/ASiCManifest001.xml META-INF/signature001.p7s; do used $f; done

# --- notes ---------------------------------------------------------------------------------------------------------------
note_form() { # three lines, an empty one, then signature lines
    awk 'NR == 1 && !/^[a-z0-9.-]+(\/[a-z0-9.-]+)*$/ { exit 1 } NR == 2 && !/^(0|[1-9][0-9]*)$/ { exit 1 }
         NR == 3 && (!/^[A-Za-z0-9+\/]+=$/ || length($0) != 44) { exit 1 } NR == 4 && $0 != "" { exit 1 }
         NR > 4 && !/^\342\200\224 [^ +]+ [A-Za-z0-9+\/]+=*$/ { exit 1 } END { exit NR < 4 }' "$1" &&
    [ "$(tail -c 1 "$1" | hex)" = 0a ]
}
ed25519() { # public key (PEM), message, signature
    openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1
}
openssl pkey -pubin -in "$TRUST/log.pub.pem" -outform DER 2>/dev/null | tail -c 32 >"$T/log.raw"
[ "$(size "$T/log.raw")" = 32 ] || { echo "verify.sh: log.pub.pem is no Ed25519 key" >&2; exit 2; }
log_signed() { # a note signed by the log, by one line: body in $T/body
    note_form "$1" || return 1
    [ "$(awk 'END { print NR }' "$1")" = 5 ] || return 1
    sed -n 1,3p "$1" >"$T/body"
    name=$(sed -n 1p "$1")
    [ "$(sed -n 5p "$1" | cut -d' ' -f2)" = "$name" ] || return 1
    sed -n 5p "$1" | cut -d' ' -f3 | openssl base64 -d -A >"$T/blob"
    [ "$(size "$T/blob")" = 68 ] || return 1
    [ "$(openssl base64 -A -in "$T/blob")" = "$(sed -n 5p "$1" | cut -d' ' -f3)" ] || return 1
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
ORIGIN=$(sed -n 1p "$T/body")
SIZE=$(sed -n 2p "$T/body")
ROOT=$(sed -n 3p "$T/body" | openssl base64 -d -A | hex)
cp "$T/body" "$T/checkpoint.body"
note_form "$X/log/cosignatures" || refuse - - 2 "log/cosignatures is malformed"
sed -n 1,3p "$X/log/cosignatures" | cmp -s - "$T/checkpoint.body" || refuse - - 2 "cosignatures of another checkpoint"
while IFS= read -r vkey || [ -n "$vkey" ]; do
    [ -n "$vkey" ] || continue
    name=${vkey%%+*}; rest=${vkey#*+}; id=${rest%%+*}; key=${rest#*+}
    echo "$key" | openssl base64 -d -A >"$T/key"
    [ "$(size "$T/key")" = 33 ] && [ "$(head -c 1 "$T/key" | hex)" = 04 ] || { echo "verify.sh: witnesses.txt" >&2; exit 2; }
    [ "$({ printf '%s\n' "$name"; cat "$T/key"; } | openssl dgst -sha256 -r | cut -c1-8)" = "$id" ] || { echo "verify.sh: witnesses.txt" >&2; exit 2; }
    { bytes 302a300506032b6570032100; tail -c 32 "$T/key"; } | openssl pkey -pubin -inform DER -out "$T/witness.pem" 2>/dev/null
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
signed() { # content p7s time: prints "certificate-hash|CN|person"; fails and prints why
    der_alone "$2" || { echo "bytes behind the signature"; return 1; }
    openssl cms -cmsout -print -noout -inform DER -in "$2" -nameopt RFC2253 >"$T/print" 2>/dev/null || { echo "no CMS"; return 1; }
    awk '/^    certificates:/ { inside = 1 } /^    crls:/ { inside = 0 } /^      d\.certificate:/ { certs++ }
         inside && /^      [^ ]/ { any++ }
         inside && /^          serialNumber:/ { number = $2 } inside && /^          issuer:/ { named[number $0] = 1 } inside { next }
         /^          issuer:/ { issuer = $0 } /^          serialNumber:/ && ($2 issuer) in named { mine = 1 }
         /^        signedAttrs:/ { on = 1 } /^        signatureAlgorithm:/ { on = 0 }
         on && /^            object:/ { attrs++; if (/9\.3\)|9\.4\)|9\.5\)|16\.2\.47\)/) known++ }
         on || /issuer:|serialNumber:|^ +[0-9a-f][0-9a-f][0-9a-f][0-9a-f] - / { next }
         { sub(/^ +/, ""); sub(/ +$/, ""); sub(/parameter: (<ABSENT>|NULL)$/, "p"); form = form $0 ";" }
         END { want = "CMS_ContentInfo:;contentType: pkcs7-signedData (1.2.840.113549.1.7.2);d.signedData:;version: 1;digestAlgorithms:;" \
                   "algorithm: sha256 (2.16.840.1.101.3.4.2.1);p;encapContentInfo:;eContentType: pkcs7-data (1.2.840.113549.1.7.1);" \
                   "eContent: <ABSENT>;crls:;<ABSENT>;signerInfos:;version: 1;d.issuerAndSerialNumber:;digestAlgorithm:;" \
                   "algorithm: sha256 (2.16.840.1.101.3.4.2.1);p;signatureAlgorithm:;algorithm: ecdsa-with-SHA256 (1.2.840.10045.4.3.2);p;" \
                   "signature:;unsignedAttrs:;<ABSENT>;"
               exit !(form == want && mine && certs == 2 && any == 2 && attrs == 4 && known == 4) }' "$T/print" ||
        { echo "the signature is not in the one form"; return 1; }
    openssl cms -verify -binary -inform DER -in "$2" -content "$1" -CAfile "$TRUST/lab-root.pem" -no-CApath -no-CAstore \
        -purpose any -attime "$(epoch "$3")" -signer "$T/signer.pem" -out /dev/null >/dev/null 2>&1 || { echo "the signature does not hold"; return 1; }
    [ "$(grep -c BEGIN "$T/signer.pem")" = 1 ] || { echo "one signer"; return 1; }
    openssl pkcs7 -inform DER -in "$2" -print_certs 2>/dev/null | awk -v t="$T" '/BEGIN CERT/ { n++; on = 1 } on { print > (t "/cert" n ".pem") } /END CERT/ { on = 0 }'
    openssl x509 -in "$T/signer.pem" -noout -ext keyUsage 2>/dev/null | grep -qx ' *Digital Signature, Non Repudiation' || { echo "key usage"; return 1; }
    hash=$(openssl x509 -in "$T/signer.pem" -outform DER | openssl dgst -sha256 -r | cut -c1-64)
    # since when the newest CRLs here revoke it or its issuing CA's: looked up once a certificate
    [ -f "$T/revoked/$hash" ] || for c in "$T/cert1.pem" "$T/cert2.pem"; do revoked_since "$c"; done >"$T/revoked/$hash"
    while read -r since; do
        later "$since" "$(epoch "$3")" || { echo "the certificate was revoked"; return 1; }
    done <"$T/revoked/$hash"
    openssl x509 -in "$T/signer.pem" -noout -subject -nameopt multiline,-esc_msb | awk -v h="$hash" '
        { sub(/^ +/, "") } /^commonName *=/ { cn = $0; sub(/^[^=]*= /, "", cn) } /^serialNumber *=/ { id = $0; sub(/^[^=]*= /, "", id) }
        END { print h "|" cn "|" id }'
}
revoked_since() { # certificate: by the newest CRL here that its issuer signed; prints seconds since 1970
    for by in "$T/cert1.pem" "$T/cert2.pem" "$TRUST/lab-root.pem"; do
        [ "$(openssl x509 -in "$by" -noout -subject_hash 2>/dev/null)" = "$(openssl x509 -in "$1" -noout -issuer_hash)" ] || continue
        newest='' list=''
        for c in "$X"/pki/*.crl; do
            [ -f "$c" ] || continue
            form=DER; grep -q 'BEGIN X509 CRL' "$c" && form=PEM
            openssl crl -inform $form -in "$c" -CAfile "$by" -no-CApath -no-CAstore -noout 2>&1 | grep -q 'verify OK' || continue
            number=$(openssl crl -inform $form -in "$c" -noout -crlnumber | sed 's/.*=0x//' | awk '{ printf "%40s", $0 }')
            at="$(openssl_time "$(openssl crl -inform $form -in "$c" -noout -lastupdate | cut -d= -f2)")$number"
            [ -z "$newest" ] || after "$at" "$newest" || continue
            newest=$at; list=$c
        done
        [ -n "$newest" ] || continue
        form=DER; grep -q 'BEGIN X509 CRL' "$list" && form=PEM
        serial=$(openssl x509 -in "$1" -noout -serial | cut -d= -f2)
        since=$(openssl crl -inform $form -in "$list" -noout -text | awk -v s="$serial" '
            /Serial Number:/ { on = ($3 == s) } on && /Revocation Date:/ { sub(/.*Revocation Date: /, ""); print; exit }')
        [ -n "$since" ] || continue
        epoch "$(openssl_time "$since")" || echo 0
    done
}
for c in "$X"/pki/*.crl; do
    [ -f "$c" ] || continue
    form=DER; grep -q 'BEGIN X509 CRL' "$c" && form=PEM
    openssl crl -inform $form -in "$c" -noout >/dev/null 2>&1 || refuse - - 7 "pki/${c##*/} is no CRL"
done

# --- rule 4: the manifest ------------------------------------------------------------------------------------------------
M=$X/META-INF/ASiCManifest001.xml
[ -f "$M" ] && [ -f "$X/META-INF/signature001.p7s" ] || refuse - - 4 "the manifest is missing"
for name in $(grep -v -e '^mimetype$' -e '^META-INF/' "$T/names"); do
    printf '<asic:DataObjectReference URI="%s" MimeType="application/octet-stream"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>\n' \
        "$name" "$(openssl dgst -sha256 -binary "$X/$name" | openssl base64 -A)"
done >"$T/want"
awk '/^<asic:DataObjectReference/ || on { on = 1; print }' "$M" >"$T/got"
{ cat "$T/want"; echo '</asic:ASiCManifest>'; } | cmp -s - "$T/got" || refuse - - 4 "the manifest does not list what is here"
awk '/^<asic:DataObjectReference/ { exit } { s = s $0 "\n" } END { exit !(s ~ /^<\?xml [^>]*\?>[ \n]*<asic:ASiCManifest [^>]*>[ \n]*<asic:SigReference URI="META-INF\/signature001.p7s"[ \n]+MimeType="application\/pkcs7-signature"\/>[ \n]*$/) }' "$M" ||
    refuse - - 4 "the manifest's opening"
who=$(signed "$M" "$X/META-INF/signature001.p7s" "$STAMPED") || refuse - - 4 "manifest: $who"
[ "${who#*|}" = "audit|" ] || refuse - - 4 "the manifest is not signed by audit"

# --- dossier.txt ---------------------------------------------------------------------------------------------------------
member dossier.txt 5
awk -v size="$SIZE" 'function id(s) { return length(s) <= 32 && s ~ /^[A-Z]+(-[A-Z0-9]+)?$/ && s ~ /^[A-Z][A-Z]?[A-Z]?[A-Z]?(-|$)/ && (index(s, "-") == 0 || length(s) - index(s, "-") <= 27) }
    NR == 1 { if ($0 != "stemma-dossier/1") exit 1; next } NR == 2 { if ($0 != "subject " $2 || !id($2)) exit 1; subject = $2; next }
    NR == 3 { if ($0 != "checkpoint " size) exit 1; next }
    { if ($0 !~ /^(whole|part) [A-Z0-9-]+ [1-9][0-9]*$/ || !id($2) || (last != "" && !(("x" last) < ("x" $2)))) exit 1; last = $2; kind[$2] = $1 }
    END { if (kind[subject] != "whole" || kind["SYS"] != "part") exit 1 }' "$X/dossier.txt" || refuse - - 5 "dossier.txt"
[ "$(tail -c 1 "$X/dossier.txt" | hex)" = 0a ] || refuse - - 5 "dossier.txt"
SUBJECT=$(sed -n 's/^subject //p' "$X/dossier.txt")

# --- the tree: RFC 9162 2.1.3.2 and 2.1.4.2 --------------------------------------------------------------------------------
included() { # leaf index size root hashes...
    r=$1 fn=$2 size_=$3 root=$4
    shift 4
    [ "$fn" -lt "$size_" ] || return 1
    sn=$((size_ - 1))
    for c; do
        [ "$sn" -ne 0 ] || return 1
        if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
            r=$(node "$c" "$r")
            while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
        else
            r=$(node "$r" "$c")
        fi
        fn=$((fn / 2)) sn=$((sn / 2))
    done
    [ "$sn" -eq 0 ] && [ "$r" = "$root" ]
}
consistent() { # first first-root second second-root hashes...
    first=$1 froot=$2 second=$3 sroot=$4
    shift 4
    [ "$first" -gt 0 ] && [ "$first" -le "$second" ] || return 1
    if [ "$first" -eq "$second" ]; then [ $# -eq 0 ] && [ "$froot" = "$sroot" ]; return; fi
    n=$first
    while [ $((n % 2)) -eq 0 ]; do n=$((n / 2)); done
    [ "$n" -ne 1 ] || set -- "$froot" "$@"
    [ $# -gt 0 ] || return 1
    fn=$((first - 1)) sn=$((second - 1))
    while [ $((fn % 2)) -eq 1 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
    fr=$1 sr=$1
    shift
    for c; do
        [ "$sn" -ne 0 ] || return 1
        if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
            fr=$(node "$c" "$fr") sr=$(node "$c" "$sr")
            while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
        else
            sr=$(node "$sr" "$c")
        fi
        fn=$((fn / 2)) sn=$((sn / 2))
    done
    [ "$sn" -eq 0 ] && [ "$fr" = "$froot" ] && [ "$sr" = "$sroot" ]
}

# --- statements ----------------------------------------------------------------------------------------------------------
hexes() { case $1 in *[!0-9a-f]* | "") return 1 ;; *) [ ${#1} -eq 64 ] ;; esac; }
body_ok() { # the strict profile but for Unicode normal form C
    [ "$(tail -c 1 "$1" | hex)" = 0a ] && awk '
    function fail() { bad = 1; at = length(s) + 2; return 0 }
    function value(d,   c) { c = substr(s, at, 1)
        if (c == "\"") return str()
        if (c == "{" || c == "[") return d > 8 ? fail() : nested(d, c)
        if (match(substr(s, at, 5), /^(true|null|false)/)) { at += RLENGTH; return 1 }
        if (match(substr(s, at, 20), /^(0|-?[1-9][0-9]*)/)) { n = substr(s, at, RLENGTH); at += RLENGTH; sub(/-/, "", n)
            return length(n) < 16 || (length(n) == 16 && ("x" n) <= "x9007199254740991") ? 1 : fail() }
        return fail() }
    function str(   c) { at++
        while (at <= length(s)) { c = substr(s, at, 1)
            if (c == "\"") { at++; return 1 }
            if (c == "\\") { at++; if (substr(s, at, 1) !~ /["\\]/) return fail() }
            at++ }
        return fail() }
    function nested(d, open,   close_, last, key) { close_ = open == "{" ? "}" : "]"; at++; last = ""
        if (substr(s, at, 1) == close_) { at++; return 1 }
        while (!bad) {
            if (open == "{") { if (!match(substr(s, at, 44), /^"[a-z][a-z0-9_]*":/) || RLENGTH > 43) return fail()
                key = substr(s, at + 1, RLENGTH - 3); if (last != "" && !(("x" last) < ("x" key))) return fail(); last = key; at += RLENGTH }
            value(d + 1)
            if (substr(s, at, 1) == ",") { at++; continue }
            if (substr(s, at, 1) == close_) { at++; return 1 }
            return fail() } }
    NR > 1 { bad = 1 } { s = $0 }
    END { if (bad || substr(s, 1, 1) != "{") exit 1
        if (s ~ /[\001-\037\177]/ || s ~ /\302[\200-\237]/ || s ~ /\342\200[\213-\217\252-\256]/ || s ~ /\342\201[\240-\251]/ || s ~ /\357\273\277/ || s ~ /\357\267[\220-\257]/ || s ~ /\357\277[\276\277]/ || s ~ /[\360-\364][\217\237\257\277]\277[\276\277]/) exit 1
        u = s; gsub(/[\302-\337][\200-\277]/, ".", u); gsub(/\340[\240-\277][\200-\277]/, ".", u); gsub(/\355[\200-\237][\200-\277]/, ".", u); gsub(/[\341-\354\356\357][\200-\277][\200-\277]/, ".", u)
        gsub(/\360[\220-\277][\200-\277][\200-\277]/, ".", u); gsub(/[\361-\363][\200-\277][\200-\277][\200-\277]/, ".", u); gsub(/\364[\200-\217][\200-\277][\200-\277]/, ".", u)
        if (u ~ /[\200-\377]/) exit 1
        at = 1; value(1); exit bad || at != length(s) + 1 }' "$1"
}
statement() { # file stream seq: header in $T/head, body in $T/stmt.body
    [ "$(size "$1")" -le 60000 ] || refuse "$2" "$3" 6 "the statement is too long"
    [ "$(tr -d '\000' <"$1" | wc -c)" -eq "$(size "$1")" ] || refuse "$2" "$3" 6 "a NUL in the statement"    # awk may not see it
    sed -n 1,12p "$1" >"$T/head"
    awk 'function id(s) { return length(s) <= 32 && s ~ /^[A-Z][A-Z]?[A-Z]?[A-Z]?(-[A-Z0-9]+)?$/ && (index(s, "-") == 0 || length(s) - index(s, "-") <= 27) }
        function h(s) { return length(s) == 64 && s ~ /^[0-9a-f]+$/ }
        NR == 1 { ok = $0 == "stemma-statement/1" }
        NR == 2 { ok = ok && /^type [a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/ }
        NR == 3 { ok = ok && NF == 2 && $0 == "stream " $2 && id($2) }
        NR == 4 { ok = ok && $0 == "actor " $2 " " $3 && id($2) && id($3) && $2 ~ /^[UT]-/ && $3 ~ /^T-/; actor = $2 }
        NR == 5 { ok = ok && $0 == "signer " $2 " " $3; act = $2 != "-"
                  ok = ok && (act ? h($2) && $3 == actor && $3 ~ /^U-/ : $3 ~ /^[a-z][a-z0-9_]*$/) }
        NR == 6 { ok = ok && (act ? /^meaning (authored|performed|verified|reviewed|approved|released|rejected|handed-over|received|corrected|witnessed)$/ : $0 == "meaning recorded") }
        NR == 7 { ok = ok && ($0 == "reviewed -" ? !act : $0 == "reviewed " $2 " " $3 && $2 ~ /^(-1|0|[1-9][0-9]*)$/ && h($3)) }
        NR == 8 { ok = ok && ($0 == "rendered -" ? !act : $0 == "rendered " $2 " " $3 && h($2) && $3 ~ /^[a-z][a-z0-9_-]*\/(0|[1-9][0-9]*)$/) }
        NR == 9 { ok = ok && $0 == "at " $2 }
        NR == 10 { ok = ok && $0 == "command " $2 && length($2) == 32 && $2 ~ /^[0-9a-f]+$/ && substr($2, 13, 1) == "7" && substr($2, 17, 1) ~ /[89ab]/ }
        NR == 11 { ok = ok && /^body (0|[1-9][0-9]*)$/ } NR == 12 { ok = ok && $0 == "" }
        END { exit !(ok && NR == 12) }' "$T/head" || refuse "$2" "$3" 6 "the statement's header"
    epoch "$(sed -n 's/^at //p' "$T/head")" >/dev/null || refuse "$2" "$3" 6 "the statement's time"
    tail -c +$(($(size "$T/head") + 1)) "$1" >"$T/stmt.body"
    [ "$(size "$T/stmt.body")" = "$(sed -n 's/^body //p' "$T/head")" ] || refuse "$2" "$3" 6 "the body's length"
    body_ok "$T/stmt.body" || refuse "$2" "$3" 6 "the body is outside the profile"
    [ "$(sed -n 3p "$T/head")" = "stream $2" ] || refuse "$2" "$3" 6 "the statement names another stream"
}
entry_form='NR == 1 { ok = $0 == "stemma-entry/1" } NR == 2 { ok = ok && /^log [a-z0-9.-]+(\/[a-z0-9.-]+)*$/ }
    NR == 3 { ok = ok && /^stream [A-Z][A-Z]?[A-Z]?[A-Z]?(-[A-Z0-9]+)?$/ } NR == 4 { ok = ok && /^seq (0|[1-9][0-9]*)$/ }
    NR == 5 { ok = ok && $0 == "prev " $2 && h($2) } NR == 6 { ok = ok && $0 == "time " $2 }
    NR == 7 { ok = ok && $0 == "stmt " $2 " " $3 && h($2) && $3 ~ /^[1-9][0-9]*$/ }
    NR == 8 { ok = ok && ($0 == "sig - 0" || ($0 == "sig " $2 " " $3 && h($2) && $3 ~ /^[1-9][0-9]*$/)) }
    NR > 8 { ok = ok && $0 == "att " $2 " " $3 " " $4 && length($2) <= 64 && $2 ~ /^[a-z0-9._-]+$/ && h($3) && $4 ~ /^(0|[1-9][0-9]*)$/ && (last == "" || ("x" last) < ("x" $2)); last = $2 }
    function h(s) { return length(s) == 64 && s ~ /^[0-9a-f]+$/ } END { exit !(ok && NR >= 8) }'

# --- rules 5 to 9, stream by stream ----------------------------------------------------------------------------------------
: >"$T/entries"
sed -n '4,$p' "$X/dossier.txt" >"$T/streams"
while read -r kind S count; do
    base=streams/$S
    member "$base/chain.txt" 5 "$S"
    member "$base/proofs.txt" 8 "$S"
    [ "$(tail -c 1 "$X/$base/chain.txt" | hex)" = 0a ] || refuse "$S" - 5 "chain.txt"
    rm -rf "$T/e" && mkdir "$T/e"
    awk -v d="$T/e" 'BEGIN { f = d "/0" } $0 == "" { close(f); f = d "/" ++n; empty = 1; next } { empty = 0; print > f } END { exit empty }' "$X/$base/chain.txt" ||
        refuse "$S" - 5 "chain.txt"
    [ "$(ls "$T/e" | awk 'END { print NR }')" = "$count" ] || refuse "$S" - 5 "the count of entries"
    [ "$(awk 'END { print NR }' "$X/$base/proofs.txt")" = "$count" ] && [ "$(tail -c 1 "$X/$base/proofs.txt" | hex)" = 0a ] || refuse "$S" - 8 "proofs.txt"
    [ -f "$X/$base/observations" ] && used "$base/observations"
    i=0 last=-1 lastleaf='' lasttime='' lastindex=-1 observed=1
    : >"$T/hashes"
    : >"$T/leaves"
    while [ $i -lt "$count" ]; do
        E=$T/e/$i
        awk "$entry_form" "$E" || refuse "$S" "$last" 5 "the entry behind it is malformed"
        q=$(sed -n 's/^seq //p' "$E")
        [ "$(sed -n 2p "$E")" = "log $ORIGIN" ] && [ "$(sed -n 3p "$E")" = "stream $S" ] || refuse "$S" "$q" 5 "log or stream"
        [ "$q" -gt "$last" ] || refuse "$S" "$q" 5 "the sequence number does not rise"
        [ "$kind" = part ] || [ "$q" -eq $i ] || refuse "$S" "$q" 5 "a gap"
        time=$(sed -n 's/^time //p' "$E")
        epoch "$time" >/dev/null || refuse "$S" "$q" 5 "no real time"
        [ -z "$lasttime" ] || { [ "$time" != "$lasttime" ] && [ "$(printf '%s\n%s\n' "$lasttime" "$time" | sort | tail -n 1)" = "$time" ]; } || refuse "$S" "$q" 5 "the time does not rise"
        genesis=$(printf 'stemma-genesis/1\n%s\n%s\n' "$ORIGIN" "$S" | openssl dgst -sha256 -r | cut -c1-64)
        prev=$(sed -n 's/^prev //p' "$E")
        [ "$q" -ne 0 ] || [ "$prev" = "$genesis" ] || refuse "$S" "$q" 5 "not the genesis hash"
        [ $i -eq 0 ] || [ "$q" -ne $((last + 1)) ] || [ "$prev" = "$lastleaf" ] || refuse "$S" "$q" 5 "the link to the entry before"
        later "$(ms "$time")" "$((STAMPED_MS + 1000))" && refuse "$S" "$q" 5 "later than the time-stamp"
        believed stemma/1 "$time" || refuse "$S" "$q" 5 "the suite stemma/1 is not accepted for $time"
        L=$(leaf "$E")
        # statement
        set -- $(sed -n 7p "$E")
        hash=$2 length=$3
        set -- $(sed -n 8p "$E")
        sig=$2 siglen=$3
        acts=$base/acts/$(printf %06d "$q")
        if [ "$sig" = - ]; then
            [ -f "$X/$base/observations" ] || refuse "$S" "$q" 6 "its statement is missing"
            tail -c +$observed "$X/$base/observations" | head -c "$length" >"$T/stmt"
            observed=$((observed + length))
        else
            member "$acts.stmt" 6 "$S" "$q"
            cp "$X/$acts.stmt" "$T/stmt"
        fi
        [ "$(sha "$T/stmt")" = "$hash" ] && [ "$(size "$T/stmt")" = "$length" ] || refuse "$S" "$q" 6 "not the statement that the entry names"
        statement "$T/stmt" "$S" "$q"
        grep -q "^$hash$" "$T/hashes" && refuse "$S" "$q" 6 "the statement is there twice"
        echo "$hash" >>"$T/hashes"
        set -- $(sed -n 's/^reviewed //p' "$T/head")
        if [ "$1" = -1 ]; then
            [ "$2" = "$genesis" ] || refuse "$S" "$q" 6 "reviewed"
        elif [ "$1" != - ]; then
            [ "$1" -lt "$q" ] || refuse "$S" "$q" 6 "reviewed what came later"
            seen=$(awk -v q="$1" '$1 == q { print $2 }' "$T/leaves")
            [ -z "$seen" ] || [ "$seen" = "$2" ] || refuse "$S" "$q" 6 "reviewed another entry"
        fi
        # signature
        set -- $(sed -n 's/^signer //p' "$T/head")
        if [ "$sig" = - ]; then
            [ "$1" = - ] || refuse "$S" "$q" 7 "an act without signature"
        else
            [ "$1" != - ] || refuse "$S" "$q" 7 "a signature of no act"
            member "$acts.p7s" 7 "$S" "$q"
            [ "$(sha "$X/$acts.p7s")" = "$sig" ] && [ "$(size "$X/$acts.p7s")" = "$siglen" ] || refuse "$S" "$q" 7 "not the signature that the entry names"
            who=$(signed "$T/stmt" "$X/$acts.p7s" "$time") || refuse "$S" "$q" 7 "$who"
            [ "${who%%|*}" = "$1" ] && [ "${who##*|}" = "$2" ] || refuse "$S" "$q" 7 "signed with another certificate"
        fi
        # proof
        set -- $(sed -n "$((i + 1))p" "$X/$base/proofs.txt")
        [ "$*" = "$(sed -n "$((i + 1))p" "$X/$base/proofs.txt")" ] && [ "$1" = proof ] && [ "$2" = "$q" ] || refuse "$S" "$q" 8 "proofs.txt"
        index=$3
        case $index in *[!0-9]* | "" | 0?*) refuse "$S" "$q" 8 "proofs.txt" ;; esac
        shift 3
        for c; do hexes "$c" || refuse "$S" "$q" 8 "proofs.txt"; done
        [ "$index" -gt "$lastindex" ] || refuse "$S" "$q" 5 "the leaf index does not rise"
        included "$L" "$index" "$SIZE" "$ROOT" "$@" || refuse "$S" "$q" 8 "not proved to be in the tree"
        # attachments
        sed -n '9,$p' "$E" >"$T/atts"
        while read -r _ name hash length; do
            [ -f "$X/attachments/$hash" ] || refuse "$S" "$q" 9 "the attachment $name is missing"
            used "attachments/$hash"
            [ "$(sha "$X/attachments/$hash")" = "$hash" ] && [ "$(size "$X/attachments/$hash")" = "$length" ] || refuse "$S" "$q" 9 "the attachment $name"
        done <"$T/atts"
        echo "$S $q $index $(ms "$time") $sig" >>"$T/entries"
        if [ "$S" = SYS ]; then
            cp "$T/stmt.body" "$T/sys.$q.body"
            cp "$T/atts" "$T/sys.$q.atts"
            echo "$index" >"$T/sys.$q.index"
            echo "$(sed -n 's/^type //p' "$T/head") $(ms "$time")" >"$T/sys.$q"
        fi
        echo "$q $L" >>"$T/leaves"
        last=$q lastleaf=$L lasttime=$time lastindex=$index
        i=$((i + 1))
    done
    if [ -f "$X/$base/observations" ]; then
        [ "$(size "$X/$base/observations")" = $((observed - 1)) ] && [ $observed -gt 1 ] || refuse "$S" - 6 "observations of no entry"
    fi
    [ "$S" != "$SUBJECT" ] || { END_SEQ=$last END_LEAF=$lastleaf END_INDEX=$lastindex; }
done <"$T/streams" || exit 1

# --- rule 10: completeness and time evidence ---------------------------------------------------------------------------------
H=$X/log/heads.txt
member log/heads.txt 10
awk 'function h(s) { return length(s) == 64 && s ~ /^[0-9a-f]+$/ } function n(s) { return s ~ /^(0|[1-9][0-9]*)$/ }
    NR == 1 { ok = $0 == "heads " $2 " " $3 " " $4 " " $5 && n($2) && n($3) && n($4) && h($5) }
    NR == 2 { ok = ok && $0 == "line " $2 " " $3 " " $4 " " $5 && n($2) && n($4) && h($5); at = $2 }
    NR == 3 { ok = ok && $1 == "proof" && $2 "" == at ""; s = "proof " $2; for (i = 3; i <= NF; i++) { ok = ok && h($i); s = s " " $i } ok = ok && s == $0 }
    END { exit !(ok && NR == 3) }' "$H" && [ "$(tail -c 1 "$H" | hex)" = 0a ] || refuse - - 10 "log/heads.txt"
set -- $(sed -n 1p "$H")
hseq=$2 hsize=$3 hstreams=$4 hroot=$5
[ -f "$T/sys.$hseq" ] || refuse SYS "$hseq" 10 "the log.heads entry is missing"
read -r type time <"$T/sys.$hseq"
[ "$type" = log.heads ] || refuse SYS "$hseq" 10 "not a log.heads entry"
[ "$(cat "$T/sys.$hseq.body")" = "{\"root\":\"$hroot\",\"size\":$hsize,\"streams\":$hstreams}" ] || refuse SYS "$hseq" 10 "the log recorded other heads"
later "$STAMPED_MS" "$((time + 90000000))" && refuse SYS "$hseq" 10 "the heads are too old"
[ "$hsize" -le "$SIZE" ] || refuse SYS "$hseq" 10 "the heads of a larger tree"
sed -n 2p "$H" | cut -d' ' -f3- >"$T/line"
set -- $(sed -n 2p "$H")
hindex=$2 hstream=$3 hlast=$4 hleaf=$5
set -- $(sed -n 3p "$H")
shift 2
included "$(leaf "$T/line")" "$hindex" "$hstreams" "$hroot" "$@" || refuse SYS "$hseq" 10 "the line of the heads is not proved"
[ "$hstream" = "$SUBJECT" ] && [ "$hlast" = "$END_SEQ" ] && [ "$hleaf" = "$END_LEAF" ] && [ "$END_INDEX" -lt "$hsize" ] ||
    refuse "$SUBJECT" "$END_SEQ" 10 "the chain does not end where the log says it did"

P=$X/log/stamps.txt
member log/stamps.txt 10
awk 'function h(s) { return length(s) == 64 && s ~ /^[0-9a-f]+$/ } function n(s) { return s ~ /^(0|[1-9][0-9]*)$/ } BEGIN { ok = 1; last = -1 }
    NR % 2 == 1 { ok = ok && $0 == "stamp " $2 " " $3 && n($2) && n($3) && $3 + 0 > last; last = $3 + 0; at = $3 }
    NR % 2 == 0 { ok = ok && $1 == "consistency" && $2 "" == at ""; s = "consistency " $2; for (i = 3; i <= NF; i++) { ok = ok && h($i); s = s " " $i } ok = ok && s == $0 }
    END { exit !(ok && NR % 2 == 0) }' "$P" || refuse - - 10 "log/stamps.txt"
[ ! -s "$P" ] || [ "$(tail -c 1 "$P" | hex)" = 0a ] || refuse - - 10 "log/stamps.txt"
: >"$T/stamps"
while read -r _ seq size_ && read -r _ _ proof; do
    [ -f "$T/sys.$seq" ] || refuse SYS "$seq" 10 "the log.timestamp entry is missing"
    read -r type time <"$T/sys.$seq"
    [ "$type" = log.timestamp ] || refuse SYS "$seq" 10 "not a log.timestamp entry"
    c=$(awk '$2 == "checkpoint" { print $3 }' "$T/sys.$seq.atts")
    t=$(awk '$2 == "token" { print $3 }' "$T/sys.$seq.atts")
    [ -n "$c" ] && [ -n "$t" ] || refuse SYS "$seq" 10 "checkpoint and token"
    log_signed "$X/attachments/$c" || refuse SYS "$seq" 10 "the stamped checkpoint"
    croot=$(sed -n 3p "$T/body" | openssl base64 -d -A | hex)
    [ "$(sed -n 1p "$T/body")" = "$ORIGIN" ] && [ "$(sed -n 2p "$T/body")" = "$size_" ] &&
        [ "$(cat "$T/sys.$seq.body")" = "{\"root\":\"$croot\",\"size\":$size_}" ] || refuse SYS "$seq" 10 "not the recorded checkpoint"
    when=$(token "$X/attachments/$c" "$X/attachments/$t") || refuse SYS "$seq" 10 "the token does not hold"
    consistent "$size_" "$croot" "$SIZE" "$ROOT" $proof || refuse SYS "$seq" 10 "not the beginning of this tree"
    believed token/1 "$when" || refuse SYS "$seq" 10 "the suite is not accepted for $when"
    echo "$size_ $(ms "$when") $seq $(cat "$T/sys.$seq.index") $when $(token_end "$X/attachments/$t")" >>"$T/stamps"
done <"$P" || exit 1
awk 'FILENAME == ARGV[1] { size[++n] = $1; when[n] = $2; next }
    { for (i = 1; i <= n && size[i] + 0 <= $3 + 0; i++) ; if (i > n && $5 != "-") { print $1, $2, "10: no time-stamp covers the act"; exit 1 }
      for (; i <= n; i++) if (when[i] + 1000 < $4 + 0) { print $1, $2, "10: the entry is later than a time-stamp that covers it"; exit 1 } }' \
    "$T/stamps" "$T/entries" || exit 1
# Each lasts until the dossier's own time-stamp, or a later one over the tree with its token renewed it while it lasted.
awk -v stamped="$STAMPED" '{ n++; size[n] = $1; seq[n] = $3; at[n] = $4; when[n] = $5; end[n] = $6 }
    END { for (i = n; i > 0; i--) { holds[i] = stamped "" <= end[i] ""
              for (j = i + 1; j <= n; j++) if (holds[j] && size[j] + 0 > at[i] + 0 && when[j] "" <= end[i] "") holds[i] = 1 }
          for (i = 1; i <= n; i++) if (!holds[i]) { print "SYS", seq[i], "10: the time-stamp ended at " end[i] ", and no other renewed it before"; exit 1 } }' \
    "$T/stamps" || exit 1

left=$(grep -v -e '^pki/[^/]*\.pem$' -e '^pki/[^/]*\.crl$' -e '^exports/[^/]*$' "$T/left" | sed -n 1p)
[ -z "$left" ] || refuse - - 1 "$left has no place in a dossier"
echo "$SUBJECT holds: log of $SIZE, stamped $STAMPED, renew before $(echo "$END" | cut -c1-10) (rules 1 to 10)"
