#!/usr/bin/env python3
"""Takes what went over TLS, DTLS and SSL out of captures: `./extract.py FOLDER` reads each pcap and
pcapng file there (gzipped or not) and writes NAME.flows beside this script. The README says what
the form is and what is left out."""

import gzip
import ipaddress
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# How the name of a capture ends.
CAPTURE = r"\.pcap(ng)?(\.gz)?$"

# Bytes of a direction of a TCP connection behind which it is cut, at the end of the first record
# that carries application data.
KEEP = 32 << 10

# Bytes of text from which on a file is compressed.
LARGE = 400_000

# One of QUIC, which is UDP that is not DTLS; the others would say the same.
QUIC = {"quic-quicdoq.pcap"}


def main():
    folder = sys.argv[1]
    for name in sorted(os.listdir(folder)):
        if not re.search(CAPTURE, name):
            continue
        flows = [flow for flow in read_flows(os.path.join(folder, name)) if is_wanted(name, flow)]
        if not flows:
            print(f"{name}: nothing of TLS", file=sys.stderr)
            continue
        text = "".join(line + "\n" for flow in flows for line in flow.lines()).encode()
        path = os.path.join(HERE, re.sub(CAPTURE, "", name) + ".flows")
        if len(text) > LARGE:
            path, text = path + ".gz", gzip.compress(text, mtime=0)
        with open(path, "wb") as out:
            out.write(text)


def is_wanted(name, flow):
    """Whether either side sends what TLS, DTLS or SSL 2.0 begins with. What answers such a hello
    in clear is wanted too: it is the other side of the same flow."""
    if flow.kind == "udp":
        return name in QUIC or any(is_dtls(piece) for _, _, piece in flow.pieces)
    return any(find_records(flow.bytes_of(side)) is not None for side in "><")


def is_dtls(datagram):
    return len(datagram) >= 13 and 20 <= datagram[0] <= 25 and datagram[1] == 0xFE


def find_records(stream):
    """Where TLS begins: at the first byte, or behind the lines of a STARTTLS dialogue."""
    if re.match(rb"[\x80-\x8f].[\x01\x04]\x00\x02|[\x80-\x8f].\x01\x03", stream, re.DOTALL):
        return 0
    begin = re.search(rb"(?:^|(?<=[\n>]))[\x14-\x18]\x03[\x00-\x04]", stream[:4096], re.DOTALL)
    return begin and begin.start()


class Flow:
    """A connection: who sent what in which frame, in the order in which it could be read."""

    def __init__(self, kind, client, server):
        self.kind, self.client, self.server = kind, client, server
        self.pieces = []

    def add(self, frame, sender, data):
        self.pieces.append((frame, ">" if sender == self.client else "<", data))

    def bytes_of(self, side):
        return b"".join(data for _, at, data in self.pieces if at == side)

    def turned(self):
        """The same with the other end as the client."""
        other = Flow(self.kind, self.server, self.client)
        turn = {">": "<", "<": ">"}
        other.pieces = [(frame, turn[side], data) for frame, side, data in self.pieces]
        return other

    def lines(self):
        yield f"{self.kind} {address(self.client)} {address(self.server)}"
        ends = {side: self.end(side) for side in "><"}
        seen = {">": 0, "<": 0}
        for frame, side, data in self.pieces:
            before = seen[side]
            seen[side] += len(data)
            if before >= ends[side]:
                continue
            yield f"{frame} {side} {data[: ends[side] - before].hex()}"
        for side, end in ends.items():
            if seen[side] > end:
                yield f"cut {side}"

    def end(self, side):
        """How many bytes of a side are kept."""
        stream = self.bytes_of(side)
        if self.kind == "udp" or len(stream) <= KEEP:
            return len(stream)
        at = find_records(stream) or 0
        while at + 5 <= len(stream):
            kind, length = stream[at], int.from_bytes(stream[at + 3 : at + 5], "big")
            at += 5 + length
            if at >= KEEP and kind == 23:
                return min(at, len(stream))
        return len(stream)


