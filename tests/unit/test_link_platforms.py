"""Links, taken apart as each platform does it, lead to the notebook that they were made for."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

import pytest
from docutils.core import publish_doctree
from docutils.nodes import image, reference

from jupyter_reactive.errors import NoLink
from jupyter_reactive.links import platforms
from jupyter_reactive.links.addresses import Repository, is_private, repository_of, server_root
from jupyter_reactive.links.forms import forms
from jupyter_reactive.links.platforms import Platform, View, What

HUB = "https://hub.example.org/jupyter/"
BASE = "https://hub.example.org/user/jovyan-course-x1y2z3/"
PATHS = ["lesson.py", "week 1/é (2).py", "50% a+b & c=d;e.py", "who? #1.py", "a_/_.py"]
REFS = ["main", "feature/été", "v1.0", "a+b%20c"]
REPOSITORIES = {
    "github": "https://github.com/ada/course",
    "gitlab": "https://gitlab.com/faculty/maths/course.git",
    "other": "https://git.example.edu:8443/~ada/course notes.git",
}


VIEWS = (
    View(What.NOTEBOOK),
    View(What.NOTEBOOK, cell="größe_2"),
    View(What.APP),
    View(What.APP, with_code=True),
)


@pytest.fixture(params=REPOSITORIES.values(), ids=REPOSITORIES.keys())
def repository(request: pytest.FixtureRequest) -> Repository:
    return repository_of(request.param)[0]


def as_browser(address: str) -> str:
    """An address as a browser sends it: what is quoted already stays so (https://url.spec.whatwg.org)."""
    return quote(address, safe="/%:@!$&'()*+,;=-._~?#[]")


def opened(address: str, base: str = BASE) -> tuple[View | None, str]:
    """What a Jupyter server opens at an address, which it unquotes once."""
    parts = urlsplit(as_browser(address))
    route = unquote(parts.path).removeprefix(urlsplit(base).path)
    query = dict(parse_qsl(parts.query))
    if route.startswith("reactive/run/"):
        assert route.endswith("/")
        assert query in ({}, {"show-code": "true"})
        view = View(What.APP, with_code=bool(query))
        return view, route.removeprefix("reactive/run/")[:-1]
    if route.startswith("lab/tree/"):
        assert not query
        return None, route.removeprefix("lab/tree/")
    assert route.startswith("reactive/open/")
    view = View(What.NOTEBOOK, query.pop("reactive-cell", ""))
    assert not query
    return view, route.removeprefix("reactive/open/")


def built_by_binder(url: str) -> tuple[str, str, str]:
    """The repository, the ref and the address that a BinderHub makes of a link.

    As its `RepoProvider`s read the path that was sent, and its page the query.
    """
    parts = urlsplit(url)
    _empty, v2, provider, spec = parts.path.split("/", 3)
    assert v2 == "v2"
    if provider == "gh":
        user, name, ref = spec.split("/", 2)
        # It stands in an address of GitHub's as it is.
        repository, ref = f"https://github.com/{user}/{name.removesuffix('.git')}", unquote(ref)
    else:
        quoted, ref = spec.split("/", 1)
        repository, ref = unquote(quoted), unquote(ref)
        if provider == "gl":
            repository = f"https://gitlab.com/{repository}.git"
    (urlpath,) = parse_qs(parts.query)["urlpath"]
    return repository, ref, BASE + urlpath.lstrip("/")


@pytest.mark.parametrize("view", VIEWS, ids=repr)
@pytest.mark.parametrize("ref", REFS)
@pytest.mark.parametrize("path", PATHS)
def test_binder_builds_the_repository_and_opens_the_notebook(repository, ref, path, view):
    url = platforms.binder(repository, ref, path, view)
    built, built_ref, address = built_by_binder(url)
    # On GitHub and GitLab one repository has two addresses.
    assert built.removesuffix(".git") == repository.url.removesuffix(".git")
    assert built_ref == ref
    assert opened(address) == (view, path)


def test_binder_of_ones_own_and_a_notebook_of_jupyter(repository):
    url = platforms.binder(
        repository, "main", "a b.ipynb", View(What.NOTEBOOK), "https://b.example/x/"
    )
    assert url.startswith("https://b.example/x/v2/")
    assert opened(built_by_binder(url.replace("/x/", "/"))[2]) == (None, "a b.ipynb")


@pytest.mark.parametrize("view", VIEWS, ids=repr)
@pytest.mark.parametrize("ref", REFS)
@pytest.mark.parametrize("path", PATHS)
def test_nbgitpuller_pulls_and_opens_the_notebook(repository, ref, path, view):
    url = platforms.nbgitpuller(repository, ref, path, view, HUB)
    assert url.startswith(f"{HUB}hub/user-redirect/git-pull?")
    # The Hub reads the query and writes it again.
    query = dict(parse_qsl(urlencode(parse_qsl(urlsplit(url).query))))
    assert query["repo"] == repository.url
    assert query["branch"] == ref
    folder = query.get("targetPath") or query["repo"].rstrip("/").split("/")[-1]
    assert opened(BASE + query["urlpath"]) == (view, f"{folder}/{path}")
    assert folder == repository.name


def test_nbgitpuller_looks_for_the_first_branch_itself(repository):
    url = platforms.nbgitpuller(repository, "HEAD", "a.py", View(What.NOTEBOOK), HUB)
    assert "branch" not in parse_qs(urlsplit(url).query)


@pytest.mark.parametrize("view", VIEWS, ids=repr)
@pytest.mark.parametrize("path", PATHS)
def test_user_redirect_opens_the_notebook(path, view):
    url = platforms.user_redirect(path, view, HUB)
    sent = urlsplit(url)
    assert not sent.fragment
    # The Hub unquotes the path and puts it behind the user's server, the query as it is.
    route = unquote(sent.path.removeprefix("/jupyter/hub/user-redirect/"))
    route += f"?{sent.query}" * bool(sent.query)
    assert opened(BASE + route) == (view, path)


@pytest.mark.parametrize("build", [platforms.studio_lab, platforms.colab, platforms.molab])
@pytest.mark.parametrize("path", PATHS)
def test_those_who_read_from_github_find_the_notebook(build, path):
    repository, _secret = repository_of("git@github.com:ada/course.git")
    url = build(repository, "main", path)
    place = urlsplit(url)
    assert not place.query
    assert not place.fragment
    namespace, name, blob, ref, file = unquote(place.path.partition("github/")[2]).split("/", 4)
    assert (namespace, name, blob, ref, file) == ("ada", "course", "blob", "main", path)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, dict[str, str | None]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] = dict(attrs)


