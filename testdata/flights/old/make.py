#!/usr/bin/env python3
"""Makes the flights of old OpenSSL again: `./make.py LIBDIR` takes the libssl and libcrypto in a
folder, has a client and a server of them shake hands in memory, and writes to the folder named for
their version what went over (NAME.flows) and what the library says of each message (NAME.msg).
Needs an OpenSSL 3 as `openssl` for the keys. The README has the form."""

import ctypes as C
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
P = C.c_void_p

# name: the method of the client, that of the server, the cipher list, and what else.
OF_0_9_8 = {
    "ssl2-rc4": ("SSLv2", "SSLv2", "RC4-MD5", ""),
    "ssl2-des3": ("SSLv2", "SSLv2", "DES-CBC3-MD5", ""),
    "ssl2-client-certificate": ("SSLv2", "SSLv2", "RC4-MD5", "client"),
    "ssl2-hello-to-ssl3": ("SSLv23", "SSLv3", "ALL", ""),
    "ssl2-hello-to-tls1": ("SSLv23", "TLSv1", "ALL", ""),
    "ssl3-rsa-rc4": ("SSLv3", "SSLv3", "RC4-SHA", ""),
    "ssl3-null": ("SSLv3", "SSLv3", "NULL-MD5", ""),
    "ssl3-export-rsa": ("SSLv3", "SSLv3", "EXP-RC4-MD5", ""),
    "ssl3-export-dhe-rsa": ("SSLv3", "SSLv3", "EXP-EDH-RSA-DES-CBC-SHA", ""),
    "ssl3-dh-anon": ("SSLv3", "SSLv3", "ADH-RC4-MD5", ""),
    "ssl3-export-dh-anon": ("SSLv3", "SSLv3", "EXP-ADH-RC4-MD5", ""),
    "ssl3-dhe-dss": ("SSLv3", "SSLv3", "DHE-DSS-AES128-SHA", "dsa"),
    "ssl3-client-certificate": ("SSLv3", "SSLv3", "AES128-SHA", "client"),
    "ssl3-no-client-certificate": ("SSLv3", "SSLv3", "AES128-SHA", "verify"),
    "ssl3-no-shared-cipher": ("SSLv3", "SSLv3", "DHE-DSS-AES128-SHA", ""),
    "tls10-rsa": ("TLSv1", "TLSv1", "AES128-SHA", ""),
    "tls10-export-rsa": ("TLSv1", "TLSv1", "EXP-RC4-MD5", ""),
    "tls10-export-dhe-rsa": ("TLSv1", "TLSv1", "EXP-EDH-RSA-DES-CBC-SHA", ""),
    "tls10-dhe-dss": ("TLSv1", "TLSv1", "DHE-DSS-AES128-SHA", "dsa"),
    "tls10-dss-client-certificate": ("TLSv1", "TLSv1", "DHE-DSS-AES128-SHA", "dsa client"),
    "tls10-dh-anon": ("TLSv1", "TLSv1", "ADH-AES128-SHA", ""),
    "tls10-no-client-certificate": ("TLSv1", "TLSv1", "AES128-SHA", "verify"),
    "tls10-to-ssl3": ("TLSv1", "SSLv3", "AES128-SHA", ""),
    "dtls10-rsa": ("DTLSv1", "DTLSv1", "AES128-SHA", ""),
    "dtls10-dhe-rsa": ("DTLSv1", "DTLSv1", "DHE-RSA-AES128-SHA", ""),
    "dtls10-cookie": ("DTLSv1", "DTLSv1", "AES128-SHA", "cookie"),
    "dtls10-client-certificate": ("DTLSv1", "DTLSv1", "DHE-RSA-AES128-SHA", "client"),
}
OF_1_0_2 = {
    "tls10-psk": ("TLSv1", "TLSv1", "PSK-AES128-CBC-SHA", "psk"),
    "tls12-psk-hint": ("TLSv1_2", "TLSv1_2", "PSK-AES256-CBC-SHA", "psk hint"),
    "tls12-srp": ("TLSv1_2", "TLSv1_2", "SRP-AES-128-CBC-SHA", "srp"),
    "tls12-srp-rsa": ("TLSv1_2", "TLSv1_2", "SRP-RSA-AES-128-CBC-SHA", "srp"),
    "tls12-fixed-dh": ("TLSv1_2", "TLSv1_2", "DH-RSA-AES128-SHA", "dh"),
    "tls12-fixed-ecdh": ("TLSv1_2", "TLSv1_2", "ECDH-RSA-AES128-SHA", "ecdh"),
    "tls12-dhe-dss": ("TLSv1_2", "TLSv1_2", "DHE-DSS-AES128-SHA256", "dsa"),
    "tls12-dh-anon": ("TLSv1_2", "TLSv1_2", "ADH-AES128-GCM-SHA256", ""),
    "tls12-client-certificate": ("TLSv1_2", "TLSv1_2", "AES128-SHA", "client"),
    "ssl3-rsa": ("SSLv3", "SSLv3", "AES128-SHA", ""),
    "dtls10-ecdhe": ("DTLSv1", "DTLSv1", "ECDHE-RSA-AES128-SHA", "cookie"),
    "dtls12-ecdhe": ("DTLSv1_2", "DTLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256", "cookie"),
    "dtls12-client-certificate": ("DTLSv1_2", "DTLSv1_2", "AES128-SHA", "client"),
}
OF_1_1_1 = {
    "tls12-rsa-psk": ("TLS", "TLSv1_2", "RSA-PSK-AES128-CBC-SHA", "psk hint"),
    "tls12-dhe-psk": ("TLS", "TLSv1_2", "DHE-PSK-AES128-CBC-SHA", "psk"),
    "tls12-srp-dss": ("TLS", "TLSv1_2", "SRP-DSS-AES-128-CBC-SHA:@SECLEVEL=0", "dsa srp"),
    "tls12-dhe-dss": ("TLS", "TLSv1_2", "DHE-DSS-AES128-SHA256:@SECLEVEL=0", "dsa"),
    "tls13-rsa": ("TLS", "TLS", "ALL", ""),
    "tls13-client-certificate": ("TLS", "TLS", "ALL", "client"),
    "dtls12-ecdhe": ("DTLS", "DTLS", "ECDHE-RSA-CHACHA20-POLY1305", "cookie"),
}
VERSIONS = {"0.9.8": OF_0_9_8, "1.0.2": OF_1_0_2, "1.1.1": OF_1_1_1}