def address(end):
    host, port = end
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_flows(path):
    """The flows of a file, in the order of their first frames."""
    flows, current = [], {}
    packets = Fragments()
    for frame, link, data in frames(path):
        packet = packets.transport(network(link, data))
        if packet is None:
            continue
        protocol, source, target, payload = packet
        if protocol == 6 and len(payload) >= 20:
            tcp_segment(frame, source, target, payload, flows, current)
        elif protocol == 17 and len(payload) >= 8:
            udp_datagram(frame, source, target, payload, flows, current)
    for connection in flows:
        connection.finish()
    return [with_client_first(connection.flow) for connection in flows if connection.flow.pieces]


def with_client_first(flow):
    """Who says hello is the client, where no SYN told."""
    if flow.is_told:
        return flow
    for _, side, data in flow.pieces:
        hello = data[13:14] == b"\1" if is_dtls(data) else data[5:6] == b"\1"
        if data[:1] == b"\x16" and hello:
            return flow if side == ">" else flow.turned()
    return flow


class Datagrams:
    """The datagrams between two ends: the first sender is taken for the client."""

    def __init__(self, source, target):
        self.flow = Flow("udp", source, target)
        self.flow.is_told = False

    def finish(self):
        pass


def udp_datagram(frame, source, target, payload, flows, current):
    sport, dport, length = struct.unpack_from(">HHH", payload)
    ends = (source, sport), (target, dport)
    key = "udp", frozenset(ends)
    if key not in current:
        current[key] = Datagrams(*ends)
        flows.append(current[key])
    data = payload[8 : max(length, 8)]
    if data:
        current[key].flow.add(frame, ends[0], data)


class Connection:
    """A TCP connection. A segment is held back until all before it have come; of what comes twice,
    the first counts."""

    def __init__(self, client, server, is_told):
        self.flow = Flow("tcp", client, server)
        self.flow.is_told = is_told
        self.opened = None
        self.next = {}
        self.waiting = {client: [], server: []}

    def segment(self, frame, sender, sequence, is_syn, data):
        if is_syn:
            sequence = (sequence + 1) % (1 << 32)
            self.next[sender] = sequence
        if not data:
            return
        self.next.setdefault(sender, sequence)
        self.waiting[sender].append((sequence, frame, data))
        while self.take(sender, frame):
            pass

    def take(self, sender, frame):
        """Takes the first segment that can be read, which then counts as seen in this frame."""
        for index, (sequence, _, data) in enumerate(self.waiting[sender]):
            behind = (self.next[sender] - sequence + (1 << 31)) % (1 << 32) - (1 << 31)
            if behind < 0:
                continue
            del self.waiting[sender][index]
            new = data[behind:]
            if new:
                self.flow.add(frame, sender, new)
                self.next[sender] = (self.next[sender] + len(new)) % (1 << 32)
            return True
        return False

    def finish(self):
        for sender, waiting in self.waiting.items():
            if waiting:
                frames = [frame for _, frame, _ in waiting]
                print(f"{sender}: a hole before frames {frames}", file=sys.stderr)


def tcp_segment(frame, source, target, payload, flows, current):
    sport, dport, sequence, _, offset, flags = struct.unpack_from(">HHIIBB", payload)
    ends = (source, sport), (target, dport)
    key = "tcp", frozenset(ends)
    syn, ack = flags & 2, flags & 16
    known = current.get(key)
    again = syn and not ack and known and known.opened not in (None, sequence)
    if known is None or again:
        if syn:
            client, server = ends[::-1] if ack else ends
        else:
            client, server = ends if sport > dport else ends[::-1]
        known = current[key] = Connection(client, server, bool(syn))
        flows.append(known)
    if syn and not ack:
        known.opened = sequence
    known.segment(frame, ends[0], sequence, bool(syn), payload[(offset >> 4) * 4 :])


