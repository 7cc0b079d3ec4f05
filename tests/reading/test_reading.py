"""Reading page by page: who may is decided each time, and each page is on the ledger before it is given."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.app import Luzhi
from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import audit, documents, reading
from server.models.audit import AuditEntry
from server.models.database import settle
from server.models.documents import AgreementAcceptance, GrantUse, ReadingAgreement
from server.models.reading import Leaf, ReadingNote, ReadingProgress, ReadingSession, ReadReceipt
from server.rules.documents import Act, Effect, GrantState, Level, ReadMode
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.make import NOW
from tests.reading import papers

SECOND, YEAR = dt.timedelta(seconds=1), dt.timedelta(days=366)


def later(viewer: Viewer, seconds: int) -> Viewer:
    return replace(viewer, now=viewer.now + seconds * SECOND)


async def stamped(leaf: Leaf) -> tuple[str, ...]:
    return leaf.stamp


async def entries(prefix: str = "reading.") -> list[tuple[str, dict[str, Any]]]:
    rows = await AuditEntry.filter(action__startswith=prefix).order_by("serial")
    return [(row.action.removeprefix("reading."), row.facts or {}) for row in rows]


async def page(viewer: Viewer, session: UUID, n: int, what: str = "page") -> Any:
    look = await reading.LOOK.read(viewer, session)
    return await reading.page_give(viewer, look, n=n, make=stamped, what=what)


async def progress(cast: Cast, who: str = "member") -> ReadingProgress:
    return await ReadingProgress.get(person_id=cast.people[who].id)


async def test_what_is_read_is_on_the_ledger_and_brings_its_reader_on(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    grant = await papers.given(everyone, row)
    member = everyone["member"]

    opened = await reading.reading_open(member, document=row.id)
    await page(later(member, 10), opened.id, 1)
    await page(later(member, 30), opened.id, 3)
    await reading.reading_beat(later(member, 50), session=opened.id)
    await reading.reading_beat(later(member, 500), session=opened.id)
    await settle()
    half = await progress(everyone)
    await page(later(member, 510), opened.id, 2)
    await reading.reading_close(later(member, 520), session=opened.id)

    whole, session = await progress(everyone), await ReadingSession.get(id=opened.id)
    number = {"number": opened.number}
    assert await entries() == [
        ("open", number | {"version": 1, "grant": str(grant)}),
        ("page", number | {"version": 1, "page": 1}),
        ("page", number | {"version": 1, "page": 3}),
        ("page", number | {"version": 1, "page": 2}),
        ("close", number | {"why": "READER"}),
    ]
    assert {row.object for row in await AuditEntry.filter(action__startswith="reading.")} == {f"doc_{row.id}"}
    assert (half.pages, half.pages_seen, half.last_page, half.finished_at) == ("1,3", 2, 3, None)
    assert (whole.pages, whole.opens, whole.last_page) == ("1-3", 1, 2)
    assert whole.finished_at == NOW + 510 * SECOND
    assert (session.pages, session.seconds, session.closed_at) == (3, 70, NOW + 520 * SECOND)
    assert whole.seconds == 70
    assert (await audit.verify()).ok


async def test_the_stamp_says_who_when_and_which_reading(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row)
    await type(everyone.seats["member"]).filter(id=everyone.seats["member"].id).update(no="0123")
    opened = await reading.reading_open(everyone["member"], document=row.id)

    name, when, number = await page(everyone["member"], opened.id, 1)

    assert (name, when) == ("Mei Member 0123", "2026-11-22 10:00")
    assert number.replace("-", "") == opened.number
    assert str(opened.id)[:8] not in number
    await documents.document_change(everyone["custodian"], document=row.id, watermark=False)
    assert await page(everyone["member"], opened.id, 1) == ()


End = Callable[[Cast, UUID, UUID], Awaitable[Any]]


async def _revoked(cast: Cast, row: UUID, grant: UUID) -> None:
    await documents.grant_end(cast["custodian"], grants=[grant], to=GrantState.REVOKED, reason="over")


async def _denied(cast: Cast, row: UUID, grant: UUID) -> None:
    await papers.given(cast, await documents.Document.get(id=row), effect=Effect.DENY)


async def _bound_to_a_room(cast: Cast, row: UUID, grant: UUID) -> None:
    await documents.document_change(cast["custodian"], document=row, read_mode=ReadMode.ROOM_ONLY)


@pytest.mark.parametrize(
    ("end", "code"), [(_revoked, "NO_GRANT"), (_denied, "PERSON_DENY"), (_bound_to_a_room, "ROOM_ONLY")]
)
async def test_what_is_taken_away_between_two_pages_is_not_there_for_the_second(
    app: Luzhi, everyone: Cast, end: End, code: str
) -> None:
    row = await papers.shelved(app, everyone)
    grant = await papers.given(everyone, row)
    member = everyone["member"]
    opened = await reading.reading_open(member, document=row.id)
    await page(member, opened.id, 1)

    await end(everyone, row.id, grant)

    for what in ("page", "text"):
        with pytest.raises(Refused) as refused:
            await page(member, opened.id, 2, what)
        assert (refused.value.problems[0].code, refused.value.problems[0].rule[:4]) == (code, "RD-1")
    with pytest.raises(Refused):
        await reading.reading_beat(later(member, 20), session=opened.id)
    session, seen = await ReadingSession.get(id=opened.id), await progress(everyone)
    assert session.closed_at == NOW + 20 * SECOND
    assert (seen.refused, seen.pages) == (2, "1")
    last = await entries()
    assert [name for name, _ in last] == ["open", "page", "refused", "refused", "close"]
    assert (last[2][1]["code"], last[2][1]["act"], last[4][1]["why"]) == (code, "read", code)


async def test_a_refused_try_is_counted_and_says_why(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    for act in (reading.reading_open, reading.refused_try):
        with pytest.raises(Refused) as refused:
            await act(everyone["member"], document=row.id)
        assert refused.value.problems[0].code == "NO_GRANT"

    seen = await progress(everyone)
    assert (seen.refused, seen.refused_at, seen.opens, seen.first_opened_at) == (2, NOW, 0, None)
    assert await entries() == [("refused", {"act": "read", "code": "NO_GRANT", "rule": "RD-1 (10)"})] * 2
    assert await ReadingSession.all().count() == 0


async def test_what_one_may_not_know_of_is_not_there_and_the_try_is_on_record(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.WORK_SENSITIVE)
    for who in ("member", "admin", "visitor"):
        for key in (row.id, make.some_id()):
            with pytest.raises(NotThere) as refused:
                await reading.reading_open(everyone[who], document=key)
            assert refused.value.problems[0].code == "NOT_THERE"

    assert [facts["code"] for _, facts in await entries()] == ["NO_GRANT", "NO_GRANT", "INACTIVE"]


async def test_an_opening_is_its_readers_alone(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    opened = await reading.reading_open(everyone["member"], document=row.id)
    visitor = replace(everyone["visitor"], place="here")
    visited = await reading.reading_open(visitor, document=row.id)
    others = [everyone["leader"], everyone["custodian"], visitor]
    strangers = [everyone["member"], everyone["visitor"], replace(visitor, place="elsewhere")]

    for session, viewers in ((opened, others), (visited, strangers)):
        for viewer in viewers:
            for act in (reading.reading_beat, reading.reading_close, reading.reading_confirm):
                with pytest.raises(NotThere):
                    await act(viewer, session=session.id)
            with pytest.raises(NotThere):
                await page(viewer, session.id, 1)
    assert (await page(visitor, visited.id, 1))[0] == "Visitor"
    found = await AuditEntry.filter(action="reading.page").get()
    assert (found.actor, (found.facts or {})["from"]) == ("visitor", "here")
    assert await ReadingProgress.all().count() == 1


@pytest.mark.parametrize("n", [-1, 0, 4])
async def test_there_is_no_page_before_the_first_and_after_the_last(app: Luzhi, everyone: Cast, n: int) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    opened = await reading.reading_open(everyone["member"], document=row.id)
    with pytest.raises(NotThere):
        await page(everyone["member"], opened.id, n)


async def test_openings_are_counted_down_and_what_is_open_stays_so(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row, max_opens=2)
    member = everyone["member"]
    first = await reading.reading_open(member, document=row.id)
    last = await reading.reading_open(member, document=row.id)

    with pytest.raises(Refused) as refused:
        await reading.reading_open(member, document=row.id)

    assert refused.value.problems[0].code == "EXHAUSTED"
    assert (await GrantUse.get()).left == 0
    for session in (first, last):
        await page(member, session.id, 1)
    await reading.reading_close(member, session=first.id)
    with pytest.raises(Conflict) as over:
        await page(member, first.id, 1)
    assert over.value.problems[0].code == "CLOSED"


async def test_two_browsers_at_once_do_not_get_the_last_opening_twice(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row, max_opens=3)

    tries = [reading.reading_open(everyone["member"], document=row.id) for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(one, ReadingSession) for one in results) == 3
    assert sum(isinstance(one, Refused) for one in results) == 5
    seen = await progress(everyone)
    assert ((await GrantUse.get()).left, seen.opens, seen.refused) == (0, 3, 5)
    assert (await audit.verify()).ok


async def test_two_browsers_at_once_do_not_get_the_last_file_twice(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, read_mode=ReadMode.DOWNLOAD)
    await papers.given(everyone, row, act=Act.DOWNLOAD, max_opens=2)
    house = papers.house(app)

    async def fetch(version: documents.DocumentVersion) -> Any:
        return await house.shelves.read(version.sha256)

    tries = [reading.file_give(everyone["member"], document=row.id, fetch=fetch) for _ in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    given = [one for one in results if isinstance(one, tuple)]
    for _, file in given:
        file.close()
    assert (len(given), sum(isinstance(one, Refused) for one in results)) == (2, 3)
    assert (await GrantUse.get()).left == 0


async def test_what_has_no_file_is_not_opened_and_what_is_closed_stays_so(app: Luzhi, everyone: Cast) -> None:
    member, row = everyone["member"], await papers.shelved(app, everyone, level=Level.PUBLIC)
    opened = await reading.reading_open(member, document=row.id)
    await reading.reading_close(member, session=opened.id)
    again = await reading.reading_close(member, session=opened.id)
    assert again.closed_at
    await documents.DocumentVersion.filter(document_id=row.id).update(current=False)
    with pytest.raises(Invalid) as none:
        await reading.reading_open(member, document=row.id)
    assert none.value.problems[0].code == "NO_FILE"


async def test_an_account_that_is_nobodys_confirms_nothing(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    opened = await reading.reading_open(everyone["admin"], document=row.id)
    with pytest.raises(Refused) as refused:
        await reading.reading_confirm(everyone["admin"], session=opened.id)
    assert refused.value.problems[0].code == "NO_PERSON"


async def test_by_another_permission_that_is_counted_one_opens_anew(app: Luzhi, everyone: Cast) -> None:
    row, member = await papers.shelved(app, everyone), everyone["member"]
    await papers.given(everyone, row)
    opened = await reading.reading_open(member, document=row.id)
    (first,) = await documents.AccessGrant.filter(document_id=row.id)
    await papers.given(everyone, row, max_opens=2)
    await documents.grant_end(everyone["custodian"], grants=[first.id], to=GrantState.REVOKED, reason="x")
    with pytest.raises(Conflict) as over:
        await page(member, opened.id, 1)
    assert over.value.problems[0].code == "OTHER_GRANT"


async def test_an_agreement_comes_first(app: Luzhi, everyone: Cast) -> None:
    agreed = await ReadingAgreement.create(n=1, text_zh="不得拍照", published_at=NOW)
    row = await papers.shelved(app, everyone, agreement=agreed.id)
    await papers.given(everyone, row)
    with pytest.raises(Refused, match="agreement"):
        await reading.reading_open(everyone["member"], document=row.id)

    person = everyone.people["member"].id
    await AgreementAcceptance.create(agreement=agreed, person_id=person, accepted_at=NOW)
    assert await reading.reading_open(everyone["member"], document=row.id)


async def test_a_new_version_ends_openings_of_the_one_before(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row)
    member = everyone["member"]
    opened = await reading.reading_open(member, document=row.id)
    for n in (1, 2, 3):
        await page(member, opened.id, n)
    await reading.reading_confirm(member, session=opened.id)

    await papers.filed(app, everyone["custodian"], row.id, papers.pdf("new"))

    with pytest.raises(Conflict) as over:
        await page(member, opened.id, 1)
    assert over.value.problems[0].code == "REPLACED"
    await reading.reading_open(member, document=row.id)
    seen = await progress(everyone)
    assert (seen.pages, seen.pages_seen, seen.finished_at, seen.opens) == ("", 0, None, 2)


async def test_without_the_text_only_pictures_are_given(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row, text=False)
    opened = await reading.reading_open(everyone["member"], document=row.id)

    await page(everyone["member"], opened.id, 1)
    with pytest.raises(Refused) as refused:
        await page(everyone["member"], opened.id, 1, "text")

    assert refused.value.problems[0].code == "NO_TEXT"
    assert [name for name, _ in await entries()] == ["open", "page", "refused"]


async def test_who_has_understood_it_says_so_once(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row)
    opened = await reading.reading_open(everyone["member"], document=row.id)

    for _ in range(2):
        await reading.reading_confirm(everyone["member"], session=opened.id)

    receipt = await ReadReceipt.get()
    assert (receipt.person_id, receipt.document_id) == (everyone.people["member"].id, row.id)
    assert [name for name, _ in await entries()] == ["open", "confirm"]


async def test_a_note_is_kept_for_its_reader_and_no_word_of_it_on_the_ledger(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone)
    await papers.given(everyone, row)
    member = everyone["member"]
    opened = await reading.reading_open(member, document=row.id)

    for text in (" 第3条存疑 ", "again"):
        await reading.reading_note(member, session=opened.id, text=text)
    assert (await ReadingNote.get()).text == "again"
    with pytest.raises(Invalid):
        await reading.reading_note(member, session=opened.id, text="x" * 10_001)
    await reading.reading_note(member, session=opened.id, text=" ")

    assert await ReadingNote.all().count() == 0
    assert [facts for name, facts in await entries() if name == "note"] == [
        {"kept": True},
        {"kept": True},
        {"kept": False},
    ]
    await documents.document_change(everyone["custodian"], document=row.id, notes_allowed=False)
    with pytest.raises(Refused) as refused:
        await reading.reading_note(member, session=opened.id, text="x")
    assert refused.value.problems[0].code == "NO_NOTES"


async def test_to_download_is_another_thing_than_to_read(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, read_mode=ReadMode.DOWNLOAD)
    await papers.given(everyone, row)
    await papers.given(everyone, row, "leader", act=Act.DOWNLOAD, max_opens=1)
    house = papers.house(app)

    async def fetch(version: documents.DocumentVersion) -> Any:
        return await house.shelves.read(version.sha256)

    with pytest.raises(Refused) as refused:
        await reading.file_give(everyone["member"], document=row.id, fetch=fetch)
    assert refused.value.problems[0].code == "NO_GRANT"
    version, file = await reading.file_give(everyone["leader"], document=row.id, fetch=fetch)
    with file:
        assert len(file.read()) == version.size
    with pytest.raises(Refused, match="as often"):
        await reading.file_give(everyone["leader"], document=row.id, fetch=fetch)

    kinds = [(name, facts.get("act")) for name, facts in await entries()]
    assert kinds == [("refused", "download"), ("download", None), ("refused", "download")]


async def test_what_is_silent_ends_and_notes_end_with_their_document(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    member, system = everyone["member"], make.viewer(everyone["admin"].roles[0].role, name="job")
    sessions = [await reading.reading_open(later(member, seconds), document=row.id) for seconds in (0, 100)]
    await reading.reading_note(member, session=sessions[0].id, text="mine")

    assert [await reading.close_silent(later(system, 30 * 60 + 50)) for _ in range(2)] == [1, 0]
    assert await reading.purge_notes(system) == 0
    await documents.document_change(everyone["custodian"], document=row.id, expires_at=NOW + SECOND)
    assert [await reading.purge_notes(later(system, 1)) for _ in range(2)] == [1, 0]

    assert [(one.closed_at is None) for one in await ReadingSession.all().order_by("opened_at")] == [False, True]
    assert [name for name, _ in await entries()][-2:] == ["close", "purge_notes"]
    assert (await entries())[-2][1]["why"] == "SILENT"
    for act in (reading.close_silent, reading.purge_notes):
        with pytest.raises(Refused):
            await act(member)


async def test_after_five_years_nothing_tells_any_more_who_read_what(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    member, leader = everyone["member"], everyone["leader"]
    old = await reading.reading_open(member, document=row.id)
    await reading.reading_note(member, session=old.id, text="mine")
    await page(member, old.id, 1)
    await reading.reading_confirm(member, session=old.id)
    await reading.reading_close(member, session=old.id)
    lately = make.viewer(account=leader.account, person=leader.person, roles=leader.roles, now=NOW + 9 * YEAR // 2)
    new = await reading.reading_open(lately, document=row.id)
    await settle()

    def job(years: float) -> Viewer:
        return make.viewer(everyone["admin"].roles[0].role, name="job", now=NOW + dt.timedelta(days=366 * years))

    assert await reading.purge_records(job(4.9)) == 0
    assert [await reading.purge_records(job(5.1)) for _ in range(2)] == [4, 0]
    assert await ReadingSession.all().values_list("id", flat=True) == [new.id]
    assert await ReadingProgress.all().values_list("person_id", flat=True) == [leader.person]
    assert await ReadReceipt.all().count() == await ReadingNote.all().count() == 0
    told = [facts for name, facts in await entries() if name == "purge_records"]
    assert [next(name for name in ("sessions", "receipts", "notes", "progress") if name in one) for one in told] == [
        *("sessions", "receipts", "notes", "progress")
    ]
    assert all(one["class"] == "reading" for one in told)
    with pytest.raises(Refused):
        await reading.purge_records(member)
    assert (await audit.verify()).ok


async def test_many_readers_at_once_make_one_chain(app: Luzhi, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, papers.many(60), level=Level.PUBLIC)
    viewers = [everyone[name] for name in ("member", "leader", "convener")]
    sessions = [await reading.reading_open(viewer, document=row.id) for viewer in viewers]

    await asyncio.gather(
        *(page(viewer, one.id, n) for n in range(1, 61) for viewer, one in zip(viewers, sessions, strict=True))
    )

    assert {(one.pages_seen, one.finished_at) for one in await ReadingProgress.all()} == {(60, NOW)}
    assert len([name for name, _ in await entries() if name == "page"]) == 180
    assert (await audit.verify()).ok
