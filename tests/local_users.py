"""Real users of this machine, made for a test and removed after it. Needs root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from typing_extensions import Self

REPOSITORY = Path(__file__).parent.parent
TOOLS = ("useradd", "userdel", "setpriv", "unshare", "mount")


def obstacle() -> str | None:
    """Why there can be no second user here; None when there can."""
    if sys.platform != "linux":
        return "only Linux has /proc"
    if os.getuid():
        return "only root can make a second user"
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"missing: {', '.join(missing)}"
    if _closed_folders() and subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        return f"other users cannot reach {sys.base_prefix}, and mounts are not allowed"
    return None


@dataclass
class LocalUser:
    """A user with a home that everybody may look into, as on many clusters.

    Args:
        name: must not be there yet.
    """

    name: str

    def __enter__(self) -> Self:
        self.home = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        self.home.chmod(0o755)
        subprocess.run(
            ["useradd", "--no-create-home", "--home-dir", self.home, self.name], check=True
        )
        self.uid, self.gid = pwd.getpwnam(self.name)[2:4]
        self.own()
        return self

    def __exit__(self, *_exc: object) -> None:
        # Nobody else has this number: the user was made for the test.
        theirs = [p for p in psutil.process_iter(["username"]) if p.info["username"] == self.name]
        for process in theirs:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(theirs, 10)
        subprocess.run(["userdel", self.name], check=True, capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def own(self) -> None:
        """Give the user what stands in the home."""
        for path in (self.home, *self.home.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    @property
    def prefix(self) -> list[str]:
        """What stands before a command that the user runs; the process keeps its number.

        Python and this repository may lie where only root may go. The user's processes see them
        nevertheless, by mounts of their own; all else is as everybody sees it.
        """
        lines = ["set -e", "ulimit -c unlimited"]
        for number, (closed, needed) in enumerate(_closed_folders().items()):
            held = [f"$hold/{number}-{i}" for i in range(len(needed))]
            lines += ["hold=$(mktemp -d)", f"mkdir {' '.join(held)}"]
            lines += [f"mount --bind {_quoted(p)} {h}" for p, h in zip(needed, held, strict=True)]
            lines += [f"mount -t tmpfs -o mode=755 none {_quoted(closed)}", "umask 022"]
            lines += [
                f"mkdir -p {_quoted(p)}; mount --bind {h} {_quoted(p)}; umount {h}; rmdir {h}"
                for p, h in zip(needed, held, strict=True)
            ]
            lines += ["rmdir $hold"]
        as_user = f"setpriv --reuid={self.uid} --regid={self.gid} --clear-groups"
        lines.append(f'exec {as_user} -- "$@"')
        return ["unshare", "--mount", "sh", "-c", "\n".join(lines), "sh"]


def _closed_folders() -> dict[Path, list[Path]]:
    """The folders that keep other users from what a test needs, and what that is."""
    closed: dict[Path, list[Path]] = {}
    for needed in {Path(sys.base_prefix), Path(sys.prefix), REPOSITORY}:
        for folder in reversed([needed, *needed.parents]):
            if not folder.stat().st_mode & 0o001:
                closed.setdefault(folder, []).append(needed)
                break
    return closed


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
