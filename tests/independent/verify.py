#!/usr/bin/env python3
"""A second verifier of dossiers, written from the description of the format alone (docs/FORMAT.md), with Python's standard
library and the openssl command. It shares no code with the project, so that a mistake would have to be made twice.

usage: verify.py FILE TRUST-FOLDER [AS-OF]      exit 0: holds, 1: refused, with one line `stream seq rule: text`
Of rule 11 (recomputation) only the corrections are done here: each says truly what stood before it."""
import base64
import calendar
import datetime
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib


class Refused(Exception):
    def __init__(self, rule, text, stream="-", seq="-"):
        super().__init__("%s %s %s: %s" % (stream, seq, rule, text))


def need(condition, rule, text, stream="-", seq="-"):
    if not condition:
        raise Refused(rule, text, stream, seq)


def sha256(data):
    return hashlib.sha256(data).digest()


def corrections(stream, entries):
    """What a correction says was recorded is what was recorded, and corrected before it."""
    values, results = {}, {}
    for e in entries:
        kind, where = e["statement"]["type"], (stream, e["seq"])
        if kind not in ("batch.step", "batch.correct", "quality.test_report", "quality.test_correct"):
            continue
        body = json.loads(e["statement"]["text"])
        if kind == "batch.step":
            for v in body.get("values", []):
                values[body["step"], v["name"]] = (v["value"], e["seq"])
            values[body["step"], None] = (None, e["seq"])
        elif kind == "quality.test_report":
            results[e["seq"]] = body["result"]
        elif kind == "batch.correct":
            need((body["step"], None) in values, 11, "corrects a step that is not recorded", *where)
            seq = values[body["step"], None][1]
            old = values.get((body["step"], body["field"]), (None, seq))
            need(old[0] == body.get("old_value") and body["corrects"] == seq, 11, "the value stood as %s" % old[0], *where)
            values[body["step"], body["field"]] = (body["new_value"], seq)
        else:
            need(body["test_seq"] in results, 11, "corrects no test", *where)
            need(results[body["test_seq"]] == body["old_value"], 11, "the result stood as " + results[body["test_seq"]], *where)
            results[body["test_seq"]] = body["new_value"]


# --- words of the format ------------------------------------------------------------------------------------------------
HEX = r"[0-9a-f]{64}"
NUM = r"(?:0|[1-9][0-9]*)"
STREAM = r"(?=[A-Z0-9-]{1,32}(?![A-Z0-9-]))[A-Z]{1,4}(?:-[A-Z0-9]{1,27})?"
ORIGIN = r"[a-z0-9.-]+(?:/[a-z0-9.-]+)*"
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
MEANINGS = "authored performed verified reviewed approved released rejected handed-over received corrected witnessed".split()


def time_ms(text):
    """Milliseconds since 1970 of a real date and time; None if there is no such time."""
    try:
        t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return None
    if t.strftime("%S") == "60":
        return None
    return calendar.timegm(t.timetuple()) * 1000 + t.microsecond // 1000


# --- the container ------------------------------------------------------------------------------------------------------
NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")


def read_zip(data):
    """[(name, bytes)] in file order; refuses every freedom that the zip format leaves."""
    need(len(data) >= 22, 1, "too short")
    sig, disk, cdisk, here, total, csize, cat, comment = struct.unpack("<IHHHHIIH", data[-22:])
    need(sig == 0x06054B50 and disk == cdisk == 0 and here == total and comment == 0, 1, "end record")
    need(cat + csize == len(data) - 22, 1, "directory is not before the end record")
    need(total < 1000, 1, "1,000 members or more")
    members, at, central, seen = [], 0, cat, set()
    for _ in range(total):
        need(central + 46 <= len(data) - 22, 1, "central header cut off")
        (csig, made, ver, flags, method, mtime, mdate, crc, size, full, nlen, xlen, clen, dno, iattr, eattr,
         offset) = struct.unpack("<IHHHHHHIIIHHHHHII", data[central:central + 46])
        name = data[central + 46:central + 46 + nlen]
        need(csig == 0x02014B50 and made == ver == 20 and flags == method == mtime == 0 and mdate == 0x21, 1, "central header")
        need(size == full and xlen == clen == dno == iattr == eattr == 0 and offset == at, 1, "central header")
        need(NAME.match(name) and len(name) == nlen, 1, "name")
        need(name.lower() not in seen, 1, "name twice")
        seen.add(name.lower())
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0x21, crc, size, full, nlen, 0) + name
        need(data[at:at + len(local)] == local, 1, "local header of " + name.decode())
        start = at + len(local)
        body = data[start:start + size]
        need(len(body) == size and start + size <= cat and zlib.crc32(body) == crc, 1, "contents of " + name.decode())
        members.append((name.decode(), body))
        at, central = start + size, central + 46 + nlen
    need(at == cat and central == len(data) - 22, 1, "bytes between members")
    return members


