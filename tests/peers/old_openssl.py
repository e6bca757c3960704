#!/usr/bin/env python3
"""A server of SSL 2.0 or SSL 3.0 on an old libssl.

Usage: old_openssl.py LIBDIR ssl2|ssl3|ssl3-or-later CERTIFICATE KEY, the files in PEM, the key as OpenSSL 0.9.8
reads it (`openssl rsa -traditional`). LIBDIR holds libssl and libcrypto, such as the wheel of
psycopg2 2.7 on PyPI has them (OpenSSL 0.9.8e). It prints its port, and plays handshakes.
"""
import ctypes
import glob
import socket
import sys

LIBDIR, METHOD, CERTIFICATE, KEY = sys.argv[1:5]
POINTER = ctypes.c_void_p
PEM = 1


def load():
    """What a library needs is loaded before it, in whatever order that takes."""
    waiting, loaded = sorted(glob.glob(LIBDIR + "/*.so*")), {}
    while waiting:
        left = []
        for path in waiting:
            try:
                loaded[path] = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            except OSError:
                left.append(path)
        if len(left) == len(waiting):
            break
        waiting = left
    return next(library for path, library in loaded.items() if "libssl" in path)


SSL = load()


def function(name, returns, *takes):
    found = getattr(SSL, name)
    found.restype, found.argtypes = returns, list(takes)
    return found


def main():
    function("SSL_library_init", ctypes.c_int)()
    method = {"ssl2": "SSLv2_server_method", "ssl3": "SSLv3_server_method",
              "ssl3-or-later": "SSLv23_server_method"}[METHOD]
    context = function("SSL_CTX_new", POINTER, POINTER)(function(method, POINTER)())
    assert context, method
    for name, path in (("certificate", CERTIFICATE), ("RSAPrivateKey", KEY)):
        use = function(f"SSL_CTX_use_{name}_file", ctypes.c_int, POINTER, ctypes.c_char_p,
                       ctypes.c_int)
        assert use(context, path.encode(), PEM) == 1, path
    ciphers = function("SSL_CTX_set_cipher_list", ctypes.c_int, POINTER, ctypes.c_char_p)
    assert ciphers(context, b"ALL") == 1
    new = function("SSL_new", POINTER, POINTER)
    set_fd = function("SSL_set_fd", ctypes.c_int, POINTER, ctypes.c_int)
    accept = function("SSL_accept", ctypes.c_int, POINTER)
    free = function("SSL_free", None, POINTER)
    listener = socket.create_server(("127.0.0.1", 0))
    print("PORT", listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        ssl = new(context)
        set_fd(ssl, connection.fileno())
        accept(ssl)
        free(ssl)
        connection.close()


main()
