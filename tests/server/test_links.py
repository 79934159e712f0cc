"""reactive/api/links: every platform's link, or the reason why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from course import Course, ready

HUB = "https://hub.example.org/"


async def test_each_platform_has_a_link_or_a_reason(api, course: Course, notebook_source: str):
    ready(course, notebook_source)
    reply = await api("POST", "links", {"path": "course/week 1/é.py", "hub": f"{HUB}hub/home"})
    assert reply.status == 200, reply.text
    links = {(link["platform"], link["what"]): link for link in reply.json["links"]}
    assert len(links) == 12
    none = {key for key, link in links.items() if link["forms"] is None}
    assert none == {("studiolab", "app"), ("colab", "app")}
    assert all(links[key]["message"] and links[key]["remedy"] for key in none)
    assert links["binder", "notebook"]["warnings"] == []
    hub = links["hub", "app"]
    assert hub["path"] == "course/week 1/é.py"
    assert hub["forms"]["url"].startswith(f"{HUB}hub/user-redirect/reactive/run/course/week%2520")


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
