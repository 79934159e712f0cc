"""The composition root: builds the objects, wires the routes, starts and stops."""

from __future__ import annotations

import atexit
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Any

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp, ExtensionAppJinjaMixin
from traitlets import Type

from . import __version__, metrics
from .api.activity import ActivityHandler
from .api.apps import AppsHandler
from .api.assets import AssetsHandler
from .api.conversions import ConversionsHandler
from .api.doctor import DoctorHandler, DoctorStreamHandler
from .api.exports import ExportHandler, ExportsHandler
from .api.links import LinksHandler
from .api.notebooks import NotebooksHandler, RecogniseHandler, TemplatesHandler
from .api.servers import (
    ServerHandler,
    ServerLogHandler,
    ServerPrestartHandler,
    ServerRestartHandler,
    ServersHandler,
    ServerStartHandler,
)
from .api.sessions import SessionHandler, SessionsHandler
from .api.status import StatusHandler, UnknownHandler
from .app_pages import AppPages
from .app_proxy import AppProxyHandler
from .assets.handler import AssetHandler
from .assets.store import AssetStore
from .bodies import LIMITS_SETTING
from .contents import NotebookFiles
from .conversions import NotebookConversions
from .early_sessions import EarlySessions
from .events import EXPORT_SCHEMA, NOTICE_SCHEMA, SCHEMA_FILES, SERVER_SCHEMA, SESSION_SCHEMA
from .exports import NotebookExports
from .forwarding import Forwarding
from .free_memory import FreeMemory
from .gallery import GalleryFinder
from .models import ExportModel, NoticeEvent, ServerModel, ServerState, SessionEvent
from .named_files import NamedFiles
from .notebooks.marimo_messages import banner
from .open_pages import OpenPages
from .output_notebooks import OutputNotebooks
from .pages import STATIC, TEMPLATES
from .pages.doctor import DoctorPageHandler
from .pages.gallery import GalleryHandler
from .pages.open import HomeHandler, OpenHandler, UnknownPageHandler
from .policy import Policy
from .proxy import EditProxyHandler
from .request_limits import RequestLimits
from .servers.activity import ActivityMonitor
from .servers.apps import AppServers
from .servers.limits import SessionLimits
from .servers.manager import EDIT_SERVER, ServerManager
from .servers.prestart import Prestart
from .servers.sessions import SessionMonitor
from .transport import TransportHandler

