"""Apps that fail, end their process, never end or go away: what is said, and the others run on."""

from __future__ import annotations

import asyncio
import time

import psutil
from cells import source_of
from visitors import value_of

from jupyter_reactive.servers.manager import APP_SERVER

# A value of the slider ends the whole process.
DEADLY = source_of(
    "import marimo as mo\nimport os\n\nslider = mo.ui.slider(1, 9)\nslider",
    'if slider.value == 9:\n    os._exit(3)\nmo.md(f"value {slider.value} END")',
)
# Takes its time in the midst of IPython, whose modules need each other.
IMPORTS = source_of(
    """\
import sys
import time


class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "IPython.testing.skipdoctest":
            time.sleep(3)


sys.meta_path.insert(0, Slow())
import IPython

f"imported END {IPython.__version__}\""""
)
# What a page may take to come back after a crash in another app; on a busy machine it counts how
# long the first start of an app has taken there.
BACK_SECONDS = 10
BROKEN = {
    "raises": ('raise ValueError("no good")', "ValueError|internal error"),
    "lacks a package": ("import no_such_package", "No module named|ModuleNotFound|internal error"),
    "lacks a file": ('open("/nowhere/x.csv")', "FileNotFound|internal error"),
    "prints much": ('for _line in range(1000):\n    print("x" * 100_000)', '"status":"idle"'),
}


async def test_what_failed_is_told_where_the_operator_says_so(visit, reactive, jp_root_dir):
    (jp_root_dir / "raises.py").write_text(source_of('raise ValueError("of a secret")'))
    hidden = await visit("raises.py", "s_visit1")
    await hidden.hear("An internal error occurred")
    await hidden.hear('"op": ?"completed-run"')
    reactive.servers.app_launcher.show_tracebacks = True
    await reactive.servers.stop(APP_SERVER)
    shown = await visit("raises.py", "s_visit2")
    await shown.hear("Traceback")
    assert "of a secret" not in hidden.heard
    assert "of a secret" in shown.heard


async def test_a_session_begins_while_another_one_imports(visit, jp_root_dir):
    """What marimo knows of IPython is not looked up then, which would break the import of both."""
    (jp_root_dir / "imports.py").write_text(IMPORTS)
    first = await visit("imports.py", "s_visit1")
    await first.hear('"status": ?"running"')
    second = await visit("imports.py", "s_visit2")
    for tab in (first, second):
        await tab.hear("imported END")


async def test_a_crash_harms_no_other_app_for_long(
    app, visit, act, browse, reactive, jp_root_dir, until, events
):
    (jp_root_dir / "deadly.py").write_text(DEADLY)
    began = time.monotonic()
    good = await visit(app, "s_visit1")
    await good.hear("value 1 END")
    limit = max(BACK_SECONDS, 3 * (time.monotonic() - began))
    bad = await visit("deadly.py", "s_visit2")
    await value_of(bad, act, "deadly.py", 9, '"op": ?"reload"')
    ended = time.monotonic()
    await good.hear('"op": ?"reload"')
    again = await visit(app, "s_visit3")
    await again.hear("value 1 END")
    assert time.monotonic() - ended < limit
    process = reactive.servers.running(f"run/{app}").process
    bad = await visit("deadly.py", "s_visit4")
    await value_of(bad, act, "deadly.py", 9, '"op": ?"reload"')
    await until(lambda: reactive.servers.get("run/deadly.py").state == "stopped")

    def starts():
        return sum(e.get("name") == "run/deadly.py" and e["state"] == "starting" for e in events)

    before = starts()
    assert before
    # The pages of all who had it open ask again and again.
    for _page in range(5):
        held = await browse("reactive", "run", "deadly.py/")
        assert held.status == 503
    assert "This app does not work" in held.text
    assert "reactive-again=1" in held.text
    # Longer than a dead server of notebooks is waited for before its first restart.
    await asyncio.sleep(2)
    assert starts() == before
    assert reactive.servers.running("run/deadly.py") is None
    assert reactive.servers.running(f"run/{app}").process is process
    await browse("reactive", "run", "deadly.py/", params={"reactive-again": "1"})
    await (await visit("deadly.py", "s_visit5")).hear("value 1 END")


async def test_broken_apps_say_so_and_the_others_run_on(app, visit, jp_root_dir):
    for number, (code, pattern) in enumerate(BROKEN.values()):
        path = f"broken{number}.py"
        (jp_root_dir / path).write_text(source_of(code))
        await (await visit(path, f"s_broke{number}")).hear(pattern)
    (jp_root_dir / "endless.py").write_text(source_of("while True:\n    pass"))
    await visit("endless.py", "s_endles")
    tab = await visit(app, "s_visit9")
    await tab.hear("value 1 END", 60)
    (jp_root_dir / app).unlink()


async def test_what_loops_for_ever_ends_with_its_session(app, visit, jp_root_dir, reactive):
    """Its kernel is a thread, which would take its part of the processor from all others."""
    reactive.servers.app_launcher.session_ttl = 1
    (jp_root_dir / "endless.py").write_text(source_of("while True:\n    pass"))
    await (await visit(app)).hear("value 1 END")
    shared = psutil.Process(reactive.servers.running(APP_SERVER).process.pid)

    async def computes():
        before = shared.cpu_times().user
        await asyncio.sleep(1)
        return shared.cpu_times().user - before > 0.1

    tab = await visit("endless.py", "s_endles")
    await tab.hear('"status": ?"running"')
    assert await computes()
    tab.socket.close()
    deadline = time.monotonic() + 60
    while await computes():
        assert time.monotonic() < deadline, "it computes on"


async def test_a_deleted_app_says_so(app, visit, act, browse, jp_root_dir):
    tab = await visit(app)
    await tab.hear("value 1 END")
    (jp_root_dir / app).unlink()
    await value_of(tab, act, app, 3)
    reply = await browse("reactive", "run", f"{app}/")
    assert reply.status == 404
    assert "This notebook is not here" in reply.text


async def test_an_app_renamed_while_open_goes_on(app, visit, act, browse, jp_serverapp):
    tab = await visit(app)
    await tab.hear("value 1 END")
    await jp_serverapp.contents_manager.rename(app, "shown/new name.py")
    await value_of(tab, act, app, 3)
    gone = await browse("reactive", "run", f"{app}/")
    assert gone.status == 404
    assert "This notebook is not here" in gone.text
    await (await visit("shown/new name.py", "s_visit2")).hear("value 1 END")
