#!/usr/bin/env python3
"""Makes the flights again: OpenSSL's s_client speaks to OpenSSL's s_server through a relay that
keeps what each side sent. `./make.py` makes all of them, `./make.py NAME…` some."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RSA = "-cert rsa.crt -key rsa.key -cert_chain ca.crt"
ECDSA = "-cert ecdsa.crt -key ecdsa.key"

# name: what the server is given, what the client is given, what is typed at the client.
FLIGHTS = {
    "tls10-dhe-rsa": (RSA, "-tls1 -cipher DHE-RSA-AES128-SHA:@SECLEVEL=0"),
    "tls10-ecdhe-ecdsa": (ECDSA, "-tls1 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
    "tls11-ecdhe-rsa": (RSA, "-tls1_1 -cipher ECDHE-RSA-AES128-SHA:@SECLEVEL=0"),
    "tls12-rsa": (RSA, "-tls1_2 -cipher AES128-SHA"),
    "tls12-dhe-rsa": (RSA, "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256"),
    "tls12-ecdhe-rsa": (RSA, "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 -alpn h2,http/1.1"),
    "tls12-ecdhe-ecdsa": (ECDSA, "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305"),
    "tls12-dh-anon": ("-nocert", "-tls1_2 -cipher ADH-AES128-SHA:@SECLEVEL=0"),
    "tls12-ecdh-anon": ("-nocert", "-tls1_2 -cipher AECDH-AES128-SHA:@SECLEVEL=0"),
    "tls12-psk": ("-nocert -psk 1a2b3c", "-tls1_2 -psk 1a2b3c -cipher PSK-AES128-CBC-SHA"),
    "tls12-ecdhe-psk": (
        "-nocert -psk 1a2b3c",
        "-tls1_2 -psk 1a2b3c -cipher ECDHE-PSK-AES128-CBC-SHA256",
    ),
    "tls12-client-certificate": (
        RSA + " -Verify 1 -CAfile ca.crt",
        "-tls1_2 -cert ecdsa.crt -key ecdsa.key",
    ),
    "tls12-small-fragments": (RSA, "-tls1_2 -maxfraglen 512"),
    "tls12-no-shared-cipher": (RSA, "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"),
    "tls13-rsa": (RSA, "-tls1_3"),
    "tls13-ecdsa": (ECDSA, "-tls1_3 -alpn h2"),
    "tls13-client-certificate": (
        ECDSA + " -Verify 1 -CAfile ca.crt",
        "-tls1_3 -cert rsa.crt -key rsa.key",
    ),
    "tls13-hello-retry": (ECDSA + " -groups P-384", "-tls1_3 -groups X25519:P-384"),
    "tls13-cookie": (ECDSA + " -stateless", "-tls1_3"),
    "tls13-key-update": (ECDSA, "-tls1_3", "K\n"),
    "tls13-psk-resumed": (ECDSA, "-tls1_3 -sess_in session"),
    "tls13-no-shared-version": (ECDSA + " -tls1_2", "-tls1_3"),
}


def openssl(options):
    subprocess.run(["openssl", *options.split()], check=True, stderr=subprocess.DEVNULL)


def make_keys():
    """A throw-away authority and two servers, whose keys nobody keeps."""
    ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
    openssl(
        f"req -x509 {ec} -nodes -keyout ca.key -out ca.crt -days 3650"
        " -subj /O=helloscope/CN=authority"
    )
    for name, kind in (("rsa", "-newkey rsa:2048"), ("ecdsa", ec)):
        openssl(f"req {kind} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}.test")
        with open(f"{name}.ext", "w") as extensions:
            extensions.write(f"subjectAltName=DNS:{name}.test,IP:127.0.0.1\n")
        openssl(
            f"x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial"
            f" -extfile {name}.ext -days 3650 -out {name}.crt"
        )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with open("/proc/net/tcp") as table:
            if f":{port:04X} 00000000:0000 0A" in table.read():
                return
        time.sleep(0.02)
    raise RuntimeError("s_server does not listen")


class Relay:
    """Passes bytes on between two ends, and keeps them."""

    def __init__(self, port):
        self.sides = {"client": bytearray(), "server": bytearray()}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, args=(port,))
        self.thread.start()

    def run(self, port):
        client = self.listener.accept()[0]
        server = socket.create_connection(("127.0.0.1", port))
        back = threading.Thread(target=self.copy, args=(server, client, "server"))
        back.start()
        self.copy(client, server, "client")
        back.join()

    def copy(self, source, sink, side):
        try:
            while data := source.recv(1 << 16):
                self.sides[side] += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def handshake_messages(log):
    """The handshake messages of a `-msg` log, one behind the other."""
    messages = bytearray()
    wanted = False
    for line in log.splitlines():
        if re.match(r"(<<<|>>>) ", line):
            wanted = ", Handshake [length" in line
        elif wanted and re.fullmatch(r"    ([0-9a-f]{2} ?)+\s*", line):
            messages += bytes.fromhex(line)
        else:
            wanted = False
    return bytes(messages)


def connect(server_options, client_options, typed):
    """One connection: what each side sent, and the log's handshake messages. A session to resume
    comes from a connection to the same server before it."""
    port = free_port()
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet"]
        + ["-cipher", "ALL:@SECLEVEL=0", *server_options.split()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port)
    if "-sess_in session" in client_options:
        run_client(port, client_options.replace("-sess_in", "-sess_out"), "")
    kept = run_client(port, client_options, typed)
    server.kill()
    server.wait()
    return kept


def run_client(port, options, typed):
    relay = Relay(port)
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{relay.port}", "-servername", "rsa.test"]
        + ["-msg", *options.split()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for text in (typed, "Q\n"):
        time.sleep(0.4)
        try:
            client.stdin.write(text)
            client.stdin.flush()
        except BrokenPipeError:
            break
    log = client.communicate()[0]
    relay.thread.join()
    return relay.sides, handshake_messages(log)


def keep(name, sides, messages):
    for side, data in sides.items():
        with open(os.path.join(HERE, f"{name}-{side}.bin"), "wb") as file:
            file.write(data)
    with open(os.path.join(HERE, f"{name}.handshake"), "wb") as file:
        file.write(messages)
    lengths = {side: len(data) for side, data in sides.items()}
    print(name, lengths, "messages", len(messages))


def main():
    names = sys.argv[1:] or list(FLIGHTS)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        make_keys()
        for name in names:
            server_options, client_options, *typed = FLIGHTS[name]
            keep(name, *connect(server_options, client_options, "".join(typed)))


main()
