"""Serves notebooks as apps: marimo in run mode, on a unix socket that only Jupyter can reach.

A script, run by the Python of the notebooks, which need not have this package: standard library,
marimo and what marimo brings. It reads its options from standard input, one JSON object. Each
request names its notebook and who looks at it in a header; Jupyter, in front, has judged both.

Public are `marimo.create_asgi_app` and its `with_app`
(https://docs.marimo.io/guides/deploying/programmatically/). Not public is the session manager of
an app that it makes, see `_adapted`, and when marimo looks for formatters, see
`_register_formatters_once`.
"""

import sys
from pathlib import Path

# Neither our own modules nor a user's notebooks may be imported in the place of others.
_OWN = {"", str(Path(__file__).parent)}
sys.path[:] = [folder for folder in sys.path if folder not in _OWN]

import asyncio  # noqa: E402
import ctypes  # noqa: E402
import hmac  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from contextlib import suppress  # noqa: E402
from contextvars import ContextVar  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import parse_qsl, unquote, urlencode  # noqa: E402

import marimo  # noqa: E402
import uvicorn  # noqa: E402

# What Jupyter says of a request.
APP_HEADER = b"x-reactive-app"
USER_HEADER = b"x-reactive-user"
FRESH_HEADER = b"x-reactive-fresh"
# Of the query, what goes to `mo.cli_args` and not to `mo.query_params`.
ARGUMENT = "--"
HEALTH = "/health"
# As `marimo run` has it.
KEEP_ALIVE_SECONDS = 300
PING_SECONDS = 1
PONG_SECONDS = 60
# How a page that comes again is told so; it has a button that does nothing in an app.
RECONNECTED = '{"op": "banner"'
# What opens a session, and what says that all its cells have run, or that it has been there.
CONNECTIONS = frozenset({"/ws", "/sse"})
BEGUN = ('{"op": "completed-run"', '{"op": "reconnected"')
# So many begin at once while the process computes: one may hold the interpreter, one may not.
PLACES = 2
# For so long at most a session that begins keeps others from it: seconds of processor, of which
# there may be little, and of the clock.
HELD_SECONDS = 2.0
HELD_LONGEST = 20.0
LOOK_SECONDS = 0.05
# What a kernel gets to end by itself when its session has ended, and between two interrupts.
FAREWELL_SECONDS = 5.0
# Of a processor: those that begin while the process takes less wait for something else.
IDLE_SHARE = 0.5

_arguments: ContextVar[dict[str, Any]] = ContextVar("_arguments")
_fresh: ContextVar[bool] = ContextVar("_fresh", default=False)


