"""Which server an app lives on, so that one that breaks harms no other.

All apps share one server, where the kernel of each session is a thread: what ends the process ends
all of them. Apps that were in use when it died are suspected and get a process of their own from
then on; one that dies there too is held back. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from traitlets import Bool, Float, Instance
from traitlets.config import LoggingConfigurable

from ..errors import AppHeldBack
from ..models.apps import AppModel, AppServerModel
from .app_sessions import AppSession, AppSessions
from .managed import ManagedServer
from .manager import APP_SERVER, OWN_PREFIX, ServerManager
from .memory import held_memory
from .tasks import retrieve

# Whoever did nothing for longer before the end has not caused it.
SUSPICION_SECONDS = 10
# So many ends bring an app down for good.
MOST_CRASHES = 2
TIDY_SECONDS = 15


class AppServers(LoggingConfigurable):
    """Gives each app its server.

    Invariant: an app that has crashed never shares a process again until somebody asks for it or
    `healthy_after` is over.
    """

    own_process = Bool(
        default_value=False,
        config=True,
        help="""
        Whether each app gets a process of its own. It takes some 100 MB more for each app that is
        in use; what an app does to its process then harms no other, and they do not share modules.
        Default: False (all apps share one, but those that have crashed).
        """,
    )

    idle_timeout = Float(
        600,
        min=0,
        config=True,
        help="""
        Seconds after which a server of apps is ended that nobody uses. Default: 600. 0: never.
        """,
    )

    healthy_after = Float(
        3600,
        min=1,
        config=True,
        help="""
        Seconds after which it is forgotten that an app has crashed. Default: 3600.
        """,
    )

    servers = Instance(ServerManager)

    sessions = Instance(AppSessions)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.sessions = AppSessions(parent=self, ttl=self.servers.app_launcher.session_ttl)
        # How often an app has crashed, and when it did last.
        self._crashes: dict[str, tuple[int, float]] = {}
        self._used: dict[str, float] = {}
        self._tidying: asyncio.Task[None] | None = None

    def server(self, path: str) -> ManagedServer:
        """The server of an app, running or not.

        Args:
            path: the app's contents path.
        """
        self._tidy_from_now_on()
        if self.own_process or self._crash_count(path):
            server = self.servers.own(path)
            # What dies there says itself when it is tried again.
            server.restarts.max_restarts = 0
        else:
            server = self.servers.server(APP_SERVER)
        self._used[server.name] = time.monotonic()
        return server

    def enter(self, path: str, page_id: str, user: str) -> bool:
        """A page of an app has connected; as `AppSessions.enter`."""
        name = self.server(path).name
        is_fresh = self.sessions.enter(path, page_id, user, name)
        self.servers.tell(name)
        return is_fresh

    def leave(self, path: str, page_id: str) -> None:
        """A connection of a page has ended."""
        self.servers.tell(self.sessions.leave(path, page_id))

    def refuse_held(self, path: str) -> None:
        """Raise for an app that is held back.

        Raises:
            AppHeldBack: it has crashed too often.
        """
        count = self._crash_count(path)
        if count >= MOST_CRASHES:
            raise AppHeldBack(path, count)

    def release(self, path: str) -> None:
        """Somebody wants to try an app again: in its own process, where it harms nobody."""
        if self._crash_count(path):
            self._crashes[path] = MOST_CRASHES - 1, time.monotonic()

    def note_crash(self, name: str) -> None:
        """A server has died or hangs."""
        gone = self.sessions.forget_server(name)
        if name.startswith(OWN_PREFIX):
            self._count(name.removeprefix(OWN_PREFIX))
        elif name == APP_SERVER:
            for path in _suspects(gone):
                self.log.warning("“%s” was in use when the server of the apps died", path)
                self._count(path)

    async def models(self) -> list[AppServerModel]:
        """The servers of apps that run now, with what they hold and who uses them."""
        sessions = self.sessions.current()
        found = []
        for name in [model.name for model in self.servers.models()]:
            if not _is_for_apps(name) or (running := self.servers.running(name)) is None:
                continue
            used = Counter(session.path for session in sessions if session.server == name)
            if name != APP_SERVER:
                used.update({name.removeprefix(OWN_PREFIX): 0})
            pid = running.process.pid
            memory = await held_memory(pid) if pid else None
            apps = tuple(AppModel(path, count) for path, count in sorted(used.items()))
            found.append(AppServerModel(name, memory, apps))
        return found

    def stop(self) -> None:
        """The Jupyter server ends."""
        if self._tidying is not None:
            self._tidying.cancel()

    def _crash_count(self, path: str) -> int:
        count, last = self._crashes.get(path, (0, 0.0))
        return count if time.monotonic() - last < self.healthy_after else 0

    def _count(self, path: str) -> None:
        self._crashes[path] = self._crash_count(path) + 1, time.monotonic()

    def _tidy_from_now_on(self) -> None:
        if self.idle_timeout and (self._tidying is None or self._tidying.done()):
            self._tidying = asyncio.create_task(self._tidy())
            self._tidying.add_done_callback(retrieve)

    async def _tidy(self) -> None:
        while self._used:
            await asyncio.sleep(min(TIDY_SECONDS, self.idle_timeout))
            now = time.monotonic()
            for session in self.sessions.current():
                self._used[session.server] = now
            for name, used in list(self._used.items()):
                if now - used >= self.idle_timeout:
                    del self._used[name]
                    await self._end_unused(name)

    async def _end_unused(self, name: str) -> None:
        self.log.info("nobody uses the %s server; it is ended", name)
        if name == APP_SERVER:
            await self.servers.stop(name)
        else:
            await self.servers.forget(name)


def _is_for_apps(name: str) -> bool:
    return name == APP_SERVER or name.startswith(OWN_PREFIX)


def _suspects(gone: list[AppSession]) -> set[str]:
    """The apps that may have ended their server: those in use just then, or the one used last."""
    now = time.monotonic()
    recent = {session.path for session in gone if now - session.used < SUSPICION_SECONDS}
    last = sorted(gone, key=lambda session: session.used)[-1:]
    return recent or {session.path for session in last}
