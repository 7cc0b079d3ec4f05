"""`luzhi backup` and `luzhi restore`, as operators and scripts call them."""

import asyncio
import hashlib
import json
import re
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import luzhi
from server.files import Shelves
from server.models import audit, database, documents
from server.models.documents import Filed
from server.models.members.tables import Term
from server.rules.documents import Media
from server.rules.permissions import Role
from tests import make
from tests.backup.houses import connected, spoil

Run = Callable[..., Result]


@pytest.fixture
def run(db_url: str, tmp_path: Path) -> Run:
    """Runs a command on the test's database, or on the SQLite file of that name."""

    def called(*words: str, on: str = "") -> Result:
        url = f"sqlite:///{tmp_path / on}" if on else db_url
        env = {"LUZHI_DATABASE_URL": url, "LUZHI_DATA_DIR": str(tmp_path / f"data{on}"), "LUZHI_SECRET_KEY": "k" * 40}
        return CliRunner(env=env).invoke(luzhi, [str(word) for word in words])

    return called


@pytest.fixture
def one_term(db_url: str) -> None:
    """A term, and an entry of the trail about it."""

    async def begin() -> None:
        async with connected(db_url):
            await make.term("14")
            await audit.record(make.viewer(name="test"), "term.create", "", {"n": 1})

    asyncio.run(begin())


def terms(path: Path) -> list[str]:
    async def read() -> list[str]:
        async with connected(f"sqlite:///{path}"):
            return await Term.all().values_list("code", flat=True)

    return asyncio.run(read())


