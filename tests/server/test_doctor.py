"""The doctor finds what is wrong, over HTTP and from the command line. Nothing is pretended."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from jupyter_process import JupyterProcess
from yarl import URL

INNER = web.AppKey("inner", str)
LEVELS = {"ok": 0, "warning": 1, "problem": 2}


def by_check(findings: list[dict]) -> dict[str, dict]:
    """The worst finding of each check."""
    return {f["check"]: f for f in sorted(findings, key=lambda f: LEVELS[f["level"]])}


class TestInTheServer:
    async def test_all_is_well(self, api, jp_root_dir: Path, jp_base_url: str):
        reply = await api("GET", "doctor")
        found = by_check(reply.json["findings"])
        assert {"marimo", "python", "folder", "disk", "temporary_files", "base_url"} <= set(found)
        assert found["marimo"]["level"] == "ok"
        assert jp_base_url in found["base_url"]["message"]
        assert str(jp_root_dir) in reply.text
        assert all(f["remedy"] for f in reply.json["findings"] if f["level"] != "ok")

    async def test_what_is_wrong_is_told_in_the_words_of_the_failure(
        self, api, browse, reactive, jp_root_dir: Path, jp_base_url: str
    ):
        reactive.servers.launcher.command = ["/nowhere/marimo"]
        start = (await api("POST", "servers/edit/start")).json
        failed = await browse("reactive", "edit/")
        assert failed.status == 503
        assert f'data-action="visit" href="{jp_base_url}reactive/doctor"' in failed.text
        assert (await browse("reactive", "doctor")).status == 200
        reactive.servers.launcher.environment = {"PYTHONHOME": "/nowhere"}
        jp_root_dir.rename(jp_root_dir.with_name("elsewhere"))
        reply = (await api("GET", "doctor")).json
        found = by_check(reply["findings"])
        assert reply["level"] == "problem"
        for check in ("marimo", "server"):
            assert found[check]["level"] == "problem"
            assert found[check]["message"] == start["message"]
            assert found[check]["remedy"] == start["remedy"]
        assert [f for f in reply["findings"] if "PYTHONHOME" in f["message"]]
        assert found["folder"]["level"] == "problem"


@pytest.fixture
def doctor(tmp_path: Path):
    """Run the command; gives exit status and output."""

    def run(runtime: Path, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "jupyter", "reactive", "doctor", *arguments],
            env={**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        return done.returncode, done.stdout + done.stderr

    return run


async def relay(request: web.Request) -> web.Response:
    """A bad proxy: reads whole answers, and opens no websockets."""
    headers = {"Authorization": request.headers["Authorization"]}
    async with (
        ClientSession() as session,
        session.get(
            URL(f"{request.app[INNER]}{request.raw_path}", encoded=True), headers=headers
        ) as reply,
    ):
        kind = reply.headers.get("Content-Type", "").partition(";")[0]
        return web.Response(status=reply.status, body=await reply.read(), content_type=kind)


async def through_bad_proxy(inner: str, run) -> tuple[int, str]:
    """Ask the doctor for the outer address of a Jupyter server behind a bad proxy."""
    app = web.Application()
    app[INNER] = inner
    app.router.add_get("/{path:.*}", relay)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        return await asyncio.to_thread(run, f"http://127.0.0.1:{port}")
    finally:
        await runner.cleanup()


class TestCommand:
    @pytest.fixture(autouse=True)
    def stop_children(self):
        """The server runs in a process of its own."""

    def test_without_a_server_it_says_so(self, doctor, tmp_path: Path):
        status, text = doctor(tmp_path, "--json")
        assert status == 1
        ((_name, group),) = json.loads(text).items()
        found = by_check(group["findings"])
        assert found["server"]["level"] == "warning"
        assert found["marimo"]["level"] == "ok"

    def test_an_address_that_is_none_cannot_be_run(self, doctor, tmp_path: Path):
        assert doctor(tmp_path, "--url", "nix")[0] == 2

    def test_a_real_server_and_the_whole_way_to_it(self, doctor, tmp_path: Path):
        server = JupyterProcess(tmp_path / "home", base_url="/user/a%40b/")
        server.start()
        runtime = server.home / "runtime"
        try:
            status, text = doctor(runtime)
            assert status == 0, text
            assert "/user/a%40b/:" in text
            assert "Websockets pass." in text
            assert "Event streams pass." in text
            assert server.token not in text

            origin = server.url.removesuffix("/user/a%40b/")
            status, text = asyncio.run(
                through_bad_proxy(
                    origin,
                    lambda outer: doctor(runtime, "--json", "--url", f"{outer}/user/a%40b/"),
                )
            )
            assert status == 1
            report = json.loads(text)
            (outer,) = (name for name in report if name.startswith("http"))
            found = by_check(report[outer]["findings"])
            assert found["route"]["level"] == "ok"
            assert found["websocket"]["level"] == "problem"
            assert found["event_stream"]["level"] == "warning"
            assert server.token not in text

            wrong = f"{server.url}?token=s3cret-of-another"
            status, text = doctor(runtime, "--url", wrong)
            assert status == 1
            assert "403" in text
            assert "s3cret" not in text
            status, text = doctor(runtime, "--url", f"{origin}/elsewhere/")
            assert status == 1
            assert "answers with 404" in text
        finally:
            server.stop()
