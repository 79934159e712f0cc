"""A user's way into the Hub: its form, in a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hub.process import User
from playwright.sync_api import Browser, Page

# The first page of a Lab or of marimo, on a machine that does other things too.
PATIENCE_SECONDS = 60


@contextmanager
def logged_in(browser: Browser, user: User, route: str, server: str = "") -> Iterator[Page]:
    """A user's page, on its way to a route of a server of theirs.

    The Hub starts the default server, whose name is empty; a named one has to run. Whoever needs
    the page waits for what they need of it: JupyterLab's takes five seconds of a processor.
    """
    context = browser.new_context(base_url=user.hub.url)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(user.url(route, server) if server else f"hub/user-redirect/{route}")
    sign_in(page, user)
    page.wait_for_url(lambda url: url.startswith(user.url(server=server)), wait_until="commit")
    yield page
    context.close()


def sign_in(page: Page, user: User) -> None:
    """Fill in the Hub's form."""
    page.get_by_label("Username").fill(user.name)
    page.get_by_label("Password").fill("anything")
    page.get_by_role("button", name="Sign in").click()
