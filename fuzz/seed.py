#!/usr/bin/env python3
"""Makes the seeds of the corpus again from `testdata/`: `fuzz/seed.py`."""

import base64
import re
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
for path in TESTDATA.glob("certificates/*.der"):
    seed("der", path.stem, path.read_bytes())
for path in TESTDATA.glob("seed/*.pem"):
    body = re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", path.read_text(), re.S)[1]
    seed("der", path.stem, base64.b64decode(body))
for pattern in ("logs/*.txt", "seed/*.txt", "seed/*.pem"):
    for path in TESTDATA.glob(pattern):
        seed("msg_log", path.stem, path.read_bytes())
