"""Each night: one is taken, all are read again, the right ones go; and who is told where none was taken."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from server.backup.nightly import night, nightly
from server.backup.shelf import NOTES, BackupState, Kept, damaged_of, last_good, lying_in, name_for, write_down
from server.models import audit
from server.models.messages.tables import Message
from server.rules.permissions import Role
from server.schema import Asking, formatted
from server.schema import ask as ask_of
from server.settings import Settings
from server.viewer import Viewer
from tests import make
from tests.backup.houses import files, spoil, system
from tests.cast import Cast
from tests.web.visitors import Asks

DAY = dt.timedelta(days=1)
SHOWN = "{ backups { name takenAt state checkedAt kilobytes rows product database } }"
CARDS = "{ viewer { awaits { code title text action address urgent } } }"
SignIn = Callable[..., "httpx.AsyncClient"]


async def test_night_after_night_the_right_ones_stay(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for n in range(10):
        done = await night(system(make.NOW + n * DAY), folder, files(tmp_path / "data"))

    assert (done.name, done.kept, done.gone, done.damaged) == ("luzhi-20261201T020000Z.zip", 8, 1, ())
    assert [kept.taken_at.day for kept in lying_in(folder)] == [1, 30, 29, 28, 27, 26, 25, 22]
    assert all(kept.state is BackupState.WHOLE and kept.product for kept in lying_in(folder))
    assert {kept.checked_at for kept in lying_in(folder)} == {make.NOW + 9 * DAY}


async def test_a_damaged_one_is_found_told_and_counts_for_none(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for n in range(3):
        await night(system(make.NOW + n * DAY), folder, files(tmp_path / "data"))
    bad = folder / name_for(make.NOW + DAY)
    spoil(bad)

    done = await night(system(make.NOW + 3 * DAY), folder, files(tmp_path / "data"))
    next_one = await night(system(make.NOW + 4 * DAY), folder, files(tmp_path / "data"))

    assert (done.kept, done.gone, done.damaged) == (3, 0, (bad.name,))
    assert str(done.words) == (
        "luzhi-20261125T020000Z.zip was taken; 3 backups are kept, 0 old ones are gone. Found damaged: "
        f"{bad.name}. Look at the disk, and put copies from elsewhere in their places, or remove them."
    )
    assert f"损坏的备份：{bad.name}" in done.words.into("zh")
    assert (next_one.kept, next_one.damaged) == (4, ())  # it is known already
    (found,) = [kept for kept in lying_in(folder) if kept.state is BackupState.DAMAGED]
    assert (found.path, found.taken_at, found.checked_at) == (bad, make.NOW + DAY, make.NOW + 3 * DAY)


async def test_administrators_are_told_once_of_each_that_is_damaged(tmp_path: Path, everyone: Cast) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    spoil(folder / name_for(make.NOW))

    for n in (1, 2):
        await night(system(make.NOW + n * DAY), folder, files(tmp_path / "data"))

    (message,) = await Message.all()
    name, admin = name_for(make.NOW), everyone["admin"]
    assert (message.title_en, message.title_zh) == (f"The backup {name} is damaged", f"备份{name}已损坏")
    assert (message.link, message.person_id or message.account_id) == ("/backups", admin.person or admin.account)


async def test_a_file_that_the_disk_does_not_give_is_damaged(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / name_for(make.NOW)).mkdir(parents=True)  # it can be looked at, and not be read

    done = await night(system(make.NOW + DAY), folder, files(tmp_path / "data"))

    assert (done.kept, done.damaged) == (1, (name_for(make.NOW),))


async def test_a_copy_that_takes_the_place_of_a_damaged_one_is_read_and_counts(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    bad = folder / name_for(make.NOW)
    copy = shutil.copyfile(bad, tmp_path / "elsewhere.zip")
    spoil(bad)
    await night(system(make.NOW + DAY), folder, files(tmp_path / "data"))
    shutil.copyfile(copy, bad)

    before = [kept.state for kept in lying_in(folder)]
    done = await night(system(make.NOW + 2 * DAY), folder, files(tmp_path / "data"))

    assert before == [BackupState.WHOLE, BackupState.UNCHECKED]
    assert (done.kept, done.damaged) == (3, ())


async def test_one_that_only_could_not_be_read_counts_again_once_it_can_be(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    bad = folder / name_for(make.NOW)
    notes = json.loads((folder / NOTES).read_text())
    notes[bad.name]["state"] = "damaged"  # as a night notes it that had no way to the disk
    (folder / NOTES).write_text(json.dumps(notes))
    before = [kept.state for kept in lying_in(folder)]

    done = await night(system(make.NOW + DAY), folder, files(tmp_path / "data"))

    assert before == [BackupState.DAMAGED]
    assert (done.kept, done.damaged) == (2, ())
    assert {(kept.state, kept.checked_at) for kept in lying_in(folder)} == {(BackupState.WHOLE, make.NOW + DAY)}


@pytest.mark.parametrize("what", ["gone", "cut", "written over", "unnoted"])
async def test_a_good_one_is_there_and_as_it_was_when_it_was_read(db: str, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    path = folder / name_for(make.NOW)
    assert last_good(lying_in(folder)) == make.NOW

    match what:
        case "gone":
            path.unlink()
        case "cut":
            times = path.stat().st_mtime_ns
            os.truncate(path, path.stat().st_size - 1)
            os.utime(path, ns=(times, times))
        case "written over":
            spoil(path)
        case "unnoted":
            (folder / NOTES).write_text("{")

    assert last_good(lying_in(folder)) is None
    assert damaged_of(lying_in(folder)) == []  # nobody has read it yet


async def test_what_a_newer_version_notes_besides_is_passed_over(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    await night(system(), folder, files(tmp_path / "data"))
    notes = json.loads((folder / NOTES).read_text())
    (folder / NOTES).write_text(json.dumps({name: note | {"speed": 1} for name, note in notes.items()}))

    assert [kept.state for kept in lying_in(folder)] == [BackupState.WHOLE]


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """A folder with a backup that was read whole, as far as its notes say."""
    path = tmp_path / name_for(make.NOW)
    path.write_bytes(b"not opened by day")
    stat = path.stat()
    kept = Kept(path, stat.st_size, stat.st_mtime_ns, BackupState.WHOLE, make.NOW, 7, "1.0", "sqlite")
    write_down(tmp_path, [kept])
    assert lying_in(tmp_path) == [kept]
    return tmp_path


@pytest.mark.parametrize("notes", [[], None, "luzhi", 1])
def test_notes_of_another_shape_say_nothing(noted: Path, notes: object) -> None:
    (noted / NOTES).write_text(json.dumps(notes))

    assert [kept.state for kept in lying_in(noted)] == [BackupState.UNCHECKED]


@pytest.mark.parametrize(
    "note",
    [
        [1],
        1,
        "whole",
        {"bytes": None},
        {"touched": "today"},
        {"state": "mended"},
        {"state": []},
        {"checked_at": "None"},
        {"checked_at": None},
        {"rows": None},
        {"rows": float("inf")},
    ],
    ids=str,
)
def test_a_note_of_another_shape_is_none(noted: Path, note: object) -> None:
    ((name, good),) = json.loads((noted / NOTES).read_text()).items()
    (noted / NOTES).write_text(json.dumps({name: good | note if isinstance(note, dict) else note}))

    assert [kept.state for kept in lying_in(noted)] == [BackupState.UNCHECKED]


@pytest.mark.parametrize("fact", ["bytes", "touched", "state", "checked_at", "rows", "product", "database"])
def test_a_note_that_lacks_a_fact_is_none(noted: Path, fact: str) -> None:
    notes = json.loads((noted / NOTES).read_text())
    del notes[name_for(make.NOW)][fact]
    (noted / NOTES).write_text(json.dumps(notes))

    assert [kept.state for kept in lying_in(noted)] == [BackupState.UNCHECKED]


async def test_notes_that_nobody_understands_are_written_anew_by_the_night(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / NOTES).write_text("[]")

    await night(system(), folder, files(tmp_path / "data"))

    assert [kept.state for kept in lying_in(folder)] == [BackupState.WHOLE]


async def test_what_a_killed_one_left_goes_and_what_is_not_ours_stays(db: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("luzhi-20260101T000000Z.zip.part", "notes.txt", "luzhi-of-ours.zip"):
        (folder / name).write_text(name)

    await night(system(), folder, files(tmp_path / "data"))

    assert {path.name for path in folder.iterdir()} == {name_for(make.NOW), NOTES, "notes.txt", "luzhi-of-ours.zip"}
    assert [kept.path.name for kept in lying_in(folder)] == [name_for(make.NOW)]


async def test_the_settings_say_where(db: str, tmp_path: Path) -> None:
    given = {"DATA_DIR": tmp_path, "SECRET_KEY": "k" * 40, "BACKUP_DIR": tmp_path / "elsewhere"}
    settings = Settings.from_environment({f"LUZHI_{name}": str(value) for name, value in given.items()})

    done = await nightly(system(), settings)

    assert str(done.words) == "luzhi-20261122T020000Z.zip was taken; 1 backups are kept, 0 old ones are gone."
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == {"luzhi-20261122T020000Z.zip", NOTES}


async def test_the_list_says_what_lies_there(db: str, tmp_path: Path, sign_in: SignIn) -> None:
    folder = tmp_path / "backups"
    await night(system(make.NOW - DAY), folder, files(tmp_path / "data"))
    spoil(folder / name_for(make.NOW - DAY))
    await night(system(), folder, files(tmp_path / "data"))
    shutil.copyfile(folder / name_for(make.NOW), folder / name_for(make.NOW - 2 * DAY))

    browser = await sign_in("admin")
    page = await browser.get("/backups")
    answer = await browser.get("/backups", headers={"Accept-Language": "zh"})

    assert page.status_code == answer.status_code == 200
    assert "2026-11-22T10:00:00+08:00" in page.text
    assert "cannot be restored. Look at the disk, and put a copy from elsewhere in its place" in page.text
    assert "It was put here or changed since, and is read tonight." in page.text
    assert page.text.count("luzhi-2026112") == 3
    assert "今夜将完整读取" in answer.text
    assert (await (await sign_in("secretary")).get("/backups")).status_code == 403


async def told(viewer: Viewer, folder: Path) -> list[str]:
    """What the home page says of backups, on either road."""
    answer = formatted(await ask_of(CARDS, {}, asking := Asking(viewer, backup_dir=folder), None), asking)
    cards = answer["data"]["viewer"]["awaits"]
    return [f"{card['title']}: {card['text']}" for card in cards if card["code"].startswith("BACKUP")]


async def test_administrators_are_told_where_the_last_good_one_is_too_old(db: str, tmp_path: Path) -> None:
    folder, admin = tmp_path / "backups", make.viewer(Role.ADMINISTRATOR)
    late = "There is no good backup of the last 48 hours"

    assert await told(admin, folder) == []
    await audit.record(system(make.NOW - 3 * DAY), "term.create", "", {"n": 1})
    assert await told(admin, folder) == [f"{late}: None was ever taken."]
    await night(system(make.NOW - 3 * DAY), folder, files(tmp_path / "data"))
    assert await told(admin, folder) == [f"{late}: The last good one is of 19 November 2026."]
    await night(system(make.NOW - DAY), folder, files(tmp_path / "data"))
    assert await told(admin, folder) == []
    for path in folder.glob("*.zip"):
        path.unlink()
    lost = "The one of 21 November 2026 is not in the folder any more, changed or damaged."
    assert await told(admin, folder) == [f"{late}: {lost}"]
    assert await told(make.viewer(Role.SECRETARY), folder) == []


async def test_administrators_are_told_which_one_is_damaged_until_it_is_gone(db: str, tmp_path: Path) -> None:
    folder, admin = tmp_path / "backups", make.viewer(Role.ADMINISTRATOR)
    await night(system(make.NOW - DAY), folder, files(tmp_path / "data"))
    bad = folder / name_for(make.NOW - DAY)
    spoil(bad)
    await night(system(), folder, files(tmp_path / "data"))

    before = await told(admin, folder)
    bad.unlink()

    assert before == [
        f"1 backups are damaged: {bad.name}, found on 22 November 2026, cannot be restored. Look at the disk, and put "
        "a copy from elsewhere in its place, or remove it."
    ]
    assert await told(admin, folder) == []


async def test_a_restore_is_another_sight_for_who_keeps_a_copy(ask: Asks) -> None:
    sight = "{ changes(first: 1) { sight } }"
    before = await ask("member", sight)

    await audit.record(make.viewer(name="test"), "backup.restore", "", {})

    assert (await ask("member", sight))["data"]["changes"]["sight"] != before["data"]["changes"]["sight"]
