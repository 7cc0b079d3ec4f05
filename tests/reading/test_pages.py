"""Reading in a browser without script, and bytes at their addresses: nothing is stored or outlives the right to it."""

import datetime as dt
import io
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image

from server.app import Luzhi
from server.models import documents, reading
from server.models.accounts import ApiClient, Session, token_issue
from server.models.audit import AuditEntry
from server.models.reading import Leaf, ReadingNote, ReadingSession
from server.rules.documents import GrantState, Level, ReadMode
from tests.cast import Cast
from tests.reading import papers
from tests.web.visitors import Asks, SignIn, Visitors

LONG = {"valid_from": papers.AGES[0], "valid_until": papers.AGES[1]}
"""The pages are asked by the clock of this machine."""


async def opened(browser: httpx.AsyncClient, row: documents.Document) -> str:
    """The address of the reader."""
    answer = await browser.post(f"/documents/doc_{row.id}/read")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


async def test_a_member_reads_turns_enlarges_notes_confirms_and_closes(
    app: Luzhi, sign_in: SignIn, everyone: Cast
) -> None:
    row = await papers.shelved(app, everyone, papers.pdf("甲 one", "two", "three"))
    await papers.given(everyone, row, **LONG)
    member = await sign_in("member")

    first = await member.get(f"/documents/doc_{row.id}/read")
    at = await opened(member, row)
    shown = await member.get(at)
    (source,) = re.findall(r'<img src="([^"]+)"', shown.text)
    picture = await member.get(source.replace("&amp;", "&"))
    following = re.findall(r'rel="next" href="([^"]+)"', shown.text)[0].replace("&amp;", "&")
    second = await member.get(following)
    larger = re.findall(r'href="([^"]+)" data-key="\+"', shown.text)[0].replace("&amp;", "&")
    words = await member.get(f"{at}/text/1")
    noted = await member.post(f"{at}/note", data={"text": "第3条"})
    confirmed = await member.post(f"{at}/confirm")
    after = await member.get(at)
    closed = await member.post(f"{at}/close")
    over = await member.get(at)

    assert ("Open it" in first.text, "It is on record" in first.text) == (True, True)
    assert "Page 1 of 3" in shown.text
    assert 'rel="prev"' not in shown.text
    assert (picture.headers["Content-Type"], picture.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert Image.open(io.BytesIO(picture.content)).width == 900
    assert "Page 2 of 3" in second.text
    assert "width=1300" in larger
    assert ("甲 one" in words.text, "two" in words.text) == (True, False)
    assert {noted.status_code, confirmed.status_code, closed.status_code} == {303}
    assert ("My note" in after.text, "Read and understood" in after.text) == (True, True)
    assert "By this you say" not in after.text
    assert (over.status_code, "This reading is closed." in over.text) == (200, True)
    actions = await AuditEntry.filter(action__startswith="reading.").order_by("serial").values_list("action", flat=True)
    assert actions == [f"reading.{name}" for name in ("open", "page", "text", "note", "confirm", "close")]
    assert (await ReadingNote.get()).text == "第3条"


async def test_who_asks_for_a_page_is_found_out_by_what_reads_it(
    app: Luzhi, sign_in: SignIn, visitors: Visitors, everyone: Cast
) -> None:
    """One that was seen before and holds no more is nobody: no picture of theirs is made, and no entry."""
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    member = await sign_in("member")
    at = await opened(member, row)
    admin = replace(everyone["admin"], now=dt.datetime.now(dt.UTC))
    issued = await token_issue(admin, name="reader", scopes=["all:read"], days=1, owner=everyone.accounts["member"].id)
    program = await visitors.browser(headers={"Authorization": f"Bearer {issued.token}"})

    async def looks(browser: httpx.AsyncClient) -> list[int]:
        return [(await browser.get(f"{at}/pages/{n}")).status_code for n in (1, 2)]

    held = [await looks(browser) for browser in (member, program)]
    entries = await AuditEntry.filter(action="reading.page").count()
    await ApiClient.all().update(revoked_at=admin.now)
    revoked = await program.get(f"{at}/pages/1")
    await Session.all().update(ended_at=admin.now)
    ended = await looks(member)

    assert (held, entries) == ([[200, 200], [200, 200]], 4)
    assert (revoked.status_code, revoked.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert ended == [404, 404]
    assert await AuditEntry.filter(action="reading.page").count() == entries


async def test_no_answer_is_kept_and_none_confirmed_by_an_old_one(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, read_mode=ReadMode.DOWNLOAD)
    grant = await papers.given(everyone, row, **LONG)
    member = await sign_in("member")
    at = await opened(member, row)
    asks = {
        "Range": "bytes=0-9",
        "If-None-Match": "*",
        "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        "If-Range": "x",
    }

    picture = await member.get(f"{at}/pages/1", headers=asks)

    assert picture.status_code == 200
    assert Image.open(io.BytesIO(picture.content)).format == "JPEG"
    assert {"etag", "last-modified", "accept-ranges", "content-range"} & set(picture.headers) == set()
    assert picture.headers["Cache-Control"] == "no-store"
    assert (await member.head(f"{at}/pages/1")).status_code == 405
    await documents.grant_end(everyone["custodian"], grants=[grant], to=GrantState.REVOKED, reason="over")
    for address in (f"{at}/pages/1", f"{at}/text/1", at, f"/documents/doc_{row.id}/file"):
        refused = await member.get(address, headers=asks)
        assert (refused.status_code, refused.headers["Cache-Control"]) == (403, "no-store"), address
        assert "Nobody has given you permission for this." in refused.text
    assert (await member.post(f"{at}/beat")).status_code == 403
    assert (await ReadingSession.get()).closed_at is not None


@pytest.mark.parametrize("who", ["leader", "custodian", "admin", "visitor"])
async def test_the_opening_of_another_is_not_there(app: Luzhi, sign_in: SignIn, everyone: Cast, who: str) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    at = await opened(await sign_in("member"), row)
    other = await sign_in(who)

    for address in (at, f"{at}/pages/1", f"{at}/text/1", f"{at}/note"):
        assert (await other.get(address)).status_code == 404, address
    for form in ("beat", "close", "confirm", "note"):
        assert (await other.post(f"{at}/{form}", data={"text": "x"})).status_code == 404, form


async def test_a_visitor_reads_what_is_public(app: Luzhi, sign_in: SignIn, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC, read_mode=ReadMode.DOWNLOAD)
    visitor, elsewhere = await sign_in("visitor"), await sign_in("visitor", address="198.51.100.7")

    at = await opened(visitor, row)
    shown, picture = await visitor.get(at), await visitor.get(f"{at}/pages/2")
    beat = await visitor.post(f"{at}/beat")
    file = await visitor.get(f"/documents/doc_{row.id}/file")

    assert (shown.status_code, picture.status_code, beat.status_code) == (200, 200, 204)
    assert "Make a note" not in shown.text
    assert (await elsewhere.get(at)).status_code == 404
    assert file.content.startswith(b"%PDF-")
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''paper.pdf"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    entries = await AuditEntry.filter(action__startswith="reading.").order_by("serial")
    assert [(one.action, one.actor) for one in entries] == [
        ("reading.open", "visitor"),
        ("reading.page", "visitor"),
        ("reading.download", "visitor"),
    ]
    assert {len((one.facts or {})["from"]) for one in entries} == {64}


async def test_a_refused_try_says_code_reason_rule_and_whether_to_ask(
    app: Luzhi, sign_in: SignIn, ask: Asks, everyone: Cast
) -> None:
    row = await papers.shelved(app, everyone)
    member = await sign_in("member")
    text = "mutation($id: ID!) { readingOpen(document: $id) { ... on Problems { kind problems { code rule } } } }"

    page = await member.get(f"/documents/doc_{row.id}/read")
    sent = await member.post(f"/documents/doc_{row.id}/read")
    told = await ask("member", text, id=f"doc_{row.id}")
    away = await (await sign_in("admin")).get(f"/documents/doc_{row.id}/read")

    assert (page.status_code, sent.status_code, away.status_code) == (403, 403, 404)
    for said in ("NO_GRANT", "Nobody has given you permission for this.", "RD-1 (10)", "Ask for it on its page"):
        assert said in page.text
    refused = {"kind": "REFUSED", "problems": [{"code": "NO_GRANT", "rule": "RD-1 (10)"}]}
    assert told["data"]["readingOpen"] == refused
    assert await AuditEntry.filter(action="reading.refused").count() == 4


async def test_the_api_opens_reads_on_and_closes(app: Luzhi, ask: Asks, everyone: Cast) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    shown = """{ ... on ReadingPayload { reading { id closedAt state { pageCount pagesSeen note } } }
      ... on Problems { kind } }"""

    async def do(what: str, **given: Any) -> Any:
        name, value = next(iter(given.items()))
        said = await ask("member", f"mutation($v: ID!) {{ it: {what}({name}: $v) {shown} }}", v=value)
        return said["data"]["it"]

    first = (await do("readingOpen", document=f"doc_{row.id}"))["reading"]
    beat, closed = await do("readingBeat", id=first["id"]), await do("readingClose", id=first["id"])
    again = await do("readingConfirm", id=first["id"])

    assert first["state"] == {"pageCount": 3, "pagesSeen": 0, "note": ""}
    assert beat["reading"]["closedAt"] is None
    assert closed["reading"]["closedAt"] == "2026-11-22T02:00:00+00:00"
    assert again == {"kind": "CONFLICT"}


async def test_a_list_of_documents_tells_how_far_oneself_came_and_nobody_else(
    app: Luzhi, ask: Asks, everyone: Cast
) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    member = everyone["member"]
    session = await reading.reading_open(member, document=row.id)
    await reading.page_give(member, await reading.LOOK.read(member, session.id), n=2, make=_nothing)

    text = "{ documents(may: READ) { edges { node { id progress { pagesSeen lastPage lastOpenedAt finishedAt } } } } }"
    mine = {"pagesSeen": 1, "lastPage": 2, "lastOpenedAt": member.now.isoformat(), "finishedAt": None}
    for who, progress in (("member", [mine]), ("leader", []), ("custodian", []), ("visitor", [])):
        (edge,) = (await ask(who, text))["data"]["documents"]["edges"]
        assert edge["node"] == {"id": f"doc_{row.id}", "progress": progress}, who


async def _nothing(_: Leaf) -> None:
    return None


async def test_a_file_that_is_lost_is_told_and_nothing_is_on_record(
    app: Luzhi, sign_in: SignIn, everyone: Cast
) -> None:
    row = await papers.shelved(app, everyone, level=Level.PUBLIC)
    member = await sign_in("member")
    at = await opened(member, row)
    await app.state.shelves.forget((await documents.DocumentVersion.get()).sha256)

    lost = await member.get(f"{at}/pages/1")

    assert (lost.status_code, "not where it was put" in lost.text) == (422, True)
    assert await AuditEntry.filter(action="reading.page").count() == 0
