#!/usr/bin/env python3
"""Records the connections whose suites encrypt nothing: OpenSSL's s_client speaks to OpenSSL's
s_server through a relay that keeps what each side sent. `./record.py` writes NAME.flows beside this
script; a frame is what was read at once."""

import os
import select
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# name: what both ends are given, what is typed at the client.
CONNECTIONS = {
    "tls10-rsa-null-md5": ("-tls1 -cipher NULL-MD5:@SECLEVEL=0", "in clear\n"),
    "tls12-rsa-null-sha256": ("-tls1_2 -cipher NULL-SHA256:@SECLEVEL=0", "in clear\n"),
    "tls12-null-renegotiation": (
        "-tls1_2 -cipher ECDHE-RSA-NULL-SHA:@SECLEVEL=0 -client_renegotiation",
        "R\n",
    ),
    "dtls12-rsa-null-sha": ("-dtls1_2 -cipher NULL-SHA:@SECLEVEL=0", "in clear\n"),
}


def relay(kind, server, client):
    """Passes on what comes until the client's end is gone; returns the pieces in their order."""
    pieces = []
    listener = socket.socket(socket.AF_INET, kind)
    listener.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        listener.listen()
    process = client(listener.getsockname()[1])
    back = socket.socket(socket.AF_INET, kind)
    back.connect(("127.0.0.1", server))
    front, peer = listener, None
    if kind == socket.SOCK_STREAM:
        front = listener.accept()[0]
    open_ends = {front, back}
    while open_ends:
        ready = select.select(list(open_ends), [], [], 1.5)[0]
        if not ready:
            break
        for end in ready:
            try:
                if kind == socket.SOCK_DGRAM and end is front:
                    data, peer = front.recvfrom(1 << 16)
                else:
                    data = end.recv(1 << 16)
            except ConnectionError:
                data = b""
            if not data:
                open_ends.discard(end)
                continue
            pieces.append((">" if end is front else "<", data))
            try:
                if end is back and kind == socket.SOCK_DGRAM:
                    front.sendto(data, peer)
                else:
                    (back if end is front else front).send(data)
            except ConnectionError:
                pass
    process.kill()
    return pieces


def record(name, options, typed):
    kind = socket.SOCK_DGRAM if "-dtls" in options else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "crt", "-key", "key"]
        + options.split(),
        stdin=subprocess.PIPE,
        **quiet,
    )
    time.sleep(0.5)

    def client(relay_port):
        ours = options.replace(" -client_renegotiation", "")
        shell = f"(sleep 0.6; printf '{typed}'; sleep 0.6; printf 'Q\\n'; sleep 0.3)"
        command = f"{shell} | openssl s_client -connect 127.0.0.1:{relay_port} {ours}"
        return subprocess.Popen(["sh", "-c", command], **quiet)

    pieces = relay(kind, port, client)
    server.kill()
    server.wait()
    with open(os.path.join(HERE, f"{name}.flows"), "w") as out:
        transport = "udp" if kind == socket.SOCK_DGRAM else "tcp"
        out.write(f"{transport} 127.0.0.1:50000 127.0.0.1:4433\n")
        for frame, (side, data) in enumerate(pieces, 1):
            out.write(f"{frame} {side} {data.hex()}\n")
    print(name, len(pieces))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        make = "req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 3650 -subj /CN=null.test"
        subprocess.run(["openssl", *make.split()], check=True, stderr=subprocess.DEVNULL)
        for name, (options, typed) in CONNECTIONS.items():
            record(name, options, typed)


main()
