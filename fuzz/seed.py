#!/usr/bin/env python3
"""Makes the seeds of the corpus again from `testdata/`: `fuzz/seed.py`."""

import base64
import re
import zlib
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
TESTDATA = FUZZ.parent / "testdata"

# The two bytes that choose what was agreed, as `src/fuzzing.rs` counts them.
VERSIONS = {"tls10": 2, "tls11": 3, "tls12": 4, "tls13": 5}
SUITES = [
    ("tls13", 8), ("ecdh-anon", 5), ("dh-anon", 3), ("ecdhe-psk", 0), ("psk", 6),
    ("ecdhe", 4), ("dhe", 2), ("tls12-rsa", 1), ("tls12", 4),
]  # fmt: skip


def seed(target, name, data):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def messages(data):
    while data:
        length = 4 + int.from_bytes(data[1:4], "big")
        yield data[:length]
        data = data[length:]


for path in [*TESTDATA.glob("hellos/*.bin"), *TESTDATA.glob("flights/*.bin")]:
    seed("records", path.stem, path.read_bytes())
for path in TESTDATA.glob("hellos/*.bin"):
    seed("handshake", path.stem, bytes(2) + path.read_bytes()[5:])
for path in TESTDATA.glob("flights/*.handshake"):
    version = VERSIONS[path.stem[:5]]
    suite = next(number for kind, number in SUITES if kind in path.stem)
    for index, message in enumerate(messages(path.read_bytes())):
        seed("handshake", f"{path.stem}-{index}", bytes([version, suite]) + message)
# The kinds of message as `src/fuzzing.rs` counts them, and the numbers of the extensions.
MESSAGES = ["client", "server", "encrypted", "retry", "request", "entry", "ticket"]
TABLE = (FUZZ.parent / "src/names/extension_type.rs").read_text()
NUMBERS = {name: int(number, 0) for number, name in re.findall(r"(\w+) (\w+),\n", TABLE)}
blocks = {message: b"" for message in MESSAGES}
for line in (TESTDATA / "extensions/bodies.txt").read_text().splitlines():
    if not line.startswith("#"):
        message, name, body = line.split()[:3]
        body = bytes.fromhex(body.replace("-", ""))
        head = NUMBERS[name].to_bytes(2, "big") + len(body).to_bytes(2, "big")
        blocks[message] += head + body
for message, block in blocks.items():
    seed("extensions", message, bytes([MESSAGES.index(message)]) + block)
for path in TESTDATA.glob("certificates/*.der"):
    seed("der", path.stem, path.read_bytes())
for path in TESTDATA.glob("certificates/**/*.der"):
    seed("certificate", path.stem, path.read_bytes())
for path in TESTDATA.glob("certificates/ocsp/*"):
    seed("ocsp", path.name, path.read_bytes())
for path in TESTDATA.glob("seed/*.pem"):
    body = re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", path.read_text(), re.S)[1]
    seed("der", path.stem, base64.b64decode(body))
for pattern in ("logs/*.txt", "seed/*.txt", "seed/*.pem"):
    for path in TESTDATA.glob(pattern):
        seed("msg_log", path.stem, path.read_bytes())
# Captured packets: of every link that there is, in the smallest files, and as a pcapng.
PACKETS = [
    "dtls-sequence-number-jumps", "dtls1_0", "https-to-http", "ocsp-http-get", "ssl2", "hrr",
    "ssl-to-http-server", "tls12-no-shared-cipher", "tls-1.2-handshake-failure", "webrtc-stun",
]  # fmt: skip


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = (len(body) + 12).to_bytes(4, "little")
    return kind.to_bytes(4, "little") + length + body + length


def pcapng(data):
    """A pcap with its order of bytes as a pcapng of one interface that counts in microseconds."""
    out = block(0x0A0D0D0A, bytes.fromhex("4d3c2b1a01000000") + b"\xff" * 8)
    out += block(1, data[20:22] + bytes(6) + bytes.fromhex("0900010006000000 00000000"))
    at = 24
    while at < len(data):
        seconds, parts, kept, length = (
            int.from_bytes(data[at + n : at + n + 4], "little") for n in (0, 4, 8, 12)
        )
        ticks = seconds * 1_000_000 + parts
        numbers = (0, ticks >> 32, ticks & 0xFFFFFFFF, kept, length)
        head = b"".join(number.to_bytes(4, "little") for number in numbers)
        out += block(6, head + data[at + 16 : at + 16 + kept])
        at += 16 + kept
    return out


for name in PACKETS:
    seed("pcap", name, (TESTDATA / f"captures/packets/{name}.pcap").read_bytes())
for name in PACKETS[:3]:
    data = (TESTDATA / f"captures/packets/{name}.pcap").read_bytes()
    seed("pcap", f"{name}-ng", pcapng(data))


def side(server, data):
    """A piece of one side, as `src/fuzzing.rs` has them: two bytes say whose and how long."""
    return ((0x8000 if server else 0) | len(data)).to_bytes(2, "big") + data


def flows(path):
    """Each flow of a file as pieces of both sides."""
    pieces = b""
    for line in path.read_text().splitlines():
        words = line.split(" ")
        if words[0] in ("tcp", "udp"):
            if pieces:
                yield pieces
            pieces = b""
        elif words[0] != "cut" and len(pieces) < 6000:
            pieces += side(words[1] == "<", bytes.fromhex(words[2])[:3000])
    if pieces:
        yield pieces


