"""Links that somebody may want, made up: sensible ones, and others."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from hypothesis import strategies as st

from jupyter_reactive.links.platforms import Platform, What

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
        }
    )


wanted_links = st.one_of(links(good_servers, good_repositories), links(servers, repositories))
