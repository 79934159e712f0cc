"""Says what can make a PDF of a notebook: a browser, or TeX. Run by the notebooks' Python.

Exit status 0 and `browser` or `tex`, else 1 and what is missing. Stands alone: that Python need not
have this package. What marimo needs: https://docs.marimo.io/guides/exporting/#export-to-pdf
"""

from __future__ import annotations

import shutil
import sys
from importlib import import_module, util
from pathlib import Path


def missing() -> list[str]:
    """What a browser's PDF wants for."""
    wanted = {"nbformat": "nbformat", "nbconvert": "nbconvert", "playwright": "nbconvert[webpdf]"}
    absent = [package for module, package in wanted.items() if util.find_spec(module) is None]
    if absent:
        return absent
    playwright = import_module("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browsers = driver.chromium
        try:
            browsers.launch().close()
        except playwright.Error:
            return ["Playwright's Chromium"]
        # Without the whole browser marimo would download it, though the small one would do.
        return [] if Path(browsers.executable_path).exists() else ["Playwright's Chromium"]


def main() -> int:
    """Look and tell."""
    absent = missing()
    by_tex = "nbconvert" not in absent and shutil.which("pandoc") and shutil.which("xelatex")
    if absent and not by_tex:
        sys.stdout.write(", ".join(absent))
        return 1
    sys.stdout.write("tex" if absent else "browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