@pytest.mark.usefixtures("one_term")
def test_a_backup_says_what_it_holds_and_comes_back_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    taken, tried = run("backup", path, "--json"), run("restore", path, "--dry-run", "--json", on="new.db")
    restored = run("restore", path, "--json", on="new.db")

    assert (taken.exit_code, tried.exit_code, restored.exit_code) == (0, 0, 0)
    assert (taken.stderr, tried.stderr, restored.stderr) == ("", "", "")
    said = json.loads(taken.stdout)
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (said["file"], said["bytes"]) == (str(path), path.stat().st_size)
    assert (said["tables"]["term"], said["files"], said["audit"]["entries"]) == (1, 0, 1)
    assert json.loads(tried.stdout)["rows"] == said["rows"] == sum(said["tables"].values())
    answer = json.loads(restored.stdout)
    assert answer["audit"] == {"entries": 2, "purged": 0, "ok": True, "first_bad": None}
    assert (answer["dry_run"], answer["migrated"], answer["references"]) == (False, [], {"ok": True})
    assert terms(tmp_path / "new.db") == ["14"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(run("audit", "verify", "--json").stdout)["entries"] == 2  # that one was taken is in the trail


@pytest.mark.usefixtures("one_term")
def test_it_is_told_in_sentences(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"

    taken, restored = run("backup", path), run("restore", path, on="new.db")

    assert taken.stdout.startswith(f"{path}: 3 rows of ")
    assert re.search(
        r" \d+ tables and 0 files, of [-\d]+ [:\d]+ UTC, [\d,]+ bytes, read back and whole\.\n$", taken.stdout
    )
    lines = restored.stdout.splitlines()
    assert lines[1:] == [
        "Every row that points to another finds it.",
        "The audit trail is whole: 2 entries, 0 of them purged.",
    ]


@pytest.mark.usefixtures("one_term")
def test_what_holds_something_is_replaced_only_by_its_name(run: Run, tmp_path: Path, db_url: str) -> None:
    path, name = tmp_path / "all.zip", database_name(db_url)
    run("backup", path)

    refused, wrong = run("restore", path), run("restore", path, "--replace", "luzhi-of-another")
    done = run("restore", path, "--replace", name)

    assert refused.exit_code == 1
    assert "This database is not empty: it has 2 rows of audit_entry" in refused.stderr
    assert refused.stderr.endswith(f"if all of this is to go, add: --replace {name}\n")
    assert (wrong.exit_code, done.exit_code) == (2, 0)
    assert f"This database is called {name}, not luzhi-of-another." in wrong.stderr


def database_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.usefixtures("one_term")
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    run("backup", path)
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(path.read_bytes()[:-1])

    again, nowhere = run("backup", path), run("backup", tmp_path / "no" / "folder.zip")
    empty = run("backup", tmp_path / "empty.zip", on="empty.db")
    bad, absent = run("restore", damaged, on="new.db"), run("restore", tmp_path / "absent.zip", on="new.db")

    assert [done.exit_code for done in (again, nowhere, empty, bad, absent)] == [1, 1, 1, 1, 2]
    assert "is there already, and a backup never takes the place of another" in again.stderr
    assert "cannot be written (No such file or directory)" in nowhere.stderr
    assert empty.stderr == "Error: There is nothing in this database yet. Run: luzhi migrate\n"
    assert bad.stderr == "Error: This file is not a backup of Luzhi, or its end is missing.\n"
    assert {found.name for found in tmp_path.glob("*.zip*")} == {"all.zip", "damaged.zip"}
    assert terms_are_not_there(tmp_path / "new.db")


def terms_are_not_there(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


async def tamper() -> None:
    client = database.connection()
    on = " ON audit_entry" if database.is_postgres() else ""
    await client.execute_query(f"DROP TRIGGER tr_audit_entry_update{on}")
    await client.execute_query("UPDATE audit_entry SET actor = 'nobody' WHERE serial = 1")


@pytest.mark.usefixtures("one_term")
def test_a_trail_that_was_tampered_with_is_restored_and_told(run: Run, tmp_path: Path, db_url: str) -> None:
    async def forge() -> None:
        async with connected(db_url):
            await tamper()

    asyncio.run(forge())
    path = tmp_path / "all.zip"
    taken, restored = run("backup", path), run("restore", path, "--json", on="new.db")

    assert (taken.exit_code, restored.exit_code) == (0, 1)
    assert taken.stderr == "Warning: the audit trail does not fit. Run: luzhi audit verify\n"
    assert "Entry 1 of the audit trail does not fit, as it did not when the backup was taken" in restored.stderr
    assert json.loads(restored.stdout)["audit"]["first_bad"] == 1
    assert terms(tmp_path / "new.db") == ["14"]


ALONE = "Warning: letters lead to http://127.0.0.1:8000, which no other machine reaches. Set LUZHI_BASE_URL.\n"


@pytest.mark.usefixtures("one_term")
def test_check_warns_where_no_good_backup_is_there_and_says_of_when_the_last_is(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "backups"
    before = run("check")
    run("backup", tmp_path / "all.zip")  # who knows where it is carried
    night = run("jobs", "run", "backup")
    after = run("check")
    (path,) = folder.glob("*.zip")
    path.unlink()
    gone = run("check")

    assert (before.exit_code, night.exit_code, after.exit_code, gone.exit_code) == (0, 0, 0, 0)
    late = f"Warning: {folder} has no good backup of the last 48 hours. Run: luzhi jobs run backup\n"
    assert before.stderr == gone.stderr == f"{ALONE}{late}"
    assert before.stdout.endswith("Database: good.\nPaper: good.\n")
    assert after.stderr == ALONE
    said = r"Database: good\.\nBackup: the last good one is of \d{4}-\d\d-\d\d \d\d:\d\d\.\nPaper: good\.\n$"
    assert re.search(said, after.stdout)


@pytest.mark.usefixtures("one_term")
def test_the_job_fails_once_for_one_that_is_damaged_and_check_names_it(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "backups"
    run("jobs", "run", "backup")
    (bad,) = folder.glob("*.zip")
    bad = bad.rename(folder / "luzhi-20261101T000000Z.zip")
    spoil(bad)

    failed = run("jobs", "run", "backup")
    (good,) = set(folder.glob("*.zip")) - {bad}
    good.rename(folder / "luzhi-20261102T000000Z.zip")  # two of the same second would have the same name
    again, checked = run("jobs", "run", "backup"), run("check")

    assert (failed.exit_code, again.exit_code, checked.exit_code) == (1, 0, 0)
    assert f"Found damaged: {bad.name}. Look at the disk" in failed.stderr
    assert checked.stderr == (
        f"{ALONE}Warning: {bad} is damaged. Look at the disk, and put a copy from elsewhere in its place, or remove "
        "it; then run: luzhi jobs run backup\n"
    )


@pytest.mark.usefixtures("one_term")
def test_check_misses_a_file_of_a_document_that_is_not_there(run: Run, db_url: str, tmp_path: Path) -> None:
    place, path = tmp_path / "data" / "files", tmp_path / "all.zip"
    sha256 = asyncio.run(with_a_paper(db_url, place))
    whole, taken, restored = run("check"), run("backup", path), run("restore", path, on="new.db")
    again = run("check", on="new.db")
    next(place.glob(f"*/*/{sha256}")).unlink()
    lacking = run("check")

    assert (whole.exit_code, taken.exit_code, restored.exit_code, again.exit_code, lacking.exit_code) == (0, 0, 0, 0, 1)
    assert "\nFiles: all 1 are there.\n" in whole.stdout
    assert "\nFiles: all 1 are there.\n" in again.stdout  # by default they lie in the data directory, and go along
    assert lacking.stderr.endswith(
        f"Error: Files: 1 of 1 files of documents are not there, such as {sha256}. Copy them to LUZHI_FILES_URL from "
        "your copy of that place.\n"
    )


async def with_a_paper(url: str, place: Path) -> str:
    """A document with a file; the hash of it."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a paper"

    kept = await Shelves.at(f"file://{place}").keep(pieces(), most=100)
    async with connected(url):
        keeper = make.viewer(Role.CUSTODIAN, account=(await make.account()).id, name="test")
        folder = await documents.folder_add(keeper, name_en="Papers")
        row = await documents.document_add(keeper, folder=folder.id, title_en="Report")
        file = Filed("paper.pdf", Media.PDF, kept.sha256, kept.size, kept.sha256, 1)
        await documents.version_add(keeper, document=row.id, file=file)
    return kept.sha256
