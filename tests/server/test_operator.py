"""What an operator configures: templates, classes, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_reactive.contents import NotebookFiles


class CountingFiles(NotebookFiles):
    """An operator's own class."""


@pytest.fixture
def jp_server_config(jp_server_config, tmp_path: Path, notebook_source: str):
    template = tmp_path / "physics.py"
    template.write_text(notebook_source)
    return {
        **jp_server_config,
        "NotebookFiles": {
            "templates": {"physics": str(template), "gone": str(tmp_path / "gone.py")},
            "default_template": "physics",
            "max_notebook_size": 1,
            "follow_external_links": True,
        },
        "ReactiveApp": {"files_class": CountingFiles},
    }


async def test_templates(api, jp_root_dir: Path, notebook_source: str):
    names = (await api("GET", "notebooks/templates")).json
    assert names[0] == {"name": "physics", "default": True}
    assert {"name": "default", "default": False} in names
    await api("POST", "notebooks", {"name": "one.py"})
    assert (jp_root_dir / "one.py").read_text() == notebook_source
    await api("POST", "notebooks", {"name": "two.py", "template": "default"})
    assert (jp_root_dir / "two.py").read_text() != notebook_source
    assert (await api("POST", "notebooks", {"template": "gone"})).status == 404


async def test_own_class(reactive):
    assert type(reactive.files) is CountingFiles


async def test_size_limit(browse, jp_root_dir: Path, notebook_source: str):
    (jp_root_dir / "big.py").write_text(notebook_source + "#" * 1_100_000)
    reply = await browse("reactive", "open", "big.py")
    assert reply.status == 413
    assert "1 MB" in reply.text


async def test_external_links_may_be_allowed(
    browse, reactive, jp_root_dir: Path, tmp_path: Path, notebook_source
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "n.py").write_text(notebook_source)
    (jp_root_dir / "scratch").symlink_to(scratch)
    assert (await browse("reactive", "open", "scratch", "n.py")).status == 302
    await reactive.servers.ensure()
    opened = await browse("reactive", "edit/", params={"file": "scratch/n.py"})
    assert opened.status == 200
    assert "<marimo-filename hidden>scratch/n.py" in opened.text