MESSAGE = C.CFUNCTYPE(None, C.c_int, C.c_int, C.c_int, P, C.c_size_t, P, P)
VERIFY = C.CFUNCTYPE(C.c_int, C.c_int, P)
COOKIE = C.CFUNCTYPE(C.c_int, P, P, C.POINTER(C.c_uint))
CHECK_COOKIE = C.CFUNCTYPE(C.c_int, P, P, C.c_uint)
PSK_CLIENT = C.CFUNCTYPE(C.c_uint, P, P, P, C.c_uint, P, C.c_uint)
PSK_SERVER = C.CFUNCTYPE(C.c_uint, P, P, P, C.c_uint)
SRP_SERVER = C.CFUNCTYPE(C.c_int, P, C.POINTER(C.c_int), P)
SRP_PASSWORD = C.CFUNCTYPE(P, P, P)


def openssl(options):
    subprocess.run(["openssl", *options.split()], check=True, stderr=subprocess.DEVNULL)


def make_keys():
    """Throw-away certificates, in the forms that old libraries read."""
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out rsa.crt -subj /CN=rsa.test -days 9")
    openssl("rsa -in k.pem -traditional -out rsa.key")
    openssl("dsaparam -out dsa.pem 1024")
    openssl("req -x509 -sha1 -newkey dsa:dsa.pem -nodes -keyout k2.pem -out dsa.crt -subj /CN=dsa.test")
    openssl("dsa -in k2.pem -out dsa.key")
    openssl("dhparam -out dh.pem 1024")
    openssl("dhparam -out dh512.pem 512")
    openssl("genpkey -paramfile dh.pem -out dh.key")
    openssl("ecparam -name prime256v1 -genkey -noout -out ecdh.key")
    for name in ("dh", "ecdh"):
        openssl(f"pkey -in {name}.key -pubout -out {name}.pub")
        openssl(
            f"x509 -new -force_pubkey {name}.pub -CA rsa.crt -CAkey rsa.key"
            f" -subj /CN={name}.test -days 9 -out {name}.crt"
        )


class NotThere(Exception):
    """What the library was built without."""


