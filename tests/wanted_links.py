"""Links that somebody may want, made up, and what program and page say of them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from hypothesis import strategies as st
from link_looks import IN_GIT, REMEDIES

from jupyter_reactive.errors import NoLink
from jupyter_reactive.links.addresses import repository_of
from jupyter_reactive.links.lesson import Access, Lesson
from jupyter_reactive.links.offers import Offer, offer, offer_on_hub
from jupyter_reactive.links.platforms import Platform, View, What

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
            "cell": st.one_of(st.just(""), st.sampled_from(["", "a", "é"]), words),
            "withCode": st.sampled_from([False, False, True]),
            "cells": st.one_of(st.none(), st.lists(st.sampled_from(["a", "é", "Z"]), unique=True)),
            "hasUs": st.booleans(),
            "isTag": st.booleans(),
        }
    )


wanted_links = st.one_of(links(good_servers, good_repositories), links(servers, repositories))

NOT_ASKED = "The address holds a user name or password. The link leaves it out."


def by_program(wanted: dict[str, Any]) -> Offer | NoLink:
    """What `jupyter reactive link` would say of a repository that it cannot ask."""
    platform = Platform(wanted["platform"])
    view = View(What(wanted["what"]), wanted["cell"], wanted["withCode"])
    path = PurePosixPath(wanted["path"])
    try:
        if platform is Platform.HUB:
            return offer_on_hub(wanted["path"], view, wanted["server"], wanted["cells"])
        repository, had_secret = repository_of(wanted["repository"])
        twin = str(path.with_suffix(".py" if path.suffix == ".ipynb" else ".ipynb"))
        lesson = Lesson(
            repository,
            wanted["ref"],
            re.fullmatch("[0-9a-f]{40}", wanted["ref"]) is not None,
            wanted["path"],
            twin if wanted["hasTwin"] else None,
            Access.UNKNOWN,
            has_us=wanted["hasUs"],
            is_tag=wanted["isTag"],
            warnings=(NOT_ASKED,) if had_secret else (),
            cells=(wanted["cell"],) if wanted["cells"] is None else tuple(wanted["cells"]),
        )
        if repository.is_here:
            # Neither a folder nor anything else that only a shell's user can mean is on a page.
            return NoLink("The remote's address is none that others could clone from.", IN_GIT)
        return offer(lesson, platform, view, wanted["server"])
    except NoLink as e:
        return e


def said(made: Offer | NoLink) -> dict[str, Any]:
    if isinstance(made, NoLink):
        return {"message": made.message, "remedy": REMEDIES.get(made.remedy, made.remedy)}
    return {"forms": dict(made.forms), "path": made.path, "warnings": list(made.warnings)}


BY_PAGE = """([wanted, name, formNames]) => {
  try {
    const { url, path, warnings } = courseLinks.offer(wanted, name);
    const forms = formNames.map(form => [form, courseLinks.shown(url, wanted.platform, form)]);
    return { forms: Object.fromEntries(forms), path, warnings };
  } catch (error) {
    if (!(error instanceof courseLinks.NoLink)) throw error;
    return { message: error.message, remedy: error.remedy };
  }
}"""
