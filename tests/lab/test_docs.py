"""The documentation: built without a warning, and its page that makes course links."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
from course import Course, commands, new_course
from git_hosts import GitHosts
from hypothesis import given, settings
from link_looks import (
    FILES_BY_PAGE,
    NOT_CERTAIN,
    REFUSED,
    SOURCES,
    Wish,
    files,
    fill,
    looked,
    told,
    wishes,
)
from playwright.sync_api import Locator, Page, Route, expect
from wanted_links import BY_PAGE, by_program, said, wanted_links

from jupyter_reactive.cli.link import LinkApp
from jupyter_reactive.links.addresses import is_private
from jupyter_reactive.links.forms import FORMS, NAMES, forms
from jupyter_reactive.links.lesson import cell_names
from jupyter_reactive.links.platforms import Platform
from jupyter_reactive.notebooks.recognise import recognise_source

ROOT = Path(__file__).parents[2]
SITE = "http://docs.test/"
HOSTS = ("github.com", "gitlab.com", "codeberg.org")

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
(CHECKS,) = re.findall(r"^DOCS_CHECKS := (.*)$", MAKEFILE, re.MULTILINE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does it."""
    built = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-M", "html", ROOT / "docs", built, *CHECKS.split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return built / "html"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with nothing in it, at each of the hosts that the page can ask."""
    course = new_course(tmp_path)
    remotes = f"{(tmp_path / 'remotes').as_uri()}/"
    course.goes_to(dict.fromkeys((f"https://{host}/ada/" for host in HOSTS), remotes))
    return course


@pytest.fixture
def hosts(tmp_path: Path) -> GitHosts:
    """What those hosts answer the page."""
    return GitHosts(tmp_path / "remotes")


@pytest.fixture
def builder(site: Path, page: Page, hosts: GitHosts) -> Iterator[Page]:
    """The link builder in a browser, which gets at nothing but the site and the hosts."""
    outside: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
        if urlsplit(url).netloc in GitHosts.HOSTS:
            hosts.answer(route)
            return
        if not url.startswith(SITE):
            outside.append(url)
            route.abort()
            return
        route.fulfill(path=site / url.removeprefix(SITE).partition("?")[0].partition("#")[0])

    page.route("**/*", answer)
    page.goto(f"{SITE}link-builder.html")
    yield page
    assert outside == []


def test_the_site_holds_what_the_program_says(site):
    def text(page: str) -> str:
        return re.sub(r"<[^>]+>", "", (site / page).read_text("utf-8"))

    assert "c.EditServerLauncher.start_timeout" in text("reference/options.html")
    assert "POST /reactive/api/links" in text("reference/rest.html")
    assert "jupyter reactive link lesson.py --app --form markdown" in text(
        "reference/commands.html"
    )
    assert "jupyter_reactive/session/v1" in text("reference/events.html")
    assert "No tile in the launcher".lower() in text("students/index.html").lower()
    for page in site.rglob("*.html"):
        assert not re.search(
            r"<(?:script|link)[^>]+(?:src|href)=\"https?:", page.read_text("utf-8")
        )


def test_the_page_says_what_the_program_says(builder):
    @given(wanted_links)
    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    def same(wanted: dict[str, Any]) -> None:
        name = NAMES[Platform(wanted["platform"])]
        made = builder.evaluate(BY_PAGE, [wanted, name, list(FORMS)])
        assert made == said(by_program(wanted))

    same()


ADDRESSES = re.findall(
    r"\S+",
    """
    0.0.0.1 9.255.255.255 10.0.0.1 11.0.0.0 100.63.255.255 100.64.0.0 100.128.0.0 126.0.0.1
    127.0.0.1 128.0.0.1 169.253.0.1 169.254.0.1 172.15.0.1 172.16.0.1 172.31.0.1 172.32.0.1
    192.0.2.1 192.167.0.1 192.168.0.1 192.169.0.1 198.17.0.1 198.18.0.1 198.20.0.1 198.51.100.1
    203.0.113.1 240.0.0.1 255.255.255.255 8.8.8.8 01.2.3.4 256.1.1.1 1.2.3 [::] [::1] [::2]
    [fd00::1] [fc00::] [fe80::1] [fec0::1] [2606:4700::1111] [2001:db8::1] [::ffff:10.0.0.1]
    [2a00::192.168.0.1] [100::1] [fdff::ffff:1:2:3:4] localhost a.localhost local x.local gitea
    lan.example.org git.example.edu a.internal. b.home.arpa
    """,
)


def test_the_page_knows_private_hosts(builder):
    told = builder.evaluate("hosts => hosts.map(courseLinks.isPrivate)", ADDRESSES)
    assert dict(zip(ADDRESSES, told, strict=True)) == {host: is_private(host) for host in ADDRESSES}


