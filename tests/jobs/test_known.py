"""What each of the product's jobs does: what is over goes, what still counts stays."""

import asyncio
import datetime as dt
import errno
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.files import Shelves
from server.imports.forgetting import forget_previews
from server.imports.options import Options
from server.imports.runs import FOLDER, preview
from server.jobs.job import Failed, kept, of_run, sentence, told
from server.jobs.known import JOBS
from server.models import audit, documents, jobs
from server.models.accounts.tables import AppCode, AppToken, Consent, Session, SignInFailure
from server.models.audit import AuditEntry
from server.models.documents import Filed
from server.models.imports import ImportRow, ImportRun, ImportState
from server.models.jobs import JobOutcome, JobRun
from server.models.repeating import KeptAnswer
from server.models.sweeping import sweep
from server.rules.documents import Media
from server.settings import Settings
from server.viewer import Viewer, system_viewer
from tests import make
from tests.audit.test_verify_command import tamper
from tests.cast import Cast
from tests.imports.bringing import FILES, secretary

KNOWN = {job.name: job for job in JOBS}
SYSTEM = system_viewer(make.ZONE, "job", make.NOW)
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
QUARTER = dt.timedelta(minutes=15)

Run = Callable[[str], Awaitable[str]]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Runs a job as the system, at NOW; what it says."""

    async def run(name: str, viewer: Viewer = SYSTEM) -> str:
        with of_run(settings):
            return str(await KNOWN[name].run(viewer))

    return run


def test_each_job_has_a_name_and_words_of_its_own() -> None:
    assert len(KNOWN) == len(JOBS) == len({job.words.msgid for job in JOBS})
    assert all(job.words.into("zh") != job.words.into("en") for job in JOBS)


def test_each_job_stands_on_the_page_for_operators() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")

    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE) == list(KNOWN)


async def test_sessions_that_have_ended_by_themselves_are_removed(run: Run) -> None:
    account = await make.account()
    facts = {"account": account, "created_at": make.NOW - DAY, "last_seen_at": make.NOW - DAY}
    for name, end in {"over": make.NOW, "running": make.NOW + SECOND}.items():
        await Session.create(token_hash=name, expires_at=end, **facts)
    await Session.create(token_hash="signed out", expires_at=make.NOW + SECOND, ended_at=make.NOW - DAY, **facts)

    assert await run("sessions") == "1 sessions removed."

    assert set(await Session.all().values_list("token_hash", flat=True)) == {"running", "signed out"}


async def test_failed_sign_ins_are_forgotten_once_they_count_no_more(run: Run) -> None:
    for name, at in {"old": make.NOW - QUARTER, "counts": make.NOW - QUARTER + SECOND}.items():
        await SignInFailure.create(account_name=name, address_hash="a", at=at)

    assert await run("tries") == "1 failed sign-ins forgotten."

    assert await SignInFailure.all().values_list("account_name", flat=True) == ["counts"]


async def test_codes_and_tokens_of_apps_go_some_time_after_their_end(run: Run) -> None:
    consent = await _consent()
    for name, end in {"old": make.NOW - 30 * DAY, "kept": make.NOW - 30 * DAY + SECOND}.items():
        await AppCode.create(consent=consent, code_hash=name, challenge="", expires_at=end)
    facts = {"consent": consent, "line": uuid4(), "refresh": False, "created_at": make.NOW - 90 * DAY}
    for name, end in {"old": make.NOW - DAY, "kept": make.NOW - DAY + SECOND}.items():
        await AppToken.create(token_hash=name, expires_at=end, **facts)

    assert await run("app-tokens") == "2 codes and tokens removed."

    assert await AppCode.all().values_list("code_hash", flat=True) == ["kept"]
    assert await AppToken.all().values_list("token_hash", flat=True) == ["kept"]


async def _consent() -> Consent:
    from server.models.accounts.tables import App

    app = await App.create(name_zh="平台", name_en="Platform", created_at=make.NOW)
    return await Consent.create(account=await make.account(), app=app, created_at=make.NOW)


async def test_files_go_to_which_no_version_points(run: Run, settings: Settings, everyone: Cast) -> None:
    shelves, keeper = Shelves.at(settings.files_url), everyone["custodian"]
    names = ("replaced", "read", "its pages", "left", "left a day ago")
    files = {name: (await shelves.keep(_pieces(name), most=100)).sha256 for name in names}
    place = Path(settings.files_url.removeprefix("file://"))
    lying = {name: place / sha256[:2] / sha256[2:4] / sha256 for name, sha256 in files.items()}
    for name, path in lying.items():
        at = (make.NOW - DAY - (name != "left a day ago") * SECOND).timestamp()
        os.utime(path, (at, at))
    folder = await documents.folder_add(keeper, name_en="Papers")
    row = await documents.document_add(keeper, folder=folder.id, title_en="Report")
    for name, pages in (("replaced", "replaced"), ("read", "its pages")):
        file = Filed(f"{name}.pdf", Media.PDF, files[name], 100, files[pages], 1)
        await documents.version_add(keeper, document=row.id, file=file)

    assert await run("files") == "1 files removed to which no document points."

    assert {name for name in names if not lying[name].exists()} == {"left"}
    assert await run("files") == "0 files removed to which no document points."


async def _pieces(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def test_keys_of_changes_are_forgotten_after_a_day(run: Run) -> None:
    for name, at in {"old": make.NOW - DAY, "counts": make.NOW - DAY + SECOND}.items():
        await KeptAnswer.create(id=name, request="r", answer=None, at=at)

    assert await run("answers") == "1 keys forgotten."

    assert await KeptAnswer.all().values_list("id", flat=True) == ["counts"]


async def test_what_is_recorded_of_readers_is_not_kept_for_ever(run: Run) -> None:
    for years in (4, 6):
        old = make.viewer(name="test", now=make.NOW - years * 366 * DAY)
        await audit.record(old, "reading.open", "", {"number": "7"})

    assert await run("retention") == "1 entries of the trail emptied, 0 records of readers deleted."

    assert await run("trail") == "The audit trail is whole: 3 entries, 1 of them purged."


async def test_the_trail_is_checked(run: Run) -> None:
    for n in range(3):
        await audit.record(make.viewer(name="test"), "term.create", "", {"n": n})

    assert await run("trail") == "The audit trail is whole: 3 entries, 0 of them purged."

    await tamper()
    with pytest.raises(Failed, match="Entry 2 of the audit trail does not fit") as found:
        await run("trail")
    assert not found.value.again  # another try mends no trail


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        ("messages", "消息：没有到期的。"),
        ("token-ends", "提醒：0个令牌即将到期，已通知其所有者。"),
        ("leavers", "已停用0个离任委员的账号。"),
    ],
)
async def test_what_a_job_did_is_told_in_both_languages(db: str, settings: Settings, name: str, zh: str) -> None:
    with of_run(settings):
        said = await KNOWN[name].run(SYSTEM)

    assert told(kept(sentence(said))).into("zh") == zh


async def test_a_backup_that_cannot_be_taken_says_of_which_file(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = settings.data_dir / FOLDER / "closed"
    closed.parent.mkdir()
    closed.touch()
    real = Path.open

    def denied(path: Path, *how: Any, **more: Any) -> object:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *how, **more)

    monkeypatch.setattr(Path, "open", denied)  # the disk is open to who runs the tests

    with pytest.raises(Failed) as unread:
        await run("backup")
    settings.backup_dir.rmdir()
    settings.backup_dir.touch()
    with pytest.raises(Failed) as unwritten:
        await run("backup")

    why = f"{closed} cannot be read (Permission denied)."
    assert str(unread.value.words) == f"The backup of this night failed: {why}"
    assert unread.value.words.into("zh") == f"今夜的备份失败：{why}"
    assert str(settings.backup_dir) in str(unwritten.value.words)
    assert (unread.value.again, unwritten.value.again) == (True, True)


@dataclass(frozen=True)
class Made:
    """A preview of a file that is kept."""

    run: ImportRun
    file: Path


async def made(settings: Settings, name: str, **facts: object) -> Made:
    """A preview with rows and a file of its own; facts: what is said of it afterwards."""
    folder = settings.data_dir / FOLDER
    content = (FILES / "people.csv").read_bytes() + f"\n{name}".encode()
    run = await preview(secretary(), content, name=name, options=Options.parsed(format="csv"), folder=folder)
    await ImportRun.filter(id=run.id).update(**facts)
    file = folder / run.sha256
    os.utime(file, (0, 0))
    return Made(run, file)


async def test_previews_that_nobody_decided_on_go_and_what_others_left(run: Run, settings: Settings) -> None:
    month, day = make.NOW - 30 * DAY, make.NOW - DAY
    old = await made(settings, "old", started_at=month)
    waiting = await made(settings, "waiting", started_at=month + SECOND)
    died = await made(settings, "died", started_at=day, state=ImportState.DISCARDED)
    making = await made(settings, "making", started_at=day + SECOND, state=ImportState.DISCARDED)
    draft = settings.data_dir / FOLDER / ".draft"
    draft.touch()
    left = await ImportRow.filter(run_id=died.run.id).count()

    said = await run("previews")

    assert said == f"1 previews discarded, {left + 1} rows and files of others removed."
    assert (await ImportRun.get(id=old.run.id)).state is ImportState.DISCARDED
    assert (await AuditEntry.get(action="imports.discard")).actor == "job"
    assert (await ImportRun.get(id=waiting.run.id)).state is ImportState.PREVIEWED
    assert set(await ImportRow.all().values_list("run_id", flat=True)) == {waiting.run.id, making.run.id}
    assert [one.file.exists() for one in (old, waiting, died, making)] == [False, True, False, True]
    assert draft.exists()
    os.utime(draft, (0, 0))
    assert await run("previews") == "0 previews discarded, 1 rows and files of others removed."


async def test_of_two_who_discard_a_preview_at_once_one_does_it(settings: Settings) -> None:
    await made(settings, "old", started_at=make.NOW - 30 * DAY)
    folder = settings.data_dir / FOLDER

    found = await asyncio.gather(*(forget_previews(SYSTEM, folder=folder) for _ in range(2)))

    assert sorted(found) == [(0, 0), (1, 0)]
    assert await AuditEntry.filter(action="imports.discard").count() == 1


async def test_without_a_folder_there_is_no_file_to_be_removed(run: Run) -> None:
    assert await run("previews") == "0 previews discarded, 0 rows and files of others removed."


async def test_runs_are_forgotten_after_a_month_but_the_newest_of_each_job(run: Run) -> None:
    facts = {"outcome": JobOutcome.DONE, "tries": 1, "holder": "x", "leased_until": make.NOW, "started_at": make.NOW}
    month = make.NOW - 30 * DAY
    for due_at, newest in ((month, False), (month + SECOND, False), (month - DAY, False)):
        await JobRun.create(job="often", due_at=due_at, newest=newest, **facts)
    await JobRun.create(job="seldom", due_at=month - DAY, newest=True, **facts)

    assert await run("runs") == "2 runs forgotten."

    assert set(await JobRun.all().values_list("job", "due_at")) == {
        ("often", month + SECOND),
        ("seldom", month - DAY),
    }


async def test_of_many_runs_that_went_well_the_last_ones_are_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST", 2)
    facts = {"tries": 1, "holder": "x", "leased_until": make.NOW, "started_at": make.NOW}
    for n in range(6):
        well = {"outcome": JobOutcome.DONE if n != 4 else JobOutcome.FAILED, "newest": n == 0}
        await JobRun.create(job="often", due_at=make.NOW - n * SECOND, **well, **facts)

    assert await run("runs") == "2 runs forgotten."

    kept = await JobRun.all().order_by("-due_at").values_list("due_at", flat=True)
    assert kept == [make.NOW - n * SECOND for n in (0, 1, 2, 4)]


async def test_many_go_in_portions(db: str, statements) -> None:
    for n in range(5):
        await SignInFailure.create(account_name=f"name{n}", address_hash="a", at=make.NOW)

    with statements() as asked:
        assert await sweep(SignInFailure.all(), portion=2) == 5

    assert [sql.split()[0] for sql in asked] == ["SELECT", "DELETE"] * 3 + ["SELECT"]
    assert await SignInFailure.all().count() == 0