@pytest.mark.parametrize("platform", Platform)
def test_every_form_leads_to_the_same_place(repository, platform):
    url = platforms.nbgitpuller(repository, "a/b", "é (1)_.py", View(What.APP), HUB)
    made = forms(url, platform)
    assert made["url"] == url
    label, picture, target = re.fullmatch(
        r"\[!\[([^]]+)\]\(([^)\s]+)\)\]\(([^)\s]+)\)", made["markdown"]
    ).groups()
    assert target == url
    tags = Tags()
    tags.feed(made["html"])
    assert tags.seen == {"a": {"href": url}, "img": {"src": picture, "alt": label}}
    assert "&" not in html.unescape(made["html"]).replace(url, "")
    document = publish_doctree(made["rst"])
    (link,) = document.findall(reference)
    (shown,) = link.findall(image)
    assert (link["refuri"], shown["uri"], shown["alt"]) == (url, picture, label)


@pytest.mark.parametrize(
    "remote, url, had_secret",
    [
        ("https://github.com/ada/course", "https://github.com/ada/course", False),
        ("https://github.com/ada/course/", "https://github.com/ada/course", False),
        ("git@github.com:ada/course.git", "https://github.com/ada/course.git", False),
        ("gitlab.com:faculty/a/b.git", "https://gitlab.com/faculty/a/b.git", False),
        ("ssh://git@git.example.edu:2222/a/b.git", "https://git.example.edu/a/b.git", False),
        ("ssh://git:hunter2@git.example.edu/a/b", "https://git.example.edu/a/b", True),
        (
            "https://ada:ghp_s3cret@github.com/ada/course.git",
            "https://github.com/ada/course.git",
            True,
        ),
        ("https://ghp_s3cret@github.com/ada/course.git", "https://github.com/ada/course.git", True),
        ("http://git.example.edu:8080/a b/c.git", "http://git.example.edu:8080/a%20b/c.git", False),
        ("git://git.example.edu/a/c.git", "https://git.example.edu/a/c.git", False),
        ("file:///srv/git/course.git", "file:///srv/git/course.git", False),
        ("https://[2001:db8::1]:80/a/b", "https://[2001:db8::1]:80/a/b", False),
    ],
)
def test_repository_is_named_without_secrets(remote, url, had_secret):
    repository, told = repository_of(remote)
    assert repository.url == url
    assert told == had_secret
    assert not re.search("ghp_|hunter2|ada:", str(repository))


