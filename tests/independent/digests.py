#!/usr/bin/env python3
"""Each digest that a statement of a dossier names is of bytes that are enclosed, or docs/FORMAT.md says that it is not.

digests.py FOLDER FORMAT-PAGE: FOLDER is a dossier, unpacked. The kinds of digest and whether they are enclosed are read from the
page's own table, so a digest that the page does not know is a fault. Exit status 0: all have their place; 1: one has not, by name.
"""
import hashlib
import json
import os
import re
import sys

HASH = re.compile(r"^[0-9a-f]{64}$")


def declared(page):
    """Names of digests: True where the page says that the bytes are enclosed."""
    text = open(page, encoding="utf-8").read().split("### What each digest of a statement is of")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")]
    return {name: not row[2].startswith(("not enclosed", "nowhere")) for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row[0])}


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def certificates(der):
    """SHA-256 of whatever DER SEQUENCE lies in ${der}: the certificate of a .p7s is one of them."""
    found = set()
    for at in range(len(der) - 4):
        if der[at] == 0x30 and der[at + 1] == 0x82:
            size = 4 + der[at + 2] * 256 + der[at + 3]
            if at + size <= len(der):
                found.add(sha256(der[at:at + size]))
    return found


def statements(folder, stream):
    """(seq or name, header lines, body) of each statement of a stream."""
    base = os.path.join("streams", stream)
    acts = os.path.join(base, "acts")
    blobs = []
    if os.path.isdir(os.path.join(folder, acts)):
        blobs += [(name, read(folder, os.path.join(acts, name))) for name in sorted(os.listdir(os.path.join(folder, acts)))
                  if name.endswith(".stmt")]
    if os.path.exists(os.path.join(folder, base, "observations")):
        rest = read(folder, os.path.join(base, "observations"))
        while rest:
            head = rest.index(b"\n\n") + 2
            size = head + int(re.search(rb"^body (\d+)$", rest[:head], re.M).group(1))
            blobs.append(("observations", rest[:size]))
            rest = rest[size:]
    for name, blob in blobs:
        head, body = blob.split(b"\n\n", 1)
        yield name, dict(line.split(" ", 1) for line in head.decode().splitlines()[1:]), json.loads(body)


def digests(value, name=""):
    """(field, digest) of each digest in a body, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from digests(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from digests(inner, name)
    elif isinstance(value, str) and HASH.match(value):
        yield name, value


def main(folder, page):
    enclosed = declared(page)
    names = [os.path.relpath(os.path.join(at, f), folder) for at, _, files in os.walk(folder) for f in files]
    there = {sha256(read(folder, name)) for name in names}
    for name in names:
        if name.endswith(".p7s"):
            there |= certificates(read(folder, name))
        elif name.startswith("streams/") and name.endswith("/chain.txt"):
            stream, entries = name.split("/")[1], read(folder, name)
            log = re.search(rb"^log (.*)$", entries, re.M).group(1)
            there.add(sha256(b"stemma-genesis/1\n" + log + b"\n" + stream.encode() + b"\n"))
            there |= {sha256(b"\x00" + entry + b"\n") for entry in entries.rstrip(b"\n").split(b"\n\n")}
    count, faults = 0, []
    for stream in sorted(os.listdir(os.path.join(folder, "streams"))):
        for name, head, body in statements(folder, stream):
            own = [(key, head[key].split()[1 if key == "reviewed" else 0]) for key in ("signer", "reviewed", "rendered")
                   if len(head[key].split()) > 1 and head[key].split()[0] != "-"]
            for field, digest in own + list(digests(body)):
                count += 1
                if field not in enclosed:
                    faults.append(f"{stream} {name}: the page does not know the digest {field}")
                elif enclosed[field] and digest not in there and not is_let_out(folder, names, stream, field, body):
                    faults.append(f"{stream} {name}: {field} {digest} is of nothing in the dossier")
    for fault in faults:
        print(fault)
    print(f"{count} digests")
    return 1 if faults or count == 0 else 0


def is_let_out(folder, names, stream, field, body):
    """The page's two conditions: a stream enclosed in part, a person who signed nothing here."""
    if field == "reviewed":
        return f"\npart {stream} ".encode() in read(folder, "dossier.txt")
    return field == "certificate_sha256" and not signed_here(folder, names, body.get("person_id", ""))


def signed_here(folder, names, person):
    return any(f" {person}\n".encode() in read(folder, name).split(b"meaning ")[0] for name in names if name.endswith(".stmt"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
