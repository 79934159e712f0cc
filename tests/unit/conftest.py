"""Lets a test be a coroutine."""

from pytest_jupyter.jupyter_core import jp_asyncio_loop  # noqa: F401
from pytest_jupyter.pytest_tornasync import *  # noqa: F403
