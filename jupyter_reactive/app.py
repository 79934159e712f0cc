"""The composition root: builds the objects, wires the routes, starts and stops."""

from __future__ import annotations

import atexit
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp, ExtensionAppJinjaMixin
from traitlets import Integer, Type

from . import __version__, metrics
from .assets.store import AssetStore
from .bodies import LIMITS_SETTING
from .contents import NotebookFiles
from .events import (
    EXPORT_SCHEMA,
    LESSON_SCHEMA,
    NOTICE_SCHEMA,
    SCHEMA_FILES,
    SERVER_SCHEMA,
    SESSION_SCHEMA,
)
from .forwarding import Forwarding
from .free_memory import FreeMemory
from .models.servers import ServerModel, ServerState
from .notebooks.marimo_messages import banner
from .open_pages import OpenPages
from .pages import STATIC, TEMPLATES
from .parts import Parts
from .policy import Policy
from .renames import hold_renames
from .request_limits import RequestLimits
from .routes import routes
from .servers.activity import ActivityMonitor
from .servers.limits import SessionLimits
from .servers.manager import EDIT_SERVER, ServerManager
from .servers.prestart import Prestart
from .servers.sessions import SessionMonitor

if TYPE_CHECKING:
    from .models.exports import ExportModel
    from .models.lessons import LessonEvent
    from .models.notices import NoticeEvent
    from .models.sessions import SessionEvent

