"""The documentation: built without a warning, and its page that makes course links."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Locator, Page, Route, expect

from jupyter_reactive.errors import NoLink
from jupyter_reactive.links.addresses import is_private, repository_of
from jupyter_reactive.links.forms import FORMS, NAMES, forms
from jupyter_reactive.links.lesson import Access, Lesson
from jupyter_reactive.links.offers import Offer, offer, offer_on_hub
from jupyter_reactive.links.platforms import Platform, View, What

ROOT = Path(__file__).parents[2]
SITE = "http://docs.test/"
NOT_ASKED = "The address holds a user name or password. The link leaves it out."

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
def builder(site: Path, page: Page) -> Iterator[Page]:
    """The link builder in a browser, which gets at nothing but the site."""
    outside: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
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


def by_program(wanted: dict[str, Any]) -> Offer | NoLink:
    """What `jupyter reactive link` would say of a repository that it cannot ask."""
    platform = Platform(wanted["platform"])
    view = View(What(wanted["what"]), wanted["cell"], wanted["withCode"])
    path = PurePosixPath(wanted["path"])
    try:
        if platform is Platform.HUB:
            return offer_on_hub(wanted["path"], view, wanted["server"])
        repository, had_secret = repository_of(wanted["repository"])
        twin = str(path.with_suffix(".py" if path.suffix == ".ipynb" else ".ipynb"))
        lesson = Lesson(
            repository,
            wanted["ref"],
            re.fullmatch("[0-9a-f]{40}", wanted["ref"]) is not None,
            wanted["path"],
            twin if wanted["hasTwin"] else None,
            Access.UNKNOWN,
            has_us=True,
            warnings=(NOT_ASKED,) if had_secret else (),
            cells=(wanted["cell"],),
        )
        if repository.is_here:
            # Neither a folder nor anything else that only a shell's user can mean is on a page.
            return NoLink("The remote's address is none that others could clone from.")
        return offer(lesson, platform, view, wanted["server"])
    except NoLink as e:
        return e


def said(made: Offer | NoLink) -> dict[str, Any]:
    if isinstance(made, NoLink):
        return {"message": made.message}
    return {"forms": dict(made.forms), "path": made.path, "warnings": list(made.warnings)}


BY_PAGE = """([wanted, name, formNames]) => {
  try {
    const { url, path, warnings } = courseLinks.offer(wanted, name);
    const forms = formNames.map(form => [form, courseLinks.shown(url, wanted.platform, form)]);
    return { forms: Object.fromEntries(forms), path, warnings };
  } catch (error) {
    if (!(error instanceof courseLinks.NoLink)) throw error;
    return { message: error.message };
  }
}"""

# Words, what addresses are taken apart by, what has to be quoted, and what looks quoted already.
words = st.text("ab1é日🙂-_.~ +&=%#?:@/!$'()*,;[]\"<>|\\", max_size=8)
names = st.one_of(st.sampled_from(["course", "week 1", "é", "a.git", "..", "50%25"]), words)
hosts = st.sampled_from(
    [
        *("github.com", "gitlab.com", "git.example.edu:8443", "GitHub.com", "gitea", "10.0.0.7"),
        *("git.faculty.internal", "[fd00::1]:80", "8.8.8.8", "a.home.arpa.", "h:x", "h:080", ""),
    ]
)
users = st.sampled_from(["", "git@", "ada:s3cret@", "ghp_s3cret@", "@"])
webs = st.sampled_from(["https://", "http://"])
good_repositories = st.one_of(
    st.builds(
        "https://github.com/{}/{}{}".format,
        names,
        names,
        st.sampled_from(["", ".git", "/"]),
    ),
    st.builds("{}gitlab.com/faculty/{}/course".format, webs, names),
    st.builds("{}git.example.edu:8443/~ada/{}".format, webs, names),
    st.just("git@github.com:ada/course.git"),
)
repositories = st.one_of(
    good_repositories,
    st.builds(
        "{}{}{}/{}/{}{}".format,
        st.sampled_from(["https://", "ssh://", "git://", "HTTPS://", "ftp://", "file://", "x::"]),
        users,
        hosts,
        names,
        names,
        st.sampled_from(["", ".git", "/", "?private_token=s3cret", "#x", "/c/d.git"]),
    ),
    st.builds("{}{}:{}/{}".format, users, hosts, names, names),
    words,
)
good_servers = st.builds(
    "{}{}{}".format,
    webs,
    st.sampled_from(["hub.example.org", "localhost:8000", "binder.faculty.internal"]),
    st.sampled_from(["", "/", "/hub/home", "/jupyter/user/ada/lab?x=1", "/v2/gh/a/b", "/userx/é"]),
)
servers = st.one_of(
    st.just(""),
    good_servers,
    st.builds(
        "{}{}{}/{}".format,
        st.sampled_from(["https://", "http://", "//", "javascript:"]),
        users,
        hosts,
        st.sampled_from(
            ["", "lab?token=s3cret", "lab?a=1&my%5FToken=x", "?token=", "?token", "a%20b/"]
        ),
    ),
    words,
)


def links(servers: st.SearchStrategy[str], repositories: st.SearchStrategy[str]) -> Any:
    """What somebody may want a link for."""
    return st.fixed_dictionaries(
        {
            "platform": st.sampled_from([platform.value for platform in Platform]),
            "what": st.sampled_from([what.value for what in What]),
            "server": servers,
            "repository": repositories,
            "ref": st.one_of(
                st.sampled_from(["main", "feature/été", "v1.0", "a" * 40, "HEAD"]),
                words.filter(str.strip),
            ),
            "path": st.builds(
                "{}/{}{}".format,
                names,
                names.filter(lambda name: name.strip("./")),
                st.sampled_from([".py", ".ipynb", ".md"]),
            )
            .map(lambda path: str(PurePosixPath(path.lstrip("/"))))
            .filter(lambda path: not PurePosixPath(path).name.startswith(".")),
            "hasTwin": st.booleans(),
            "cell": st.one_of(st.just(""), st.just(""), words),
            "withCode": st.sampled_from([False, False, True]),
        }
    )


wanted_links = st.one_of(links(good_servers, good_repositories), links(servers, repositories))


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


def test_a_link_by_keyboard(builder, subtests):
    field = partial(builder.get_by_label, exact=True)
    notes, link = builder.get_by_role("status"), field("Link")
    copy = builder.get_by_role("button", name="Copy")

    def tab_to(control: Locator) -> None:
        for _ in range(30):
            if control.evaluate("element => element === document.activeElement"):
                return
            builder.keyboard.press("Tab")
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
        type_into("Opens as", "App")
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

    with subtests.test("what a platform lacks is said, and there is no link"):
        field("Leads to").select_option("colab")
        expect(notes).to_contain_text("there is none beside “week 1/é.py”")
        expect(link).to_have_value("")
        expect(copy).to_be_disabled()
        expect(field("Address of the Hub")).to_be_hidden()
        field("Leads to").select_option("hub")
        expect(field("Address of the repository")).to_be_hidden()
        expect(notes).to_contain_text("needs its address")
