#!/usr/bin/env python3
"""Asks tshark what is in captures and in the first hellos of `../hellos`: `./witness.py FOLDER…`
writes expected-tshark.jsonl beside this script. A line a capture or hello; in it a row a frame; in
that the fields that tshark has for the frame, several values of one field joined with `|`."""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

CAPTURE = r"\.pcap(ng)?(\.gz)?$"

ENDS = """frame.number ip.src ipv6.src
    tcp.stream tcp.srcport tcp.dstport udp.stream udp.srcport udp.dstport""".split()

# What tls and dtls have in common.
BOTH = """record.content_type record.version record.length alert_message.level alert_message.desc
    change_cipher_spec
    handshake.type handshake.length handshake.version handshake.random
    handshake.session_id_length handshake.session_id handshake.ciphersuite handshake.comp_method
    handshake.extension.type handshake.extension.len
    handshake.extensions_server_name handshake.extensions_alpn_str
    handshake.extensions_supported_group handshake.extensions_ec_point_format
    handshake.sig_hash_alg handshake.extensions.supported_version
    handshake.extensions_key_share_group
    handshake.extensions_key_share_selected_group handshake.extensions_key_share_key_exchange_length
    handshake.extensions_status_request_type extension.psk_ke_mode
    handshake.certificate_length handshake.server_named_curve handshake.server_point_len
    handshake.client_point_len handshake.p_len handshake.epms_len handshake.sig_len
    handshake.cert_type handshake.dnames_len
    handshake.session_ticket_lifetime_hint handshake.session_ticket_length""".split()

TLS = """record.opaque_type handshake.ja3 handshake.ja3s heartbeat_message.type
    handshake.cipherspec handshake.challenge_length
    handshake.clear_key_length handshake.encrypted_key_length handshake.key_arg_length""".split()

DTLS = """record.epoch record.sequence_number handshake.message_seq handshake.fragment_offset
    handshake.fragment_length handshake.cookie_length""".split()

# Ports on which tshark does not look for TLS by itself.
PORTS = {"ssl2": 17905, "https-to-http": 80, "ssl-to-http-server": 80}


def known(fields):
    """Those of the fields that this tshark knows: it refuses to start with others."""
    listed = subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True).stdout
    names = {line.split("\t")[2] for line in listed.splitlines() if line.startswith("F\t")}
    for field in fields:
        if field not in names:
            print(f"{field} is not known", file=sys.stderr)
    return [field for field in fields if field in names]


def main():
    named = [f"tls.{field}" for field in BOTH + TLS] + [f"dtls.{field}" for field in BOTH + DTLS]
    fields = known(ENDS + named)
    command = ["tshark", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    with open(os.path.join(HERE, "expected-tshark.jsonl"), "w") as out:
        for name, file in captures(sys.argv[1:]):
            port = ["-d", f"tcp.port=={PORTS[name]},tls"] if name in PORTS else []
            run = subprocess.run([*command, *port, "-r", file], capture_output=True, text=True)
            rows = [line.split("\t") for line in run.stdout.splitlines()]
            seen = [{f: v for f, v in zip(fields, row) if v} for row in rows]
            seen = [row for row in seen if any("tls." in field for field in row)]
            print(json.dumps({"capture": name, "frames": seen}), file=out)


def captures(folders):
    """The names and files of the captures in these folders, and of captures made of hellos."""
    for folder in folders:
        for file in sorted(os.listdir(folder)):
            if re.search(CAPTURE, file):
                yield re.sub(CAPTURE, "", file), os.path.join(folder, file)
    hellos = os.path.join(HERE, "..", "hellos")
    with tempfile.TemporaryDirectory() as scratch:
        for file in sorted(os.listdir(hellos)):
            if file.endswith(".bin"):
                made = os.path.join(scratch, "hello.pcap")
                with open(os.path.join(hellos, file), "rb") as hello, open(made, "wb") as out:
                    out.write(capture_of(hello.read()))
                yield "../hellos/" + file.removesuffix(".bin"), made


def capture_of(hello):
    """A capture of one packet to port 443, without a link layer."""
    tcp = struct.pack(">HHIIBBHHH", 50000, 443, 1, 1, 5 << 4, 0x18, 0xFFFF, 0, 0)
    ends = bytes([192, 0, 2, 1, 192, 0, 2, 2])
    length = 20 + len(tcp) + len(hello)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, length, 0, 0, 64, 6, 0) + ends
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, 101)
    return header + struct.pack("<IIII", 0, 0, length, length) + ip + tcp + hello


main()
