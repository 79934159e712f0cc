"""The pages for people: each link answers with the right status and a next step, never raw JSON."""

from __future__ import annotations

import html
import os
from pathlib import Path

import pytest
import tornado.httpclient


async def test_home_redirects_to_the_edit_server(browse, jp_base_url):
    for route in (("reactive",), ("reactive/",), ("reactive", "edit")):
        reply = await browse(*route)
        assert reply.status == 302
        assert reply.headers["Location"].endswith("/reactive/edit/")


async def test_link_without_the_slash_keeps_its_query(browse):
    reply = await browse("reactive", "edit", params={"file": "a b.py", "_xsrf": "x"})
    assert reply.headers["Location"].endswith("/reactive/edit/?file=a+b.py")


async def test_open_redirects_into_the_edit_server(browse, notebook):
    reply = await browse("reactive", "open", notebook, params={"theme": "system", "_xsrf": "x"})
    assert reply.status == 302
    assert reply.headers["Location"].endswith("/reactive/edit/?file=work%2Fslider.py&theme=system")


async def test_link_to_a_cell_goes_where_marimo_looks(browse, notebook):
    query = {"reactive-cell": "größe 2&", "theme": "dark"}
    place = (await browse("reactive", "open", notebook, params=query)).headers["Location"]
    assert place.endswith("&theme=dark#scrollTo=gr%C3%B6%C3%9Fe%202%26")
    assert "reactive-cell" not in place


@pytest.fixture
def bad_links(jp_root_dir: Path, tmp_path: Path, notebook_source: str) -> dict[str, tuple]:
    """Name of the case: path, status, words, the step that is offered."""
    outside = tmp_path / "outside.py"
    outside.write_text(notebook_source)
    (jp_root_dir / "folder").mkdir()
    (jp_root_dir / ".hidden").mkdir()
    (jp_root_dir / ".hidden/n.py").write_text(notebook_source)
    (jp_root_dir / "link.py").symlink_to(outside)
    (jp_root_dir / "linked").symlink_to(tmp_path)
    (jp_root_dir / "script.py").write_text("print('hello')\n")
    (jp_root_dir / "old.ipynb").write_text("{}")
    (jp_root_dir / "picture.png").write_bytes(b"\x89PNG")
    (jp_root_dir / "broken.py").write_text("import marimo\napp = marimo.App()\n\nx = (\n")
    (jp_root_dir / "huge.py").write_text(notebook_source)
    os.truncate(jp_root_dir / "huge.py", 100_000_000)
    (jp_root_dir / "loop.py").symlink_to("loop.py")
    os.mkfifo(jp_root_dir / "pipe.py")
    return {
        "missing": ("nix.py", 404, "There is no file “nix.py”", "create"),
        "missing, no notebook": ("nix.txt", 404, "There is no file", "browse"),
        "folder": ("folder", 400, "is a folder", "browse"),
        "root": ("", 400, "is a folder", "browse"),
        "hidden": (".hidden/n.py", 404, "is hidden", None),
        "link out": ("link.py", 403, "leads out of the folder", "browse"),
        "linked folder": ("linked/outside.py", 403, "leads out of the folder", "browse"),
        "dots": ("../outside.py", 400, "holds “.” or “..”", "browse"),
        "encoded dots": ("folder/../script.py", 400, "holds “.” or “..”", "browse"),
        "absolute": (f"/{outside}", 404, "There is no file", None),
        "nul": ("a\0b.py", 400, "characters that no file name can have", "browse"),
        "long": ("n" * 300 + ".py", 400, "longer than 255 bytes", "browse"),
        "script": ("script.py", 415, "marimo convert script.py -o script_reactive.py", "edit"),
        "ipynb": ("old.ipynb", 415, "marimo convert old.ipynb", "edit"),
        "picture": ("picture.png", 415, "is no marimo notebook", "edit"),
        "broken": ("broken.py", 422, "line 4", "edit"),
        "huge": ("huge.py", 413, "100 MB", "edit"),
        "pipe": ("pipe.py", 404, "There is no file", None),
        "below a file": ("script.py/n.py", 404, "There is no file", None),
        "loop": ("loop.py", 404, "There is no file", None),
        "long path": ("folder/" * 700 + "n.py", 400, "longer than this machine takes", "browse"),
    }


CASES = (
    *("missing", "missing, no notebook", "folder", "root", "hidden", "link out", "linked folder"),
    *("dots", "encoded dots", "absolute", "nul", "long", "script", "ipynb", "picture", "broken"),
    *("huge", "pipe", "below a file", "loop", "long path"),
)


@pytest.mark.parametrize(
    "route, case",
    # Without a file the edit server shows its home page.
    [
        (route, case)
        for route in ("open", "edit")
        for case in CASES
        if (route, case) != ("edit", "root")
    ],
)
async def test_bad_link_gets_a_page_with_a_next_step(
    browse, reactive, bad_links, case: str, route: str
):
    path, status, words, step = bad_links[case]
    if route == "edit":
        if case == "absolute":
            # Here it is a path of the machine, as marimo's file panel gives it.
            status, words, step = 403, "leads out of the folder", "browse"
        reply = await browse("reactive", "edit/", params={"file": path})
    else:
        reply = await browse("reactive", f"open/{path}")
    assert reply.status == status
    assert reply.headers["Content-Type"].startswith("text/html")
    text = html.unescape(reply.text)
    assert words in text
    assert "<h1>" in text
    if step:
        assert f'data-action="{step}"' in text
    assert reactive.servers.running() is None, "nothing is started for a bad link"


