"""A file that is not as it was written, not ours or from the future is refused before anything is written."""

import hashlib
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import backup as backups
from server.backup import BackupError, Unfit, Wish
from server.backup.files import must_fit
from server.backup.manifest import Part
from server.backup.reading import opened
from server.backup.writing import MANIFEST, SEAL, hashed, seal
from server.models import database
from server.models.members.tables import Term
from tests import make
from tests.backup.conftest import Bare
from tests.backup.houses import connected, content, files, restore, system, take
from tests.migrations import catalog

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
async def good(bare_of: Bare, tmp_path: Path) -> Path:
    """A whole backup, of a term, a person and a file."""
    (tmp_path / "data" / "imports").mkdir(parents=True)
    (tmp_path / "data" / "imports" / "waiting").write_bytes(b"a file that waits")
    async with connected(await bare_of("sqlite", migrated=True)):
        await make.term("14")
        await make.person("王小明")
        await take(tmp_path / "good.zip", tmp_path / "data")
    return tmp_path / "good.zip"


def fits(path: Path) -> bool:
    """Whether all of it can be read."""
    try:
        with opened(path):
            return True
    except Unfit:
        return False


def remade(good: Path, *, change: Change = lambda said: None, parts: dict[str, bytes] | None = None) -> Path:
    """The backup with another manifest or other parts, sealed as if that were right."""
    path = good.with_name("remade.zip")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        new.comment = SEAL + b"0" * 64
        for name in old.namelist():
            data = (parts or {}).get(name, old.read(name))
            if name == MANIFEST:
                said = json.loads(data)
                change(said)
                data = json.dumps(said).encode()
            new.writestr(name, data)
    with path.open("r+b") as file:
        seal(file)
    return path


def test_one_byte_anywhere_is_noticed(good: Path) -> None:
    whole = good.read_bytes()
    places = {*random.Random(7).sample(range(len(whole)), 200), *range(60), *range(len(whole) - 120, len(whole))}
    bad = good.with_name("bad.zip")

    assert fits(good)
    for place in places:
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not fits(bad), place


