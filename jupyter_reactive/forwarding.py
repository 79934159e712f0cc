"""What an operator may say of the way between browsers and marimo servers.

Knows numbers and words; `streaming`, `sockets` and `transport` go by them.
"""

from __future__ import annotations

from traitlets import Bool, Enum, Integer
from traitlets.config import LoggingConfigurable


class Forwarding(LoggingConfigurable):
    """What goes between browsers and marimo servers, and how much of it."""

    max_upload_size = Integer(
        10 * 1024**3,
        min=0,
        config=True,
        help="""
        The largest file or other body that a page may send to marimo, in bytes. It is passed on
        piece by piece and takes no memory of the Jupyter server; marimo has a limit of its own
        for files. 0 means no limit. Default: 10737418240 (10 GiB).
        """,
    )

    max_message_size = Integer(
        256 * 1024**2,
        min=0,
        config=True,
        help="""
        The largest message that marimo may send to a page, in bytes: the output of one cell, for
        one. In the place of a larger one the notebook says how large it was and what to do.
        marimo has limits of its own, `output_max_bytes` and `std_stream_max_bytes` in the user's
        marimo.toml. 0 means no limit. Default: 268435456 (256 MiB).
        """,
    )

    compression_level = Integer(
        1,
        min=0,
        max=9,
        config=True,
        help="""
        How hard messages to a page are compressed, from 1 to 9 as with gzip, if the browser takes
        it. 1 makes 1 MB of a table or chart 0.2 to 0.5 MB in 3 to 10 ms; higher levels take
        longer and gain little. What is larger than 4 MiB goes as it is. 0: not at all, for those
        whose browsers all are on the same machine. Default: 1.
        """,
    )

    early_kernel = Bool(
        default_value=True,
        config=True,
        help="""
        Whether the kernel of a notebook starts as soon as its page is there, and not only when
        marimo's program has arrived in the browser; where marimo is set to run notebooks when they
        are opened, its cells run too. A page that is left before that takes its kernel along. Not
        where the event stream is used, and not when the notebook is open already. Default: True.
        """,
    )

    values_by_socket = Bool(
        default_value=True,
        config=True,
        help="""
        Whether a page sends what its user moves, such as a slider, through the websocket that is
        open anyway. A request of its own for each step takes some milliseconds longer and most of
        the work that Jupyter has with it; pages go back to that whenever the other way comes to
        nothing, and where the event stream is used. Default: True.
        """,
    )

    transport = Enum(
        ["auto", "websocket", "sse"],
        "auto",
        config=True,
        help="""
        How a notebook's page hears from its kernel. `auto`: by websocket, and where a gateway
        drops websockets as an event stream over HTTP; each browser finds it out by itself, and
        tries again after a day. `websocket` and `sse` are for all browsers, without a trial.
        Default: auto.
        """,
    )
