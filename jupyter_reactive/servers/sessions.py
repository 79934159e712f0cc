"""Which notebooks are open, kept true by looking whenever something may have changed it.

The proxy says when to look (`refresh_soon`); nothing polls. What changed goes out as events.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from traitlets import Callable as CallableTrait
from traitlets import Instance
from traitlets.config import LoggingConfigurable

from ..errors import ReactiveError, ServerUnavailable, SessionNotFound
from ..models.sessions import Origin, SessionAction, SessionEvent, SessionModel
from ..notebooks.marimo import NOTEBOOK_SUFFIXES
from ..translation import _
from .manager import ServerManager

ApiPathOf = Callable[[str], str | None]
# The kernel's first message may come a moment before marimo lists its session.
SETTLE_SECONDS = 0.2
# marimo's page sends what is typed 0.4 s after the last key; a rename waits for it.
TYPING_SECONDS = 0.6
# Jupyter makes it as soon as somebody asks for the checkpoints of a path.
CHECKPOINTS = ".ipynb_checkpoints"


class SessionMonitor(LoggingConfigurable):
    """Knows the sessions of the edit server and what became of their files.

    Invariant: every difference between two looks at marimo's list goes out as one event.
    """

    servers = Instance(ServerManager)

    api_path = CallableTrait(help="Gives the contents path of an absolute path, or None.")

    on_event = CallableTrait(help="Called with a `SessionEvent` for each change.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._known: dict[str, str | None] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False
        # Looks and moves go one after the other: each begins with what the last one left.
        self._looking = asyncio.Lock()
        # Held while files are not where Jupyter's clients have left them.
        self.moving = asyncio.Lock()
        # Renames that a Jupyter client made and that we are carrying over.
        self._followed: dict[str, str] = {}
        # Ends of sessions that nobody waits for, by id.
        self._ending: dict[str, asyncio.Task[None]] = {}
        # Sessions that were told that their file is gone.
        self._deleted: set[str] = set()

    def models(self) -> list[SessionModel]:
        """The sessions as of the last look."""
        return [self._model(id_, path) for id_, path in self._known.items()]

    def path_of(self, session_id: str) -> Path | None:
        """The absolute path of a session's notebook as of the last look."""
        path = self._known.get(session_id)
        return Path(path) if path else None

    async def refresh(self) -> list[SessionModel]:
        """Look at marimo's list now, and tell what changed.

        Without a running server there are no sessions.
        """
        async with self._looking:
            running = self.servers.running()
            found: dict[str, str | None] = {}
            if running is not None:
                try:
                    listing = await running.client.sessions()
                    found = {session.id: session.path for session in listing}
                except ServerUnavailable:
                    # The server is going down or hangs; its end is told by its owner.
                    if self.servers.running() is running:
                        return self.models()
            before, self._known = self._known, found
            self._tell_differences(before, found)
            return self.models()

    async def is_open(self, path: Path) -> bool:
        """Whether a notebook is open now, under whatever name.

        Args:
            path: its absolute path.
        """
        await self.refresh()
        known = [name for name in self._known.values() if name]
        return await asyncio.to_thread(
            lambda: path.resolve() in {Path(name).resolve() for name in known}
        )

    def refresh_soon(self) -> None:
        """Look at marimo's list in a moment; many calls make one look."""
        if self._refreshing is not None and not self._refreshing.done():
            self._again = True
            return
        self._refreshing = asyncio.create_task(self._refresh_later())

    def stop(self) -> None:
        """Look no more; the Jupyter server ends."""
        if self._refreshing is not None:
            self._refreshing.cancel()

    async def shutdown(self, session_id: str) -> None:
        """End one session and its kernel.

        Raises:
            SessionNotFound: there is no such session.
            ServerUnavailable: the server does not answer.
        """
        running = self.servers.running()
        if running is None:
            raise SessionNotFound(
                _("No notebook runs under “{id}”.").format(id=session_id),
                _("The server of the reactive notebooks does not run."),
            )
        await running.client.shutdown_session(session_id)
        await self.refresh()

    def shutdown_soon(self, session_id: str) -> None:
        """End a session whose page has left; one that is gone already needs no end."""
        if session_id not in self._ending:
            self._ending[session_id] = asyncio.create_task(self._shutdown_left(session_id))

    async def settled(self, session_id: str) -> None:
        """Wait until a session that is being ended is gone."""
        if ending := self._ending.get(session_id):
            await asyncio.wait([ending])

    async def shutdown_all(self) -> None:
        """End every session; the server stays.

        Raises:
            ServerUnavailable: the server does not answer.
        """
        for session in await self.refresh():
            # It may have ended by itself meanwhile.
            with contextlib.suppress(SessionNotFound):
                await self.shutdown(session.id)

    async def follow_rename(self, source: Path, target: Path) -> None:
        """Take running sessions along after a Jupyter client moved a file or folder.

        marimo can rename the notebook of a session, but only by moving the file itself. So the
        file goes back for a moment and marimo moves it: kernel, variables and unsaved edits stay.
        Meanwhile the page's saves are held off (`is_moving`): they would bring the old file back.

        Args:
            source: absolute path before the move, gone by now.
            target: absolute path after it.
        """
        # At once, before anything is awaited: the next rename may come while this one is followed.
        for session_id, path in self._known.items():
            place = self._followed.get(session_id, path)
            if place is not None and _is_within(Path(place), source):
                self._followed[session_id] = str(target / Path(place).relative_to(source))
        await asyncio.sleep(TYPING_SECONDS)
        async with self.moving:
            for session_id, place in list(self._followed.items()):
                await self._follow(session_id, Path(place))
                if self._followed.get(session_id) == place:
                    del self._followed[session_id]

    def is_moving(self, session_id: str) -> bool:
        """Whether a session is just being taken along after its file."""
        return session_id in self._followed

    def note_deleted(self, path: Path) -> None:
        """Tell the sessions whose notebook a Jupyter client deleted."""
        for session_id, known in self._known.items():
            if known and _is_within(Path(known), path) and not Path(known).exists():
                self._emit(SessionAction.DELETED, session_id, known)

    def is_deleted(self, session_id: str) -> bool:
        """Whether a session was told that its notebook is gone, and it has not come back."""
        return session_id in self._deleted

    def note_restored(self, session_id: str) -> None:
        """Tell that the deleted notebook of a session has been written again."""
        self._emit(SessionAction.RESTORED, session_id, self._known.get(session_id))

    async def _shutdown_left(self, session_id: str) -> None:
        try:
            with contextlib.suppress(SessionNotFound, ServerUnavailable):
                await self.shutdown(session_id)
        finally:
            del self._ending[session_id]

    async def _follow(self, session_id: str, new: Path) -> None:
        known = self._known.get(session_id)
        if known is None or Path(known) == new:
            return
        old = Path(known)
        try:
            await self._rename(session_id, old, new)
        except (ReactiveError, OSError) as e:
            if new.exists() or self._followed.get(session_id) == str(new):
                self.log.warning("the session of %s cannot follow to %s: %s", old, new, e)
                self._emit(SessionAction.DELETED, session_id, str(old))
        await self.refresh()

    async def _rename(self, session_id: str, old: Path, new: Path) -> None:
        running = self.servers.running()
        if running is None:
            return
        if new.suffix not in NOTEBOOK_SUFFIXES:
            raise ServerUnavailable(_("marimo would give “{name}” a suffix.").format(name=new.name))
        made = _make_folders(old.parent)
        try:
            _move(new, old)
            try:
                await running.client.rename_session(session_id, str(new))
            except BaseException:
                if not new.exists():
                    _move(old, new)
                raise
        finally:
            for folder in made:
                _remove_folder(folder)

    async def _refresh_later(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            await asyncio.sleep(SETTLE_SECONDS)
            await self.refresh()

    def _tell_differences(self, before: dict[str, str | None], now: dict[str, str | None]) -> None:
        # Opened first: a page that is loaded again takes its session over under a new id, and who
        # listens should never see the notebook without one.
        for session_id, path in now.items():
            if session_id not in before:
                self._emit(SessionAction.OPENED, session_id, path)
        for session_id, path in before.items():
            if session_id not in now:
                self._emit(SessionAction.CLOSED, session_id, path)
            elif now[session_id] != path:
                new = now[session_id]
                followed = new is not None and self._followed.get(session_id) == new
                self._emit(
                    SessionAction.RENAMED,
                    session_id,
                    new,
                    source_path=path,
                    origin=Origin.CONTENTS if followed else Origin.NOTEBOOK,
                )

    def _emit(
        self,
        action: SessionAction,
        session_id: str,
        path: str | None,
        source_path: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        if action is SessionAction.DELETED:
            self._deleted.add(session_id)
        elif action is not SessionAction.OPENED:
            self._deleted.discard(session_id)
        self.on_event(
            SessionEvent(
                action=action,
                id=session_id,
                path=self.api_path(path) if path else None,
                source_path=self.api_path(source_path) if source_path else None,
                origin=origin,
            )
        )

    def _model(self, session_id: str, path: str | None) -> SessionModel:
        return SessionModel(
            id=session_id,
            path=self.api_path(path) if path else None,
            name=Path(path).name if path else _("new notebook"),
        )


def _is_within(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _move(source: Path, target: Path) -> None:
    """Rename a file without replacing anything.

    A link claims the new name in one step; some file systems of networks have none, and there a
    look has to do.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise
        source.rename(target)
    else:
        source.unlink()


def _remove_folder(folder: Path) -> None:
    """Remove a folder that we made, and what Jupyter put into it meanwhile; never a file."""
    with contextlib.suppress(OSError):
        (folder / CHECKPOINTS).rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _make_folders(folder: Path) -> list[Path]:
    """Make the folders that are missing; returns them, the deepest first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
    return missing
