"""Which statements the product sends for its requests: heard where Tortoise writes down what it sends."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tortoise.log import db_client_logger

from bench.work import whose
from server.app import create
from server.models import database
from server.settings import Settings


async def captured(
    url: str, data_dir: Path, tokens: Mapping[str, str], bodies: Mapping[str, Sequence[dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """For each operation its statements by variables: the longest of each request, which reads the answer."""
    chosen = {"LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(data_dir), "LUZHI_LOG": "warning"}
    chosen |= {"LUZHI_RATE_TOKEN": "999999999"}
    app = create(Settings.from_environment(chosen))
    await database.connect(url)
    found: dict[str, dict[str, Any]] = {}
    try:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for item, body in ((item, one) for item, several in bodies.items() for one in several):
                headers = {"Authorization": f"Bearer {whose(item, tokens)}"}
                with _heard() as asked:
                    (await client.post("/graphql", json=body, headers=headers)).raise_for_status()
                by_variables = found.setdefault(body["operationName"], {})
                by_variables[json.dumps(body["variables"])] = max(asked, key=lambda one: len(one[0]))
    finally:
        await database.close()
    return found


class _Listener(logging.Handler):
    """Puts each statement and its values on a list."""

    def __init__(self, asked: list[tuple[str, list[Any]]]) -> None:
        super().__init__(logging.DEBUG)
        self.asked = asked

    def emit(self, record: logging.LogRecord) -> None:
        """A line of Tortoise's clients; others are not of this form."""
        if record.msg == "%s: %s" and isinstance(record.args, tuple):
            statement, values = record.args
            self.asked.append((str(statement), list(values) if isinstance(values, list | tuple) else []))


@contextmanager
def _heard() -> Iterator[list[tuple[str, list[Any]]]]:
    asked: list[tuple[str, list[Any]]] = []
    listener, before, aloud = _Listener(asked), db_client_logger.level, db_client_logger.propagate
    db_client_logger.addHandler(listener)
    db_client_logger.setLevel(logging.DEBUG)
    db_client_logger.propagate = False
    try:
        yield asked
    finally:
        db_client_logger.removeHandler(listener)
        db_client_logger.setLevel(before)
        db_client_logger.propagate = aloud
