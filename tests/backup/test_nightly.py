"""Each night: one is taken, all are read again, the right ones go; and who is told where none was taken."""

import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from server.backup.nightly import night, nightly
from server.backup.shelf import BackupState, lying_in, name_for
from server.models import audit
from server.rules.permissions import Role
from server.settings import Settings
from tests import make
from tests.backup.houses import files, system
from tests.web.visitors import Asks

DAY = dt.timedelta(days=1)
SHOWN = "{ backups { name takenAt state checkedAt kilobytes rows product database } }"
CARDS = "{ viewer { awaits { code title text action address urgent } } }"
SignIn = Callable[..., "httpx.AsyncClient"]


async def test_night_after_night_the_right_ones_stay(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for n in range(10):
        done = await night(system(make.NOW + n * DAY), folder, files(tmp_path / "data"))

    assert (done.name, done.kept, done.gone, done.damaged) == ("luzhi-20261201T020000Z.zip", 8, 1, 0)
    assert [kept.taken_at.day for kept in lying_in(folder)] == [1, 30, 29, 28, 27, 26, 25, 22]
    assert all(kept.state is BackupState.WHOLE and kept.rows > 0 for kept in lying_in(folder)[:-1])


async def test_a_damaged_one_is_found_told_and_counts_for_none(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for n in range(3):
        await night(system(make.NOW + n * DAY), folder, files(tmp_path / "data"))
    bad = folder / name_for(make.NOW + DAY)
    with bad.open("r+b") as file:
        file.seek(500)
        file.write(b"\0\0\0\0")

    done = await night(system(make.NOW + 3 * DAY), folder, files(tmp_path / "data"))

    assert (done.kept, done.gone, done.damaged) == (3, 0, 1)
    assert str(done.words) == (
        "luzhi-20261125T020000Z.zip was taken; 3 backups are kept, 0 old ones are gone. "
        "Found damaged among the earlier ones: 1. Look at the disk."
    )
    assert "损坏" in done.words.into("zh")
    (found,) = [kept for kept in lying_in(folder) if kept.state is BackupState.DAMAGED]
    assert (found.path.name, found.taken_at) == (f"{bad.name}.damaged", make.NOW + DAY)


async def test_what_a_killed_one_left_goes_and_what_is_not_ours_stays(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("luzhi-20260101T000000Z.zip.part", "notes.txt", "luzhi-of-ours.zip"):
        (folder / name).write_text(name)

    await night(system(), folder, files(tmp_path / "data"))

    assert {path.name for path in folder.iterdir()} == {name_for(make.NOW), "notes.txt", "luzhi-of-ours.zip"}
    assert [kept.path.name for kept in lying_in(folder)] == [name_for(make.NOW)]


async def test_the_settings_say_where(db: str, tmp_path: Path) -> None:
    given = {"DATA_DIR": tmp_path, "SECRET_KEY": "k" * 40, "BACKUP_DIR": tmp_path / "elsewhere"}
    settings = Settings.from_environment({f"LUZHI_{name}": str(value) for name, value in given.items()})

    said = await nightly(system(), settings)

    assert str(said) == "luzhi-20261122T020000Z.zip was taken; 1 backups are kept, 0 old ones are gone."
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["luzhi-20261122T020000Z.zip"]


async def test_the_list_says_what_lies_there(
    db: str, tmp_path: Path, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    shutil.copyfile(folder / name_for(make.NOW), folder / f"{name_for(make.NOW - DAY)}.damaged")
    os.utime(folder / name_for(make.NOW), (make.NOW.timestamp(), make.NOW.timestamp()))

    browser = await sign_in("admin")
    page = await browser.get("/backups")
    answer = await browser.get("/backups", headers={"Accept-Language": "zh"})

    assert page.status_code == answer.status_code == 200
    assert "2026-11-22T10:00:00+08:00" in page.text
    assert "It cannot be restored. Look at the disk." in page.text
    assert page.text.count("luzhi-2026112") == 2
    assert (await (await sign_in("secretary")).get("/backups")).status_code == 403


async def test_administrators_are_told_where_the_last_one_is_too_old(ask: Asks) -> None:
    long_ago = make.viewer(name="test", now=make.NOW - 3 * DAY)
    admin = make.viewer(Role.ADMINISTRATOR)

    async def told() -> list[str]:
        cards = (await ask(admin, CARDS))["data"]["viewer"]["awaits"]
        return [f"{card['title']}: {card['text']}" for card in cards if card["code"] == "BACKUP"]

    assert await told() == []
    await audit.record(long_ago, "term.create", "", {"n": 1})
    assert await told() == ["There is no backup of the last 48 hours: None was ever taken."]
    await audit.record(long_ago, "backup.take", "", {"file": "one.zip"})
    assert await told() == ["There is no backup of the last 48 hours: The last one is of 19 November 2026."]
    await audit.record(make.viewer(name="test", now=make.NOW - DAY), "backup.take", "", {"file": "two.zip"})
    assert await told() == []
    assert "BACKUP" not in str(await ask("secretary", CARDS))


async def test_a_restore_is_another_sight_for_who_keeps_a_copy(ask: Asks) -> None:
    sight = "{ changes(first: 1) { sight } }"
    before = await ask("member", sight)

    await audit.record(make.viewer(name="test"), "backup.restore", "", {})

    assert (await ask("member", sight))["data"]["changes"]["sight"] != before["data"]["changes"]["sight"]
