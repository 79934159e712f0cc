"""The doctor's page tries the way that the browser itself came."""

from __future__ import annotations

from playwright.sync_api import expect


def test_page_tells_what_reaches_the_browser(page, jupyter):
    page.goto(f"{jupyter.url}reactive/doctor?token={jupyter.token}")
    for check in ("marimo", "websocket", "eventStream"):
        finding = page.locator(f"[data-check={check}]")
        expect(finding).to_have_attribute("data-level", "ok", timeout=30_000)
    assert jupyter.token not in page.content()

    page.route("**/doctor/stream?*", lambda route: route.abort())
    page.goto(f"{jupyter.url}reactive/doctor")
    stream = page.locator("[data-check=eventStream]")
    expect(stream).to_have_attribute("data-level", "problem", timeout=30_000)
    expect(stream).to_contain_text("let them pass")
    expect(page.get_by_role("status")).to_have_text("There is something to do.")
