"""GitHub, GitLab and Codeberg for a browser's page: their APIs, answered from real repositories.

What they answer is taken from their documentation:

- https://docs.github.com/en/rest/commits/commits#get-a-commit,
  https://docs.github.com/en/rest/git/refs#get-a-reference,
  https://docs.github.com/en/rest/repos/contents#get-repository-content and
  https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
- https://docs.gitlab.com/api/commits/#retrieve-a-commit, https://docs.gitlab.com/api/branches/,
  https://docs.gitlab.com/api/repository_files/#retrieve-a-raw-file-from-a-repository,
  https://docs.gitlab.com/api/repositories/ and https://docs.gitlab.com/security/rate_limits/
- https://codeberg.org/api/swagger#/repository
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Request, Route

EVERYBODY = {"access-control-allow-origin": "*"}
# https://docs.github.com/en/rest/using-the-rest-api/using-cors-and-jsonp-to-make-cross-origin-requests
GITHUBS = {
    **EVERYBODY,
    "access-control-expose-headers": "ETag, Link, Location, Retry-After, X-GitHub-OTP, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Reset",
}


@dataclass
class Answer:
    """What a host answers: JSON, or bytes as they are."""

    body: Any
    status: HTTPStatus = HTTPStatus.OK
    kind: str = "application/json; charset=utf-8"

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Bare:
    """A repository without a checkout."""

    folder: Path

    def _git(self, *arguments: str) -> bytes | None:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=30
        )
        return done.stdout if done.returncode == 0 else None

    def commit(self, ref: str) -> str | None:
        """The commit of a branch, a tag, or the beginning of a commit's own name."""
        names = [f"refs/heads/{ref}", f"refs/tags/{ref}"]
        if re.fullmatch("[0-9a-f]{4,40}", ref):
            names.append(ref)
        for name in names:
            found = self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if found:
                return found.decode().strip()
        return None

    def has_branch(self, name: str) -> bool:
        return self._git("show-ref", "--verify", f"refs/heads/{name}") is not None

    def file(self, ref: str, path: str) -> bytes | None:
        return self._git("cat-file", "blob", f"{ref}:{path}")

    def folder_of(self, ref: str, path: str) -> list[tuple[str, str]] | None:
        """Kind (`tree`, `blob`) and path of what is in a folder."""
        listed = self._git("ls-tree", "-z", f"{ref}:{path}")
        if listed is None:
            return None
        lines = [line.split("\t", 1) for line in listed.decode().split("\0") if line]
        return [(about.split()[1], f"{path}/{name}".lstrip("/")) for about, name in lines]


