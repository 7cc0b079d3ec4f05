"""`luzhi demo --remove`: all of the demo goes or none of it, and only by the name of the assembly."""

import asyncio
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.demo import holds_anything, install
from server.models.accounts import Account
from server.models.assembly import Assembly
from server.models.health import unready
from tests import make
from tests.accounts.door import CHEAP, is_in
from tests.backup.houses import connected, content
from tests.demo.conftest import OPERATOR
from tests.demo.filed import FILED
from tests.migrations import catalog
from tests.test_serving import LUZHI, environment

ZH, EN = "云渚市政协", "Consultative Assembly of Yunzhu"
GONE = """\
The demo assembly is gone: the database is empty, as on the first day.
If luzhi serve runs, start it anew. What comes next:
  luzhi account add NAME --role administrator
"""
PATIENCE_S = 60
ROUNDS = 4

Run = Callable[..., Result]


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs `luzhi demo` on the test's database."""
    url = request.getfixturevalue("demo_url" if "demo_url" in request.fixturenames else "db_url")
    env = {"LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(tmp_path / "data")}
    return lambda *words, **more: CliRunner(env=env | more).invoke(luzhi, ["demo", *words])


def within(url: str, work: Callable[[], Awaitable[Any]]) -> Any:
    """What it answers with the database connected."""

    async def asked() -> Any:
        async with connected(url):
            return await work()

    return asyncio.run(asked())


async def rows() -> dict[str, int]:
    return {table: len(found) for table, found in (await content()).items() if found}


@pytest.mark.parametrize("name", [ZH, f" {EN} "])
def test_by_its_name_it_goes_and_the_database_is_as_on_the_first_day(run: Run, db_url: str, name: str):
    fresh = within(db_url, catalog.everything)
    within(db_url, lambda: install(OPERATOR, filed=FILED, cost=CHEAP))

    done = run("--remove", "--name", name)

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.endswith(GONE)
    assert within(db_url, rows) == {}
    assert (within(db_url, catalog.everything), within(db_url, unready)) == (fresh, "")
    assert run("--if-empty").exit_code == 0
    assert within(db_url, rows)["person"] == 346


def test_it_says_first_what_goes_and_what_was_tried_on_top_of_it(run: Run, demo_url: str, tmp_path: Path):
    within(demo_url, make.person)
    upload = tmp_path / "data" / "imports" / "0b9c"
    upload.parent.mkdir(parents=True)
    upload.write_text("rows")

    done = run("--remove", "--name", EN)

    first, *counts, last = done.stderr.removesuffix(GONE).splitlines()
    assert re.fullmatch(
        r"This database began with the demo assembly, on [-\d]{10} [:\d]{5}\. All of it goes, .*:", first
    )
    assert "        347  person (the demo brought 346)" in counts
    assert "          9  account" in counts
    total = next(line for line in counts if line.endswith("rows in all"))
    each = [int(line.split()[0].replace(",", "")) for line in counts[: counts.index(total)]]
    assert sum(each) == int(total.split()[0].replace(",", ""))
    assert counts[-1] == f"          1  files of {tmp_path / 'data'}, 4 bytes"
    assert last.endswith("To keep what is there now, take one first: luzhi backup FILE")
    assert not upload.exists()


def test_another_name_changes_nothing(run: Run, demo_url: str, tmp_path: Path):
    before, file = within(demo_url, content), tmp_path / "data" / "imports" / "0b9c"
    file.parent.mkdir(parents=True)
    file.touch()

    for name in ("云渚", "Yunzhu Assembly", EN.upper(), ""):
        done = run("--remove", "--name", name)

        assert done.exit_code == 1
        assert done.stderr.endswith("Error: That is not the name of this assembly. Nothing was changed.\n")
    assert within(demo_url, content) == before
    assert file.exists()


def test_where_nobody_can_be_asked_the_name_has_to_be_given(run: Run, demo_url: str):
    before = within(demo_url, content)

    done = run("--remove")

    assert done.exit_code == 2
    assert "        346  person\n" in done.stderr
    assert done.stderr.endswith(f"add: --name and the name of the assembly ({ZH} or {EN}).\n")
    assert within(demo_url, content) == before


@pytest.mark.parametrize(("typed", "code", "left"), [(ZH, 0, 0), ("no", 1, 346), ("\x04", 1, 346)])
def test_on_a_terminal_it_asks_for_the_name(demo_url: str, tmp_path: Path, typed: str, code: int, left: int):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [LUZHI, "demo", "--remove"],
        env=environment(demo_url, tmp_path),
        stdin=theirs,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(ours, f"{typed}\n".encode())
    _, said = process.communicate(timeout=PATIENCE_S)
    os.close(ours)

    assert process.returncode == code
    assert f"If all of this is to go, type the name of the assembly ({ZH} or {EN}): " in said
    assert within(demo_url, rows).get("person", 0) == left


def test_a_name_that_was_taken_away_is_that_of_the_database(run: Run, demo_url: str):
    within(demo_url, lambda: Assembly.all().delete())
    name = demo_url.partition("?")[0].rpartition("/")[2]

    asked, done = run("--remove"), run("--remove", "--name", name)

    assert (asked.exit_code, done.exit_code) == (2, 0)
    assert f"the name of the assembly ({name})." in asked.stderr
    assert within(demo_url, rows) == {}


def test_what_did_not_begin_with_the_demo_is_left_alone(run: Run, db_url: str):
    empty = run("--remove", "--name", EN)
    within(db_url, make.person)
    before = within(db_url, content)
    others = run("--remove", "--name", EN)

    for done in (empty, others):
        told = "Error: This database did not begin with the demo assembly, so nothing of it is removed.\n"
        assert (done.exit_code, done.stderr) == (1, told)
    assert within(db_url, content) == before


def test_the_key_backups_and_what_the_operator_put_there_stay(run: Run, demo_url: str, tmp_path: Path):
    data = tmp_path / "data"
    kept = [
        data / "secret.key",
        data / "assets" / "htmx.js",
        data / "backups" / "b.zip",
        data / "operations" / "a.graphql",
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("k" * 40)
        path.chmod(0o600)

    done = run(
        *("--remove", "--name", EN),
        LUZHI_ASSETS_DIR=str(data / "assets"),
        LUZHI_OPERATIONS_DIR=str(data / "operations"),
    )

    assert done.exit_code == 0
    assert [path.read_text() for path in kept] == ["k" * 40] * 4


@pytest.mark.parametrize("words", [("--name", EN), ("--remove", "--if-empty")])
def test_words_that_do_not_go_together_are_wrong_usage(run: Run, demo_url: str, words: tuple[str, ...]):
    assert run(*words).exit_code == 2
    assert within(demo_url, rows)["person"] == 346


async def test_who_was_signed_in_is_out_while_the_server_goes_on(db: str, visitors, tmp_path: Path):
    await install(OPERATOR, filed=FILED, cost=CHEAP)
    secretary = await visitors.signed_in(await Account.get(name="secretary"))
    for _ in range(6):  # a database keeps a plan of what it was asked five times
        assert await is_in(secretary)

    await asyncio.to_thread(removed, db, tmp_path)

    for _ in range(6):
        assert not await is_in(secretary)
    again = await secretary.post("/login", data={"username": "secretary", "password": "demo-only-password"})
    assert again.status_code == 422
    assert (await secretary.get("/readyz")).status_code == 200
    assert not await holds_anything()
    assert await is_in(await visitors.signed_in(await make.account("admin")))


def test_killed_on_its_way_it_left_all_or_nothing(another: Callable[[], str], tmp_path: Path):
    """Done whole once, so that one knows how long it takes; then killed at moments spread over that time."""
    url, outcomes = another(), []
    before = within(url, content)
    whole = removed(url, tmp_path)
    assert within(url, rows) == {}

    for part in range(ROUNDS):
        url = another()
        removed(url, tmp_path, whole * part / ROUNDS)
        after = within(url, content)
        assert after == before or not any(after.values())
        assert within(url, unready) == ""
        outcomes.append(after == before)
    assert outcomes[0]


def removed(url: str, folder: Path, until: float | None = None) -> float:
    """Seconds that it took, or that it was let live after it said what goes."""
    command, env = [LUZHI, "demo", "--remove", "--name", EN], environment(url, folder)
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        said = iter(process.stderr.readline, "")
        assert any("luzhi backup FILE" in line for line in said)
        begun = time.monotonic()
        if until is not None:
            time.sleep(until)
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
        return time.monotonic() - begun
