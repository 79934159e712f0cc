"""reactive/api/links: every platform's link, or the reason why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from course import Course, ready

HUB = "https://hub.example.org/"


def by_view(reply) -> dict[tuple[str, str], dict[str, Any]]:
    """The links by platform, and as a notebook, an app or a lecture, which is an app with code."""
    return {
        (link["platform"], "lecture" if link["code"] else link["what"]): link
        for link in reply.json["links"]
    }


async def test_each_platform_has_a_link_or_a_reason(api, course: Course, notebook_source: str):
    ready(course, notebook_source)
    reply = await api("POST", "links", {"path": "course/week 1/é.py", "hub": f"{HUB}hub/home"})
    assert reply.status == 200, reply.text
    links = by_view(reply)
    assert len(links) == 18
    none = {key for key, link in links.items() if link["forms"] is None}
    assert none == {
        *(("studiolab", "app"), ("studiolab", "lecture")),
        *(("colab", "app"), ("colab", "lecture"), ("molab", "lecture")),
    }
    assert all(links[key]["message"] and links[key]["remedy"] for key in none)
    assert links["binder", "notebook"]["warnings"] == []
    hub = links["hub", "app"]
    assert hub["path"] == "course/week 1/é.py"
    assert hub["forms"]["url"].startswith(f"{HUB}hub/user-redirect/reactive/run/course/week%2520")
    lecture = links["binder", "lecture"]
    assert lecture["forms"]["url"].endswith("%3Fshow-code%3Dtrue")
    assert "c.AppServerLauncher.include_code" in lecture["warnings"][0]
    assert reply.json["cells"] == []


async def test_a_link_begins_at_a_cell(api, course: Course, notebook_source: str):
    named = notebook_source.replace("def _(mo, slider)", "def exercise(mo, slider)")
    ready(course, named)
    here = course.write("week 1/é.py", named.replace("def _(mo)", "def before(mo)"))
    body = {"path": "course/week 1/é.py", "hub": HUB}
    reply = await api("POST", "links", {**body, "cell": "exercise"})
    assert reply.json["cells"] == ["before", "exercise"]
    links = by_view(reply)
    for platform in ("binder", "nbgitpuller", "hub"):
        assert "reactive-cell%3Dexercise" in quote(links[platform, "notebook"]["forms"]["url"], "%")
        assert links[platform, "notebook"]["cell"] == "exercise"
        assert "no cells to link to" in links[platform, "app"]["message"]
    for platform in ("colab", "studiolab", "molab"):
        refused = links[platform, "notebook"]
        assert "at its beginning" in refused["message"]
        assert "Leave the cell out" in refused["remedy"]
    # What is only here others do not get; on the Hub they have this very file.
    links = by_view(await api("POST", "links", {**body, "cell": "before"}))
    assert links["binder", "notebook"]["remedy"] == "These have names: exercise."
    assert links["hub", "notebook"]["forms"]
    # A file that is broken has no names to choose from, and says so where one is asked for.
    here.write_text("def broken(", "utf-8")
    reply = await api("POST", "links", {**body, "cell": "exercise"})
    assert reply.json["cells"] == []
    links = by_view(reply)
    assert "Python is broken" in links["hub", "notebook"]["message"]
    assert links["binder", "notebook"]["forms"]


async def test_a_hub_needs_no_repository(api, jp_root_dir: Path, notebook_source: str):
    Path(jp_root_dir, "alone.py").write_text(notebook_source)
    reply = await api("POST", "links", {"path": "alone.py", "hub": HUB})
    linked = {link["platform"] for link in reply.json["links"] if link["forms"]}
    assert linked == {"hub"}
    assert "in no git repository" in reply.json["links"][0]["message"]


@pytest.mark.parametrize("path, status", [("../é.py", 400), ("none.py", 404), (".git/x.py", 404)])
async def test_only_files_of_the_root(api, course: Course, path: str, status: int):
    reply = await api("POST", "links", {"path": path})
    assert reply.status == status
    assert reply.json["message"]
