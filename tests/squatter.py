"""Somebody else on a port that was to be marimo's: says yes to everything, and writes it down."""

from __future__ import annotations

import contextlib
import socket
import threading

from typing_extensions import Self

# What the manager takes for health, and for a version.
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n0.25.2"


class Squatter:
    """Listens on a port from its making on.

    Args:
        port: which.
        leaves: whether it gives the port up when somebody has come, and goes on with who is there:
            so it would be asked by who believes to speak with the next one.
    """

    def __init__(self, port: int, *, leaves: bool = False) -> None:
        self.heard: list[bytes] = []
        self._leaves = leaves
        self._socket = socket.create_server(("127.0.0.1", port))
        self._guests: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        _close(self._socket)
        # Who is just coming in is a guest only when the thread has ended.
        self._thread.join(5)
        for guest in self._guests:
            _close(guest)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                guest, _address = self._socket.accept()
                self._guests.append(guest)
                threading.Thread(target=self._listen, args=(guest,), daemon=True).start()
                if self._leaves:
                    self._socket.close()

    def _listen(self, guest: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := guest.recv(65536):
                self.heard.append(said)
                guest.sendall(ANSWER)


def _close(open_: socket.socket) -> None:
    # A thread that waits in `accept` or `recv` does not hear of a close.
    with contextlib.suppress(OSError):
        open_.shutdown(socket.SHUT_RDWR)
    open_.close()
