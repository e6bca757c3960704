#!/usr/bin/env python3
"""A peer that tells how a hello arrived, as its kernel has it.

Usage: segments.py BYTES [IP_MINTTL]. It listens on loopback, prints its port, accepts one client,
and prints a line of JSON for each recv() until it has so many bytes: how many bytes that one gave,
and what TCP_INFO (struct tcp_info in linux/tcp.h) says then. It answers with a fatal alert. With
IP_MINTTL the kernel drops what comes with a smaller TTL.
"""
import json
import socket
import struct
import sys

IP_MINTTL = 21
# Where a number of four bytes stands in struct tcp_info.
INFO = {"snd_mss": 16, "rcv_mss": 20, "data_segs_in": 152}


def tcp_info(connection):
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return {name: struct.unpack_from("=I", info, at)[0] for name, at in INFO.items()}


def main():
    left = int(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0))
    if len(sys.argv) > 2:
        listener.setsockopt(socket.IPPROTO_IP, IP_MINTTL, int(sys.argv[2]))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    connection, (address, _) = listener.accept()
    while left > 0:
        got = connection.recv(1 << 16)
        if not got:
            break
        left -= len(got)
        line = {"from": address, "bytes": len(got), **tcp_info(connection)}
        print(json.dumps(line), flush=True)
    connection.sendall(bytes([21, 3, 3, 0, 2, 2, 40]))


main()
