"""What all suites share: notebooks, a browser, marimo's configuration."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import marimo
import pytest

TUTORIALS = sorted(
    path
    for path in (Path(marimo.__file__).parent / "_tutorials").glob("*.*")
    if path.suffix in {".py", ".md"} and path.name not in {"__init__.py", "README.md"}
)

# As marimo itself writes it: opened, it has nothing to save.
NOTEBOOK = '''\
import marimo

__generated_with = "VERSION"
app = marimo.App()


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell
def _(mo):
    slider = mo.ui.slider(1, 9, label="number")
    slider
    return (slider,)


@app.cell
def _(mo, slider):
    mo.md(f"""
    square: {slider.value**2}
    """)
    return


if __name__ == "__main__":
    app.run()
'''.replace("VERSION", marimo.__version__)


# Debian's chromium looks Google up at each start, and does without a sandbox for root alone.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium from PATH where it is, else Playwright's own."""
    # Debian's build for machines without a screen takes half the processor time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    own = {"executable_path": program} if program else {}
    return {**browser_type_launch_args, **own, "args": BROWSER_ARGUMENTS}


@pytest.fixture
def notebook_source() -> str:
    """A small notebook with a slider and a cell that depends on it."""
    return NOTEBOOK


@pytest.fixture(scope="session")
def tutorials() -> list[Path]:
    """marimo's own tutorials."""
    assert len(TUTORIALS) >= 8
    return TUTORIALS


@pytest.fixture
def marimo_config(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty folder for marimo's user configuration, so that nobody's own one is read."""
    home = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    yield home
    shutil.rmtree(home, ignore_errors=True)
