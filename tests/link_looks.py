"""Links to a course's notebooks: what the documentation's page and the program say of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course import Course
from ipynb import ipynb
from playwright.sync_api import Page, expect

HUB = "https://hub.example.org/"
NOT_CERTAIN = "could not be asked: whether students find the notebook there is not certain."
IN_GIT = "Set it: git remote set-url origin https://…"
# What there is to do in a checkout and in a terminal, and what in the page instead.
REMEDIES = {
    IN_GIT: "Write it as https://github.com/ada/course.",
    "Take that out: git remote set-url origin https://…. git will ask for a password.": (
        "Take that out: whoever follows the link logs in for themselves."
    ),
    "Ask for the app: --app.": "Ask for the app.",
    "Check its address: git remote -v. Make it again, or push it elsewhere.": (
        "Check its address. If it asks for a password, make the link in a checkout: "
        "jupyter reactive link"
    ),
    # The page does not know that there is a branch of that name in the checkout.
    "Push it: git push -u origin gone": "Push it, or check the spelling.",
}


@dataclass(frozen=True)
class Wish:
    """A link that somebody wants, in the page or from the program."""

    path: str = "week 1/é.py"
    ref: str = "main"
    platform: str = "binder"
    what: str = "notebook"
    cell: str = ""
    repository: str = "course"


def files(notebook_source: str) -> dict[str, str]:
    """What the course has, by path."""
    exercise = notebook_source.replace("def _(mo, slider)", "def exercise(mo, slider)")
    markdown = "---\ntitle: Notes\nmarimo-version: 0.25.2\n---\n\n# Notes\n"
    return {
        "week 1/é.py": exercise,
        "week 1/é.ipynb": ipynb("1 + 1"),
        "a#b?/c & d%20.py": notebook_source,
        "notes.md": markdown,
        "old.ipynb": ipynb("1 + 1"),
        "r.ipynb": ipynb("1 + 1", language="R"),
        "nan.ipynb": ipynb("1").replace('"outputs": []', '"outputs": [{"data": NaN}]'),
        "plain.py": "import marimo\nprint(marimo)\n",
        "plain.md": "# No notebook\n",
        "data.ipynb": "{}",
        "broken.ipynb": '{"cells": [',
        "large.ipynb": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "binder/requirements.txt": "jupyter-reactive\n",
    }


def wishes(host: str, commit: str) -> dict[str, Wish]:
    """Links of all kinds; most for one host: the others differ in their APIs alone."""
    everywhere = {
        "all well": Wish(),
        "a branch with a slash": Wish(ref="feature/é#1"),
        "a tag, a strange path": Wish("a#b?/c & d%20.py", ref="v1"),
        "a tag that nbgitpuller cannot follow": Wish(ref="v1", platform="nbgitpuller"),
        "no such repository": Wish(repository="gone"),
        "no such branch": Wish(ref="gone"),
        "not in it": Wish("new.py"),
        "Binder without us": Wish(ref="bare"),
    }
    once = {
        "Binder with us in a folder": Wish(ref="deep"),
        "the beginning of a commit": Wish(ref=commit[:10]),
        "a commit that nbgitpuller cannot follow": Wish(ref=commit[:10], platform="nbgitpuller"),
        "a branch that Colab cannot take": Wish(ref="feature/é#1", platform="colab"),
        "a tag of the name of a branch": Wish(ref="deep", platform="nbgitpuller"),
        "kept in git LFS": Wish("large.ipynb"),
        "the other format": Wish(platform="colab"),
        "an app of the other format": Wish("week 1/é.ipynb", what="app"),
        "Markdown": Wish("notes.md"),
        "another language": Wish("r.ipynb"),
        "JSON that only Python reads": Wish("nan.ipynb"),
        "no notebook": Wish("plain.py"),
        "a text": Wish("plain.md"),
        "JSON": Wish("data.ipynb"),
        "no other format": Wish("a#b?/c & d%20.py", platform="studiolab"),
        "no reactive format": Wish("old.ipynb", what="app"),
        "a cell": Wish(cell="exercise"),
        "no such cell": Wish(cell="solution"),
        "no named cells": Wish("a#b?/c & d%20.py", cell="solution"),
    }
    return everywhere | (once if host == "github.com" else {})


FILL = """values => {
  for (const [name, value] of Object.entries(values)) {
    document.getElementById(`link-${name}`).value = value;
  }
  document.querySelector('.link-builder').dispatchEvent(new Event('input'));
}"""


def fill(page: Page, wish: Wish, host: str) -> None:
    """All fields at once: one by one they take most of a test's time."""
    values = {
        "platform": wish.platform,
        "what": wish.what,
        "server": HUB if wish.platform == "nbgitpuller" else "",
        "repository": f"https://{host}/ada/{wish.repository}",
        "ref": wish.ref,
        "path": wish.path,
        "cell": wish.cell,
    }
    page.evaluate(FILL, values)