def test_a_link_by_keyboard(builder, hosts, subtests):
    field = partial(builder.get_by_label, exact=True)
    notes, link = builder.get_by_role("status"), field("Link")
    copy = builder.get_by_role("button", name="Copy")

    def tab_to(control: Locator, key: str = "Tab") -> None:
        for _ in range(30):
            if control.evaluate("element => element === document.activeElement"):
                return
            builder.keyboard.press(key)
        expect(control).to_be_focused()

    def type_into(label: str, text: str) -> None:
        tab_to(field(label))
        builder.keyboard.type(text)

    with subtests.test("every field has a name"):
        for control in builder.locator(".link-builder").locator("input, select, textarea").all():
            expect(control).to_have_accessible_name(re.compile(r"\w"))

    with subtests.test("says what is missing"):
        expect(notes).to_contain_text("Name the repository")
        expect(copy).to_be_disabled()
        expect(link).to_have_accessible_description(re.compile("Name the repository"))

    with subtests.test("a badge, without the mouse"):
        field("Leads to").focus()
        type_into("Leads to", "Binder")
        type_into("Address of the repository", "https://github.com/ada/course")
        type_into("Path of the notebook", "week 1/é.py")
        expect(notes).to_be_empty()
        url = "https://mybinder.org/v2/gh/ada/course/main?urlpath=reactive%2Fopen%2Fweek%25201%2F%25C3%25A9.py"
        expect(link).to_have_value(url)
        tab_to(field("Opens as"), "Shift+Tab")
        builder.keyboard.type("App")
        type_into("Form", "Badge in M")
        app = url.replace("open", "run") + "%2F"
        badge = forms(app, Platform.BINDER)["markdown"]
        expect(link).to_have_value(badge)
        expect(builder.get_by_role("link", name="Open it in a new tab")).to_have_attribute(
            "href", app
        )
        builder.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab_to(copy)
        builder.keyboard.press("Enter")
        expect(notes).to_contain_text(re.compile("is copied|is selected"))
        assert hosts.asked == []

    with subtests.test("what a platform lacks is said, and there is no link"):
        field("Leads to").select_option("colab")
        expect(notes).to_contain_text("there is none beside “week 1/é.py”")
        expect(link).to_have_value("")
        expect(copy).to_be_disabled()
        expect(field("Address of the Hub")).to_be_hidden()
        field("Leads to").select_option("hub")
        expect(field("Address of the repository")).to_be_hidden()
        expect(notes).to_contain_text("needs its address")


@pytest.fixture
def published(course: Course, notebook_source: str) -> str:
    """The commit of a course with all kinds of files in it."""
    for path, text in files(notebook_source).items():
        course.write(path, text)
    course.push(".")
    for name in ("heads/feature/é#1", "tags/v1", "tags/deep"):
        course.git("push", "--quiet", "origin", f"HEAD:refs/{name}")
    for branch, changed in {
        "bare": {"binder/requirements.txt": "marimo\n"},
        "deep": {"binder/parts/more.txt": "Jupyter_Reactive\n"},
        "many": {f"{folder}{number}": "" for folder in ("a", "binder/") for number in range(100)},
    }.items():
        course.git("checkout", "--quiet", "-b", branch)
        for path, text in changed.items():
            course.write(path, text)
        course.push(".")
    course.git("checkout", "--quiet", "main")
    course.write("new.py", notebook_source)
    return course.git("rev-parse", "main")


@pytest.mark.parametrize("host", HOSTS)
def test_a_look_says_what_the_program_says(
    builder, published, course, host, monkeypatch, capsys, subtests
):
    link = partial(commands(course, monkeypatch, capsys), LinkApp)
    for name, wish in wishes(host, published).items():
        with subtests.test(name):
            assert looked(builder, wish, host) == told(link, course, wish, host)
    with subtests.test("too much for the page"):
        url, (warning,) = looked(builder, Wish(ref="many"), host)
        assert url
        assert warning.startswith("Binder builds the image from more files than this page")
    with subtests.test("no JSON, where each has its own words for what is wrong"):
        wish = Wish("broken.ipynb")
        begin = "The file is no valid JSON: "
        for url, (sentence,) in [
            looked(builder, wish, host),
            told(link, course, wish, host),
        ]:
            assert not url
            assert sentence.startswith(begin)
            assert sentence.endswith("or take an older copy of the notebook.")


