"""The one table that turns errors into HTTP."""

from __future__ import annotations

import inspect
import sys

import pytest

from jupyter_reactive import errors, start_errors
from jupyter_reactive.web import STATUS, http_status

CLASSES = [
    cls
    for module in (errors, start_errors)
    for _, cls in inspect.getmembers(module, inspect.isclass)
    if cls.__module__ == module.__name__
]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_has_its_own_status(cls: type[errors.ReactiveError]):
    error = cls.__new__(cls)
    assert 400 <= http_status(error) < 600
    if cls is not errors.ReactiveError:
        assert http_status(error) != 500


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_is_in_the_tree(cls: type[errors.ReactiveError]):
    assert cls.__name__ in (sys.modules[cls.__module__].__doc__ or "")
    assert cls.__doc__


def test_the_table_names_only_our_errors():
    assert set(STATUS) <= set(CLASSES)