def test_a_file_that_was_cut_short_or_has_more_is_noticed(good: Path) -> None:
    whole = good.read_bytes()
    bad = good.with_name("bad.zip")

    for length in [*range(0, len(whole), 97), *range(len(whole) - 90, len(whole))]:
        bad.write_bytes(whole[:length])
        assert not fits(bad), length
    bad.write_bytes(whole + b"\n")
    assert not fits(bad)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda said: said.update(format="another"), "not a backup of Luzhi"),
        (lambda said: said.update(version=2, product="9.0"), r"newer Luzhi \(9.0\)"),
        (lambda said: said.pop("tables"), "manifest"),
        (lambda said: said.update(taken_at="yesterday"), "manifest"),
        (lambda said: said["tables"][0].update(rows=7), "is not what it says"),
        (lambda said: said["tables"][0]["part"].update(sha256="0" * 64), "is not what it says"),
        (lambda said: said["tables"].pop(), "other parts than it says"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(good: Path, change: Change, says: str) -> None:
    with pytest.raises(Unfit, match=says), opened(remade(good, change=change)):
        pass


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    for data in (b"", b"PK", b"text\n" * 100, SEAL + b"0" * 64):
        path.write_bytes(data)
        assert not fits(path)
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("a", "b")
    with pytest.raises(Unfit, match="not a backup of Luzhi"), opened(path):
        pass


async def test_a_backup_of_a_newer_program_is_refused_and_nothing_is_written(
    bare_of: Bare, good: Path, tmp_path: Path
) -> None:
    newer = remade(good, change=lambda said: said["migrations"].append("9999_later") or said.update(product="9.0"))
    async with connected(await bare_of("sqlite")):
        with pytest.raises(Unfit, match=r"newer Luzhi \(9.0, with 9999_later\)"):
            await restore(newer, tmp_path / "two")
        assert await catalog.tables() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_does_not_fit_into_the_tables_changes_nothing(
    bare_of: Bare, good: Path, tmp_path: Path, kind: str
) -> None:
    term = "tables/term.jsonl"
    with zipfile.ZipFile(good) as archive:
        line = archive.read(term)

    def told(data: bytes) -> Change:
        part = Part(term, len(data), hashed_text(data))
        return lambda said: next(t for t in said["tables"] if t["table"] == "term")["part"].update(vars(part))

    twice = line + line
    wrong = [
        (line.replace(b'"14"', b'{"a":1}'), lambda said: None, "term do not fit"),
        (twice, lambda said: next(t for t in said["tables"] if t["table"] == "term").update(rows=2), "term do not fit"),
        (line, lambda said: said["tables"][0]["columns"].append("more"), "columns of access_grant"),
        (line, lambda said: said["migrations"].remove("0003_voided_elsewhere"), "do not follow each other"),
    ]
    async with connected(await bare_of(kind, migrated=True)):
        await make.term("15")
        before = await content()
        for data, change, says in wrong:
            bad = remade(good, parts={term: data}, change=lambda said, d=data, c=change: (told(d)(said), c(said)))
            with pytest.raises(BackupError, match=says):
                await restore(bad, tmp_path / "two", replace=True)
            assert await content() == before
        assert await Term.all().count() == 1


def hashed_text(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("name", ["../../outside", "/etc/outside", "..", "a/../../b", "a\\b"])
async def test_a_file_never_leaves_the_data_directory(bare_of: Bare, good: Path, tmp_path: Path, name: str) -> None:
    async with connected(await bare_of("sqlite")):
        with pytest.raises(Unfit, match="outside of the data directory"):
            must_fit([Part(f"files/{name}", 1, "0")], tmp_path, files(tmp_path / "two"))


async def test_a_file_never_takes_the_place_of_the_key_or_of_another(bare_of: Bare, good: Path, tmp_path: Path) -> None:
    data = tmp_path / "two"
    async with connected(await bare_of("sqlite")):
        place = files(data)
        for name in ("secret.key", "backups/luzhi.zip"):
            with pytest.raises(BackupError, match="not for it"):
                must_fit([Part(f"files/{name}", 1, "0")], place.data, place)
        (data / "imports").mkdir()
        (data / "imports" / "waiting").write_bytes(b"something else")
        with pytest.raises(BackupError, match="is there already"):
            await restore(good, data)
        assert await catalog.tables() == []
        (data / "imports" / "waiting").write_bytes(b"a file that waits")
        await restore(good, data)
    assert (data / "imports" / "waiting").read_bytes() == b"a file that waits"
    assert not list(data.glob(".restoring-*"))


@pytest.mark.parametrize("wish", [Wish(), Wish(replace=True)], ids=str)
async def test_no_wish_puts_a_file_where_backups_lie_or_in_the_place_of_the_database(
    bare_of: Bare, good: Path, tmp_path: Path, wish: Wish
) -> None:
    data = tmp_path / "two"
    waiting = data / "imports" / "waiting"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"what is kept apart")
    async with connected(await bare_of("sqlite")):
        for kept in (backups.place(data, str(waiting), data / "backups"), backups.place(data, "", waiting.parent)):
            with opened(good) as backup, pytest.raises(BackupError, match=f"not for it: {waiting}. Not even --replace"):
                await backups.restore(system(), backup, kept, wish)
        assert await catalog.tables() == []
    assert waiting.read_bytes() == b"what is kept apart"


async def test_with_replace_a_file_takes_the_place_of_another(bare_of: Bare, good: Path, tmp_path: Path) -> None:
    waiting = tmp_path / "two" / "imports" / "waiting"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"something else")
    async with connected(await bare_of("sqlite")):
        await restore(good, tmp_path / "two", replace=True)
    assert waiting.read_bytes() == b"a file that waits"


def test_the_seal_is_the_hash_of_all_before_it(good: Path) -> None:
    with good.open("rb") as file:
        found = hashed(file, good.stat().st_size - 64).hexdigest()

    assert good.read_bytes().endswith(SEAL + found.encode())
    assert re.fullmatch(r"[0-9a-f]{64}", found)


async def test_files_go_along_but_not_the_key_the_database_or_other_backups(
    bare_of: Bare, good: Path, tmp_path: Path
) -> None:
    data = tmp_path / "three"
    async with connected(await bare_of("sqlite", migrated=True)):
        place = files(data)
        (data / "imports").mkdir()
        shutil.copyfile(good, data / "imports" / "earlier.zip")
        for name in ("secret.key", "imports/one", "imports/.begun", "other.zip.part", "backups/night.zip"):
            (data / name).parent.mkdir(exist_ok=True)
            (data / name).write_text(name)
        (data / "link").symlink_to("/etc/hostname")
        (data / "imports" / "secret.key").write_text("of another house")
        (data / "left.db").write_bytes(b"SQLite format 3\0 left behind")
        (data / "left.db-wal").write_bytes(b"and what belongs to it")
        taken = await take(tmp_path / "three.zip", data)
        assert database.file_of() == f"/{database.file_of().lstrip('/')}"
    assert place.data == data
    assert [part.name for part in taken.manifest.files] == ["files/imports/one"]
