"""A database full of rows, for operations that nobody chose."""

import gc
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from tortoise.log import db_client_logger

if TYPE_CHECKING:
    from tests.compiling.house import House


@pytest.fixture
async def house(request: pytest.FixtureRequest, db: str, monkeypatch: pytest.MonkeyPatch) -> "AsyncIterator[House]":
    """Rows of every kind, by the seed that is the fixture's parameter."""
    from tests.compiling.house import build  # a room that cannot be imported must not stop the tests of the others

    monkeypatch.setattr(db_client_logger, "propagate", False)  # else a failure would print every statement
    yield await build(request.param, monkeypatch)
    gc.collect()  # what was cancelled is to be let go while its warning is expected