CONTENTS_SCHEMA = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class ReactiveApp(ExtensionAppJinjaMixin, ExtensionApp):
    """Reactive notebooks for a Jupyter server."""

    name = "reactive"
    version = __version__
    extension_url = "/reactive/"
    load_other_extensions = True
    file_url_prefix = "reactive/open"
    static_paths = [STATIC]
    template_paths = [TEMPLATES]

    files_class = Type(
        NotebookFiles,
        klass=NotebookFiles,
        config=True,
        help="""
        The class that finds and creates notebooks under the contents root. Default:
        `NotebookFiles`.
        """,
    )

    server_manager_class = Type(
        ServerManager,
        klass=ServerManager,
        config=True,
        help="""
        The class that owns the marimo servers. Default: `ServerManager`.
        """,
    )

    session_monitor_class = Type(
        SessionMonitor,
        klass=SessionMonitor,
        config=True,
        help="""
        The class that knows which notebooks are open. Default: `SessionMonitor`.
        """,
    )

    forwarding_class = Type(
        Forwarding,
        klass=Forwarding,
        config=True,
        help="""
        The class that says what goes between browsers and marimo servers. Default: `Forwarding`.
        """,
    )

    asset_store_class = Type(
        AssetStore,
        klass=AssetStore,
        config=True,
        help="""
        The class that hands out marimo's static files. Default: `AssetStore`.
        """,
    )

    policy_class = Type(
        Policy,
        klass=Policy,
        config=True,
        help="""
        The class that says what users may not do. Default: `Policy`.
        """,
    )

    port = Integer(
        0,
        min=0,
        max=65535,
        config=True,
        help="""
        The port under whose address, `proxy/<port>/`, this Jupyter shows the reactive notebooks
        too, for links and habits from places that only forward ports: 8888, for example. Nothing
        listens at the port, and no other program is reached by that address any more. Default: 0
        (none).
        """,
    )

    # No traits: ExtensionApp reads every trait before it lets us build anything.
    files: NotebookFiles
    servers: ServerManager
    sessions: SessionMonitor
    limits: SessionLimits
    activity: ActivityMonitor
    forwarding: Forwarding
    assets: AssetStore
    policy: Policy
    open_pages: OpenPages
    prestart: Prestart
    parts: Parts

    def initialize_settings(self) -> None:
        """Build the objects; nothing is started yet."""
        serverapp = self.serverapp
        assert serverapp is not None
        self.parts = Parts(self)
        self.files = self.files_class(
            parent=self,
            contents_manager=serverapp.contents_manager,
            fallback_root=serverapp.root_dir,
        )
        self.servers = self.server_manager_class(
            parent=self,
            folder=str(self.files.root),
            on_change=self._tell_server,
            on_crash=self.parts.note_crash,
        )
        self.sessions = self.session_monitor_class(
            parent=self,
            servers=self.servers,
            api_path=self.files.api_path,
            on_event=self._tell_session,
        )
        hold_renames(serverapp.contents_manager, self.sessions.moving)
        self.limits = SessionLimits(parent=self, sessions=self.sessions, on_notice=self.tell_notice)
        self.activity = ActivityMonitor(
            parent=self,
            servers=self.servers,
            sessions=self.sessions,
            limits=self.limits,
            on_use=self.note_use,
        )
        self.prestart = Prestart(parent=self, servers=self.servers)
        self.open_pages = OpenPages()
        self.forwarding = self.forwarding_class(parent=self)
        self.assets = self.asset_store_class(parent=self)
        self.memory = FreeMemory()
        self.policy = self.policy_class(parent=self)
        page_options = serverapp.web_app.settings.setdefault("page_config_data", {})
        page_options["reactiveCreate"] = not self.policy.disable_editing
        page_options["reactiveExport"] = self.policy.allows_export
        has_hooks = "LessonHooks" in self.config
        page_options["reactiveHooks"] = self.parts.hooks.actions if has_hooks else []
        self.settings[LIMITS_SETTING] = RequestLimits(parent=self)
        self._meter = metrics.ServerMeter()
        metrics.show(self.servers.models, lambda: len(self.sessions.models()))
        events = self._events
        for schema in SCHEMA_FILES:
            events.register_event_schema(schema)
        events.add_listener(schema_id=CONTENTS_SCHEMA, listener=self._contents_changed)
        # Another proxied app may have taken over the signal handlers, and then `stop_extension`
        # is never called.
        atexit.register(self.servers.kill_now)
        # When the loop runs; hooks for it are newer than the oldest Jupyter that we work in.
        serverapp.io_loop.add_callback(self.prestart.jupyter_started)

    def initialize_handlers(self) -> None:
        """Wire the routes."""
        self.handlers.extend(routes(self))

    async def stop_extension(self) -> None:
        """End every child."""
        self.activity.stop()
        self.prestart.stop()
        self.assets.stop()
        self.memory.stop()
        await self.parts.stop()
        await self.servers.close()
        self.sessions.stop()
        atexit.unregister(self.servers.kill_now)

    @property
    def _events(self) -> EventLogger:
        assert self.serverapp is not None
        events = self.serverapp.event_logger
        assert events is not None
        return events

    def _tell_server(self, server: ServerModel) -> None:
        self._meter.note(server)
        if server.name == EDIT_SERVER:
            self._follow_editor(server)
        self._emit(SERVER_SCHEMA, server.to_json())

    def _follow_editor(self, server: ServerModel) -> None:
        if server.state in {ServerState.STOPPED, ServerState.RUNNING}:
            self.sessions.refresh_soon()
        if server.state is ServerState.RUNNING:
            self.activity.start()
        else:
            self.activity.pause()

    def _tell_session(self, event: SessionEvent) -> None:
        self._emit(SESSION_SCHEMA, event.to_json())

    def tell_export(self, export: ExportModel) -> None:
        """Let JupyterLab know how far an export is."""
        self._emit(EXPORT_SCHEMA, export.to_json())

    def tell_lesson(self, event: LessonEvent) -> None:
        """Let graders and others know what is done with a lesson."""
        self._emit(LESSON_SCHEMA, event.to_json())

    def tell_notice(self, event: NoticeEvent) -> None:
        """Show a notice in the notebook that it is about, and in JupyterLab."""
        if event.id:
            self.open_pages.say(event.id, banner(event.message, escape(event.remedy)))
        self._emit(NOTICE_SCHEMA, event.to_json())

    def note_use(self) -> None:
        """Tell Jupyter, and with it what culls idle servers, that somebody does something."""
        assert self.serverapp is not None
        # `ServerWebApplication.last_activity` takes in every setting whose key ends like this.
        now = datetime.now(timezone.utc)
        self.serverapp.web_app.settings["reactive_last_activity"] = now

    def _emit(self, schema_id: str, data: dict[str, Any]) -> None:
        self._events.emit(schema_id=schema_id, data=data)

    async def _contents_changed(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Take running sessions along when a Jupyter client moves or deletes their file."""
        match data:
            case {"action": "rename", "path": path, "source_path": source}:
                await self.sessions.follow_rename(self._os_path(source), self._os_path(path))
            case {"action": "delete", "path": path}:
                self.sessions.note_deleted(self._os_path(path))

    def _os_path(self, path: str) -> Path:
        return self.files.os_path(path)
