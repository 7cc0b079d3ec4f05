"""`luzhi demo`, as an operator and `make run` call it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.models import database
from tests import make

Run = Callable[..., Result]


@pytest.fixture
def run(db_url: str, tmp_path: Path) -> Run:
    """Runs the command on the test's database."""
    env = {"LUZHI_DATABASE_URL": db_url, "LUZHI_DATA_DIR": str(tmp_path)}
    return lambda *words: CliRunner(env=env).invoke(luzhi, words)


async def someone(url: str) -> None:
    await database.connect(url)
    try:
        await make.person()
    finally:
        await database.close()


def test_it_goes_into_an_empty_database_once(run: Run):
    first, second = run("demo"), run("demo")

    assert first.exit_code == 0
    assert "admin, secretary, custodian, chair, leader, convener, member, department, auditor" in first.stderr
    assert (second.exit_code, second.stderr) == (1, "Error: The demo assembly is in this database already.\n")
    assert run("audit", "verify", "--json").stdout == '{"entries": 1, "purged": 0, "ok": true, "first_bad": null}\n'


def test_if_empty_it_is_quiet_the_second_time(run: Run):
    first, second = run("demo", "--if-empty"), run("demo", "--if-empty")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert (second.stdout, second.stderr) == ("", "")


def test_beside_other_people_it_refuses_or_does_nothing(run: Run, db_url: str):
    asyncio.run(someone(db_url))

    refused, quiet = run("demo"), run("demo", "--if-empty")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: This database is not empty, and the demo assembly goes only into an")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