def record(kind, number, fragment):
    return bytes([kind, 0xFE, 0xFD, 0, 0]) + number.to_bytes(6, "big") + len(fragment).to_bytes(2, "big") + fragment


def part(kind, number, body, start, end):
    return (
        bytes([kind]) + len(body).to_bytes(3, "big") + number.to_bytes(2, "big")
        + start.to_bytes(3, "big") + (end - start).to_bytes(3, "big") + body[start:end]
    )  # fmt: skip


v2_hello = bytes.fromhex("801f0103010006000000100000 2f010080".replace(" ", "")) + bytes(range(16))
v2_server = bytes.fromhex("800b0400010002000000000000")
v2_key = bytes.fromhex("800b0201008000000001000009")
seed("ssl2", "hello", side(False, v2_hello) + side(True, v2_server) + side(False, v2_key))
seed("ssl2", "error", side(False, v2_hello) + side(True, bytes.fromhex("8003000001")))
finished = bytes(range(40))
seed("datagrams", "verify", side(True, record(22, 0, part(3, 0, bytes.fromhex("feff04aabbccdd"), 0, 7))))
seed(
    "datagrams", "parts",
    side(False, record(22, 0, part(20, 1, finished, 20, 40)))
    + side(False, record(22, 1, part(20, 1, finished, 0, 30))),
)  # fmt: skip
seed("datagrams", "unified", side(True, record(22, 0, part(20, 0, b"", 0, 0))) + side(True, bytes.fromhex("2e1234000201022156aa")))
seed("datagrams", "cid", side(True, bytes.fromhex("19fefd000100000000000901020304000207 08".replace(" ", ""))))
for folder in ("captures", "flights/old/0.9.8e-fips-rhel5", "flights/old/1.0.2l", "flights/old/1.1.1g"):
    for path in TESTDATA.glob(f"{folder}/*.flows"):
        kind = "ssl2" if "ssl2" in path.stem or "ssl-v2" in path.stem else "datagrams"
        if kind == "ssl2" or "dtls" in path.stem:
            for index, pieces in enumerate(flows(path)):
                if index < 2:
                    seed(kind, f"{path.stem}-{index}", pieces)


def message(context, kind, body):
    return bytes(context) + bytes([kind]) + len(body).to_bytes(3, "big") + body


def behind(width, data):
    return len(data).to_bytes(width, "big") + data


chain = bytes([0]) + behind(3, behind(3, bytes.fromhex("3003020101")) + bytes(2))
TLS12, TLS13 = 4, 5
seed("handshake", "compressed", message([TLS13, 8], 25, b"\0\1" + len(chain).to_bytes(3, "big") + behind(3, zlib.compress(chain))))
seed("handshake", "status", message([TLS12, 4], 22, b"\1" + behind(3, bytes.fromhex("30030a0103"))))
seed("handshake", "status-multi", message([TLS12, 4], 22, b"\2" + behind(3, behind(3, bytes.fromhex("30030a0103")) + bytes(3))))
seed("handshake", "url", message([TLS12, 4], 21, b"\1" + behind(2, behind(2, b"http://a/") + b"\1" + bytes(20))))
seed("handshake", "supplemental", message([TLS12, 4], 23, behind(3, bytes(2) + behind(2, b"data"))))
seed("handshake", "next-protocol", message([TLS12, 4], 67, behind(1, b"spdy/3") + behind(1, bytes(24))))
seed("handshake", "draft-hello", message([0, 0], 2, bytes.fromhex("7f12") + bytes(32) + bytes.fromhex("1301000400280000")))
srp = behind(2, bytes(16)) + behind(2, b"\2") + behind(1, bytes(8)) + behind(2, bytes(16))
seed("handshake", "srp", message([TLS12, 12], 12, srp))
seed("handshake", "raw-key", message([TLS12, 0x80 | 4], 11, behind(3, bytes.fromhex("302a300506032b6570032100") + bytes(32))))
# Specs, edits and hellos: the first byte tells which.
for path in sorted(FUZZ.parent.glob("data/presets/*.toml"))[::5]:
    seed("spec", f"{path.stem}.toml", b"t" + path.read_bytes())
for path in sorted(TESTDATA.glob("hellos/*.bin"))[::5]:
    seed("spec", path.stem, b"b" + path.read_bytes())
EDITS = """-extensions.padding,pad_to=512
cipher_suites-=TLS_RSA_*,*_SHA,supported_groups=x25519,secp256r1
+extensions.0x7e57=00ff,move server_name last,!-extensions.supported_groups
split_records=1,100,segments=5,rest,delay=50ms
sslv2,sslv2:={"cipher_specs":["SSL_CK_RC4_128_WITH_MD5"],"challenge_length":16,"padding":3}
dtls,legacy_version=1.0,session_id=32,record_version=1.2
hello.random:="",raw:=0100,record_length:=7,fresh:=["random"],-extensions
alpn+=h3,alpn=h2,http/1.1,key_share=secp256r1,extensions=key_share,server_name"""
for index, line in enumerate(EDITS.splitlines()):
    seed("spec", f"edits-{index}", b"e" + line.encode())
