#!/usr/bin/env python3
"""Dossiers spoiled in every way we can think of; none may be accepted.

    mutants.py --verify STEMMA-VERIFY --fixture FOLDER [--renewed FOLDER] [--dossier FILE...] [--every EVERY]
               [--python EVERY] [--shell EVERY] [--least N] [--least-shell N]

FOLDER is fixture_dossier's: there the forger holds the audit service's key, so that manifest and its signature are right
again after each change, and only the record's own rules are left to refuse. FILEs (trust beside them) are spoiled as they
are, or re-packed with right checksums and digests under the old signature. In --renewed, of fixture_dossier too, the acts'
time-stamp has ended and another renewed it; there what the log says is spoiled. --every takes each EVERYth mutant only; --python
and --shell give each EVERYth of FOLDER's, and a tenth as many of FILEs, to the other two verifiers as well.
--least and --least-shell: fewer mutants to stemma-verify or to the script are too few. No mutants are what the format leaves open:
the order of the two members of META-INF and the rest, a cosignature that stands twice, and an authority's status grantedWithMods
for granted. Exit status 0: every mutant was refused; 1: some were not, and are listed, or there were too few.
"""
import argparse, base64, collections, hashlib, os, random, re, struct, subprocess, sys, tempfile, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
MANIFEST, SIGNATURE = "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"
BATCH = 40
RENEWED = ("log/", "streams/SYS/")
N_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
rng = random.Random(20260302)


# --- the container ---------------------------------------------------------------------------------------------------

def read_zip(data):
    """Members in file order. The file is one of ours, so its form is known."""
    members, at = [], 0
    while data[at:at + 4] == b"PK\3\4":
        size, name_len = struct.unpack("<I", data[at + 22:at + 26])[0], struct.unpack("<H", data[at + 26:at + 28])[0]
        name = data[at + 30:at + 30 + name_len].decode()
        at += 30 + name_len
        members.append((name, data[at:at + size]))
        at += size
    return members


def write_zip(members, flags=0, version=20, date=0x21, extra=b"", comment=b"", local_name=None):
    out, central = bytearray(), bytearray()
    for name, data in members:
        shared = struct.pack("<HHHHHIIIHH", version, flags, 0, 0, date, zlib.crc32(data), len(data), len(data), len(name), len(extra))
        central += b"PK\1\2" + struct.pack("<H", 20) + shared + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name.encode() + extra
        out += b"PK\3\4" + shared + (local_name(name) if local_name else name).encode() + extra + data
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central), len(out), len(comment)) + comment
    return bytes(out + central + end)


def manifest_of(members, old):
    lines = old.decode().splitlines(True)
    body = [f'<asic:DataObjectReference URI="{name}" MimeType="application/octet-stream"><ds:DigestMethod '
            f'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>'
            f'{base64.b64encode(hashlib.sha256(data).digest()).decode()}</ds:DigestValue></asic:DataObjectReference>\n'
            for name, data in members if name != "mimetype" and not name.startswith("META-INF/")]
    return "".join(lines[:3] + body + lines[-1:]).encode()


class Source:
    def __init__(self, path, trust, keys=None, within=("dossier.txt", "streams/", "log/", "attachments/")):
        self.path, self.trust, self.keys, self.within = path, trust, keys, within
        self.data = open(path, "rb").read()
        self.members = read_zip(self.data)
        assert write_zip(self.members) == self.data, path

    def deep(self, name):
        """Members whose every byte is the record's, of those looked at: README, PDF, exports and pki are for convenience, and
        their digests are the manifest's matter."""
        return name.startswith(self.within)

    def sign(self, manifest):
        """Where the forger has the audit key: a good signature, else the old one."""
        if not self.keys:
            return dict(self.members)[SIGNATURE]
        k = self.keys
        return subprocess.run(["openssl", "cms", "-sign", "-cades", "-binary", "-nosmimecap", "-md", "sha256", "-outform", "DER",
                               "-signer", k + "/audit.pem", "-inkey", k + "/audit.key", "-certfile", k + "/issuing.pem"],
                              input=manifest, stdout=subprocess.PIPE, check=True).stdout

    def pack(self, members, spoil=lambda manifest: manifest):
        """Checksums, digests and manifest in order again."""
        plain = [(n, d) for n, d in members if not n.startswith("META-INF/")]
        manifest = spoil(manifest_of(plain, dict(self.members)[MANIFEST]))
        return write_zip(plain + [(MANIFEST, manifest), (SIGNATURE, self.sign(manifest))])


