"""An app's address: which notebook it means, which names are taken, who may frame it."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets import TraitError

from jupyter_reactive.app_pages import AppPages, refuse_reserved, split
from jupyter_reactive.contents import NotebookFiles
from jupyter_reactive.errors import NameReserved
from jupyter_reactive.notebooks.marimo_routes import APP_ROUTES, ROUTES, is_for_apps

POLICY = "frame-ancestors 'self'; report-uri /csp"


@pytest.fixture
def files(tmp_path: Path) -> NotebookFiles:
    (tmp_path / "folder.py").mkdir()
    for name in ("app.py", "my.first.py", "_x.py", "text.md", "folder.py/in.py"):
        (tmp_path / name).write_text("")
    return NotebookFiles(contents_manager=AsyncLargeFileManager(root_dir=str(tmp_path)))


PLACES = {
    "app.py": ("app.py", None),
    "app.py/": ("app.py", "/"),
    "app.py/ws": ("app.py", "/ws"),
    "app.py/public/more.py": ("app.py", "/public/more.py"),
    "my.first.py/sse": ("my.first.py", "/sse"),
    "_x.py/": ("_x.py", "/"),
    "text.md/": ("text.md", "/"),
    "folder.py/in.py/ws": ("folder.py/in.py", "/ws"),
    "gone.py/ws": ("gone.py", "/ws"),
    "gone.py": ("gone.py", None),
    "folder": ("folder", None),
    "folder/": ("folder", "/"),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_address_is_a_notebook_and_a_route(files: NotebookFiles, place: str):
    assert split(files, place) == PLACES[place]


def test_reserved_names_are_named():
    refuse_reserved([("colour", "1"), ("--size", "2"), ("session_id", "s"), ("view-as", "x")])
    with pytest.raises(NameReserved, match="file, reactive-x"):
        refuse_reserved([("reactive-x", ""), ("file", "x"), ("colour", "1")])


def test_sites_are_added_to_who_may_frame():
    assert AppPages().framed_by(POLICY) == POLICY
    pages = AppPages(embedders=["https://*.example.org", "http://localhost:3000"])
    framed = pages.framed_by(POLICY).split("; ")
    assert sorted(framed) == [
        "frame-ancestors 'self' https://*.example.org http://localhost:3000",
        "report-uri /csp",
    ]
    assert pages.framed_by("") == (
        "frame-ancestors 'self' https://*.example.org http://localhost:3000"
    )


@pytest.mark.parametrize("site", ["example.org", "https://a.b; script-src *", "*", "https://a b"])
def test_what_is_no_site_is_refused(site: str):
    with pytest.raises(TraitError, match="is no site"):
        AppPages(embedders=[site])


def test_what_an_app_needs_is_known_of_marimo():
    assert set(ROUTES) >= APP_ROUTES
    assert is_for_apps("HEAD", "/")
    assert is_for_apps("GET", "/assets/a/b.js")
    assert not is_for_apps("PUT", "/assets/a/b.js")
    assert not is_for_apps("POST", "/")
    assert not is_for_apps("GET", "/assetsx")