# --- DER ----------------------------------------------------------------------------------------------------------------
class Der:
    """One value of strict DER: tag, contents, and the bytes that it was read from."""

    def __init__(self, data, at=0):
        if at + 2 > len(data):
            raise ValueError("cut off")
        self.tag, length, start = data[at], data[at + 1], at + 2
        if self.tag & 0x1F == 0x1F:
            raise ValueError("tag")
        if length >= 0x80:
            n = length & 0x7F
            if not 1 <= n <= 4:
                raise ValueError("length")
            length = int.from_bytes(data[start:start + n], "big")
            if length < 0x80 or data[start] == 0:
                raise ValueError("length not shortest")
            start += n
        self.end = start + length
        if self.end > len(data):
            raise ValueError("cut off")
        self.body, self.raw = data[start:self.end], data[at:self.end]

    def __iter__(self):
        at = 0
        while at < len(self.body):
            child = Der(self.body, at)
            at = child.end
            yield child

    def list(self):
        return list(self)


def der_whole(data):
    value = Der(data)
    if value.end != len(data):
        raise ValueError("bytes behind")
    return value


def oid(text):
    parts = [int(x) for x in text.split(".")]
    out = bytearray([parts[0] * 40 + parts[1]])
    for p in parts[2:]:
        chunk = [p & 0x7F]
        while p > 0x7F:
            p >>= 7
            chunk.append(0x80 | p & 0x7F)
        out += bytes(reversed(chunk))
    return bytes(out)


def der_time_ms(value):
    text = value.body.decode("ascii")
    if value.tag == 0x17:
        text = ("20" if int(text[:2]) < 50 else "19") + text
    m = re.fullmatch(r"(\d{14})(?:\.(\d{1,9}))?Z", text)
    t = datetime.datetime.strptime(m.group(1), "%Y%m%d%H%M%S")
    return calendar.timegm(t.timetuple()) * 1000 + int((m.group(2) or "").ljust(3, "0")[:3])


class Certificate:
    def __init__(self, raw):
        self.raw = raw
        tbs = der_whole(raw).list()[0].list()
        if tbs[0].tag == 0xA0:
            tbs = tbs[1:]
        self.serial = tbs[0].body
        self.signed_as = tbs[1].list()[0].body
        self.issuer, validity, self.subject, spki = tbs[2].raw, tbs[3].list(), tbs[4].raw, tbs[5].list()
        self.not_before, self.not_after = der_time_ms(validity[0]), der_time_ms(validity[1])
        self.is_p256 = (spki[0].list()[0].body == oid("1.2.840.10045.2.1") and
                        spki[0].list()[1].body == oid("1.2.840.10045.3.1.7"))
        self.is_ca = False
        self.key_usage = b""
        for ext in (x for e in tbs[6:] if e.tag == 0xA3 for x in e.list()[0]):
            if ext.list()[0].body == oid("2.5.29.19"):
                self.is_ca = any(x.tag == 0x01 and x.body != b"\0" for x in der_whole(ext.list()[-1].body))
            if ext.list()[0].body == oid("2.5.29.15"):
                bits = der_whole(ext.list()[-1].body).body    # how many of the last byte are not used, then the bits
                self.key_usage = bits[1:].rstrip(b"\0")

    def name(self, kind):
        out = [a.list()[1].body.decode() for rdn in Der(self.subject) for a in rdn if a.list()[0].body == oid(kind)]
        return out[0] if out else ""

    def pem(self):
        return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(self.raw) + b"-----END CERTIFICATE-----\n"


# --- openssl ------------------------------------------------------------------------------------------------------------
class Tool:
    def __init__(self, folder):
        self.folder, self.n = folder, 0
        # an empty place for trust, so that the machine's own store is never asked
        self.env = dict(os.environ, SSL_CERT_DIR=folder, SSL_CERT_FILE=os.path.join(folder, "none"))

    def put(self, data):
        self.n += 1
        path = os.path.join(self.folder, str(self.n))
        with open(path, "wb") as f:
            f.write(data)
        return path

    def run(self, *words):
        return subprocess.run(("openssl",) + words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.env)

    def holds(self, *words):
        return self.run(*words).returncode == 0


BUILT_IN = """stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z
token/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z
rehash/1 2026-01-01T00:00:00.000Z 2055-12-31T23:59:59.999Z
"""


def read_suites(path):
    """For which times of the record the algorithms under a /1 are believed."""
    text = BUILT_IN
    if os.path.exists(path):
        with open(path, encoding="ascii") as f:
            text = f.read()
    suites = {}
    for line in text.splitlines():
        name, start, end = line.split(" ")
        suites[name] = (time_ms(start), time_ms(end))
        if None in suites[name]:
            sys.exit("suites.txt: " + line)
    return suites


