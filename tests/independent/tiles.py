#!/usr/bin/env python3
"""Follow a log from outside: tiles.py SOURCE TRUST [--keep DIR]. SOURCE is the gateway's address (https://...) or a folder
that --keep wrote. Written from C2SP's tlog-tiles, tlog-checkpoint, tlog-cosignature and RFC 6962 alone; shares no code
with the project. Ed25519 is openssl's. Whom the bytes came from does not matter: they prove themselves, or are refused."""
import base64
import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

WIDTH = 256


class Refused(Exception):
    pass


def need(condition, text):
    if not condition:
        raise Refused(text)


def sha256(data):
    return hashlib.sha256(data).digest()


class Source:
    def __init__(self, place, keep):
        self.place, self.keep = place, keep
        self.context = ssl._create_unverified_context()

    def get(self, name):
        if not self.place.startswith("https://"):
            try:
                with open(os.path.join(self.place, name), "rb") as f:
                    return f.read()
            except OSError as e:
                raise Refused(f"{name}: {e.strerror}") from e
        try:
            with urllib.request.urlopen(f"{self.place}/{name}", context=self.context, timeout=20) as r:
                data = r.read()
                cache, kind = r.headers["Cache-Control"] or "", r.headers["Content-Type"] or ""
        except urllib.error.HTTPError as e:
            raise Refused(f"{name}: HTTP {e.code}") from e
        if name == "checkpoint":
            need(kind.startswith("text/plain") and "no-cache" in cache, f"{name}: {kind}, {cache}")
        else:
            need(kind == "application/octet-stream" and "immutable" in cache, f"{name}: {kind}, {cache}")
        if self.keep:
            path = os.path.join(self.keep, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
        return data


def ed25519(pem, message, signature):
    with tempfile.TemporaryDirectory() as d:
        names = [os.path.join(d, n) for n in ("key", "message", "signature")]
        for name, data in zip(names, (pem, message, signature)):
            with open(name, "wb") as f:
                f.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", names[0], "-in", names[1],
                               "-sigfile", names[2]], capture_output=True, check=False).returncode == 0


def pem_of(key):
    der = bytes.fromhex("302a300506032b6570032100") + key
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"


def key_of(pem):
    return base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))[12:]


def read_file(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


def read_checkpoint(source, trust):
    """Size and root, once the log and every witness signed them."""
    note = source.get("checkpoint")
    body, _, rest = note.partition(b"\n\n")
    body += b"\n"
    m = re.fullmatch(rb"([a-z0-9./-]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n", body)
    need(m, "the checkpoint has not three lines")
    lines = []
    for line in rest.splitlines():
        s = re.fullmatch("— ([^ +]+) ([A-Za-z0-9+/=]+)".encode(), line)
        need(s, "no signature line of a note")
        lines.append((s[1], base64.b64decode(s[2], validate=True)))
    origin, log = m[1], read_file(trust, "log.pub.pem")
    mark = sha256(origin + b"\n\x01" + key_of(log))[:4]
    need(any(n == origin and s[:4] == mark and ed25519(log, body, s[4:]) for n, s in lines), "the log did not sign it")
    for vkey in read_file(trust, "witnesses.txt").split():
        name, mark, data = vkey.split(b"+", 2)
        data = base64.b64decode(data)
        need(data[0] == 4 and sha256(name + b"\n" + data)[:4].hex().encode() == mark, "a witness's key does not fit its mark")
        good = [s for n, s in lines if n == name and s[:4].hex().encode() == mark and len(s) == 76]
        need(good and ed25519(pem_of(data[1:]), b"cosignature/v1\ntime %d\n" % int.from_bytes(good[0][4:12], "big") + body,
                              good[0][12:]), f"{name.decode()} did not cosign it")
    return origin.decode(), int(m[2]), base64.b64decode(m[3])


def tree(nodes):
    """RFC 6962, 2.1, from leaf hashes."""
    if len(nodes) == 1:
        return nodes[0]
    k = 1
    while k * 2 < len(nodes):
        k *= 2
    return sha256(b"\x01" + tree(nodes[:k]) + tree(nodes[k:]))


def name_of(level, n, width):
    groups = [f"{n % 1000:03}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def tiles(source, level, count):
    """All the level's tiles, one after the other; a level has one hash for each full tile of that below."""
    got = b""
    for n in range((count + WIDTH - 1) // WIDTH):
        width = min(WIDTH, count - n * WIDTH)
        part = source.get(name_of(level, n, width))
        need(level == "entries" or len(part) == 32 * width, f"tile {level}/{n} has {len(part)} bytes")
        got += part
    return got


def read_hashes(source, size, root):
    data = tiles(source, 0, size)
    leaves = [data[i:i + 32] for i in range(0, len(data), 32)]
    need(tree(leaves) == root, "the leaves do not give the root that was signed")
    level, below = 1, leaves
    while len(below) >= WIDTH:
        above = [tree(below[i:i + WIDTH]) for i in range(0, len(below) // WIDTH * WIDTH, WIDTH)]
        need(tiles(source, level, len(above)) == b"".join(above), f"level {level} does not fit that below")
        level, below = level + 1, above
    return leaves


def read_entries(source, leaves):
    data, at, entries = tiles(source, "entries", len(leaves)), 0, []
    for leaf in leaves:
        length = int.from_bytes(data[at:at + 2], "big")
        entries.append(data[at + 2:at + 2 + length])
        at += 2 + length
        need(sha256(b"\x00" + entries[-1]) == leaf, f"entry {len(entries) - 1} is not that of its leaf")
    need(at == len(data), "there is more in the bundles than entries")
    return entries


def follow_streams(origin, leaves, entries):
    """Every stream from its first entry without a gap, each entry naming the one before it, later than it."""
    heads = {}
    for leaf, entry in zip(leaves, entries):
        m = re.match(rb"stemma-entry/1\nlog (\S+)\nstream (\S+)\nseq (\d+)\nprev ([0-9a-f]{64})\ntime (\S{24})\n", entry)
        need(m and m[1].decode() == origin, "not an entry of this log")
        stream = m[2].decode()
        seq, before, time = heads.get(stream, (-1, sha256(f"stemma-genesis/1\n{origin}\n{stream}\n".encode()), b""))
        need(int(m[3]) == seq + 1 and bytes.fromhex(m[4].decode()) == before and m[5] > time,
             f"entry {m[3].decode()} of {stream} does not follow entry {seq}")
        heads[stream] = (seq + 1, leaf, m[5])
    return heads


def main():
    words = sys.argv[1:]
    keep = None
    if "--keep" in words:
        at = words.index("--keep")
        keep = words[at + 1]
        del words[at:at + 2]
    if len(words) != 2:
        sys.exit(__doc__)
    source = Source(words[0].rstrip("/"), keep)
    try:
        origin, size, root = read_checkpoint(source, words[1])
        leaves = read_hashes(source, size, root)
        heads = follow_streams(origin, leaves, read_entries(source, leaves))
    except Refused as e:
        print(f"REFUSED: {e}")
        sys.exit(1)
    print(f"{origin}: {size} entries in {len(heads)} streams, root {root.hex()}")


main()
