#!/usr/bin/env python3
"""A server on an old libssl.

Usage: old_openssl.py LIBDIR [METHOD CERTIFICATE KEY CIPHERS], the method SSLv2, SSLv3, TLSv1 or
SSLv23, the files in PEM, the key as OpenSSL 0.9.8 reads it (`openssl rsa -traditional`). LIBDIR
holds libssl and libcrypto. It prints its port, and plays handshakes. With LIBDIR alone it prints
the version of what is there.
"""
import ctypes
import glob
import socket
import sys

LIBDIR = sys.argv[1]
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


def version():
    """As the names of its files end: `libssl-a65b360f.so.0.9.8e`."""
    path = next(path for path in glob.glob(LIBDIR + "/libssl*.so.*"))
    return path.split(".so.")[1]


def main(method, certificate, key, ciphers_allowed):
    function("SSL_library_init", ctypes.c_int)()
    new_method = function(method + "_server_method", POINTER)
    context = function("SSL_CTX_new", POINTER, POINTER)(new_method())
    assert context, method
    for name, path in (("certificate", certificate), ("RSAPrivateKey", key)):
        use = function(f"SSL_CTX_use_{name}_file", ctypes.c_int, POINTER, ctypes.c_char_p,
                       ctypes.c_int)
        assert use(context, path.encode(), PEM) == 1, path
    ciphers = function("SSL_CTX_set_cipher_list", ctypes.c_int, POINTER, ctypes.c_char_p)
    assert ciphers(context, ciphers_allowed.encode()) == 1
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


if len(sys.argv) == 2:
    print(version())
else:
    main(*sys.argv[2:6])