class AppServer:
    """An ASGI application that makes one of marimo's for each notebook that is asked for.

    Args:
        options: what Jupyter wrote.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._bearer = f"Bearer {options['secret']}".encode()
        self._entrance = Entrance()
        self._apps: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        if scope["path"] == HEALTH and APP_HEADER not in headers:
            await _answer(scope, send, 200, "healthy")
        elif not hmac.compare_digest(headers.get(b"authorization", b""), self._bearer):
            await _answer(scope, send, 401, "only Jupyter may ask")
        elif APP_HEADER not in headers:
            await _answer(scope, send, 200, marimo.__version__)
        else:
            await self._show(scope, headers, receive, send)

    async def _show(self, scope: Any, headers: dict[bytes, bytes], receive: Any, send: Any) -> None:
        path = unquote(headers[APP_HEADER].decode())
        try:
            app = self._app(path)
        except Exception as e:  # noqa: BLE001  # whatever a notebook's file does to marimo's parser
            detail = json.dumps({"detail": f"{type(e).__name__}: {e}"})
            await _answer(scope, send, 500, detail, b"application/json")
            return
        visitor = json.loads(unquote(headers.get(USER_HEADER, b"{}").decode()))
        query = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
        _arguments.set(arguments(query))
        is_fresh = FRESH_HEADER in headers
        _fresh.set(is_fresh)
        inner = {
            **scope,
            "headers": [
                pair
                for pair in scope["headers"]
                if pair[0] not in {b"authorization", APP_HEADER, FRESH_HEADER}
            ],
            "query_string": urlencode(
                [pair for pair in query if not pair[0].startswith(ARGUMENT)]
            ).encode(),
            "user": {**visitor, "is_authenticated": True},
            "meta": visitor,
        }
        send = _without_banner(send) if is_fresh else send
        if scope["path"] in CONNECTIONS:
            await self._entrance.pass_through(app, inner, receive, send)
        else:
            await app(inner, receive, send)

    def _app(self, path: str) -> Any:
        if path not in self._apps:
            options = self._options
            builder = marimo.create_asgi_app(
                quiet=True,
                include_code=options["include_code"],
                session_ttl=options["session_ttl"],
                show_tracebacks=options["show_tracebacks"],
                # Jupyter guards each request, and its guard outlives this process.
                skew_protection=False,
            )
            self._apps[path] = builder.with_app(
                path="/", root=path, middleware=[lambda app: _adapted(app, watch=options["watch"])]
            ).build()
        return self._apps[path]


class Entrance:
    """Lets sessions begin a few at a time, in the order in which they came.

    Kernels are threads of one process: where fifty begin at once each waits until nearly all have
    run, and libraries whose threads wait for each other (OpenBLAS) lose most of the time with it.
    Where those that begin wait for something else, others begin too.
    """

    def __init__(self) -> None:
        self._begin = 0
        self._line = asyncio.Lock()
        self._left = asyncio.Event()

    async def pass_through(self, app: Any, scope: Any, receive: Any, send: Any) -> None:
        """Call an application for a session, when it is its turn."""
        async with self._line:
            await self._wait_for_place()
        self._begin += 1
        is_inside = True

        def leave() -> None:
            nonlocal is_inside
            self._begin -= is_inside
            is_inside = False
            self._left.set()

        async def send_and_look(message: Any) -> None:
            await send(message)
            if is_inside and _text(message).startswith(BEGUN):
                leave()

        loop = asyncio.get_running_loop()
        used, came = time.process_time(), loop.time()

        def look() -> None:
            if time.process_time() - used > HELD_SECONDS or loop.time() - came > HELD_LONGEST:
                leave()
            elif is_inside:
                loop.call_later(LOOK_SECONDS, look)

        look()
        try:
            await app(scope, receive, send_and_look)
        finally:
            leave()

    async def _wait_for_place(self) -> None:
        while self._begin >= PLACES:
            self._left.clear()
            before = wanted_seconds()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._left.wait(), LOOK_SECONDS)
                continue
            if wanted_seconds() - before < LOOK_SECONDS * IDLE_SHARE:
                return


def wanted_seconds() -> float:
    """Processor time that the process has had, and on Linux that its threads have waited for.

    On a machine that is full a process that computes gets little, as one does that waits
    (https://docs.kernel.org/scheduler/sched-stats.html).
    """
    waited = 0
    for thread in Path("/proc/self/task").glob("*/schedstat"):
        # A thread may have ended, and a kernel may count nothing.
        with suppress(OSError, IndexError, ValueError):
            waited += int(thread.read_text().split()[1])
    return time.process_time() + waited / 1e9


def arguments(query: list[tuple[str, str]]) -> dict[str, Any]:
    """What a query says to `mo.cli_args`, as `marimo run app.py -- --name value` would.

    Args:
        query: keys and values.
    """
    found: dict[str, Any] = {}
    for key, text in query:
        if key.startswith(ARGUMENT):
            name, value = key.removeprefix(ARGUMENT), _value(text)
            before = found.get(name)
            if name not in found:
                found[name] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                found[name] = [before, value]
    return found


def _value(text: str) -> Any:
    with suppress(ValueError):
        return int(text)
    with suppress(ValueError):
        return float(text)
    return {"true": True, "True": True, "false": False, "False": False}.get(text, text)


def _adapted(app: Any, *, watch: bool) -> Any:
    """An app of marimo's that watches its file, takes arguments and shows a session again.

    `marimo run` has options for the first two, `create_asgi_app` has none yet. A session whose
    page was loaded anew is taken by its id before marimo's own way of resuming it is tried, and
    that page would stay empty. A kernel that computes for ever outlives its session in marimo,
    and takes its part of the processor from all others.
    """
    manager = app.state.session_manager
    kind = type(manager)
    farewells: set[asyncio.Task[None]] = set()

    def close_session(self: Any, session_id: str) -> bool:
        session = kind.get_session(self, session_id)
        is_closed: bool = kind.close_session(self, session_id)
        if session is not None and is_closed:
            farewell = asyncio.get_running_loop().create_task(_ended(_kernel_of(session)))
            farewells.add(farewell)
            farewell.add_done_callback(farewells.discard)
        return is_closed

    def get_session(self: Any, session_id: str) -> Any:
        session = kind.get_session(self, session_id)
        if session is None or not _fresh.get():
            return session
        _fresh.set(False)
        session.disconnect_main_consumer()
        return None

    _without_snapshots(manager._config_manager)  # noqa: SLF001
    manager.watch = watch
    del manager.cli_args
    manager.__class__ = type(
        kind.__name__,
        (kind,),
        {
            "cli_args": property(lambda _self: _arguments.get()),
            "get_session": get_session,
            "close_session": close_session,
        },
    )
    return app


def _kernel_of(session: Any) -> threading.Thread:
    """The kernel of a session; there is no public way to it."""
    kernel: threading.Thread = session._kernel_manager.kernel_task  # noqa: SLF001
    return kernel


async def _ended(kernel: threading.Thread) -> None:
    """Wait for the end of a kernel that marimo has asked for it, and interrupt what it computes.

    What Python does not run itself, a call into a library or a wait, ends before it is heard
    (https://docs.python.org/3/c-api/threads.html#c.PyThreadState_SetAsyncExc).
    """
    while True:
        await asyncio.sleep(FAREWELL_SECONDS)
        if not kernel.is_alive() or kernel.ident is None:
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(kernel.ident), ctypes.py_object(KeyboardInterrupt)
        )


def _without_snapshots(settings: Any) -> None:
    """Settings of marimo's by which no app shows the results of another session.

    `serve_cached_sessions_in_apps` may stand in the user's file and in the notebook's own, and
    what lies beside a notebook may be anybody's: a visitor would see it without having run it.
    """
    kind = type(settings)

    def with_partial(self: Any, partial: Any) -> Any:
        override = {"runtime": {"serve_cached_sessions_in_apps": False}}
        return kind.with_partial(self, partial).with_overrides(override)

    settings.__class__ = type(kind.__name__, (kind,), {"with_partial": with_partial})


def _without_banner(send: Any) -> Any:
    async def filtered(message: Any) -> None:
        if not _text(message).startswith(RECONNECTED):
            await send(message)

    return filtered


def _text(message: Any) -> str:
    """How a message to a page begins, by websocket or as an event."""
    text = message.get("text") or message.get("body", b"")
    start = text[:40] if isinstance(text, str) else text[:40].decode("utf-8", "replace")
    return start.removeprefix("data: ")


async def _answer(
    scope: Any, send: Any, status: int, text: str, kind: bytes = b"text/plain"
) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1011, "reason": text[:100]})
        return
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]}
    )
    await send({"type": "http.response.body", "body": text.encode()})


def _register_formatters_once() -> None:
    """Let marimo look now, and not again with each session, for what it knows how to show.

    For a package that is there it imports more of it, and counts as there what another session is
    just importing. Two threads in the midst of modules that need each other are a deadlock; Python
    ends it by an error in one of them, and the package stays broken for all.
    """
    with suppress(ImportError, AttributeError):
        kernel: Any = import_module("marimo._session.managers.kernel")
        kernel.register_formatters()
        kernel.register_formatters = lambda: None


def main() -> None:
    """Take the options from standard input and serve until SIGTERM."""
    options = json.load(sys.stdin)
    _register_formatters_once()
    uvicorn.run(
        AppServer(options),
        uds=options["socket"],
        log_level="warning",
        lifespan="off",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
    )
    # Kernels are threads, and one that computes for ever would be waited for.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