def test_a_look_asks_the_host_and_nobody_else(builder, hosts, published, subtests):
    asked = builder.get_by_role("button", name="Look whether it is there")
    notes, link = builder.get_by_role("status"), builder.get_by_label("Link", exact=True)
    twin = builder.get_by_label("The same notebook in the other format")
    with subtests.test("says whom it would ask, and asks nobody before"):
        expect(asked).to_be_disabled()
        fill(builder, Wish(), "ada:s3cret@github.com")
        whom = re.compile("^Your browser asks api.github.com")
        expect(asked).to_have_accessible_description(whom)
        assert hosts.asked == []
    with subtests.test("what it finds is taken over"):
        expect(twin).not_to_be_checked()
        asked.press("Enter")
        expect(notes).to_contain_text("“week 1/é.py” is there, in “main”.")
        expect(notes).to_contain_text("“week 1/é.ipynb” is beside it.")
        expect(twin).to_be_checked()
        expect(asked).to_be_focused()
        expect(link).not_to_have_value("")
    with subtests.test("as a stranger, without secrets"):
        assert hosts.asked
        for request in hosts.asked:
            sent = json.dumps([request.url, request.method, request.headers, request.post_data])
            assert urlsplit(request.url).netloc == "api.github.com"
            assert request.method == "GET"
            assert not {"cookie", "authorization", "referer"} & request.headers.keys()
            assert "s3cret" not in sent
            assert "link-builder" not in sent
    with subtests.test("a commit that is known is not asked for again"):
        before = len(hosts.asked)
        asked.click()
        expect(notes).to_contain_text("is there, in “main”")
        assert [urlsplit(request.url).path for request in hosts.asked[before:]] == [
            "/repos/ada/course/commits/main",
            "/repos/ada/course/git/ref/heads/main",
        ]
    with subtests.test("forgets when something else is typed"):
        builder.get_by_label("Path of the notebook").fill("week 2/é.py")
        expect(notes).not_to_contain_text("is there")
        expect(twin).not_to_be_checked()
    with subtests.test("nothing outside of the repository"):
        before = len(hosts.asked)
        for path in ("../course/x.py", "a/../x.py", "./x.py"):
            url, (sentence,) = looked(builder, Wish(path, ref="v1"), "github.com")
            assert not url
            assert sentence.startswith(f"“{path}” is not in the repository.")
        assert {urlsplit(request.url).path for request in hosts.asked[before:]} == {
            "/repos/ada/course/commits/v1"
        }
    with subtests.test("a host that it cannot ask"):
        path = "Ada's week 1/é.py"
        fill(builder, Wish(path), "git.example.edu")
        expect(asked).to_be_disabled()
        expect(asked).to_have_accessible_description(
            "A web page cannot ask git.example.edu. In a checkout of the repository: "
            f"jupyter reactive link {shlex.quote(path)}"
        )
        expect(link).not_to_have_value("")
    with subtests.test("the browser lets the page ask nobody else, and run nobody else's scripts"):
        elsewhere = ["https://elsewhere.test/asked", "https://elsewhere.test/script.js"]
        assert builder.evaluate(REFUSED, elsewhere) == elsewhere


def test_what_hinders_a_look_is_not_taken_for_what_is_missing(builder, hosts, published, subtests):
    notes, link = builder.get_by_role("status"), builder.get_by_label("Link", exact=True)
    button = builder.get_by_role("button", name="Look whether it is there")
    for trouble, host, sentence in [
        ("offline", "github.com", "Your browser could not reach api.github.com."),
        (
            "limit",
            "github.com",
            "api.github.com answers no more questions from your network before",
        ),
        ("limit", "gitlab.com", "gitlab.com answers no more questions from your network for now"),
        ("limit", "codeberg.org", "codeberg.org answers no more questions from your network"),
        *(("login", host, "some networks ask for a login first") for host in HOSTS),
    ]:
        with subtests.test(trouble, host=host):
            hosts.trouble = trouble
            hosts.reset = int(time.time()) + 1800
            url, (warning,) = looked(builder, Wish(), host)
            assert url
            assert f"https://{host}/ada/course {NOT_CERTAIN}" in warning
            assert sentence in warning
    hosts.trouble = "silent"
    with subtests.test("something else is typed meanwhile"):
        fill(builder, Wish(), "github.com")
        with builder.expect_event("requestfailed"):
            button.click()
            builder.get_by_label("Path of the notebook").fill("week 2/é.py")
        expect(notes).to_be_empty()
    with subtests.test("too slow"):
        builder.clock.install()
        fill(builder, Wish(), "github.com")
        button.click()
        expect(notes).to_contain_text("Asking api.github.com…")
        expect(link).not_to_have_value("")
        builder.clock.fast_forward(20_000)
        expect(notes).to_contain_text("api.github.com did not answer within 20 seconds.")
        expect(notes).to_contain_text(NOT_CERTAIN)
    with subtests.test("and afterwards"):
        hosts.trouble = ""
        url, against = looked(builder, Wish(), "github.com")
        assert url
        assert against == []
        expect(notes).to_contain_text("is there")


def test_the_page_knows_notebooks_and_their_cells(builder, tutorials, notebook_source):
    """Also on files of this project, most of which only talk of notebooks."""
    folders = ("docs/examples", "docs/course", "tests", "jupyter_reactive/notebooks")
    paths = [*tutorials, *(path for folder in folders for path in (ROOT / folder).rglob("*.py"))]
    texts = [*SOURCES, notebook_source, *(path.read_text("utf-8") for path in paths)]
    looks = [["a.py", text] for text in texts]
    begins = ("---\n", "\n---\nx: 1\n", "", "# A title\n---\n")
    looks += [["a.md", f"{begin}marimo-version: 1\n---\n"] for begin in begins]

    def by_program(path: str, text: str) -> list[str] | None:
        content = text.encode()
        if not recognise_source(PurePosixPath(path).suffix, content).reactive:
            return None
        return list(cell_names(path, content))

    expected = [by_program(path, text) for path, text in looks]
    assert [cells for cells in expected if cells]
    assert None in expected
    told = builder.evaluate(FILES_BY_PAGE, looks)
    assert dict(enumerate(told)) == dict(enumerate(expected))
