"""People beside documents, and as one member sees them: each cell the decision with its reason."""

import datetime as dt

from server.models.audit import AuditEntry
from server.models.documents import Whom
from server.models.messages import Message
from server.rules.documents import Effect, Level
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.documents.giving import code, document, folder, given
from tests.web.test_statements import Statements
from tests.web.visitors import Asks, SignIn

MATRIX = """query ($on: ID!, $body: ID, $search: String) { accessMatrix(on: $on, body: $body, search: $search) {
  people papers documents { titleEn } rows { person { nameEn } cells { allowed code rule } } } }"""
VIEW = """mutation ($person: ID!) { documentViewAs(person: $person) {
  ... on ViewedAs { documents { document { titleEn } read { allowed code } } } ... on Problems { kind } } }"""


async def test_each_cell_is_the_decision_of_that_person(ask: Asks, everyone: Cast, statements: Statements) -> None:
    shelf = await folder(everyone)
    rows = {level: await document(everyone, level, within=shelf, title_en=level.value) for level in Level}
    await given(everyone, rows[Level.INTERNAL])
    await given(everyone, rows[Level.INTERNAL], Whom(person=everyone.people["leader"].id), effect=Effect.DENY)
    for _ in range(30):
        await make.place(everyone.group, await make.person())

    named = (await ask("custodian", MATRIX, on=id_of(shelf)))["data"]["accessMatrix"]
    with statements() as asked:
        whole = (await ask("custodian", MATRIX, on=id_of(shelf), body=id_of(everyone.group)))["data"]["accessMatrix"]

    assert [row["person"]["nameEn"] for row in named["rows"]] == ["Lin Leader", "Mei Member"]
    assert (whole["people"], len(whole["rows"]), whole["papers"], len(asked)) == (32, 32, 3, 1)
    by_title = {row.title_en: row for row in rows.values()}
    for name, row in (("leader", named["rows"][0]), ("member", named["rows"][1])):
        for paper, cell in zip(named["documents"], row["cells"], strict=True):
            assert cell["code"] == await code(everyone[name], by_title[paper["titleEn"]])


async def test_a_matrix_shows_what_one_keeps_and_nobody_else_sees_it(ask: Asks, everyone: Cast) -> None:
    row = await document(everyone, Level.PUBLIC)

    for name in ("admin", "secretary", "member"):
        answer = await ask(name, MATRIX, on=id_of(row))
        assert answer["errors"][0]["extensions"]["code"] == "ROLE"
    assert (await ask("custodian", MATRIX, on=id_of(row), search="mei"))["data"]["accessMatrix"]["people"] == 1


async def test_looking_as_a_member_is_logged_and_told(ask: Asks, everyone: Cast) -> None:
    rows = [await document(everyone, title_en=title) for title in ("Given", "Unknown")]
    await given(everyone, rows[0])
    before = await Message.all().count()

    seen = (await ask("custodian", VIEW, person=id_of(everyone.people["member"])))["data"]["documentViewAs"]

    assert seen["documents"] == [{"document": {"titleEn": "Given"}, "read": {"allowed": True, "code": "GRANT"}}]
    entry = await AuditEntry.get(action="documents.view_as")
    assert entry.object == id_of(everyone.people["member"])
    told = await Message.all().order_by("-created_at", "-id")
    assert len(told) == before + 1
    message = next(one for one in told if "looked" in one.title_en)
    assert message.person_id == everyone.people["member"].id
    assert everyone["custodian"].name in message.title_en
    assert "2026" in message.text_en


async def test_who_keeps_nothing_looks_as_nobody(ask: Asks, everyone: Cast) -> None:
    for name in ("admin", "secretary", "leader"):
        answer = await ask(name, VIEW, person=id_of(everyone.people["member"]))
        assert "ViewedAs" not in str(answer)
        assert await AuditEntry.filter(action="documents.view_as").count() == 0


async def test_both_have_their_page(sign_in: SignIn, everyone: Cast) -> None:
    row, browser = await document(everyone, title_en="Budget"), await sign_in("custodian")
    await given(everyone, row, valid_until=dt.datetime.now(dt.UTC) + dt.timedelta(9))
    mei = id_of(everyone.people["member"])

    matrix = await browser.get(f"/giving/{id_of(row)}/matrix")
    asked = await browser.get(f"/viewing/{mei}")
    looked = await AuditEntry.filter(action="documents.view_as").count()
    shown = await browser.post(f"/viewing/{mei}")

    assert ("Mei Member" in matrix.text, "RD-1 (15)" in matrix.text) == (True, True)
    assert ("Budget" in asked.text, looked) == (False, 0)
    assert ("Budget" in shown.text, "They have permission." in shown.text) == (True, True)