@pytest.mark.parametrize("case", CASES)
async def test_programs_get_json(fetch, bad_links, case: str):
    path, status, _words, _step = bad_links[case]
    reply = await fetch("reactive", f"open/{path}", headers={"Accept": "application/json"})
    assert reply.status == status
    assert reply.json["message"]


async def test_all_cases_are_tested(bad_links):
    assert set(CASES) == set(bad_links)


@pytest.mark.parametrize("route", ["open", "edit"])
async def test_path_that_is_no_utf8(root_url, jp_auth_header, route: str):
    reply = await tornado.httpclient.AsyncHTTPClient().fetch(
        f"{root_url}reactive/{route}/%ff.py",
        headers={**jp_auth_header, "Sec-Fetch-Mode": "navigate"},
        raise_error=False,
    )
    assert reply.code == 400
    assert reply.body


async def test_path_in_a_page_is_escaped(browse):
    reply = await browse("reactive", "open", "<script>alert(1)</script>.py")
    assert reply.status == 404
    assert "<script>alert" not in reply.text


async def test_empty_file_opens_as_a_new_notebook(browse, jp_root_dir: Path):
    (jp_root_dir / "empty.py").touch()
    assert (await browse("reactive", "open", "empty.py")).status == 302


async def test_unknown_page(browse):
    reply = await browse("reactive", "nix")
    assert reply.status == 404
    assert "There is nothing at" in reply.text


async def test_waiting_page_then_the_notebook(browse, notebook, reactive, until):
    waiting = await browse("reactive", "edit/", params={"file": notebook})
    assert waiting.status == 202
    assert "marimo is starting" in waiting.text
    assert waiting.headers["Cache-Control"] == "no-store"
    await until(reactive.servers.running)
    there = await browse("reactive", "edit/", params={"file": notebook})
    assert there.status == 200
    assert "<marimo-filename hidden>work/slider.py" in there.text


async def test_pages_may_be_framed_by_ourselves_only(browse, notebook, reactive):
    await reactive.servers.ensure()
    for reply in (
        await browse("reactive", "open", "nix.py"),
        await browse("reactive", "edit/", params={"file": notebook}),
    ):
        assert "frame-ancestors 'self'" in reply.headers["Content-Security-Policy"]


class TestUnderTheHub:
    """The Hub's single-user server forbids all framing."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        config = {**jp_server_config}
        config["ServerApp"] = {
            **config["ServerApp"],
            "tornado_settings": {
                "headers": {"Content-Security-Policy": "frame-ancestors 'none'; report-uri /x"}
            },
        }
        return config

    @pytest.mark.parametrize(
        "policy, answer",
        [
            ("frame-ancestors https://lms.example", "frame-ancestors 'self' https://lms.example"),
            ("frame-ancestors 'self'; default-src *;", "frame-ancestors 'self'; default-src *"),
            ("default-src *", "default-src *"),
        ],
    )
    async def test_policy_of_an_operator_is_kept(self, browse, jp_web_app, policy, answer):
        jp_web_app.settings["headers"] = {"Content-Security-Policy": policy}
        reply = await browse("reactive", "open", "nix.py")
        assert reply.headers["Content-Security-Policy"] == answer

    async def test_our_own_frames_are_allowed(self, browse, notebook, reactive):
        await reactive.servers.ensure()
        reply = await browse("reactive", "edit/", params={"file": notebook})
        assert reply.headers["Content-Security-Policy"] == "frame-ancestors 'self'; report-uri /x"


class TestStartFails:
    """marimo cannot be started: the page says why, shows the log and offers another try."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config, tmp_path: Path):
        self.program = tmp_path / "marimo"
        self.program.write_text("#!/bin/sh\necho 'I do not like mornings'\nexit 3\n")
        self.program.chmod(0o755)
        return {**jp_server_config, "EditServerLauncher": {"command": [str(self.program)]}}

    async def test_the_page_shows_the_reason_and_the_log(
        self, browse, notebook, reactive, until, api
    ):
        assert (await browse("reactive", "edit/", params={"file": notebook})).status == 202
        await until(lambda: reactive.servers.get("edit").state == "failed")
        reply = await browse("reactive", "edit/", params={"file": notebook})
        assert reply.status == 503
        text = html.unescape(reply.text)
        assert "exit code 3" in text
        assert "I do not like mornings" in text
        assert 'data-action="retry"' in text
        server = (await api("GET", "servers/edit")).json
        assert server["message"] in text
        assert server["remedy"] in text

    async def test_json_has_the_same_words(self, api, fetch, notebook):
        start = await api("POST", "servers/edit/start")
        assert start.status == 503
        forwarded = await fetch("reactive", "edit", "api", "version")
        assert forwarded.status == 503
        assert forwarded.json["message"] == start.json["message"]

    async def test_missing_program(self, api):
        self.program.unlink()
        reply = await api("POST", "servers/edit/start")
        assert reply.status == 503
        assert "was not found" in reply.json["message"]
        assert "c.EditServerLauncher.command" in reply.json["remedy"]

    async def test_it_can_be_tried_again(self, api, reactive):
        assert (await api("POST", "servers/edit/start")).status == 503
        reactive.servers.launcher.command = []
        assert (await api("POST", "servers/edit/start")).status == 200

    async def test_time_limit(self, api, reactive):
        self.program.write_text("#!/bin/sh\necho 'thinking'\nexec sleep 60\n")
        reactive.servers.launcher.start_timeout = 1
        reply = await api("POST", "servers/edit/start")
        assert reply.status == 503
        assert "within 1 seconds" in reply.json["message"]
        assert (await api("GET", "servers/edit/log")).json["lines"] == ["thinking"]
