"""Reactive notebooks (marimo) in the Jupyter that is already there."""

from importlib.metadata import version

__version__ = version("jupyter-reactive")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-reactive"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    # Imported here so that `jupyter labextension` and the command line do not load the server.
    from .app import ReactiveApp  # noqa: PLC0415

    return [{"module": "jupyter_reactive", "app": ReactiveApp}]
