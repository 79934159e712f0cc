"""What an app is made of works through the proxy, for two visitors at once, by either transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cells import source_of
from front_end import Notebook, own_lab
from gateway import Gateway
from playwright.sync_api import Browser, Page, expect

# As a Hub has it.
jupyter = own_lab(base_url="/user/name/")

# https://anywidget.dev
WIDGET = """\
import anywidget
import traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''
    function render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `Clicks: ${model.get("clicks")}`; };
      button.addEventListener("click", () => {
        model.set("clicks", model.get("clicks") + 1);
        model.save_changes();
      });
      model.on("change:clicks", show);
      show();
      el.append(button);
    }
    export default { render };
    '''
    clicks = traitlets.Int(0).tag(sync=True)

widget = mo.ui.anywidget(Counter())
widget"""
ELEMENTS = source_of(
    "import marimo as mo",
    """\
slider = mo.ui.slider(1, 9, label="number")
table = mo.ui.table([{"town": "Oslo"}, {"town": "Lima"}], selection="single")
form = mo.ui.text(label="Name").form()
upload = mo.ui.file(label="Bring a file")
mo.vstack([slider, table, form, upload])""",
    """\
town = [row["town"] for row in table.value]
mo.md(f"square {slider.value**2}; town {town}; name {form.value}; file {upload.contents()}")""",
    "count, set_count = mo.state(0)",
    'mo.ui.button(label="Count", on_change=lambda _: set_count(lambda number: number + 1))',
    'mo.md(f"count {count()}")',
    """\
number = f"number {slider.value}".encode()
mo.download(data=number, filename="number.txt", label="Take it along")""",
    """\
menu = mo.nav_menu({"#/": "First", "#/second": "Second"})
pages = mo.routes({"#/": mo.md("page one"), "#/second": mo.md("page two")})
mo.vstack([menu, pages])""",
    WIDGET,
    """mo.md(f"the widget says {widget.value['clicks']}")""",
)


@pytest.fixture
def asked() -> list[str]:
    """What the visitors' pages have asked for."""
    return []


@pytest.fixture
def troubles() -> list[str]:
    """What has gone wrong in the visitors' pages, as far as these know."""
    return []


@pytest.fixture
def visit(browser: Browser, jupyter, asked, troubles) -> Iterator[Callable[[int], Page]]:
    """Open the app in a browser of its own, by a port."""
    with ExitStack() as stack:

        def open_(port: int) -> Page:
            page = stack.enter_context(browser.new_context()).new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "response",
                lambda answer: (
                    troubles.append(f"{answer.status} {answer.url}")
                    if answer.status >= 400
                    else None
                ),
            )
            place = f"{jupyter.base_url}reactive/run/elements.py/"
            page.goto(f"http://127.0.0.1:{port}{place}?token={jupyter.token}")
            return page

        yield open_


@pytest.mark.parametrize("manner", ["pass", "refuse"], ids=["websocket", "events"])
def test_elements_of_an_app(visit, asked, troubles, jupyter, write, manner, tmp_path):
    write("elements.py", ELEMENTS)
    assert jupyter.root != jupyter.cwd
    file = tmp_path / "brought.txt"
    file.write_text("from home")
    with Gateway(jupyter.port, manner) as gateway:
        first, second = visit(gateway.port), visit(gateway.port)
        app, other = Notebook(first), Notebook(second)
        use_all(app, file)
        use_widget(app, troubles)
        other.expect_output("square 1; town []; name None; file None")
        other.expect_output("count 0")
        other.expect_output("page one")
        other.expect_output("the widget says 0")
        other.slider().press("ArrowRight")
        other.expect_output("square 4;")
        app.expect_output("square 81;")
        streams = [url for url in asked if "/user/name/reactive/run/elements.py/sse?" in url]
        assert bool(streams) == (manner == "refuse")
        first.close()
        second.close()


def use_all(app: Notebook, file: Path) -> None:
    """Use each element once, and see what comes of it."""
    page = app.frame
    app.expect_output("square 1; town []; name None; file None")
    app.slider().press("End")
    app.expect_output("square 81; town []")
    page.get_by_role("radio").or_(page.get_by_role("checkbox")).nth(1).click()
    app.expect_output("town ['Lima']")
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Submit").click()
    app.expect_output("name Ada")
    page.locator("input[type=file]").set_input_files(file)
    app.expect_output("file b'from home'")
    for number in range(1, 3):
        page.get_by_role("button", name="Count").click()
        app.expect_output(f"count {number}")
    with page.expect_download() as download:
        page.get_by_text("Take it along").click()
    assert Path(download.value.path()).read_text() == "number 9"
    page.get_by_role("link", name="Second").click()
    app.expect_output("page two")


def use_widget(app: Notebook, troubles: list[str]) -> None:
    """Use the widget; where it is not shown, say what the pages know of it."""
    app.expect_output("the widget says 0")
    button = app.frame.get_by_role("button", name="Clicks: ")
    try:
        expect(button).to_have_text("Clicks: 0", timeout=30_000)
    except AssertionError as e:
        output = app.frame.locator("marimo-anywidget").first.evaluate("node => node.outerHTML")
        raise AssertionError(f"{troubles}\n{output[:2000]}") from e
    button.click()
    app.expect_output("the widget says 1")
    expect(button).to_have_text("Clicks: 1")