def looked(page: Page, wish: Wish, host: str) -> tuple[str, list[str]]:
    """The page's link after a look, and what it says against it."""
    fill(page, wish, host)
    notes = page.get_by_role("status")
    page.get_by_role("button", name="Look whether it is there").click()
    expect(notes.locator("p")).not_to_have_count(0)
    expect(notes.locator("[data-kind=hint]")).to_have_count(0)
    against = notes.locator("[data-kind=warning], [data-kind=obstacle]").all_text_contents()
    return page.get_by_label("Link", exact=True).input_value(), against


def told(link: Callable[..., Any], course: Course, wish: Wish, host: str) -> tuple[str, list[str]]:
    """The same of the program, with the page's remedies."""
    url = f"https://{host}/ada/{wish.repository}"
    course.git("remote", "set-url", "origin", url)
    words = [f"--platform={wish.platform}", f"--ref={wish.ref}", f"--cell={wish.cell}"]
    words += ["--app"] if wish.what == "app" else []
    words += [f"--server={HUB}"] if wish.platform == "nbgitpuller" else []
    made = json.loads(link(wish.path, *words, "--json").stdout)
    if made["forms"]:
        return made["forms"]["url"], made["warnings"]
    message = made["message"].replace("to “origin”", f"to “{url}”")
    return "", [f"{message} {REMEDIES.get(made['remedy'], made['remedy'])}"]


# Notebooks, and what looks like one.
APP = "import marimo\napp = marimo.App()\n"
SOURCES = (
    "",
    "import marimo as mo\nimport os\napp=mo.App(width='full')\n",
    "import marimo as mo\napp = marimo.App()\n",
    "app = marimo.App()\nimport marimo\n",
    "if True:\n    import marimo\n    app = marimo.App()\n",
    f"'''\n{APP}'''\n",
    f'x = "\\\\"  # """\n{APP}',
    f"x = 'it\\'s'\n{APP}@app.cell\ndef one():\n    return\n",
    f"{APP}@app.cell(hide_code=True)\nasync def two(a, b):\n    return\n",
    f"{APP}@app.cell\ndef _():\n    '''\n@app.cell\ndef no():\n'''\n    return\n",
    f'{APP}app._unparsable_cell(\n    r"""\n    a b (\n    """,\n    name="three"\n)\n',
    f'{APP}@app.cell\ndef b():\n 0\napp._unparsable_cell("a", name="y")\n@app.cell\ndef x():\n 0\n',
    f"{APP}@app.function\ndef f():\n    return\n@app.class_definition\nclass C:\n    pass\n",
    f"{APP}@app.cell\ndef été():\n    return\n".replace("\n", "\r\n"),
)

REFUSED = """async ([asked, src]) => {
  const refused = [];
  document.addEventListener('securitypolicyviolation', event => refused.push(event.blockedURI));
  await fetch(asked).catch(() => {});
  await new Promise(resolve => {
    const script = Object.assign(document.createElement('script'), { src });
    script.onload = script.onerror = resolve;
    document.body.append(script);
  });
  return refused;
}"""
FILES_BY_PAGE = """files => files.map(([path, text]) => {
  const bytes = new TextEncoder().encode(text);
  try {
    courseLinkFiles.checkNotebook(path, bytes);
  } catch (error) {
    if (!(error instanceof courseLinks.NoLink)) throw error;
    return null;
  }
  return courseLinkFiles.cellNames(path, bytes);
})"""
