"""A real notebook where nothing may be edited: it runs as its file says, and stays what it is."""

from __future__ import annotations

import json

import pytest

from jupyter_reactive.notebooks import marimo


@pytest.fixture
def jp_server_config(jp_server_config):
    return {**jp_server_config, "Policy": {"disable_editing": True}}


async def test_only_the_saved_code_runs(
    jp_root_dir, open_session, browse, fetch, marimo_post, until, api
):
    marks = {name: jp_root_dir / f"{name}.txt" for name in ("saved", "moved", "typed")}
    source = f"""\
import marimo

app = marimo.App()


@app.cell
def _():
    import pathlib

    import marimo as mo

    slider = mo.ui.slider(1, 9)
    slider
    return mo, pathlib, slider


@app.cell
def _(pathlib, slider):
    pathlib.Path({str(marks["saved"])!r}).write_text("")
    if slider.value == 7:
        pathlib.Path({str(marks["moved"])!r}).write_text("")
    return


if __name__ == "__main__":
    app.run()
"""
    (jp_root_dir / "a.py").write_text(source)
    await open_session("a.py")
    page = await browse("reactive", "edit/", params={"file": "a.py"})
    assert page.status == 200
    assert '"mode": "read"' in page.text
    assert "policy/editing.css" in page.text
    token = marimo.server_token(page.text)
    typed = f"import pathlib; pathlib.Path({str(marks['typed'])!r}).write_text('')"

    async def post(route: str, body: dict | str) -> int:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Marimo-Session-Id": "s_test01", "Marimo-Server-Token": token}
        reply = await fetch(
            "reactive", "edit", *route.split("/"), method="POST", body=text, headers=headers
        )
        return reply.status

    start = {"objectIds": [], "values": [], "autoRun": True}
    assert await post("api/kernel/instantiate", {**start, "codes": {"Hbol": typed}}) == 403
    assert await post("api/kernel/run", {"cellIds": ["Hbol"], "codes": [typed]}) == 403
    assert await post("api/kernel/scratchpad/run", {"code": typed}) == 403
    assert await post("api/kernel/execute", {"code": typed}) == 403
    # Read twice, judged once: the last counts for us, and is the only one that goes on.
    double = json.dumps({"codes": {"Hbol": typed}, **start})[:-1] + ', "codes": null}'
    assert await post("api/kernel/instantiate", double) == 200
    await until(marks["saved"].exists)
    values = {"objectIds": ["Hbol-0"], "values": [7]}
    assert await post("api/kernel/set_ui_element_value", values) == 200
    await until(marks["moved"].exists)

    save = {"cellIds": ["a"], "codes": ["1"], "names": ["_"], "configs": [{}], "filename": "a.py"}
    assert await post("api/kernel/save", save) == 403
    assert await post("api/kernel/rename", {"filename": "b.py"}) == 403
    assert await post("api/files/delete", {"path": str(jp_root_dir / "a.py")}) == 403
    assert (await api("POST", "notebooks", {"folder": "", "name": "b.py"})).status == 403
    new = await browse("reactive", "edit/", params={"file": "__new__"})
    assert new.status == 403
    assert "cannot be changed" in new.text
    assert {path.name for path in jp_root_dir.glob("*.py")} == {"a.py"}
    assert (jp_root_dir / "a.py").read_text() == source
    assert not marks["typed"].exists()


async def test_the_same_with_editing(jp_root_dir, reactive, open_session, marimo_post, notebook):
    """So that what is refused above is refused by the policy."""
    reactive.policy.disable_editing = False
    await open_session(notebook)
    mark = jp_root_dir / "typed.txt"
    code = f"import pathlib; pathlib.Path({str(mark)!r}).write_text('')"
    for route, body in (
        ("api/kernel/run", {"cellIds": ["Hbol"], "codes": [code]}),
        ("api/kernel/scratchpad/run", {"code": code}),
        ("api/kernel/rename", {"filename": str(jp_root_dir / "work/b.py")}),
    ):
        assert (await marimo_post(route, body)).status == 200
    assert (jp_root_dir / "work/b.py").exists()