class Library:
    """The functions of a libssl and its libcrypto."""

    def __init__(self, folder):
        left, last = sorted(glob.glob(folder + "/*.so*")), -1
        while left and len(left) != last:
            # In whatever order they can be loaded.
            last, again = len(left), []
            for file in left:
                try:
                    C.CDLL(file, mode=C.RTLD_GLOBAL)
                except OSError:
                    again.append(file)
            left = again
        self.crypto = C.CDLL(glob.glob(folder + "/libcrypto*")[0])
        self.ssl = C.CDLL(glob.glob(folder + "/libssl*")[0])
        for name in ("SSL_library_init", "SSL_load_error_strings"):
            if hasattr(self.ssl, name):
                self.call(name, C.c_int)
        if hasattr(self.crypto, "OpenSSL_add_all_algorithms"):
            self.call("OpenSSL_add_all_algorithms", None)
        name = "SSLeay_version" if hasattr(self.crypto, "SSLeay_version") else "OpenSSL_version"
        self.version = self.call(name, C.c_char_p, 0).decode().split()[1]

    def call(self, name, result, *arguments):
        library = self.ssl if hasattr(self.ssl, name) else self.crypto
        function = getattr(library, name)
        function.restype = result
        wrapped = []
        for argument in arguments:
            if isinstance(argument, int) and not isinstance(argument, bool) and argument > 1 << 31:
                argument = P(argument)
            wrapped.append(argument)
        return function(*wrapped)

    def pointer(self, name, *arguments):
        return self.call(name, P, *arguments)

    def pem(self, reader, file):
        bio = self.pointer("BIO_new_file", file.encode(), b"r")
        return self.pointer(reader, P(bio), None, None, None)


class End:
    """A client or a server, with what it reads and what it writes in memory."""

    def __init__(self, library, method, side, ciphers, features, log):
        self.library, self.side, self.keep = library, side, []
        call, pointer = library.call, library.pointer
        self.context = P(pointer("SSL_CTX_new", P(pointer(f"{method}_{side}_method"))))
        context = self.context
        if not context:
            raise NotThere(method)
        if call("SSL_CTX_set_cipher_list", C.c_int, context, ciphers.encode()) != 1:
            raise NotThere(ciphers)
        kind = next((kind for kind in ("dsa", "ecdh", "dh") if kind in features), "rsa")
        if side == "server":
            self.serve(kind, features)
        elif "client" in features:
            self.identity("rsa" if kind != "dsa" else "dsa")
        if side == "client":
            said = self.hold(MESSAGE(lambda *told: log.append(read_message(*told))))
            call("SSL_CTX_set_msg_callback", None, context, said)
        if "psk" in features:
            self.share_key(features)
        if "srp" in features:
            self.share_password()
        self.ssl = P(pointer("SSL_new", context))
        self.reads, self.writes = (P(pointer("BIO_new", P(pointer("BIO_s_mem")))) for _ in "rw")
        for bio in (self.reads, self.writes):
            # An empty one says "not yet" and not "the end".
            call("BIO_ctrl", C.c_long, bio, 130, C.c_long(-1), None)
        call("SSL_set_bio", None, self.ssl, self.reads, self.writes)
        if method.startswith("DTLS"):
            call("SSL_ctrl", C.c_long, self.ssl, 32, C.c_long(0x1000), None)  # NO_QUERY_MTU
            # The server cuts its certificate into parts. The client must not: the library writes the
            # header of the next part over what it shows to the callback.
            mtu = 600 if side == "server" else 1400
            call("SSL_ctrl", C.c_long, self.ssl, 17, C.c_long(mtu), None)  # MTU
        call(f"SSL_set_{'connect' if side == 'client' else 'accept'}_state", None, self.ssl)

    def hold(self, callback):
        self.keep.append(callback)
        return callback

    def identity(self, kind):
        call = self.library.call
        chain = f"{kind}.crt".encode()
        assert call("SSL_CTX_use_certificate_file", C.c_int, self.context, chain, 1) == 1
        key = f"{kind}.key".encode()
        assert call("SSL_CTX_use_PrivateKey_file", C.c_int, self.context, key, 1) == 1

    def serve(self, kind, features):
        library, context = self.library, self.context
        control = lambda what, value: library.call("SSL_CTX_ctrl", C.c_long, context, what, 0, value)
        self.identity(kind)
        dh = "dh512.pem" if "small" in features else "dh.pem"
        control(3, P(library.pem("PEM_read_bio_DHparams", dh)))
        if hasattr(library.ssl, "SSL_CTX_set_tmp_rsa_callback"):
            rsa = library.pointer("RSA_generate_key", 512, C.c_ulong(65537), None, None)
            control(2, P(rsa))
        if hasattr(library.crypto, "EC_KEY_new_by_curve_name"):
            control(4, P(library.pointer("EC_KEY_new_by_curve_name", 415)))
        if "client" in features or "verify" in features:
            yes = self.hold(VERIFY(lambda *_: 1))
            library.call("SSL_CTX_set_verify", None, context, 1, yes)
            names = P(library.pointer("SSL_load_client_CA_file", b"rsa.crt"))
            library.call("SSL_CTX_set_client_CA_list", None, context, names)
        library.call("SSL_CTX_set_session_id_context", C.c_int, context, b"x", 1)
        if "cookie" in features:
            control_options = 32
            library.call("SSL_CTX_ctrl", C.c_long, context, control_options, C.c_long(0x2000), None)

            def cookie(_, out, length):
                C.memmove(out, b"0123456789abcdef", 16)
                length[0] = 16
                return 1

            made, seen = self.hold(COOKIE(cookie)), self.hold(CHECK_COOKIE(lambda *_: 1))
            library.call("SSL_CTX_set_cookie_generate_cb", None, context, made)
            library.call("SSL_CTX_set_cookie_verify_cb", None, context, seen)

    def share_key(self, features):
        def client(_, hint, identity, room, key, key_room):
            C.memmove(identity, b"someone\0", 8)
            C.memmove(key, b"\x1a\x2b\x3c", 3)
            return 3

        def server(_, identity, key, room):
            C.memmove(key, b"\x1a\x2b\x3c", 3)
            return 3

        library = self.library
        if self.side == "client":
            told = self.hold(PSK_CLIENT(client))
            library.call("SSL_CTX_set_psk_client_callback", None, self.context, told)
        else:
            told = self.hold(PSK_SERVER(server))
            library.call("SSL_CTX_set_psk_server_callback", None, self.context, told)
            if "hint" in features:
                library.call("SSL_CTX_use_psk_identity_hint", C.c_int, self.context, b"here")

    def share_password(self):
        library = self.library
        if self.side == "client":
            library.call("SSL_CTX_set_srp_username", C.c_int, self.context, b"eve")
            library.call("SSL_CTX_set_srp_password", C.c_int, self.context, b"secret")
            return

        def server(ssl, *_):
            arguments = P(ssl), b"eve", b"secret", b"1024"
            library.call("SSL_set_srp_server_param_pw", C.c_int, *arguments)
            return 0

        library.call("SSL_CTX_set_srp_username_callback", C.c_int, self.context, self.hold(SRP_SERVER(server)))

    def step(self):
        """Goes on as far as it can. Returns whether it is done, or can never be."""
        result = self.library.call("SSL_do_handshake", C.c_int, self.ssl)
        error = self.library.call("SSL_get_error", C.c_int, self.ssl, result)
        return result == 1 or error not in (2, 3, 4)

    def written(self):
        room = C.create_string_buffer(1 << 16)
        length = self.library.call("BIO_read", C.c_int, self.writes, room, len(room))
        return room.raw[: max(length, 0)]

    def give(self, data):
        self.library.call("BIO_write", C.c_int, self.reads, data, len(data))


