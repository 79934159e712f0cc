"""What is told of apps: the gallery, and the memory that they hold."""

from __future__ import annotations

import json
import re

from cells import source_of
from traitlets.config.loader import KVArgParseConfigLoader

from jupyter_reactive.gallery import ReactiveGallery

SMALL = source_of('"an app"')
# Holds 200 MB of its own.
HEAVY = source_of('import marimo as mo\n\nheld = b"x" * 200_000_000\nmo.md("value 1 END")')


async def test_memory_is_told_of_each_process(app, visit, act, fetch, browse, conform, reactive):
    """That of an app where it has its own; of a shared one how many visitors each app has."""
    (reactive.files.root / "heavy.py").write_text(HEAVY)

    async def told():
        reply = await fetch("reactive", "api", "apps")
        conform("GET", "apps", reply)
        return {server["server"]: server for server in json.loads(reply.text)}

    assert await told() == {}
    for number in range(2):
        await (await visit(app, f"s_visit{number}")).hear("value 1 END")
    light = (await told())["run"]
    await (await visit("heavy.py", "s_visit3")).hear("value 1 END")
    shared = (await told())["run"]
    assert shared["apps"] == [
        {"path": "heavy.py", "sessions": 1},
        {"path": app, "sessions": 2},
    ]
    assert shared["memory"] - light["memory"] > 180e6
    gallery = (await browse("reactive", "run/")).text
    assert "visitors: 2" in gallery
    assert f"holds {shared['memory'] / 1e6:.0f}"[:-1] in gallery
    reactive.parts.apps.own_process = True
    await (await visit("heavy.py", "s_visit4")).hear("value 1 END")
    own = (await told())["run/heavy.py"]
    assert own["apps"] == [{"path": "heavy.py", "sessions": 1}]
    assert 200e6 < own["memory"] < shared["memory"] + 100e6
    assert re.search(r"visitors: 1, [23]\d\d MB", (await browse("reactive", "run/")).text)
    seen_by_others = (await browse("reactive", "run/", headers={"X-Who": "ada"})).text
    assert "visitors:" not in seen_by_others
    assert "Seen by you alone" not in seen_by_others


async def test_the_gallery_shows_what_there_is(app, browse, jp_root_dir):
    header = """\
# /// script
# [tool.marimo.opengraph]
# title = "Tides & moons"
# description = "At any harbour"
# image = "x.png"
# ///
"""
    (jp_root_dir / "tides.py").write_text(header + SMALL)
    (jp_root_dir / "torn.py").write_text(SMALL + "\n)")
    (jp_root_dir / ".secret.py").write_text(SMALL)
    (jp_root_dir / "script.py").write_text("print(1)")
    page = (await browse("reactive", "run/")).text
    assert "Tides &amp; moons" in page
    assert "At any harbour" in page
    assert "/reactive/run/tides.py/og/thumbnail" in page
    assert f"/reactive/run/{app}/" in page
    assert "torn.py" in page
    assert "secret" not in page
    assert "script.py" not in page
    assert "torn.py" not in (await browse("reactive", "run/", headers={"X-Who": "ada"})).text


async def test_the_gallery_lists_the_folders_that_were_picked(reactive, jp_root_dir):
    for folder in ("apps/deeper", "course/week-1", "course/week-2"):
        (jp_root_dir / folder).mkdir(parents=True)
        (jp_root_dir / folder / "app.py").write_text(SMALL)
    words = [f"--ReactiveGallery.folders={folder}" for folder in ("apps", "course/week-1", "none")]
    config = KVArgParseConfigLoader(words, classes=[ReactiveGallery]).load_config()
    choices = reactive.parts.gallery.config_manager
    gallery = ReactiveGallery(config=config, files=reactive.files, config_manager=choices)

    async def listed():
        return [path for path, _card in (await gallery.find()).apps]

    picked = ["apps/deeper/app.py", "course/week-1/app.py"]
    assert await listed() == picked
    # As JupyterLab's setting does it.
    for chosen, expected in [
        (["course/week-2"], ["course/week-2/app.py"]),
        (["course/week-2", 7], picked),
        (None, picked),
    ]:
        choices.update("reactive_gallery", {"folders": chosen})
        assert await listed() == expected
