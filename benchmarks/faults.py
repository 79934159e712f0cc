"""Causes every fault for real and prints what the user saw, how long it lasted, what was lost.

    python benchmarks/faults.py --make-official DIR     # once: the official extension, beside ours
    python benchmarks/faults.py --official DIR/bin/python

Run it with the Python of the environment that this extension and the tests' packages are in.
A notebook has recovered when a move of its slider changes the output that depends on it. What the
page offers (run, start again, …) is clicked meanwhile and reported; reloading comes last.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import indent
from typing import NoReturn

import psutil
from contenders import Contender, contenders, make_official
from gateway import refusing_websockets
from memory import sizes_of
from person import Tab, start_browser
from playwright.sync_api import Browser, sync_playwright
from servers import Jupyter, answers, until

NAME = "one_mo.py"  # a name that both extensions open as a notebook
NOTE = "typed just before"


def notebook(*cells: str) -> str:
    """The source of a notebook."""
    functions = (f"@app.cell\ndef _():\n{indent(cell, '    ')}\n    return\n" for cell in cells)
    return "\n\n".join(["import marimo\n\napp = marimo.App()\n", *functions])


SQUARE = notebook(
    "import os\nimport marimo as mo",
    'slider = mo.ui.slider(1, 90, label="number")\nslider',
    'mo.md(f"square: {slider.value**2} by process {os.getpid()}")',
    "# notes",
)
BIG = notebook(
    "import marimo as mo",
    'size = mo.ui.slider(steps=[0, 1, 12, 30], label="megabytes")\nsize',
    "mo.Html(f\"<b>big {size.value} </b><i hidden>{'x' * size.value * 1_000_000}</i>\")",
    'mo.md(f"next {size.value} cell")',
)
LONG = notebook(
    "import pathlib, time",
    'pathlib.Path("started").touch()\ntime.sleep(75)\npathlib.Path("finished").touch()',
)
TRANSFER = """async ([path, folder, size, limit]) => {
  const signal = AbortSignal.timeout(limit * 1000);
  const began = performance.now();
  let bytes = 0, status = 0;
  try {
    if (path) {
      const reply = await fetch(`api/files/download?path=${encodeURIComponent(path)}`, { signal });
      status = reply.status;
      const reader = reply.body.getReader();
      for (let part; !(part = await reader.read()).done; ) bytes += part.value.length;
    } else {
      const body = new FormData();
      const words = { path: folder, type: 'file', name: 'up.bin' };
      for (const key in words) body.append(key, words[key]);
      body.append('file', new Blob([new Uint8Array(size)]), 'up.bin');
      const token = document.querySelector('marimo-server-token')?.dataset.token ?? '';
      const headers = { 'Marimo-Server-Token': token };
      const reply = await fetch('api/files/create', { method: 'POST', body, headers, signal });
      status = reply.status;
      await reply.text();
    }
  } catch (error) { status = `${status} ${error.name}`; }
  return [String(status), bytes, (performance.now() - began) / 1000];
}"""


@dataclass
class Outcome:
    """A row of the table."""

    fault: str
    contender: str
    saw: str
    recovery: str
    lost: str


@dataclass
class Case:
    """One fault for one contender."""

    fault: str
    contender: Contender
    browser: Browser
    limit: float
    megabytes: int

    def outcome(self, saw: str, recovery: object, lost: str, variant: str = "") -> Outcome:
        fault = f"{self.fault}: {variant}" if variant else self.fault
        return Outcome(fault, self.contender.name, saw, str(recovery), lost)

    @contextlib.contextmanager
    def jupyter(self, *, other_app: bool = False, source: str = SQUARE) -> Iterator[Jupyter]:
        jupyter = Jupyter(self.contender, other_app=other_app)
        try:
            jupyter.start()
            (jupyter.root / NAME).write_text(source)
            yield jupyter
        finally:
            jupyter.stop()

    @contextlib.contextmanager
    def tab(
        self, jupyter: Jupyter, name: str = NAME, shows: str = "square: ", *, in_lab: bool = True
    ) -> Iterator[Tab]:
        tab = Tab(self.browser, in_lab=in_lab)
        try:
            tab.open(jupyter, name)
            if shows and not tab.wait_for(shows, 120):
                raise RuntimeError(f"the notebook did not open: {tab.page.inner_text('body')}")
            yield tab
        finally:
            tab.close()

    def after(self, cause: Callable[[Jupyter, Tab], str | None], variant: str = "") -> Outcome:
        """Type, cause the fault, recover; what the cause returns is told first."""
        with self.jupyter() as jupyter, self.tab(jupyter) as tab:
            process = tab.process()
            tab.page.wait_for_timeout(3000)
            tab.look()
            tab.type_note(NOTE)
            told = cause(jupyter, tab)
            recovery = tab.recover(self.limit)
            lost = tab.losses(NOTE, jupyter.root / NAME, process)
            return self.outcome(
                tab.quote(), f"{told}; {recovery}" if told else recovery, lost, variant
            )


def server_killed(case: Case) -> Iterator[Outcome]:
    yield case.after(lambda jupyter, _tab: jupyter.marimo().kill())


def server_frozen(case: Case) -> Iterator[Outcome]:
    yield case.after(lambda jupyter, _tab: jupyter.marimo().suspend())


def kernel_killed(case: Case) -> Iterator[Outcome]:
    with case.jupyter() as jupyter:
        (jupyter.root / "two_mo.py").write_text(SQUARE)
        with case.tab(jupyter) as tab, case.tab(jupyter, "two_mo.py") as second:
            process, other = tab.process(), second.process()
            tab.page.wait_for_timeout(3000)
            tab.look()
            tab.type_note(NOTE)
            psutil.Process(int(process or 0)).kill()
            second.page.wait_for_timeout(2000)
            runs_on = second.computes(10) and second.process() == other
            recovery = tab.recover(case.limit)
            lost = tab.losses(NOTE, jupyter.root / NAME, process)
            second_state = "second notebook ran on" if runs_on else "second notebook stopped"
            yield case.outcome(tab.quote(), recovery, f"{lost}, {second_state}")


def jupyter_ended(case: Case) -> Iterator[Outcome]:
    for other_app in (False, True):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            yield _end(case, number, other_app=other_app)


def _end(case: Case, number: signal.Signals, *, other_app: bool) -> Outcome:
    with case.jupyter(other_app=other_app) as jupyter, case.tab(jupyter):
        if other_app and jupyter.request("other/")[0] != 200:
            raise RuntimeError("the other app does not answer")
        family, ports, sockets = jupyter.family(), jupyter.ports(), jupyter.sockets()
        began = time.monotonic()
        jupyter.process.send_signal(number)
        if number is signal.SIGINT:
            # The first one asks, the second one is the answer.
            time.sleep(0.5)
            with contextlib.suppress(psutil.Error):
                jupyter.process.send_signal(number)
        ended = until(lambda: jupyter.process.poll() is not None, case.limit)
        seconds = time.monotonic() - began
        until(lambda: not jupyter.family(), 15)
        left = jupyter.family()
        names = ", ".join(sorted({" ".join(p.cmdline()[:4])[-40:] for p in left}))
        ports_left = sum(map(answers, ports))
        files_left = sum(path.is_socket() for path in sockets)
        return case.outcome(
            f"{len(family)} processes, {len(ports)} ports, {len(sockets)} sockets before",
            f"Jupyter ended after {seconds:.1f} s" if ended else f"not within {case.limit:.0f} s",
            f"left: {len(left)} processes{f' ({names})' if names else ''}, "
            f"{ports_left} ports, {files_left} socket files",
            f"{number.name}{', another app in use' if other_app else ''}",
        )


def jupyter_restarted(case: Case) -> Iterator[Outcome]:
    def cause(jupyter: Jupyter, tab: Tab) -> str:
        jupyter.process.kill()
        jupyter.process.wait(10)
        for _ in range(5):
            tab.page.wait_for_timeout(1000)
            tab.look()
        jupyter.start()
        return "from the new start"

    yield case.after(cause)


def big_output(case: Case) -> Iterator[Outcome]:
    with case.jupyter(source=BIG) as jupyter, case.tab(jupyter, shows="next 0 cell") as tab:
        tab.page.wait_for_timeout(2000)
        tab.look()
        for size in (1, 12, 30):  # the first one shows what it looks like when all is well
            began = time.monotonic()
            tab.frame.get_by_role("slider").first.press("ArrowRight")
            arrived = tab.wait_for(rf"big {size}\b", case.limit)
            seconds = time.monotonic() - began
            is_next = tab.wait_for(rf"next {size} cell", 10)
            tab.look()
            yield case.outcome(
                tab.quote(),
                f"arrived after {seconds:.1f} s" if arrived else f"not within {case.limit:.0f} s",
                f"output {'shown' if arrived else 'lost'}, "
                f"next cell {'right' if is_next else 'stale'}",
                f"{size} MB",
            )


def transfer(case: Case) -> Iterator[Outcome]:
    size = case.megabytes * 1_000_000
    with case.jupyter() as jupyter, case.tab(jupyter) as tab:
        with (jupyter.root / "down.bin").open("wb") as file:
            file.truncate(size)
        for variant, path in (("download", str(jupyter.root / "down.bin")), ("upload", "")):
            before = jupyter.process.memory_info().rss
            with sizes_of(jupyter.process) as sizes:
                arguments = [path, str(jupyter.root), size, case.limit]
                status, received, seconds = tab.frame.evaluate(TRANSFER, arguments)
            written = jupyter.root / "up.bin"
            arrived = received if path else written.stat().st_size if written.exists() else 0
            yield case.outcome(
                f"status {status}",
                f"{seconds:.1f} s",
                f"{arrived / 1e6:.0f} of {case.megabytes} MB arrived, "
                f"Jupyter grew by {(max(sizes) - before) / 1e6:.0f} MB",
                f"{variant} of {case.megabytes} MB",
            )


def idle_tab(case: Case) -> Iterator[Outcome]:
    with case.jupyter() as jupyter, case.tab(jupyter, in_lab=False) as tab:
        tab.page.wait_for_timeout(10_000)
        before = jupyter.last_activity()
        tab.page.wait_for_timeout(90_000)
        moved = jupyter.last_activity() != before
        lost = "last_activity moved: never culled" if moved else "last_activity stood still"
        yield case.outcome("the notebook alone, idle", "90 s watched", lost)


def busy_without_tab(case: Case) -> Iterator[Outcome]:
    with case.jupyter(source=LONG) as jupyter:
        started, finished = jupyter.root / "started", jupyter.root / "finished"
        with case.tab(jupyter, shows="", in_lab=False) as tab:
            for _ in range(600):
                if started.exists():
                    break
                tab.page.wait_for_timeout(200)
            else:
                raise RuntimeError("the cell did not start")
        # The cell works, and nobody looks.
        time.sleep(10)
        before = jupyter.last_activity()
        time.sleep(55)
        moved = jupyter.last_activity() != before
        ran = until(finished.exists, 30)
        yield case.outcome(
            "tab closed",
            "55 s watched",
            f"last_activity {'moved' if moved else 'stood still: culled while it computes'}, "
            f"cell {'finished' if ran else 'did not finish'}",
        )


def no_websockets(case: Case) -> Iterator[Outcome]:
    with case.jupyter() as jupyter, refusing_websockets(jupyter.port) as port:
        tab = Tab(case.browser)
        try:
            tab.open(jupyter, NAME, f"http://127.0.0.1:{port}/")
            tab.page.wait_for_timeout(3000)
            tab.look()
            recovery = tab.recover(case.limit)
            runs = tab.computes()
            lost = "nothing" if runs else "the notebook does not run"
            yield case.outcome(tab.quote(), recovery, lost)
        finally:
            tab.close()


def restart_of_frozen(case: Case) -> Iterator[Outcome]:
    def cause(jupyter: Jupyter, tab: Tab) -> str:
        jupyter.marimo().suspend()
        tab.page.wait_for_timeout(2000)
        began = time.monotonic()
        status, text = jupyter.request(case.contender.restart, "POST", case.limit)
        reply = str(status) if status else text
        return f"restart answered {reply} after {time.monotonic() - began:.1f} s"

    yield case.after(cause)


FAULTS: dict[str, tuple[str, Callable[[Case], Iterator[Outcome]]]] = {
    "server-killed": ("marimo server killed", server_killed),
    "server-frozen": ("marimo server frozen", server_frozen),
    "kernel-killed": ("kernel killed", kernel_killed),
    "jupyter-ended": ("Jupyter ended", jupyter_ended),
    "jupyter-restarted": ("Jupyter killed and started again", jupyter_restarted),
    "big-output": ("output", big_output),
    "transfer": ("file", transfer),
    "idle-tab": ("idle open tab", idle_tab),
    "busy-without-tab": ("cell runs, tab closed", busy_without_tab),
    "no-websockets": ("gateway refuses websockets", no_websockets),
    "restart-of-frozen": ("restart asked for while the server hangs", restart_of_frozen),
}


def table(outcomes: list[Outcome]) -> str:
    head = ["fault", "contender", "what the user saw", "recovery", "lost"]
    rows = [head, ["---"] * len(head)]
    rows += [list(asdict(outcome).values()) for outcome in outcomes]
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in rows)


def run(arguments: argparse.Namespace, chosen: list[Contender]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with sync_playwright() as playwright:
        for key in arguments.faults or FAULTS:
            title, fault = FAULTS[key]
            for contender in chosen:
                # One for each: a page that is lost takes no other with it.
                browser = start_browser(playwright)
                case = Case(title, contender, browser, arguments.limit, arguments.megabytes)
                signal.alarm(int(12 * arguments.limit) + 300)
                try:
                    for outcome in fault(case):
                        print(table([outcome]).splitlines()[-1], flush=True)
                        outcomes.append(outcome)
                except Exception as e:  # noqa: BLE001  # one fault must not end the others
                    traceback.print_exc()
                    outcomes.append(case.outcome("", "the run failed", str(e).split("\n")[0][:150]))
                finally:
                    signal.alarm(0)
                    browser.close()
    return outcomes


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError("the run did not end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--official", metavar="PYTHON", help="of the official extension")
    parser.add_argument("--make-official", metavar="DIR", type=Path, help="create it there first")
    parser.add_argument(
        "--faults", nargs="+", choices=FAULTS, metavar="FAULT", help=", ".join(FAULTS)
    )
    parser.add_argument("--contenders", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--limit", type=float, default=60, metavar="SECONDS", help="of each fault")
    parser.add_argument("--megabytes", type=int, default=500, help="of the file that is moved")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, _give_up)
    # An end by SIGTERM cleans up as any other.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    made = arguments.make_official
    official = make_official(made) if made else arguments.official
    every = contenders(official)
    wanted = arguments.contenders or [contender.name for contender in every]
    if unknown := set(wanted) - {contender.name for contender in every}:
        parser.error(f"no such contender: {', '.join(unknown)}; is --official given?")
    outcomes = run(arguments, [contender for contender in every if contender.name in wanted])
    print(f"\n{table(outcomes)}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(o) for o in outcomes], indent=2) + "\n")


if __name__ == "__main__":
    main()