CONTENTS_SCHEMA = "https://events.jupyter.org/jupyter_server/contents_service/v1"
_NAME = r"(?P<name>[^/]+)"


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

    # No traits: ExtensionApp reads every trait before it lets us build anything.
    files: NotebookFiles
    conversions: NotebookConversions
    exports: NotebookExports
    servers: ServerManager
    sessions: SessionMonitor
    limits: SessionLimits
    activity: ActivityMonitor
    forwarding: Forwarding
    assets: AssetStore
    policy: Policy
    open_pages: OpenPages
    app_pages: AppPages
    prestart: Prestart
    output_notebooks: OutputNotebooks
    apps: AppServers

    def initialize_settings(self) -> None:
        """Build the objects; nothing is started yet."""
        serverapp = self.serverapp
        assert serverapp is not None
        self.files = self.files_class(
            parent=self,
            contents_manager=serverapp.contents_manager,
            fallback_root=serverapp.root_dir,
        )
        self.conversions = NotebookConversions(parent=self, files=self.files)
        self.servers = self.server_manager_class(
            parent=self,
            folder=str(self.files.root),
            on_change=self._tell_server,
            on_crash=self._note_crash,
        )
        self.exports = NotebookExports(
            parent=self,
            files=self.files,
            launcher=self.servers.launcher,
            on_change=self._tell_export,
            on_use=self._note_use,
        )
        self.apps = AppServers(parent=self, servers=self.servers)
        self.app_pages = AppPages(parent=self)
        self.sessions = self.session_monitor_class(
            parent=self,
            servers=self.servers,
            api_path=self.files.api_path,
            on_event=self._tell_session,
        )
        self.limits = SessionLimits(
            parent=self, sessions=self.sessions, on_notice=self._tell_notice
        )
        self.activity = ActivityMonitor(
            parent=self,
            servers=self.servers,
            sessions=self.sessions,
            limits=self.limits,
            on_use=self._note_use,
        )
        self.output_notebooks = OutputNotebooks(
            parent=self, files=self.files, sessions=self.sessions, on_notice=self._tell_notice
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
        servers, sessions, files = self.servers, self.sessions, self.files
        activity, limits = self.activity, self.limits
        api = "reactive/api"
        self.handlers.extend(
            [
                (rf"{api}/status", StatusHandler),
                (rf"{api}/doctor", DoctorHandler, {"servers": servers, "files": files}),
                (rf"{api}/doctor/stream", DoctorStreamHandler),
                (rf"{api}/servers", ServersHandler, {"servers": servers}),
                (rf"{api}/servers/{_NAME}", ServerHandler, {"servers": servers}),
                (rf"{api}/servers/{_NAME}/log", ServerLogHandler, {"servers": servers}),
                (rf"{api}/servers/{_NAME}/start", ServerStartHandler, {"servers": servers}),
                (
                    rf"{api}/servers/{_NAME}/prestart",
                    ServerPrestartHandler,
                    {"prestart": self.prestart, "memory": self.memory},
                ),
                (rf"{api}/servers/{_NAME}/restart", ServerRestartHandler, {"servers": servers}),
                (rf"{api}/sessions", SessionsHandler, {"sessions": sessions}),
                (
                    rf"{api}/sessions/(?P<session_id>[^/]+)",
                    SessionHandler,
                    {"sessions": sessions},
                ),
                (rf"{api}/apps", AppsHandler, {"apps": self.apps}),
                (rf"{api}/activity", ActivityHandler, {"activity": activity}),
                (rf"{api}/assets", AssetsHandler, {"assets": self.assets}),
                (
                    rf"{api}/notebooks",
                    NotebooksHandler,
                    {"files": files, "policy": self.policy},
                ),
                (rf"{api}/notebooks/templates", TemplatesHandler, {"files": files}),
                (
                    rf"{api}/notebooks/recognise",
                    RecogniseHandler,
                    {"files": files, "prestart": self.prestart},
                ),
                (
                    rf"{api}/conversions",
                    ConversionsHandler,
                    {"conversions": self.conversions, "policy": self.policy},
                ),
                (
                    rf"{api}/exports",
                    ExportsHandler,
                    {"exports": self.exports, "policy": self.policy},
                ),
                (
                    rf"{api}/exports/(?P<export_id>[^/]+)",
                    ExportHandler,
                    {"exports": self.exports},
                ),
                (rf"{api}/links", LinksHandler, {"files": files}),
                (
                    rf"{api}/transport",
                    TransportHandler,
                    {"choice": self.forwarding.transport},
                ),
                (rf"{api}(?:/.*)?", UnknownHandler),
                (
                    r"reactive/assets/(?P<version>[^/]+)/(?P<name>.+)",
                    AssetHandler,
                    {"assets": self.assets, "memory": self.memory},
                ),
                (r"reactive/?", HomeHandler),
                (r"reactive/doctor/?", DoctorPageHandler),
                (r"reactive/open/(.*)", OpenHandler, {"files": files, "servers": servers}),
                (
                    r"reactive/edit/(.*)",
                    EditProxyHandler,
                    {
                        "files": files,
                        "servers": servers,
                        "sessions": sessions,
                        "activity": activity,
                        "limits": limits,
                        "forwarding": self.forwarding,
                        "open_pages": self.open_pages,
                        "output_notebooks": self.output_notebooks,
                        "early_sessions": EarlySessions(),
                        "assets": self.assets,
                        "policy": self.policy,
                        "named_files": NamedFiles(files),
                    },
                ),
                (r"reactive/edit", HomeHandler),
                (
                    r"reactive/run/?",
                    GalleryHandler,
                    {"gallery": GalleryFinder(parent=self, files=files), "apps": self.apps},
                ),
                (
                    r"reactive/run/(.+)",
                    AppProxyHandler,
                    {
                        "files": files,
                        "apps": self.apps,
                        "app_pages": self.app_pages,
                        "activity": activity,
                        "forwarding": self.forwarding,
                        "assets": self.assets,
                        "policy": self.policy,
                        "named_files": NamedFiles(files),
                    },
                ),
                (r"reactive/.*", UnknownPageHandler),
            ]
        )

    async def stop_extension(self) -> None:
        """End every child."""
        self.activity.stop()
        self.prestart.stop()
        self.output_notebooks.stop()
        self.apps.stop()
        self.assets.stop()
        self.memory.stop()
        self.conversions.stop()
        await self.exports.stop()
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

    def _note_crash(self, name: str) -> None:
        self.apps.note_crash(name)

    def _tell_session(self, event: SessionEvent) -> None:
        self._emit(SESSION_SCHEMA, event.to_json())

    def _tell_export(self, export: ExportModel) -> None:
        self._emit(EXPORT_SCHEMA, export.to_json())

    def _tell_notice(self, event: NoticeEvent) -> None:
        if event.id:
            self.open_pages.say(event.id, banner(event.message, escape(event.remedy)))
        self._emit(NOTICE_SCHEMA, event.to_json())

    def _note_use(self) -> None:
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
