"""A page of another origin that the user opens gets nothing and does nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attacks import OPEN_TO_OURSELVES, attack, served
from front_end import Notebook, without_program
from jupyter_process import JupyterProcess
from playwright.sync_api import Page


def test_page_of_another_origin_gets_nothing(
    jupyter: JupyterProcess, page: Page, write: Callable, subtests: pytest.Subtests
):
    write("slider.py")
    before = sorted(path.name for path in jupyter.root.iterdir())
    page.goto(f"{jupyter.url}reactive/edit/?token={jupyter.token}&file=slider.py")
    Notebook(page).expect_ready()
    for host, where in (("127.0.0.1", "same site"), ("localhost", "cross site")):
        with subtests.test(where), served() as port:
            evil = page.context.new_page()
            evil.goto(f"http://{host}:{port}/")
            with without_program(evil):
                assert attack(evil, jupyter.url, "slider.py") == {}
            assert sorted(path.name for path in jupyter.root.iterdir()) == before
            evil.close()


def test_the_users_own_page_gets_all_of_it(jupyter: JupyterProcess, page: Page, write: Callable):
    write("slider.py")
    page.goto(f"{jupyter.url}reactive/edit/?token={jupyter.token}&file=slider.py")
    Notebook(page).expect_ready()
    with without_program(page):
        got = attack(page, jupyter.url, "slider.py")
    assert set(got) == OPEN_TO_OURSELVES, got
    made = {"json.py", "text.py", "form.py"}
    # A form's field is `name=value`.
    names = {path.name.replace("=", "") for path in jupyter.root.iterdir()}
    assert made <= names
