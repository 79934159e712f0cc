"""Makes `localhost` resolve to IPv6 first, as it does in many containers."""

import socket

_getaddrinfo = socket.getaddrinfo


def getaddrinfo(host, *args, **kwargs):
    found = _getaddrinfo(host, *args, **kwargs)
    if host == "localhost":
        port = found[0][4][1]
        first = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))
        family = args[1] if len(args) > 1 else kwargs.get("family", 0)
        if family in {0, socket.AF_INET6}:
            found = [first, *(entry for entry in found if entry[4][0] != "::1")]
    return found


socket.getaddrinfo = getaddrinfo