def test_folder_is_a_repository_of_this_machine(tmp_path: Path):
    repository, _secret = repository_of(f"{tmp_path}/course.git")
    assert repository == Repository(f"{tmp_path.as_uri()}/course.git", "", "", "course")
    assert repository.is_here


@pytest.mark.parametrize(
    "remote",
    [
        "https://git.example.edu/course.git?private_token=s3cret",
        "https://git.example.edu/course.git#s3cret",
        "git@git.example.edu:course.git?private_token=s3cret",
        "https://github.com/s3cret/",
        r"C:\s3cret",
        "ext::sh -c s3cret",
        "ftp://git.example.edu/course.git",
        "https://git.example.edu:s3cret/course.git",
        "https://[git.example.edu/s3cret",
        "https://git.example.edu/",
        "~s3cret/course.git",
    ],
)
def test_address_that_may_hold_a_token_is_refused_without_naming_it(remote):
    with pytest.raises(NoLink) as refused:
        repository_of(remote)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "address, root",
    [
        ("https://hub.example.org", "https://hub.example.org/"),
        ("https://hub.example.org/hub/home", "https://hub.example.org/"),
        ("https://example.org/jupyter/user/ada/lab?x=1", "https://example.org/jupyter/"),
        ("http://localhost:8000/hub", "http://localhost:8000/"),
        ('https://hub.example.org/a b/")é/hub/home', "https://hub.example.org/a%20b/%22%29%C3%A9/"),
        ("https://hub.example.org/a%20b/", "https://hub.example.org/a%20b/"),
        ("https://mybinder.org/v2/gh/a/b/HEAD", "https://mybinder.org/"),
    ],
)
def test_hub_is_known_by_any_address_of_it(address, root):
    assert server_root(address) == root


@pytest.mark.parametrize(
    "address",
    [
        "https://ada:s3cret@hub.example.org/",
        "https://hub.example.org/user/ada/lab?token=s3cret",
        "hub.example.org/?token=s3cret",
        "javascript:alert('s3cret')//?s3cret",
        "https://[hub.example.org/?token=s3cret",
        'https://hub.example.org"><b>/?token=s3cret',
    ],
)
def test_hub_with_a_secret_in_its_address_is_refused_without_naming_it(address):
    with pytest.raises(NoLink) as refused:
        server_root(address)
    assert "token=s3cret" not in str(refused.value)
    assert "ada:s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "host, private",
    [
        ("github.com", False),
        ("git.example.edu:8443", False),
        ("8.8.8.8", False),
        ("localhost:3000", True),
        ("gitea", True),
        ("git.faculty.internal", True),
        ("10.0.0.7:80", True),
        ("[fd00::1]:80", True),
    ],
)
def test_private_hosts(host, private):
    assert is_private(host) == private