class Verifier:
    def __init__(self, trust, folder):
        self.tool = Tool(folder)
        self.lab_root, self.tsa_root, self.log_key = (os.path.join(trust, n) for n in
                                                      ("lab-root.pem", "tsa-root.pem", "log.pub.pem"))
        with open(os.path.join(trust, "witnesses.txt"), encoding="utf-8") as f:
            self.witnesses = [line for line in f.read().split("\n") if line]
        pem = self.tool.run("pkey", "-pubin", "-in", self.log_key, "-outform", "DER")
        self.log_public = pem.stdout[-32:]
        self.crls = []
        self.known = {}
        self.suites = read_suites(os.path.join(trust, "suites.txt"))

    def believed(self, suite, at_ms):
        return suite in self.suites and self.suites[suite][0] <= at_ms <= self.suites[suite][1]

    # a signature of an act or of the manifest
    def cms(self, content, p7s, at_ms):
        try:
            cert, issuer = self.cms_form(p7s)
        except (ValueError, IndexError, AttributeError, UnicodeDecodeError, StopIteration) as err:
            raise ValueError("signature is not in the one form: %s" % err)
        if not self.tool.holds("cms", "-verify", "-binary", "-inform", "DER", "-in", self.tool.put(p7s), "-content",
                               self.tool.put(content), "-cades", "-x509_strict", "-CAfile", self.lab_root, "-no-CApath", "-no-CAstore", "-purpose",
                               "any", "-attime", str(at_ms // 1000), "-out", os.devnull):
            raise ValueError("signature does not hold")
        for c in (cert, issuer):
            if not c.not_before <= at_ms <= c.not_after + 999:
                raise ValueError("certificate not valid then")
        self.not_revoked(cert, issuer, at_ms)
        return cert

    def cms_form(self, p7s):
        outer = der_whole(p7s).list()
        if [x.tag for x in outer] != [0x06, 0xA0] or outer[0].body != oid("1.2.840.113549.1.7.2"):
            raise ValueError("not SignedData")
        signed = der_whole(outer[1].body)
        parts = signed.list()
        if signed.tag != 0x30 or [x.tag for x in parts] != [0x02, 0x31, 0x30, 0xA0, 0x31]:
            raise ValueError("parts of SignedData")
        if parts[2].list()[0].body != oid("1.2.840.113549.1.7.1") or len(parts[2].list()) != 1:
            raise ValueError("not detached")
        certs = [Certificate(x.raw) for x in parts[3]]
        infos = parts[4].list()
        if len(certs) != 2 or len(infos) != 1 or not certs[0].raw < certs[1].raw:
            raise ValueError("two certificates in order and one SignerInfo")
        info = infos[0].list()
        if [x.tag for x in info] != [0x02, 0x30, 0x30, 0xA0, 0x30, 0x04]:
            raise ValueError("parts of SignerInfo")
        if info[2].list()[0].body != oid("2.16.840.1.101.3.4.2.1") or info[4].list()[0].body != oid("1.2.840.10045.4.3.2"):
            raise ValueError("algorithms")
        if parts[0].body != b"\1" or info[0].body != b"\1" or [x.list()[0].body for x in parts[1]] != [info[2].list()[0].body]:
            raise ValueError("versions or digest")
        raws = [x.raw for x in info[3]]
        attributes = {x.list()[0].body: x.list()[1].list() for x in info[3] if len(x.list()) == 2}
        if len(raws) != 4 or raws != sorted(raws) or any(len(x) != 1 for x in attributes.values()) or set(attributes) != set(
                map(oid, ("1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.47"))):
            raise ValueError("signed attributes")
        issuer_name, serial = info[1].list()
        mine = [c for c in certs if c.issuer == issuer_name.raw and c.serial == serial.body]
        if len(mine) != 1:
            raise ValueError("signer's certificate")
        cert = mine[0]
        issuer = certs[1 - certs.index(cert)]
        named = attributes[oid("1.2.840.113549.1.9.16.2.47")][0].list()
        named = [y for x in named for y in x]                  # one ESSCertIDv2: a hash, perhaps issuer and number
        if len(named) != 1 or named[0].list()[0].raw != b"\x04\x20" + sha256(cert.raw):
            raise ValueError("signingCertificateV2 names another certificate")
        if len(named[0].list()) > 1 and named[0].list()[1].raw != self.issuer_serial(issuer_name.raw, serial.raw):
            raise ValueError("signingCertificateV2 names another issuer or number")
        if issuer.subject != cert.issuer or issuer.subject == issuer.issuer or not (cert.is_p256 and issuer.is_p256):
            raise ValueError("issuing certificate")
        if cert.key_usage != b"\xc0":                         # digitalSignature and nonRepudiation alone
            raise ValueError("key usage")
        if cert.is_ca or any(c.signed_as != oid("1.2.840.10045.4.3.2") for c in certs):
            raise ValueError("a CA's signature, or a certificate that is not signed with ECDSA and SHA-256")
        return cert, issuer

    @staticmethod
    def issuer_serial(name, serial):
        def wrapped(tag, body):
            size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
            return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else bytes([0x80 | len(size)]) + size) + body
        return wrapped(0x30, wrapped(0x30, wrapped(0xA4, name)) + serial)

    def add_crl(self, data):
        if data.startswith(b"-----BEGIN"):
            data = base64.b64decode(b"".join(data.strip().split(b"\n")[1:-1]))
        tbs = der_whole(data).list()[0].list()
        if tbs[0].tag == 0x02:
            tbs = tbs[1:]
        revoked = {}
        rest = [x for x in tbs[3:] if x.tag == 0x30]
        for r in (x for seq in rest for x in seq):
            revoked[r.list()[0].body] = der_time_ms(r.list()[1])
        number = -1                                            # of two made in one second the higher is the newer
        for ext in (x for e in tbs[3:] if e.tag == 0xA0 for x in e.list()[0]):
            if ext.list()[0].body == oid("2.5.29.20"):
                number = int.from_bytes(der_whole(ext.list()[-1].body).body, "big")
        self.crls.append((tbs[1].raw, (der_time_ms(tbs[2]), number), revoked, data))

    def not_revoked(self, cert, issuer, at_ms):
        for c, by in ((cert, issuer), (issuer, None)):
            path = self.tool.put(by.pem()) if by else self.lab_root
            mine = sorted((x for x in self.crls if x[0] == c.issuer), key=lambda x: x[1], reverse=True)
            for _, _, revoked, data in mine:
                out = self.tool.run("crl", "-inform", "DER", "-in", self.tool.put(data), "-CAfile", path, "-no-CApath",
                                    "-no-CAstore", "-noout")
                if b"verify OK" not in out.stdout:
                    continue
                if revoked.get(c.serial, at_ms + 1) <= at_ms:
                    raise ValueError("certificate was revoked")
                break

    def token_ms(self, data, token):
        try:
            response = der_whole(token).list()
            content = response[1].list()[1].list()[0].list()
            info = der_whole(content[2].list()[1].list()[0].body).list()
            when = der_time_ms(info[4])
        except (ValueError, IndexError, AttributeError):
            raise ValueError("token is malformed")
        if not self.tool.holds("ts", "-verify", "-data", self.tool.put(data), "-in", self.tool.put(token), "-CAfile",
                               self.tsa_root, "-attime", str(when // 1000)):
            raise ValueError("token does not hold")
        try:
            ends = [Certificate(x.raw).not_after + 999 for x in self.token_certs(content)]
        except (IndexError, AttributeError) as err:
            raise ValueError("token's certificates: %s" % err)
        suite = self.suites.get("token/1", (0, 0))[1]
        return when, min(ends + [suite])

    @staticmethod
    def token_certs(content):
        sets = [x for x in content if x.tag == 0xA0]
        return sets[0].list() if sets else []

    def ed25519(self, public, message, signature):
        der = bytes.fromhex("302a300506032b6570032100") + public
        return self.tool.holds("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", self.tool.put(der), "-rawin",
                               "-in", self.tool.put(message), "-sigfile", self.tool.put(signature))


# --- the log ------------------------------------------------------------------------------------------------------------
def included(leaf, index, size, proof, root):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for c in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = sha256(b"\1" + c + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\1" + r + c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first, first_root, second, second_root, proof):
    if first == 0 or first > second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:
        path = [first_root] + path
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\1" + c + fr), sha256(b"\1" + c + sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\1" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def read_note(data):
    """origin, size, root, body, [(name, key id, rest)]"""
    text = data.decode("utf-8")
    m = re.fullmatch("(%s)\n(%s)\n([A-Za-z0-9+/]{43}=)\n\n((?:— [^ \n+]+ [A-Za-z0-9+/]+=*\n)*)" % (ORIGIN, NUM), text)
    if not m:
        raise ValueError("not a note")
    lines = []
    for line in m.group(4).split("\n")[:-1]:
        _, name, blob = line.split(" ")
        raw = base64.b64decode(blob, validate=True)
        if base64.b64encode(raw).decode() != blob or len(raw) < 5:
            raise ValueError("not a signature line")
        lines.append((name, raw[:4], raw[4:]))
    root = base64.b64decode(m.group(3))
    if base64.b64encode(root).decode() != m.group(3):
        raise ValueError("root")
    return m.group(1), int(m.group(2)), root, text.split("\n\n")[0].encode() + b"\n", lines


def log_signed(v, note):
    origin, _, _, body, lines = note
    key_id = sha256(origin.encode() + b"\n\1" + v.log_public)[:4]
    return (len(lines) == 1 and lines[0][0] == origin and lines[0][1] == key_id and len(lines[0][2]) == 64 and
            v.ed25519(v.log_public, body, lines[0][2]))


# --- statements ---------------------------------------------------------------------------------------------------------
def forbidden(c):
    return (c <= 0x1F or 0x7F <= c <= 0x9F or 0x200B <= c <= 0x200F or 0x202A <= c <= 0x202E or 0x2060 <= c <= 0x2069 or
            c == 0xFEFF or 0xFDD0 <= c <= 0xFDEF or c & 0xFFFE == 0xFFFE or 0xD800 <= c <= 0xDFFF)


class Body:
    """The strict profile by recursive descent; raises ValueError."""

    def __init__(self, raw):
        self.text, self.at = raw.decode("utf-8"), 0
        if unicodedata.normalize("NFC", self.text) != self.text:
            raise ValueError("not NFC")
        if not self.text.startswith("{"):
            raise ValueError("no object")
        self.value(1)
        if self.text[self.at:] != "\n":
            raise ValueError("end")

    def take(self, pattern):
        m = re.compile(pattern).match(self.text, self.at)
        if not m:
            return None
        self.at = m.end()
        return m.group(0)

    def must(self, pattern):
        got = self.take(pattern)
        if got is None:
            raise ValueError("at %d" % self.at)
        return got

    def value(self, depth):
        if self.take(r"true|false|null"):
            return
        if self.take(r'"'):
            for c in self.must(r'(?:[^"\\]|\\["\\])*'):
                if forbidden(ord(c)):
                    raise ValueError("forbidden code point")
            self.must('"')
            return
        if self.text[self.at:self.at + 1] in ("{", "["):
            if depth > 8:
                raise ValueError("depth")
            self.nested(depth)
            return
        if abs(int(self.must(r"0|-?[1-9][0-9]*"))) > 2 ** 53 - 1:
            raise ValueError("integer")

    def nested(self, depth):
        is_object, last = self.take(r"[{\[]") == "{", ""
        if self.take(r"}" if is_object else r"\]"):
            return
        while True:
            if is_object:
                key = self.must(r'"[a-z][a-z0-9_]{0,39}":')[1:-2]
                if key <= last:
                    raise ValueError("keys")
                last = key
            self.value(depth + 1)
            if not self.take(","):
                break
        self.must(r"}" if is_object else r"\]")


WORD = r"[a-z][a-z0-9_]*"
STATEMENT = re.compile((
    r"stemma-statement/1\ntype (?P<type>%s\.%s)\nstream (?P<stream>%s)\n"
    r"actor (?P<actor>[UT]-[A-Z0-9]{1,27}) (?P<terminal>T-[A-Z0-9]{1,27})\n"
    r"signer (?:(?P<cert>%s) (?P<signer>U-[A-Z0-9]{1,27})|- (?P<service>%s))\nmeaning (?P<meaning>[a-z-]+)\n"
    r"reviewed (?:(?P<rseq>-1|%s) (?P<rhash>%s)|-)\nrendered (?:(?P<rendered>%s) [a-z][a-z0-9_-]*/%s|-)\n"
    r"at (?P<at>%s)\ncommand (?P<command>[0-9a-f]{32})\nbody (?P<body>%s)\n\n"
) % (WORD, WORD, STREAM, HEX, WORD, NUM, HEX, HEX, NUM, TIME, NUM))


def read_statement(raw):
    head, gap, body = raw.partition(b"\n\n")
    m = STATEMENT.fullmatch((head + gap).decode("ascii"))
    if not m or len(raw) > 60000:
        raise ValueError("statement header")
    s = m.groupdict()
    if int(s["body"]) != len(body) or time_ms(s["at"]) is None:
        raise ValueError("length or time")
    if s["command"][12] != "7" or s["command"][16] not in "89ab":
        raise ValueError("command is no UUIDv7")
    if s["cert"]:
        if s["signer"] != s["actor"] or s["meaning"] not in MEANINGS or s["rseq"] is None or s["rendered"] is None:
            raise ValueError("header of an act")
    elif s["meaning"] != "recorded":
        raise ValueError("header of an observation")
    Body(body)
    s["text"] = body
    return s


ENTRY = re.compile((
    r"stemma-entry/1\nlog (?P<log>%s)\nstream (?P<stream>%s)\nseq (?P<seq>%s)\nprev (?P<prev>%s)\ntime (?P<time>%s)\n"
    r"stmt (?P<stmt>%s) (?P<stmt_len>%s)\nsig (?:(?P<sig>%s) (?P<sig_len>[1-9][0-9]*)|- 0)\n"
    r"(?P<att>(?:att [a-z0-9._-]{1,64} %s %s\n)*)"
) % (ORIGIN, STREAM, NUM, HEX, TIME, HEX, NUM, HEX, HEX, NUM))


def read_entry(text):
    m = ENTRY.fullmatch(text)
    if not m or time_ms(m.group("time")) is None:
        raise ValueError("entry")
    e = m.groupdict()
    e["seq"], e["ms"], e["leaf"] = int(e["seq"]), time_ms(e["time"]), sha256(b"\0" + text.encode())
    e["atts"] = [line.split(" ")[1:] for line in e["att"].split("\n")[:-1]]
    names = [a[0] for a in e["atts"]]
    if names != sorted(set(names)):
        raise ValueError("attachments")
    return e


def genesis(origin, stream):
    return sha256(("stemma-genesis/1\n%s\n%s\n" % (origin, stream)).encode())


# --- the dossier --------------------------------------------------------------------------------------------------------
class Dossier:
    def __init__(self, v, data, as_of=None):
        self.v = v
        self.as_of = as_of
        self.members = read_zip(data)
        self.files = dict(self.members)
        need(self.members and self.members[0] == ("mimetype", b"application/vnd.etsi.asic-e+zip"), 1, "mimetype")
        self.used = {"mimetype", "README.txt", "human/dossier.pdf"}

    def file(self, name, rule):
        need(name in self.files, rule, name + " is missing")
        self.used.add(name)
        return self.files[name]

    def text(self, name, rule):
        try:
            return self.file(name, rule).decode("ascii")
        except UnicodeDecodeError:
            raise Refused(rule, name + " is not ASCII")

    def check(self):
        self.log()
        self.pki()
        self.manifest()
        self.index()
        self.streams = {}
        for kind, stream, count in self.listed:
            self.streams[stream] = self.stream(stream, kind == "whole", count)
        self.heads()
        self.stamps()
        for kind, stream, count in self.listed:
            if kind == "whole":
                corrections(stream, self.streams[stream])
        for name in self.files:
            if name not in self.used and not re.fullmatch(r"exports/[^/]+|pki/[^/]+\.(pem|crl)", name):
                raise Refused(1, name + " has no place")

    def log(self):
        raw = self.file("log/checkpoint", 2)
        try:
            self.note = read_note(raw)
            cosigned = read_note(self.file("log/cosignatures", 2))
        except (ValueError, UnicodeDecodeError) as err:
            raise Refused(2, str(err))
        need(log_signed(self.v, self.note), 2, "log's signature")
        self.origin, self.size, self.root = self.note[:3]
        need(cosigned[3] == self.note[3], 2, "cosignatures of another checkpoint")
        for vkey in self.v.witnesses:
            name, key_id, key = vkey.split("+", 2)
            blob = base64.b64decode(key)
            need(len(blob) == 33 and blob[0] == 4, 2, "verifier key")
            need(hmac.compare_digest(sha256(name.encode() + b"\n" + blob)[:4].hex(), key_id), 2, "key id of witness")
            mine = [x for x in cosigned[4] if x[0] == name and x[1].hex() == key_id]
            need(mine and len(mine[0][2]) == 72, 2, name + " has not cosigned")
            when = int.from_bytes(mine[0][2][:8], "big")
            message = b"cosignature/v1\ntime %d\n" % when + self.note[3]
            need(self.v.ed25519(blob[1:], message, mine[0][2][8:]), 2, "cosignature of " + name)
        try:
            self.stamped, end = self.v.token_ms(raw, self.file("log/checkpoint.tsr", 3))
        except ValueError as err:
            raise Refused(3, str(err))
        need(self.v.believed("token/1", self.stamped) and self.v.believed("stemma/1", self.stamped), 3, "suite")
        need(self.as_of is None or self.as_of <= end, 3, "the time-stamp ended before the time asked about")

    def pki(self):
        for name, data in self.members:
            if re.fullmatch(r"pki/[^/]+\.crl", name):
                try:
                    self.v.add_crl(data)
                except (ValueError, IndexError, AttributeError) as err:
                    raise Refused(7, "%s: %s" % (name, err))

    def manifest(self):
        raw = self.file("META-INF/ASiCManifest001.xml", 4)
        want = ['<?xml version="1.0" encoding="UTF-8"?>',
                '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
                '<asic:SigReference URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"/>']
        for name, data in self.members:
            if name != "mimetype" and not name.startswith("META-INF/"):
                want.append('<asic:DataObjectReference URI="%s" MimeType="application/octet-stream"><ds:DigestMethod '
                            'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>%s</ds:DigestValue>'
                            '</asic:DataObjectReference>' % (name, base64.b64encode(sha256(data)).decode()))
        want.append("</asic:ASiCManifest>\n")
        need(raw == "\n".join(want).encode(), 4, "manifest and files")
        try:
            cert = self.v.cms(raw, self.file("META-INF/signature001.p7s", 4), self.stamped)
        except ValueError as err:
            raise Refused(4, str(err))
        need(cert.name("2.5.4.3") == "audit" and cert.name("2.5.4.5") == "", 4, "manifest is not signed by audit")

    def index(self):
        text = self.text("dossier.txt", 5)
        m = re.fullmatch("stemma-dossier/1\nsubject (%s)\ncheckpoint (%s)\n((?:(?:whole|part) %s [1-9][0-9]*\n)+)"
                         % (STREAM, NUM, STREAM), text)
        need(m, 5, "dossier.txt")
        need(int(m.group(2)) == self.size, 2, "checkpoint's size")
        self.subject = m.group(1)
        self.listed = [(k, s, int(n)) for k, s, n in (line.split(" ") for line in m.group(3).split("\n")[:-1])]
        names = [s for _, s, _ in self.listed]
        need(names == sorted(set(names)), 5, "streams not sorted")
        kinds = {s: k for k, s, _ in self.listed}
        need(kinds.get(self.subject) == "whole" and kinds.get("SYS") == "part", 5, "subject whole, SYS in part")

    def stream(self, stream, whole, count):
        base = "streams/%s/" % stream
        texts = self.text(base + "chain.txt", 5).split("\n\n")
        need(len(texts) == count, 5, "count of entries", stream)
        proofs = self.text(base + "proofs.txt", 8).split("\n")
        need(len(proofs) == count + 1 and proofs[-1] == "", 8, "proofs.txt", stream)
        self.left = self.file(base + "observations", 6) if base + "observations" in self.files else None
        entries, hashes = [], set()
        for i, text in enumerate(texts):
            try:
                e = read_entry(text + ("\n" if i < count - 1 else ""))
            except ValueError:
                raise Refused(5, "malformed entry", stream, entries[-1]["seq"] if entries else "-")
            self.entry(e, stream, whole, entries, proofs[i])
            need(e["stmt"] not in hashes, 6, "statement twice", stream, e["seq"])
            hashes.add(e["stmt"])
            entries.append(e)
        need(self.left is None or (self.left == b"" and any(e["sig"] is None for e in entries)), 6, "observations left", stream)
        return entries

    def entry(self, e, stream, whole, before, proof):
        last = before[-1] if before else None
        where = (stream, e["seq"])
        need(e["log"] == self.origin and e["stream"] == stream, 5, "log or stream", *where)
        need(not whole or e["seq"] == len(before), 5, "gap", *where)
        if last:
            need(e["seq"] > last["seq"] and e["ms"] > last["ms"], 5, "does not rise", *where)
            need(e["seq"] != last["seq"] + 1 or e["prev"] == last["leaf"].hex(), 5, "link", *where)
        need(e["seq"] != 0 or e["prev"] == genesis(self.origin, stream).hex(), 5, "genesis", *where)
        need(e["ms"] <= self.stamped + 1000, 5, "later than the time-stamp", *where)
        need(self.v.believed("stemma/1", e["ms"]), 5, "suite", *where)
        self.statement(e, stream, before, where)
        m = re.fullmatch("proof (%s) (%s)((?: %s)*)" % (NUM, NUM, HEX), proof)
        need(m and int(m.group(1)) == e["seq"], 8, "proof line", *where)
        e["index"] = int(m.group(2))
        path = [bytes.fromhex(x) for x in m.group(3).split()]
        need(included(e["leaf"], e["index"], self.size, path, self.root), 8, "not in the tree", *where)
        need(not last or e["index"] > last["index"], 5, "leaf index", *where)
        for name, digest, length in e["atts"]:
            data = self.file("attachments/" + digest, 9)
            need(sha256(data).hex() == digest and len(data) == int(length), 9, "attachment " + name, *where)

    def statement(self, e, stream, before, where):
        acts = "streams/%s/acts/%06d" % (stream, e["seq"])
        if e["sig"]:
            raw = self.file(acts + ".stmt", 6)
        else:
            need(self.left is not None, 6, "no statement", *where)
            raw, self.left = self.left[:int(e["stmt_len"])], self.left[int(e["stmt_len"]):]
        need(sha256(raw).hex() == e["stmt"] and len(raw) == int(e["stmt_len"]), 6, "statement's hash", *where)
        try:
            s = e["statement"] = read_statement(raw)
        except (ValueError, UnicodeDecodeError) as err:
            raise Refused(6, str(err), *where)
        need(s["stream"] == stream, 6, "statement names another stream", *where)
        if s["rseq"] is not None:
            n = int(s["rseq"])
            seen = [x for x in before if x["seq"] == n]
            need(n < e["seq"], 6, "reviewed what came later", *where)
            need(n != -1 or s["rhash"] == genesis(self.origin, stream).hex(), 6, "reviewed", *where)
            need(not seen or seen[0]["leaf"].hex() == s["rhash"], 6, "reviewed another entry", *where)
        need((s["cert"] is None) == (e["sig"] is None), 7, "act and signature", *where)
        if e["sig"]:
            p7s = self.file(acts + ".p7s", 7)
            need(sha256(p7s).hex() == e["sig"] and len(p7s) == int(e["sig_len"]), 7, "signature's hash", *where)
            try:
                cert = self.v.cms(raw, p7s, e["ms"])
            except ValueError as err:
                raise Refused(7, str(err), *where)
            need(sha256(cert.raw).hex() == s["cert"] and cert.name("2.5.4.5") == s["signer"], 7, "certificate", *where)

    def sys(self, seq, kind):
        found = [e for e in self.streams["SYS"] if e["seq"] == seq and e["statement"]["type"] == kind]
        need(found, 10, kind + " is missing", "SYS", seq)
        return found[0]

    def heads(self):
        m = re.fullmatch("heads (%s) (%s) (%s) (%s)\nline (%s) ((%s) (%s) (%s))\nproof (%s)((?: %s)*)\n"
                         % (NUM, NUM, NUM, HEX, NUM, STREAM, NUM, HEX, NUM, HEX), self.text("log/heads.txt", 10))
        need(m and m.group(5) == m.group(10), 10, "log/heads.txt")
        seq, size, streams, root = int(m.group(1)), int(m.group(2)), int(m.group(3)), m.group(4)
        e = self.sys(seq, "log.heads")
        need(e["statement"]["text"] == b'{"root":"%s","size":%d,"streams":%d}\n' % (root.encode(), size, streams), 10,
             "heads recorded otherwise", "SYS", seq)
        need(self.stamped - e["ms"] <= 25 * 3600 * 1000, 10, "heads too old", "SYS", seq)
        need(size <= self.size, 10, "heads of a larger tree", "SYS", seq)
        path = [bytes.fromhex(x) for x in m.group(11).split()]
        leaf = sha256(b"\0" + m.group(6).encode() + b"\n")
        need(included(leaf, int(m.group(5)), streams, path, bytes.fromhex(root)), 10, "line not proved", "SYS", seq)
        last = self.streams[self.subject][-1]
        need((m.group(7), int(m.group(8)), m.group(9)) == (self.subject, last["seq"], last["leaf"].hex()) and
             last["index"] < size, 10, "chain ends elsewhere", self.subject, last["seq"])

    def stamps(self):
        text = self.text("log/stamps.txt", 10)
        need(re.fullmatch("(?:stamp %s %s\nconsistency %s(?: %s)*\n)*" % (NUM, NUM, NUM, HEX), text), 10, "log/stamps.txt")
        lines = [line.split(" ") for line in text.split("\n")[:-1]]
        stamps = []
        for (_, seq, size), (_, again, *path) in zip(lines[::2], lines[1::2]):
            need(size == again and (not stamps or stamps[-1][0] < int(size)), 10, "order of stamps")
            stamps.append((int(size), *self.stamp(int(seq), int(size), [bytes.fromhex(x) for x in path])))
        for stream, entries in self.streams.items():
            for e in entries:
                covering = [when for size, when, *_ in stamps if size > e["index"]]
                need(covering or not e["sig"], 10, "no time evidence", stream, e["seq"])
                need(all(when >= e["ms"] - 1000 for when in covering), 10, "stamped before", stream, e["seq"])
                before = [when for _, when, _, index, _ in stamps if index < e["index"]]
                need(not before or e["ms"] >= before[-1] - 600000, 10, "long before a time-stamp that was there", stream, e["seq"])
        good = []
        for stamp in reversed(stamps):
            _, _, end, index, _ = stamp
            if self.stamped <= end or any(size > index and when <= end for size, when, *_ in good):
                good.append(stamp)
        for stamp in stamps:
            need(stamp in good, 10, "ended, and no other renewed it", "SYS", stamp[4])

    def stamp(self, seq, size, path):
        e = self.sys(seq, "log.timestamp")
        atts = {name: self.file("attachments/" + digest, 9) for name, digest, _ in e["atts"]}
        need("checkpoint" in atts and "token" in atts, 10, "checkpoint and token", "SYS", seq)
        try:
            note = read_note(atts["checkpoint"])
            when, end = self.v.token_ms(atts["checkpoint"], atts["token"])
        except (ValueError, UnicodeDecodeError) as err:
            raise Refused(10, str(err), "SYS", seq)
        need(log_signed(self.v, note) and note[0] == self.origin and note[1] == size, 10, "stamped checkpoint", "SYS", seq)
        need(e["statement"]["text"] == b'{"root":"%s","size":%d}\n' % (note[2].hex().encode(), size), 10, "body", "SYS", seq)
        need(consistent(size, note[2], self.size, self.root, path), 10, "consistency", "SYS", seq)
        need(self.v.believed("token/1", when), 10, "suite", "SYS", seq)
        return when, end, e["index"], seq


def main():
    if len(sys.argv) not in (3, 4) or (len(sys.argv) == 4 and time_ms(sys.argv[3]) is None):
        sys.exit(__doc__)
    as_of = time_ms(sys.argv[3]) if len(sys.argv) == 4 else None
    with open(sys.argv[1], "rb") as f:
        data = f.read()
    with tempfile.TemporaryDirectory() as folder:
        try:
            Dossier(Verifier(sys.argv[2], folder), data, as_of).check()
        except Refused as refused:
            print(refused)
            return 1
    print("holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