def changed(members, name, data):
    return [(n, data if n == name else d) for n, d in members]


def dropped(members, name):
    return [(n, d) for n, d in members if n != name]


# --- the record, as far as a forger mends it -----------------------------------------------------------------------------

def leaf(entry):
    return hashlib.sha256(b"\0" + entry).hexdigest()


def chain_of(members, stream):
    return [e + b"\n" if not e.endswith(b"\n") else e for e in dict(members)[f"streams/{stream}/chain.txt"].split(b"\n\n")]


def seq_of(entry):
    return int(re.search(rb"^seq (\d+)$", entry, re.M).group(1))


def relink(entries, old_leaves):
    """Later links follow the changed entry; whoever re-makes a chain by hand does at least that."""
    for i in range(1, len(entries)):
        entries[i] = entries[i].replace(b"prev " + old_leaves[i - 1].encode(), b"prev " + leaf(entries[i - 1]).encode())
    return entries


def with_chain(members, stream, entries):
    old = leaf(chain_of(members, stream)[-1])
    members = changed(members, f"streams/{stream}/chain.txt", b"\n".join(entries))
    heads = dict(members)["log/heads.txt"].replace(old.encode(), leaf(entries[-1]).encode())
    return changed(members, "log/heads.txt", heads)


def other_half(p7s):
    """(r, s) to (r, n-s), lengths mended all the way up."""
    path, at = [], 0
    def head(at):
        n = p7s[at + 1]
        return (2, n) if n < 128 else (2 + (n & 127), int.from_bytes(p7s[at + 2:at + 2 + (n & 127)], "big"))
    while p7s[at] != 2:
        path.append(at)
        h, n = head(at)
        child, end = at + h, at + h + n
        while child < end:
            at = child
            child += sum(head(child))
    h, n = head(at)
    s = N_P256 - int.from_bytes(p7s[at + h:at + h + n], "big")
    body = s.to_bytes((s.bit_length() + 8) // 8, "big")
    out = bytearray(p7s[:at] + bytes([2, len(body)]) + body)
    for place in path:
        last = place + head(place)[0] - 1
        out[last] += len(out) - len(p7s)
    return bytes(out)


# --- mutants: (what, bytes) ------------------------------------------------------------------------------------------------

def flips(s, count):
    for at in sorted(rng.sample(range(len(s.data)), count)):
        bad = bytearray(s.data)
        bad[at] ^= 1 << rng.randrange(8)
        yield f"flip at {at}", bytes(bad)


def edges(s, count):
    for _ in range(count):
        at, n = rng.randrange(1, len(s.data)), rng.randrange(1, 40)
        kind = rng.randrange(4)
        if kind == 0:
            yield f"cut at {at}", s.data[:at]
        elif kind == 1:
            yield f"{n} bytes out at {at}", s.data[:at] + s.data[at + n:]
        elif kind == 2:
            yield f"{n} bytes in at {at}", s.data[:at] + rng.randbytes(n) + s.data[at:]
        elif s.data[:at] + s.data[:n] + s.data[at + n:] != s.data:
            yield f"{n} bytes over at {at}", s.data[:at] + s.data[:n] + s.data[at + n:]


def containers(s):
    m = s.members
    yield "L24 two files in one", s.data + s.data
    yield "L24 bytes before", b"PK" + s.data
    yield "L24 bytes behind", s.data + b"\0"
    yield "L24 comment", write_zip(m, comment=b"x")
    yield "L24 extra field", write_zip(m, extra=b"\0\0\0\0")
    yield "L24 flags", write_zip(m, flags=0x800)
    yield "L24 data descriptor", write_zip(m, flags=8)
    yield "L24 version", write_zip(m, version=10)
    yield "L24 date", write_zip(m, date=0x5000)
    yield "L24 local name differs", write_zip(m, local_name=lambda n: n.upper() if n == "dossier.txt" else n)
    yield "L24 thousand members", write_zip(m + [(f"exports/{i}", b"") for i in range(1000)])
    for i, (name, data) in enumerate(m):
        yield f"L24 {name} twice, right one first", write_zip(m + [(name, b"x" + data)])
        yield f"L24 {name} twice, right one last", write_zip([(name, b"x" + data)] + m)
        if i % 5 == 0:
            yield f"L24 {name} in capitals too", write_zip(m + [(name.swapcase(), data)])
            yield f"L24 {name} as a path out", write_zip(m + [("../" + name, data)])
            yield f"L24 {name} under a slash", write_zip([(("/" + n) if n == name else n, d) for n, d in m])
        if i + 1 < len(m) and not m[i + 1][0].startswith("META-INF/"):
            yield f"L24 {name} behind its next", write_zip(m[:i] + [m[i + 1], m[i]] + m[i + 2:])
        yield f"{name} not in the manifest", write_zip(dropped(m, name))


def removed(s):
    """L13: every piece of evidence, one by one."""
    for name, data in s.members:
        if not s.deep(name):
            continue
        yield f"L13 without {name}", s.pack(dropped(s.members, name))
        yield f"L13 {name} empty", s.pack(changed(s.members, name, b""))
        if not name.endswith((".p7s", ".tsr")) and not name.startswith("attachments/"):
            lines = data.splitlines(True)
            for i in range(len(lines)):
                yield f"L13 {name} without line {i}", s.pack(changed(s.members, name, b"".join(lines[:i] + lines[i + 1:])))


def proof_elements(s):
    for name, data in s.members:
        if not name.endswith(("proofs.txt", "heads.txt", "stamps.txt")):
            continue
        hexes = list(re.finditer(rb" [0-9a-f]{64}", data))
        for i, h in enumerate(hexes):
            yield f"L13 {name} without hash {i}", s.pack(changed(s.members, name, data[:h.start()] + data[h.end():]))
            yield f"L13 {name} hash {i} twice", s.pack(changed(s.members, name, data[:h.end()] + h.group() + data[h.end():]))
            bad = h.group()[:-1] + (b"1" if h.group()[-1:] == b"0" else b"0")
            yield f"{name} hash {i} changed", s.pack(changed(s.members, name, data[:h.start()] + bad + data[h.end():]))


def lines(s, every):
    for name, data in s.members:
        if not s.deep(name) or name.endswith((".p7s", ".tsr")) or name.startswith("attachments/"):
            continue
        all_lines = data.splitlines(True)
        for i in range(0, len(all_lines), every):
            if not (name == "log/cosignatures" and i > 3):
                yield f"{name} line {i} twice", s.pack(changed(s.members, name, b"".join(all_lines[:i + 1] + all_lines[i:])))
            if i + 1 < len(all_lines) and all_lines[i] != all_lines[i + 1]:
                swapped = all_lines[:i] + [all_lines[i + 1], all_lines[i]] + all_lines[i + 2:]
                yield f"{name} lines {i}, {i + 1} swapped", s.pack(changed(s.members, name, b"".join(swapped)))
            upper = all_lines[:i] + [all_lines[i].upper()] + all_lines[i + 1:]
            if upper != all_lines:
                yield f"{name} line {i} in capitals", s.pack(changed(s.members, name, b"".join(upper)))


def numbers(s, every):
    for name, data in s.members:
        if not s.deep(name) or name.endswith((".p7s", ".tsr")):
            continue
        for i, m in enumerate(re.finditer(rb"(?<![0-9a-f.])[0-9]+(?![0-9a-f])", data)):
            if i % every == 0:
                more = str(int(m.group()) + 1).encode()
                yield f"{name} number {i} plus one", s.pack(changed(s.members, name, data[:m.start()] + more + data[m.end():]))


def member_flips(s, each):
    for name, data in s.members:
        if not s.deep(name) or not data:
            continue
        for at in sorted(rng.sample(range(len(data)), min(each, len(data)))):
            bad = bytearray(data)
            bad[at] ^= 1 << rng.randrange(8)
            if name.endswith(".tsr") and bad[at - 2:at] == b"\2\1" and bad[at] == 1 and at < 16:
                continue                         # granted became grantedWithMods
            yield f"{name} flip at {at}", s.pack(changed(s.members, name, bytes(bad)))
        yield f"{name} with a byte more", s.pack(changed(s.members, name, data + b"\n"))
        yield f"{name} with a byte less", s.pack(changed(s.members, name, data[:-1]))


def nuls(s):
    """A NUL where a program might not see it: in each text, at an end of a line, inside a word, at the very end."""
    for name, data in s.members:
        if not s.deep(name) or name.endswith((".p7s", ".tsr")) or name.startswith("attachments/"):
            continue
        middle = len(data) // 2
        for at in (data.find(b"\n"), middle, len(data) - 1, len(data)):
            yield f"{name} with a NUL at {at}", s.pack(changed(s.members, name, data[:at] + b"\0" + data[at:]))


def manifests(s):
    """Manifests that are signed as they are, and not as the format has them."""
    def lines(edit):
        def spoil(manifest):
            all_lines = manifest.splitlines(True)
            edit(all_lines)
            return b"".join(all_lines)
        return spoil
    def replaced(a, b):
        return lambda manifest: manifest.replace(a, b, 1)
    for what, spoil in (("without its last line feed", lambda m: m[:-1]), ("with a line feed more", lambda m: m + b"\n"),
                        ("with carriage returns", lambda m: m.replace(b"\n", b"\r\n")), ("of another XML", replaced(b'"1.0"', b'"1.1"')),
                        ("with a comment", lines(lambda l: l.insert(4, b"<!-- -->\n"))), ("with a line twice", lines(lambda l: l.insert(4, l[4]))),
                        ("with two lines turned", lines(lambda l: l.insert(4, l.pop(5)))), ("short of a line", lines(lambda l: l.pop(5))),
                        ("with another algorithm", replaced(b"#sha256", b"#sha512")), ("with a space more", replaced(b"\n<asic:Data", b"\n <asic:Data")),
                        ("of another signature", replaced(b"signature001", b"signature002")), ("empty", lambda m: b"<?xml"),
                        ("with loose bits in a digest", lambda m: re.sub(rb"[A-Za-z0-9+/]=<", lambda d: bytes([d[0][0] + 1]) + b"=<", m, count=1))):
        yield f"manifest {what}", s.pack(s.members, spoil)


def signatures(s):
    acts = [n[:-4] for n, _ in s.members if n.endswith(".p7s") and n.startswith("streams/")]
    have = dict(s.members)
    for i, act in enumerate(acts):
        p7s, stmt = act + ".p7s", act + ".stmt"
        other = acts[(i + 1) % len(acts)]
        yield f"L34 {p7s} with n-s", s.pack(changed(s.members, p7s, other_half(have[p7s])))
        yield f"L12 {p7s} of {other}", s.pack(changed(s.members, p7s, have[other + ".p7s"]))
        yield f"L12 {stmt} of {other}", s.pack(changed(s.members, stmt, have[other + ".stmt"]))
        yield f"L12 {act} wholly of {other}", s.pack(changed(changed(s.members, p7s, have[other + ".p7s"]), stmt, have[other + ".stmt"]))
        yield f"L14 {p7s} is the manifest's", s.pack(changed(s.members, p7s, have[SIGNATURE]))


def mended(s):
    """A statement is edited, and everything that needs no key follows: hash and length in the entry, all later links, the
    line of the heads. What is left is the person's signature and the tree."""
    for stream in sorted({n.split("/")[1] for n, _ in s.members if n.startswith("streams/")}):
        entries = chain_of(s.members, stream)
        leaves = [leaf(e) for e in entries]
        for i, entry in enumerate(entries):
            seq = seq_of(entry)
            name = f"streams/{stream}/acts/{seq:06d}.stmt"
            stmt = dict(s.members).get(name)
            later = entries[:i] + [re.sub(rb"(?m)^(time .*)(\d)Z$", lambda m: m[1] + str((int(m[2]) + 1) % 10).encode() + b"Z", entry)] + entries[i + 1:]
            yield f"{stream} {seq} at another time, mended", s.pack(with_chain(s.members, stream, relink(later, leaves)))
            if stmt is None:
                continue
            edits = [(rb"^meaning \w+", b"meaning witnessed"), (rb"(?m)^at 20(\d\d)", rb"at 19\1"), (rb"(\d)(\D*)\Z", rb"7\2"), (rb"\Z", b"")]
            for pattern, by in edits:
                new = re.sub(pattern, by, stmt, count=1, flags=re.M) if by else stmt.replace(b"{", b'{"a":1,', 1)
                if new == stmt:
                    continue
                head, body = new.split(b"\n\n", 1)
                new = re.sub(rb"\nbody \d+$", b"\nbody %d" % len(body), head) + b"\n\n" + body
                changed_entry = re.sub(rb"(?m)^stmt .*$", b"stmt " + hashlib.sha256(new).hexdigest().encode() + b" %d" % len(new), entry)
                chain = relink(entries[:i] + [changed_entry] + entries[i + 1:], leaves)
                yield f"{stream} {seq} edited ({pattern!r}), mended", s.pack(with_chain(changed(s.members, name, new), stream, chain))


def tails(s):
    """L33: the last entries of the subject are left out, and all that speaks of them with them."""
    have = dict(s.members)
    index = have["dossier.txt"].decode()
    subject = re.search(r"^subject (\S+)$", index, re.M).group(1)
    entries = chain_of(s.members, subject)
    for cut in range(1, len(entries)):
        keep = entries[:-cut]
        m = changed(s.members, f"streams/{subject}/chain.txt", b"\n".join(keep))
        m = changed(m, f"streams/{subject}/proofs.txt", b"".join(have[f"streams/{subject}/proofs.txt"].splitlines(True)[:-cut]))
        m = changed(m, "dossier.txt", index.replace(f"whole {subject} {len(entries)}", f"whole {subject} {len(keep)}").encode())
        left = {f"streams/{subject}/acts/{seq_of(e):06d}" for e in keep}
        acts = f"streams/{subject}/acts/"
        m = [(n, d) for n, d in m if not n.startswith(acts) or n.rsplit(".", 1)[0] in left]
        size = sum(int(re.search(rb"^stmt \S+ (\d+)$", e, re.M).group(1)) for e in keep if b"\nsig - 0\n" in e)
        name = f"streams/{subject}/observations"
        if name in have:
            m = changed(m, name, have[name][:size]) if size else dropped(m, name)
        yield f"L33 {cut} of the tail cut", s.pack(m)
        heads = re.sub(rf"(?m)^(line \d+ {subject}) \d+ [0-9a-f]+$", rf"\1 {len(keep) - 1} {leaf(keep[-1])}", have["log/heads.txt"].decode())
        yield f"L33 {cut} of the tail cut, heads line mended", s.pack(changed(m, "log/heads.txt", heads.encode()))
    yield "subject as a part", s.pack(changed(s.members, "dossier.txt", index.replace(f"whole {subject}", f"part {subject}").encode()))


def mutants(sources):
    for s in sources:
        if s.keys and s.within == RENEWED:
            groups = [removed(s), proof_elements(s), lines(s, 1), numbers(s, 1), member_flips(s, 12)]
        elif s.keys:
            groups = [removed(s), proof_elements(s), lines(s, 1), numbers(s, 1), member_flips(s, 12), nuls(s), signatures(s), mended(s),
                      tails(s), manifests(s), containers(s), flips(s, 300), edges(s, 100)]
        else:
            groups = [numbers(s, 400), lines(s, 100), member_flips(s, 1), tails(s), containers(s), flips(s, 200), edges(s, 100)]
        for group in groups:
            for what, data in group:
                if data != s.data:
                    yield s, what, data


def sampled(sources, every):
    return (one for i, one in enumerate(mutants(sources)) if i % every == 0)


# --- the verdicts ------------------------------------------------------------------------------------------------------------

def judge_binary(binary, batch, accepted, folder):
    """Several files in one run: those of which it says that they hold. Any other end than 0, 1 is a fault too."""
    trust = batch[0][0].trust
    paths = []
    for i, (_, _, data) in enumerate(batch):
        paths.append(os.path.join(folder, f"{i}.asice"))
        open(paths[-1], "wb").write(data)
    twice = paths + paths[:1]                    # with two files at least, each line begins with the file's name
    r = subprocess.run([binary, *twice, "--trust", trust], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    said = collections.defaultdict(str)
    for line in r.stdout.splitlines():
        said[line.split(": ", 1)[0]] += line
    for path, (_, what, _) in zip(paths, batch):
        if " holds: " in said[path] or not said[path]:
            accepted.append(f"stemma-verify: {what}: {said[path][:100] or 'no verdict'}")
    if r.returncode != 1:
        accepted.append(f"stemma-verify: exit status {r.returncode}: {r.stderr[-300:]}")


def judge_other(name, command, s, what, data, accepted, folder):
    path = os.path.join(folder, "one.asice")
    open(path, "wb").write(data)
    r = subprocess.run([*command, path, s.trust], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    if r.returncode != 1 or not re.match(r"\S+ \S+ \d+: ", r.stdout):      # a program that broke has refused nothing
        accepted.append(f"{name}: {what}: exit status {r.returncode} {r.stdout[:100]} {r.stderr[-200:]}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--verify", required=True)
    p.add_argument("--fixture", required=True)
    p.add_argument("--renewed")
    p.add_argument("--dossier", nargs="*", default=[])
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--least", type=int, default=2000)
    p.add_argument("--least-shell", type=int, default=0)
    p.add_argument("--python", type=int, default=0)
    p.add_argument("--shell", type=int, default=0)
    a = p.parse_args()
    sources = [Source(a.fixture + "/dossier.asice", a.fixture + "/trust", a.fixture)]
    if a.renewed:
        sources.append(Source(a.renewed + "/dossier.asice", a.renewed + "/trust", a.renewed, RENEWED))
    sources += [Source(f, os.path.join(os.path.dirname(f), "trust")) for f in a.dossier]
    counts, accepted, batch = collections.Counter(), [], []
    with tempfile.TemporaryDirectory() as folder:
        for s in sources:                        # the forger's own re-packing holds before anything is spoiled
            for data in [s.data] + ([s.pack(s.members)] if s.keys else []):
                path = os.path.join(folder, "good.asice")
                open(path, "wb").write(data)
                if subprocess.run([a.verify, path, "--trust", s.trust], stdout=subprocess.DEVNULL).returncode != 0:
                    sys.exit(f"{s.path}: what is not spoiled is refused")
        for i, one in enumerate(sampled(sources, a.every)):
            s, what, data = one
            rarer = 1 if s.keys else 10
            if batch and (batch[0][0] is not s or len(batch) == BATCH):
                judge_binary(a.verify, batch, accepted, folder)
                batch = []
            batch.append(one)
            counts["stemma-verify"] += 1
            if a.python and i % (a.python * rarer) == 0:
                judge_other("verify.py", [sys.executable, os.path.join(HERE, "verify.py")], s, what, data, accepted, folder)
                counts["verify.py"] += 1
            if a.shell and i % (a.shell * rarer) == 0:
                judge_other("verify.sh", ["sh", os.path.join(HERE, "../../docs/verify.sh")], s, what, data, accepted, folder)
                counts["verify.sh"] += 1
        judge_binary(a.verify, batch, accepted, folder)
    for line in accepted:
        print(line)
    print(", ".join(f"{n} mutants to {who}" for who, n in counts.items()) + f"; accepted: {len(accepted)}")
    short = [f"fewer than {least} to {who}" for who, least in (("stemma-verify", a.least), ("verify.sh", a.least_shell)) if counts[who] < least]
    for line in short:
        print(line)
    sys.exit(1 if accepted or short else 0)


main()