def read_message(written, version, content_type, data, length, *_):
    return ">" if written else "<", version, content_type, C.string_at(data, length)


def records(data):
    """Each record of DTLS by itself, as a datagram."""
    while data:
        end = 13 + int.from_bytes(data[11:13], "big")
        yield data[:end]
        data = data[end:]


def shake_hands(library, client_method, server_method, ciphers, features):
    log, pieces = [], []
    datagrams = client_method.startswith("DTLS")
    client = End(library, client_method, "client", ciphers, features, log)
    if "no-shared" in features:
        ciphers = "RC4-SHA"
    server = End(library, server_method, "server", ciphers, features, log)
    ends = (client, server, ">"), (server, client, "<")
    done = set()
    for _ in range(40):
        quiet = True
        for own, other, arrow in ends:
            if arrow not in done and own.step():
                done.add(arrow)
            data = own.written()
            for piece in records(data) if datagrams else [data] if data else []:
                quiet = False
                pieces.append((arrow, piece))
                other.give(piece)
                # Two datagrams in memory would be read as one.
                back = "<" if arrow == ">" else ">"
                if datagrams and back not in done and other.step():
                    done.add(back)
        if quiet:
            break
    return datagrams, pieces, log


def main():
    library = Library(os.path.abspath(sys.argv[1]))
    cases = next(of for version, of in VERSIONS.items() if library.version.startswith(version))
    out = os.path.join(HERE, library.version)
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        make_keys()
        for name, (client, server, ciphers, features) in cases.items():
            features = set(features.split())
            if "export" in name:
                features.add("small")
            if name.endswith("no-shared-cipher"):
                features.add("no-shared")
            try:
                datagrams, pieces, log = shake_hands(library, client, server, ciphers, features)
            except NotThere as what:
                print(library.version, name, "is not made: there is no", what)
                continue
            with open(os.path.join(out, f"{name}.flows"), "w") as file:
                print("udp" if datagrams else "tcp", "client server", file=file)
                for number, (arrow, piece) in enumerate(pieces, 1):
                    print(number, arrow, piece.hex(), file=file)
            with open(os.path.join(out, f"{name}.msg"), "w") as file:
                for arrow, version, content_type, data in log:
                    print(arrow, f"{version & 0xFFFF:04x}", content_type, data.hex(), file=file)
            print(library.version, name, len(pieces), "pieces,", len(log), "messages", flush=True)


main()
