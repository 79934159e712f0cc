"""Asks the advisory services of PyPI and npm about what is installed with the package.

Ends with 0 when both answered and know nothing, with 1 when there is an advisory, and with 2 when a
service could not be asked: then nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
LOCK = REPOSITORY / "requirements.lock"
SHIPPED = REPOSITORY / ".venv/reports/shipped.txt"


class Unasked(Exception):
    """A service gave no answer about something."""


def run(*command: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """Run a command; its exit code says too little to be looked at."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def parsed(reply: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that a command wrote."""
    try:
        return json.loads(reply.stdout)
    except ValueError:
        words = (reply.stderr.strip() or reply.stdout.strip() or "no answer").splitlines()
        raise Unasked(words[0 if reply.stdout.strip() else -1]) from None


def audit_python() -> list[str]:
    """The advisories for the package's own dependencies, in the versions of the lock."""
    SHIPPED.parent.mkdir(parents=True, exist_ok=True)
    uv = str(Path(sys.executable).with_name("uv"))
    options = ("--universal", "--generate-hashes", "--quiet", "--constraints", str(LOCK))
    run(uv, "pip", "compile", "pyproject.toml", *options, "--output-file", str(SHIPPED))
    tool = (uv, "tool", "run", "--from", "pip-audit>=2.9", "pip-audit", "--disable-pip")
    found = parsed(run(*tool, "--require-hashes", "-r", str(SHIPPED), "--format", "json"))
    packages = found["dependencies"]
    # pip-audit calls it a success when it could ask about nothing.
    if skipped := [package for package in packages if "skip_reason" in package]:
        raise Unasked(f"{len(skipped)} of {len(packages)}: {skipped[0]['skip_reason']}")
    return [
        f"{package['name']} {package['version']}: {advisory['id']}"
        for package in packages
        for advisory in package["vulns"]
    ]


def audit_npm() -> list[str]:
    """The advisories for the packages that the front end is written against."""
    command = ("jlpm", "npm", "audit", "--all", "--environment", "production", "--json")
    found = parsed(run(*command, folder=REPOSITORY / "labextension"))
    return [
        f"{advisory['module_name']}: {advisory['title']}"
        for advisory in found["advisories"].values()
    ]


def main() -> int:
    """Ask both, tell what they say."""
    codes = {0}
    for name, audit in (("Python", audit_python), ("npm", audit_npm)):
        try:
            advisories = audit()
        except Unasked as e:
            print(f"{name}: NOT AUDITED, the advisory service cannot be asked: {e}")
            codes.add(2)
            continue
        print(f"{name}: {len(advisories)} advisories", *advisories, sep="\n  ")
        codes.add(1 if advisories else 0)
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
