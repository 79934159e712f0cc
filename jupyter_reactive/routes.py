"""Which handler answers where, and what it is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .api.assets import AssetsHandler
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
from .assets.handler import AssetHandler
from .late import late

if TYPE_CHECKING:
    from .app import ReactiveApp

API = "reactive/api"
_NAME = r"(?P<name>[^/]+)"


def routes(app: ReactiveApp) -> list[tuple[Any, ...]]:
    """The routes of an extension app; the first one that fits answers.

    What JupyterLab asks by itself is there from the start, the rest from its first request on.
    """
    servers, sessions, files = app.servers, app.sessions, app.files
    parts, policy, prestart, assets = app.parts, app.policy, app.prestart, app.assets
    found: list[tuple[Any, ...]] = [
        (rf"{API}/status", StatusHandler, {"fixed_port": app.port or None}),
        (
            rf"{API}/doctor",
            late("api.doctor.DoctorHandler", lambda: {"servers": servers, "files": files}),
        ),
        (rf"{API}/doctor/stream", late("api.doctor.DoctorStreamHandler")),
        (rf"{API}/servers", ServersHandler, {"servers": servers}),
        (rf"{API}/servers/{_NAME}", ServerHandler, {"servers": servers}),
        (rf"{API}/servers/{_NAME}/log", ServerLogHandler, {"servers": servers}),
        (rf"{API}/servers/{_NAME}/start", ServerStartHandler, {"servers": servers}),
        (
            rf"{API}/servers/{_NAME}/prestart",
            ServerPrestartHandler,
            {"prestart": prestart, "memory": app.memory},
        ),
        (rf"{API}/servers/{_NAME}/restart", ServerRestartHandler, {"servers": servers}),
        (rf"{API}/sessions", SessionsHandler, {"sessions": sessions}),
        (rf"{API}/sessions/(?P<session_id>[^/]+)", SessionHandler, {"sessions": sessions}),
        (rf"{API}/apps", late("api.apps.AppsHandler", lambda: {"apps": parts.made_apps})),
        (
            rf"{API}/activity",
            late("api.activity.ActivityHandler", lambda: {"activity": app.activity}),
        ),
        (rf"{API}/assets", AssetsHandler, {"assets": assets}),
        (
            rf"{API}/notebooks",
            late("api.notebooks.NotebooksHandler", lambda: {"files": files, "policy": policy}),
        ),
        (
            rf"{API}/notebooks/templates",
            late("api.notebooks.TemplatesHandler", lambda: {"files": files}),
        ),
        (
            rf"{API}/notebooks/recognise",
            late("api.notebooks.RecogniseHandler", lambda: {"files": files, "prestart": prestart}),
        ),
        (
            rf"{API}/conversions",
            late(
                "api.conversions.ConversionsHandler",
                lambda: {"conversions": parts.conversions, "policy": policy},
            ),
        ),
        (
            rf"{API}/exports",
            late(
                "api.exports.ExportsHandler",
                lambda: {"exports": parts.exports, "policy": policy},
            ),
        ),
        (
            rf"{API}/exports/(?P<export_id>[^/]+)",
            late("api.exports.ExportHandler", lambda: {"exports": parts.exports}),
        ),
        (rf"{API}/links", late("api.links.LinksHandler", lambda: {"files": files})),
        (
            rf"{API}/releases/changes",
            late("api.releases.ComparisonHandler", lambda: {"released": parts.released_notebooks}),
        ),
        (
            rf"{API}/releases/reset",
            late(
                "api.releases.ResetHandler",
                lambda: {"released": parts.released_notebooks, "policy": policy},
            ),
        ),
        (
            rf"{API}/hooks",
            late("api.hooks.HooksHandler", lambda: {"files": files, "hooks": parts.hooks}),
        ),
        (
            rf"{API}/transport",
            late("transport.TransportHandler", lambda: {"choice": app.forwarding.transport}),
        ),
        (rf"{API}(?:/.*)?", UnknownHandler),
        (
            r"reactive/assets/(?P<version>[^/]+)/(?P<name>.+)",
            AssetHandler,
            {"assets": assets, "memory": app.memory},
        ),
        (r"reactive/?", late("pages.open.HomeHandler")),
        (r"reactive/doctor/?", late("pages.doctor.DoctorPageHandler")),
        (
            r"reactive/open/(.*)",
            late("pages.open.OpenHandler", lambda: {"files": files, "servers": servers}),
        ),
        (
            r"reactive/edit/(.*)",
            late(
                "proxy.EditProxyHandler",
                lambda: {
                    "files": files,
                    "servers": servers,
                    "sessions": sessions,
                    "activity": app.activity,
                    "limits": app.limits,
                    "forwarding": app.forwarding,
                    "open_pages": app.open_pages,
                    "output_notebooks": parts.output_notebooks,
                    "early_sessions": parts.early_sessions,
                    "assets": assets,
                    "policy": policy,
                    "named_files": parts.files_of_notebooks,
                },
            ),
        ),
        (r"reactive/edit", late("pages.open.HomeHandler")),
        (
            r"reactive/run/?",
            late(
                "pages.gallery.GalleryHandler",
                lambda: {"gallery": parts.gallery, "apps": parts.apps},
            ),
        ),
        (
            r"reactive/run/(.+)",
            late(
                "app_proxy.AppProxyHandler",
                lambda: {
                    "files": files,
                    "apps": parts.apps,
                    "app_pages": parts.app_pages,
                    "activity": app.activity,
                    "forwarding": app.forwarding,
                    "assets": assets,
                    "policy": policy,
                    "named_files": parts.files_of_apps,
                },
            ),
        ),
        (r"reactive/.*", late("pages.open.UnknownPageHandler")),
    ]
    if app.port:
        # Before jupyter-server-proxy's own route, since extensions are loaded by name.
        found.append((rf"proxy/{app.port}(?:/(.*))?", late("pages.fixed_port.FixedPortHandler")))
    return found