class Fragments:
    """Puts IP packets together."""

    def __init__(self):
        self.parts = {}

    def transport(self, packet):
        """The protocol, the addresses and the payload of a packet, once it is whole."""
        if not packet:
            return None
        if packet[0] >> 4 == 4:
            return self.version_4(packet)
        if packet[0] >> 4 == 6:
            return self.version_6(packet)
        return None

    def version_4(self, packet):
        if len(packet) < 20:
            return None
        length, identity, fragment = struct.unpack_from(">HHH", packet, 2)
        header = (packet[0] & 15) * 4
        # A length of 0 is what a network card is left to fill in.
        payload = packet[header : length or len(packet)]
        source, target = (str(ipaddress.ip_address(packet[at : at + 4])) for at in (12, 16))
        key = source, target, packet[9], identity
        payload = self.whole(key, (fragment & 0x1FFF) * 8, bool(fragment & 0x2000), payload)
        return payload and (packet[9], source, target, payload)

    def version_6(self, packet):
        if len(packet) < 40:
            return None
        (length,) = struct.unpack_from(">H", packet, 4)
        source, target = (str(ipaddress.ip_address(packet[at : at + 16])) for at in (8, 24))
        protocol, payload = packet[6], packet[40 : 40 + length if length else len(packet)]
        while protocol in (0, 43, 44, 60) and len(payload) >= 8:
            if protocol == 44:
                kind, _, fragment, identity = struct.unpack_from(">BBHI", payload)
                key = source, target, kind, identity
                payload = self.whole(key, fragment & 0xFFF8, bool(fragment & 1), payload[8:])
                if payload is None:
                    return None
                protocol = kind
            else:
                protocol, payload = payload[0], payload[8 + payload[1] * 8 :]
        return protocol, source, target, payload

    def whole(self, key, offset, more, payload):
        if offset == 0 and not more:
            return payload
        parts = self.parts.setdefault(key, {})
        parts[offset] = payload, more
        at, data = 0, b""
        while at in parts:
            part, more = parts[at]
            data += part
            if not more:
                del self.parts[key]
                return data
            if not part:
                return None
            at += len(part)
        return None


def network(link, data):
    """The IP packet in a frame of this link type."""
    if link == 1:
        at = 12
        while data[at : at + 2] in (b"\x81\0", b"\x88\xa8", b"\x91\0"):
            at += 4
        kind, at = data[at : at + 2], at + 2
        return data[at:] if kind in (b"\x08\0", b"\x86\xdd") else None
    if link in (0, 108):
        return data[4:]
    if link == 113:
        return data[16:]
    if link == 276:
        return data[20:]
    if link in (12, 14, 101, 228, 229):
        return data
    print(f"link type {link} is not known", file=sys.stderr)
    return None


def frames(path):
    """The number, link type and bytes of each frame of a file."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        data = file.read()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        yield from frames_of_pcapng(data)
    else:
        yield from frames_of_pcap(data)


def frames_of_pcap(data):
    # In microseconds or in nanoseconds, which counts for nothing here.
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    (link,) = struct.unpack_from(order + "I", data, 20)
    at, frame = 24, 0
    while at + 16 <= len(data):
        _, _, kept, _ = struct.unpack_from(order + "IIII", data, at)
        frame += 1
        yield frame, link & 0xFFFF, data[at + 16 : at + 16 + kept]
        at += 16 + kept


def frames_of_pcapng(data):
    at, frame, order, links = 0, 0, "<", []
    while at + 12 <= len(data):
        kind = data[at : at + 4]
        if kind == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        (number,) = struct.unpack(order + "I", kind)
        (length,) = struct.unpack_from(order + "I", data, at + 4)
        body = data[at + 8 : at + length - 4]
        if number == 1:
            links.append(struct.unpack_from(order + "H", body)[0])
        elif number in (2, 6):
            interface = struct.unpack_from(order + ("H" if number == 2 else "I"), body)[0]
            (kept,) = struct.unpack_from(order + "I", body, 12)
            frame += 1
            yield frame, links[interface], body[20 : 20 + kept]
        elif number == 3:
            (size,) = struct.unpack_from(order + "I", body)
            frame += 1
            yield frame, links[0], body[4 : 4 + size]
        at += max(length, 12)


main()
