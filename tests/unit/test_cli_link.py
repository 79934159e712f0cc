"""`jupyter reactive link`: real checkouts, a real remote, and what is said before the link."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from course import ADDRESS, ready

from jupyter_reactive.cli.link import LinkApp

PROGRAM = str(Path(sys.executable).with_name("jupyter-reactive"))
HUB = "https://hub.example.org/"
SECRET = "ghp_s3cret"


def test_program_prints_the_link_alone(course, notebook_source):
    ready(course, notebook_source)
    made = subprocess.run(
        [PROGRAM, "link", "week 1/é.py"],
        cwd=course.folder,
        env=course.variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert made.stdout.startswith("https://mybinder.org/v2/gh/ada/course/main?urlpath=")
    assert (made.stdout.count("\n"), made.stderr) == (1, "")


def test_link_of_what_has_been_pushed(course, link, notebook_source):
    ready(course, notebook_source)
    made = link("week 1/é.py")
    assert (made.returncode, made.stderr) == (0, "")
    url = urlsplit(made.stdout.strip())
    assert url.path == "/v2/gh/ada/course/main"
    assert parse_qs(url.query) == {"urlpath": ["reactive/open/week%201/%C3%A9.py"]}
    app = link("week 1/é.py", "--app", "--form", "markdown")
    assert app.returncode == 0
    assert "](https://mybinder.org/v2/gh/ada/course/main?urlpath=reactive%2Frun%2F" in app.stdout


def test_each_platform_opens_the_format_that_it_knows(course, link, notebook_source):
    ready(course, notebook_source)
    for platform, name, half in [
        ("nbgitpuller", "JupyterHub", ".py"),
        ("studiolab", "Studio Lab", ".ipynb"),
        ("colab", "Colab", ".ipynb"),
        ("molab", "molab", ".py"),
    ]:
        made = json.loads(
            link("week 1/é.py", "--platform", platform, "--server", HUB, "--json").stdout
        )
        assert made["path"] == f"week 1/é{half}", platform
        assert set(made["forms"]) == {"url", "markdown", "html", "rst"}
        assert made["forms"]["url"].endswith(half)
        told = "the other format" in " ".join(made["warnings"])
        assert told == (half == ".ipynb")
        assert name in made["forms"]["rst"]


def test_hub_needs_no_repository(course, link, notebook_source):
    course.write("alone.py", notebook_source)
    made = link("alone.py", "--platform", "hub", "--server", f"{HUB}hub/home")
    assert made.returncode == 1
    assert made.stdout.strip() == f"{HUB}hub/user-redirect/reactive/open/course/alone.py"
    assert "a notebook of their own at “course/alone.py”" in made.stderr
    outside = link("alone.py", "--platform", "hub", "--server", HUB, "--root", "/usr")
    assert outside.returncode == 2
    assert "not in /usr" in outside.stderr


def test_what_others_would_not_find_is_refused(course, link, notebook_source, subtests):
    def refused(*words: str, arguments: tuple[str, ...] = ("lesson.py",)) -> None:
        made = link(*arguments)
        assert (made.returncode, made.stdout) == (2, "")
        for word in words:
            assert word in made.stderr

    with subtests.test("no file"):
        refused("There is no file")
    course.write("lesson.py", notebook_source)
    with subtests.test("nothing is pushed"):
        refused("“main” has not been pushed", "git push")
    course.write("other.py", "print(1)")
    course.write("broken.py", notebook_source + "\ndef\n")
    course.write("broken.ipynb", "{")
    course.push("other.py", "broken.py", "broken.ipynb")
    with subtests.test("not committed"):
        refused("“lesson.py” is not in the repository", "git add")
    with subtests.test("no notebook"):
        refused("“other.py” is no notebook", arguments=("other.py",))
    with subtests.test("no notebook that opens"):
        refused("is broken: line", arguments=("broken.py",))
        refused("no valid JSON", arguments=("broken.ipynb",))
    course.commit("lesson.py")
    with subtests.test("not pushed"):
        refused("is committed, but not in what “main” is for others", "git push")
    course.git("push", "--quiet")
    course.git("checkout", "--quiet", "-b", "feature/x")
    with subtests.test("a branch that is only here"):
        refused("“feature/x” has not been pushed")
    with subtests.test("no such branch"):
        refused("“gone” has not been pushed", arguments=("lesson.py", "--ref", "gone"))
    with subtests.test("no half for the platform"):
        refused(
            "there is none beside",
            arguments=("lesson.py", "--platform=colab", "--ref=main"),
        )
    with subtests.test("no Hub named"):
        refused(
            "needs its address", arguments=("lesson.py", "--platform=nbgitpuller", "--ref=main")
        )
    with subtests.test("no such remote"):
        refused("no remote “elsewhere”", arguments=("lesson.py", "--remote", "elsewhere"))
    course.git("remote", "remove", "origin")
    with subtests.test("no remote"):
        refused("no remote", "git remote add")


def test_link_to_a_cell_and_to_an_app_with_its_code(course, link, notebook_source, subtests):
    ready(course, notebook_source.replace("def _(mo, slider)", "def exercise(mo, slider)"))

    def opened(*arguments: str) -> str:
        made = link("week 1/é.py", *arguments)
        (route,) = parse_qs(urlsplit(made.stdout.strip()).query)["urlpath"]
        return route.rpartition("?")[2]

    with subtests.test("a cell"):
        assert opened("--cell", "exercise") == "reactive-cell=exercise"
        course.write("week 1/é.py", notebook_source)
        made = link("week 1/é.py", "--cell=exercise", "--platform=hub", f"--server={HUB}")
        assert made.returncode == 2
    with subtests.test("an app with its code, where the server lets it"):
        assert opened("--app", "--code") == "show-code=true"
        assert "c.AppServerLauncher.include_code" in link("week 1/é.py", "--app", "--code").stderr
    for arguments, sentence in {
        ("--cell=solution",): "These have names: exercise.",
        ("--cell=exercise", "--app"): "has no cells to link to",
        ("--cell=exercise", "--platform=molab"): "at its beginning",
        ("--cell=exercise", "--platform=colab"): "at its beginning",
        ("--code",): "shows its code in any case",
        ("--code", "--platform=molab"): "shows its code in any case",
        ("--code", "--app", "--platform=molab"): "shows no app with its code",
    }.items():
        with subtests.test(" ".join(arguments)):
            made = link("week 1/é.py", *arguments)
            assert (made.returncode, made.stdout) == (2, "")
            assert sentence in made.stderr
    with subtests.test("a notebook of Jupyter"):
        assert "has no names of cells" in link("week 1/é.ipynb", "--cell=exercise").stderr


def test_branch_with_a_slash(course, link, notebook_source):
    course.git("checkout", "--quiet", "-b", "feature/x")
    ready(course, notebook_source)
    made = link("week 1/é.py")
    assert urlsplit(made.stdout.strip()).path == "/v2/gh/ada/course/feature/x"
    for platform in ("colab", "studiolab", "molab"):
        made = link("week 1/é.py", "--platform", platform)
        assert made.returncode == 2
        assert "cannot tell the branch “feature/x” from a folder" in made.stderr
        course.git("tag", "--force", "v1")
        course.git("push", "--quiet", "--force", "origin", "v1")
        assert (
            "/blob/v1/week%201/" in link("week 1/é.py", f"--platform={platform}", "--ref=v1").stdout
        )


def test_commit_goes_where_commits_go(course, link, notebook_source):
    ready(course, notebook_source)
    commit = course.git("rev-parse", "HEAD")
    course.git("checkout", "--quiet", "--detach")
    assert f"/{commit}?" in link("week 1/é.py").stdout
    made = link("week 1/é.py", "--platform", "nbgitpuller", "--server", HUB)
    assert made.returncode == 2
    assert "not the commit" in made.stderr
    course.write("more.txt", "")
    course.commit("more.txt")
    made = link("week 1/é.py")
    assert (made.returncode, made.stdout) == (2, "")
    assert "has not been pushed" in made.stderr


def test_tag_goes_where_tags_go(course, link, notebook_source, tmp_path):
    """nbgitpuller clones a tag, and ends with an error when the link is followed again."""
    ready(course, notebook_source)
    for annotate in ((), ("-m", "a release")):
        course.git("tag", "--force", *annotate, "v1")
        course.git("push", "--quiet", "--force", "origin", "v1")
        assert "/course/v1?" in link("week 1/é.py", "--ref=v1").stdout
        made = link("week 1/é.py", "--ref=v1", "--platform=nbgitpuller", f"--server={HUB}")
        assert (made.returncode, made.stdout) == (2, "")
        assert "the tag “v1” would open once alone" in made.stderr
    course.goes_to({"https://github.com/": "http://127.0.0.1:1/"})
    made = link("week 1/é.py", "--ref=v1", "--platform=nbgitpuller", f"--server={HUB}")
    assert made.returncode == 2
    assert "branch=main" in link("week 1/é.py", "--platform=nbgitpuller", f"--server={HUB}").stdout


def test_what_differs_here_is_told(course, link, notebook_source):
    ready(course, notebook_source)
    course.write("week 1/é.py", notebook_source.replace("number", "n"))
    made = link("week 1/é.py")
    assert made.returncode == 1
    assert made.stdout.startswith("https://mybinder.org/")
    assert "differs here from what the link opens" in made.stderr


def test_image_without_us_is_told(course, link, notebook_source):
    course.write("lesson.py", notebook_source)
    course.push(".")
    made = link("lesson.py")
    assert made.returncode == 1
    assert "names jupyter-reactive" in made.stderr
    course.write("requirements.txt", "jupyter-reactive\n")
    course.push(".")
    assert link("lesson.py").returncode == 0
    # With a folder for it, repo2docker does not read what stands beside the notebooks.
    course.write(".binder/runtime.txt", "python-3.12")
    course.push(".")
    assert "names jupyter-reactive" in link("lesson.py").stderr


def test_what_git_keeps_in_place_of_a_notebook_is_told(course, link, notebook_source):
    course.write("kept.py", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    course.write("lesson.py", notebook_source)
    (course.folder / "linked.py").symlink_to("lesson.py")
    course.push(".")
    for name, words in (("kept.py", "git LFS"), ("linked.py", "is a link to another file")):
        made = link(name)
        assert (made.returncode, made.stdout) == (2, "")
        assert words in made.stderr


def test_wrong_option_is_no_warning(course, link):
    for option in ("--platform=moon", "--form=song"):
        with pytest.raises(SystemExit) as ended:
            LinkApp().initialize(["lesson.py", option])
        assert ended.value.code == 2


def test_git_that_is_missing(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.variables["PATH"] = str(tmp_path)
    made = link("week 1/é.py")
    assert made.returncode == 2
    assert "git is not installed here" in made.stderr


def test_no_program_of_a_checkout_is_run(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    trap = course.write("trap", f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    course.git("config", "core.fsmonitor", str(trap))
    course.git("config", "core.askPass", str(trap))
    course.git("config", "diff.external", str(trap))
    course.git("remote", "set-url", "origin", f"ext::{trap}")
    assert link("week 1/é.py").returncode == 2
    course.git("remote", "set-url", "origin", ADDRESS)
    course.write("week 1/é.py", "")
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert link("week 1/é.py").returncode == 1
    assert not (tmp_path / "sprung").exists()