class GitHosts:
    """The hosts' APIs.

    Args:
        remotes: the folder that holds the repositories of the account `ada`, by their names.

    Attributes:
        asked: every request.
        trouble: what hinders all answers: `limit`, `offline`, `silent`, `login`; empty for nothing.
        reset: when GitHub answers again, in seconds since 1970.
    """

    HOSTS: ClassVar = ("api.github.com", "gitlab.com", "codeberg.org")

    def __init__(self, remotes: Path) -> None:
        self._remotes = remotes
        self.asked: list[Request] = []
        self.trouble = ""
        self.reset = 0

    def answer(self, route: Route) -> None:
        """Answer a request of the page."""
        self.asked.append(route.request)
        host = urlsplit(route.request.url).netloc
        headers = GITHUBS if host == "api.github.com" else EVERYBODY
        if self.trouble == "silent":
            return
        if self.trouble == "offline":
            route.abort("internetdisconnected")
            return
        if self.trouble == "limit":
            answer = self._limit(host)
            left = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0"}
            headers = headers | left | {"x-ratelimit-reset": str(self.reset)}
        elif self.trouble == "login":
            answer = Answer(b"<title>Log in to the campus network</title>", kind="text/html")
        else:
            answer = self._by_host(host, route.request)
        route.fulfill(
            status=answer.status,
            headers=headers | {"content-type": answer.kind},
            body=answer.content,
        )

    def _limit(self, host: str) -> Answer:
        if host == "api.github.com":
            said = {"message": "API rate limit exceeded for 203.0.113.7.", "documentation_url": ""}
            return Answer(said, HTTPStatus.FORBIDDEN)
        return Answer(b"Retry later\n", HTTPStatus.TOO_MANY_REQUESTS, "text/plain")

    def _by_host(self, host: str, request: Request) -> Answer:
        parts = urlsplit(request.url)
        names = parts.path.strip("/").split("/")
        options = {name: value for name, (value, *_) in parse_qs(parts.query).items()}
        if host == "gitlab.com":
            return self._gitlab(names[2:], options)
        if host == "codeberg.org":
            names = names[2:]
        return self._by_repos(host, names, options, request.headers.get("accept", ""))

    def _repository(self, path: str) -> Bare | None:
        account, _slash, name = path.partition("/")
        folder = self._remotes / name
        return Bare(folder) if account == "ada" and name and folder.is_dir() else None

    def _by_repos(
        self, host: str, names: list[str], options: dict[str, str], accept: str
    ) -> Answer:
        """GitHub and Forgejo, which has its API from there."""
        is_github = host == "api.github.com"
        message = "Not Found" if is_github else "The target couldn't be found."
        gone = Answer({"message": message}, HTTPStatus.NOT_FOUND)
        _repos, account, name, *words = map(unquote, names)
        repository = self._repository(f"{account}/{name}")
        if repository is None:
            return gone
        match words:
            case []:
                return Answer({"full_name": f"{account}/{name}", "private": False})
            case ["commits", *parts] if is_github and parts:
                commit = repository.commit("/".join(parts))
                if commit is None:
                    said = {"message": f"No commit found for SHA: {'/'.join(parts)}"}
                    return Answer(said, HTTPStatus.UNPROCESSABLE_ENTITY)
                if accept == "application/vnd.github.sha":
                    return Answer(commit.encode(), kind="application/vnd.github.sha")
                return Answer({"sha": commit, "files": []})
            case ["git", "ref", "heads", *parts] | ["branches", *parts] if is_github is (
                words[0] == "git"
            ):
                name = "/".join(parts)
                return Answer({"name": name}) if repository.has_branch(name) else gone
            case ["commits"] if not is_github:
                commit = repository.commit(options["sha"])
                return gone if commit is None else Answer([{"sha": commit}])
            case ["raw", *parts] if not is_github:
                content = repository.file(options["ref"], "/".join(parts))
                return gone if content is None else Answer(content, kind="text/plain")
            case ["contents", *parts]:
                return self._contents(repository, options["ref"], "/".join(parts), accept) or gone
        return gone

    def _contents(self, repository: Bare, ref: str, path: str, accept: str) -> Answer | None:
        """GitHub's and Forgejo's contents: a list for a folder, an object for a file."""
        content = repository.file(ref, path)
        if content is not None:
            if accept == "application/vnd.github.raw+json":
                return Answer(content, kind=f"{accept}; charset=utf-8")
            text = base64.b64encode(content).decode()
            return Answer({"type": "file", "path": path, "encoding": "base64", "content": text})
        entries = repository.folder_of(ref, path)
        if entries is None:
            return None
        kinds = {"blob": "file", "tree": "dir"}
        return Answer(
            [
                {"type": kinds[kind], "name": entry.rpartition("/")[2], "path": entry}
                for kind, entry in entries
            ]
        )

    def _gitlab(self, names: list[str], options: dict[str, str]) -> Answer:
        def gone(what: str) -> Answer:
            return Answer({"message": f"404 {what} Not Found"}, HTTPStatus.NOT_FOUND)

        # One part each, with `%2F` for the slashes within.
        _projects, project, *words = map(unquote, names)
        repository = self._repository(project)
        if repository is None:
            return gone("Project")
        match words:
            case []:
                return Answer({"path_with_namespace": project, "visibility": "public"})
            case ["repository", "commits", ref]:
                commit = repository.commit(ref)
                return gone("Commit") if commit is None else Answer({"id": commit})
            case ["repository", "branches", name]:
                return Answer({"name": name}) if repository.has_branch(name) else gone("Branch")
            case ["repository", "files", path, "raw"]:
                content = repository.file(options["ref"], path)
                return gone("File") if content is None else Answer(content, kind="text/plain")
            case ["repository", "tree"]:
                entries = repository.folder_of(options["ref"], options.get("path", ""))
                if entries is None:
                    return gone("Tree")
                size = int(options.get("per_page", "20"))
                first = size * (int(options.get("page", "1")) - 1)
                return Answer(
                    [
                        {"type": kind, "name": entry.rpartition("/")[2], "path": entry}
                        for kind, entry in entries[first : first + size]
                    ]
                )
        return gone("Page")
