"""Materials asked of departments: who is asked, who answers, what becomes of each file, what is told."""

import datetime as dt
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from server.errors import Conflict, NotThere, Refused
from server.models import documents
from server.models.asking import (
    late_material_requests,
    material_accept,
    material_ask,
    material_ask_again,
    material_decline,
    material_deliver,
    material_may,
    material_promise,
    material_retract,
    material_take_back,
    own_material_requests,
    visible_material_requests,
)
from server.models.audit import AuditEntry, verify
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.documents import Document, DocumentVersion, Filed, MaterialRequest
from server.models.messages import Message
from server.rules.access import MaterialState
from server.rules.documents import Act, DocumentState, Level, Media, decide
from server.rules.materials import (
    MATERIAL_MOVES,
    OF_DEPARTMENT,
    WAITING,
    MaterialStep,
    Side,
    material_late_by,
    material_steps,
    next_state,
)
from server.rules.permissions import HeldRole, Role
from tests import make
from tests.asking.shelf import DAY, later, refused
from tests.cast import NAMES, Cast

S, T = MaterialState, MaterialStep
TOPIC = "Consultation on nursery schools"


def file(name: str = "plan.pdf", sha256: str = "1" * 64) -> Filed:
    """A file that was looked at and kept."""
    return Filed(name, Media.PDF, sha256, 1234, sha256, 3)


async def wanted(cast: Cast, **facts: Any) -> MaterialRequest:
    """What the Education Bureau is asked for."""
    folder = await documents.folder_add(cast["custodian"], name_en="Papers")
    said = {"folder": folder.id, "department": cast.bureau.id, "topic": TOPIC, "what": "Numbers of places"} | facts
    return await material_ask(cast["custodian"], **said)


async def told(cast: Cast, name: str) -> list[str]:
    """What was told to one of the cast."""
    account = cast.accounts[name]
    person = account.person_id
    rows = await Message.filter(person_id=person) if person else await Message.filter(account_id=account.id)
    return sorted(row.title_en for row in rows)


async def stands(row: MaterialRequest) -> MaterialState:
    return (await MaterialRequest.get(id=row.id)).state


# the rule

TABLE = {
    (S.ASKED, T.PROMISE): S.PROMISED,
    (S.ASKED, T.DECLINE): S.DECLINED,
    (S.ASKED, T.DELIVER): S.DELIVERED,
    (S.ASKED, T.RETRACT): S.ASKED,
    (S.ASKED, T.ACCEPT): S.ALL_THERE,
    (S.ASKED, T.TAKE_BACK): S.TAKEN_BACK,
    (S.PROMISED, T.PROMISE): S.PROMISED,
    (S.PROMISED, T.DECLINE): S.DECLINED,
    (S.PROMISED, T.DELIVER): S.DELIVERED,
    (S.PROMISED, T.RETRACT): S.PROMISED,
    (S.PROMISED, T.ACCEPT): S.ALL_THERE,
    (S.PROMISED, T.TAKE_BACK): S.TAKEN_BACK,
    (S.DELIVERED, T.DELIVER): S.DELIVERED,
    (S.DELIVERED, T.RETRACT): S.DELIVERED,
    (S.DELIVERED, T.ACCEPT): S.ALL_THERE,
    (S.DELIVERED, T.ASK_AGAIN): S.ASKED,
    (S.DECLINED, T.ASK_AGAIN): S.ASKED,
    (S.DECLINED, T.TAKE_BACK): S.TAKEN_BACK,
}


@pytest.mark.parametrize(("state", "step"), list(product(S, T)), ids=lambda one: one.value)
def test_every_state_leads_only_where_the_table_says(state: MaterialState, step: MaterialStep) -> None:
    steps = material_steps(state, Side(delivers=True, keeps=True), files=1)

    assert (step in steps) is ((state, step) in TABLE)
    if step in steps:
        assert next_state(state, step, files=1) is TABLE[state, step]
        emptied = S.ASKED if (state, step) == (S.DELIVERED, T.RETRACT) else TABLE[state, step]
        assert next_state(state, step, files=0) is emptied


@pytest.mark.parametrize(("delivers", "keeps", "files"), list(product([True, False], [True, False], [0, 1])))
def test_each_side_has_its_own_steps(delivers: bool, keeps: bool, files: int) -> None:
    office = set(T) - OF_DEPARTMENT
    mine = (OF_DEPARTMENT if delivers else set()) | (office if keeps else set())
    without = set() if files else {T.RETRACT, T.ACCEPT}

    for state in S:
        steps = material_steps(state, Side(delivers, keeps), files=files)
        assert set(steps) == {step for known, step in TABLE if known is state} & mine - without


def test_nothing_becomes_of_what_is_over() -> None:
    assert set(MATERIAL_MOVES) == set(S)
    assert set(S) - set(WAITING) == {S.ALL_THERE, S.TAKEN_BACK}


@pytest.mark.parametrize(("state", "days"), list(product(S, [-3, 0, 2])))
def test_late_is_what_a_department_owes(state: MaterialState, days: int) -> None:
    late = 3 if days == -3 and state in (S.ASKED, S.PROMISED) else 0

    assert material_late_by(state, make.TODAY + days * DAY, make.TODAY) == late


# the verbs


async def test_a_department_is_asked_and_its_contact_told(everyone: Cast) -> None:
    row = await wanted(everyone, what=" Numbers \r\n of places ", level=Level.WORK_SENSITIVE)

    assert (row.state, row.level, row.what) == (S.ASKED, Level.WORK_SENSITIVE, "Numbers\nof places")
    assert (row.due_on, row.due_without) == (dt.date(2026, 12, 4), None)  # ten working days after a Sunday
    assert (row.asked_by_id, row.asked_at) == (everyone.accounts["custodian"].id, make.NOW)
    assert await told(everyone, "department") == ["Your department is asked for materials by 4 December 2026"]
    message = await Message.get()
    assert (message.link, TOPIC in f"{message.title_en}{message.text_en}") == (f"/materials/mrq_{row.id}", False)
    assert await AuditEntry.filter(action="materials.ask", object=f"mrq_{row.id}").count() == 1


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ({"working_days": 1}, dt.date(2026, 11, 23)),
        ({"working_days": 5, "due_on": dt.date(2026, 11, 22)}, dt.date(2026, 11, 22)),
        ({"due_on": dt.date(2027, 3, 6)}, dt.date(2027, 3, 6)),
    ],
)
async def test_it_is_due_in_working_days_or_on_a_day(everyone: Cast, said: dict[str, Any], due: dt.date) -> None:
    assert (await wanted(everyone, **said)).due_on == due


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"topic": " "}, "WORDS_MISSING", "topic"),
        ({"what": ""}, "WORDS_MISSING", "what"),
        ({"topic": "x" * 201}, "TOO_LONG", "topic"),
        ({"what": "a\x07b"}, "BAD_CHARACTER", "what"),
        ({"working_days": 0}, "DAYS_RANGE", "working_days"),
        ({"working_days": 121}, "DAYS_RANGE", "working_days"),
        ({"due_on": make.TODAY - DAY}, "PAST", "due_on"),
    ],
)
async def test_what_says_nothing_is_not_asked(everyone: Cast, facts: dict[str, Any], code: str, field: str) -> None:
    assert await refused(wanted(everyone, **facts)) == (code, field)
    assert await MaterialRequest.all().count() == 0
    assert await Message.all().count() == 0


async def test_only_a_department_that_can_deliver_is_asked(everyone: Cast) -> None:
    mute = await make.body(BodyKind.DEPARTMENT, "Harbour Office")
    hidden = await make.body(BodyKind.DEPARTMENT, "Hidden Office", sensitive=True)

    assert await refused(wanted(everyone, department=everyone.group.id)) == ("NOT_A_DEPARTMENT", "department")
    assert await refused(wanted(everyone, department=mute.id)) == ("NO_CONTACT", "department")
    assert await refused(wanted(everyone, department=hidden.id)) == ("NOT_THERE", "department")
    assert await MaterialRequest.all().count() == 0


@pytest.mark.parametrize("name", [name for name in NAMES if name != "custodian"])
async def test_nobody_else_asks(everyone: Cast, name: str) -> None:
    folder = await documents.folder_add(everyone["custodian"], name_en="Papers")
    said: dict[str, Any] = {"department": everyone.bureau.id, "topic": TOPIC, "what": "Numbers"}

    with pytest.raises((NotThere, Refused)):
        await material_ask(everyone[name], folder=folder.id, **said)
    assert await MaterialRequest.all().count() == 0


async def test_a_promise_names_a_day_and_moves_none(everyone: Cast) -> None:
    row, contact = await wanted(everyone), everyone["department"]

    assert await refused(material_promise(contact, request=row.id, on=make.TODAY - DAY)) == ("PAST", "on")
    await material_promise(contact, request=row.id, on=make.TODAY + 30 * DAY)
    again = await material_promise(contact, request=row.id, on=make.TODAY + 40 * DAY)

    assert (again.state, again.promised_for, again.due_on) == (S.PROMISED, make.TODAY + 40 * DAY, row.due_on)
    late = later(everyone["custodian"], 20)
    assert await MaterialRequest.filter(late_material_requests(late)).count() == 1
    assert await MaterialRequest.filter(late_material_requests(everyone["custodian"])).count() == 0
    assert await told(everyone, "custodian") == [
        f"A department promises materials by {day}" for day in ("1 January 2027", "22 December 2026")
    ]


async def test_a_department_declines_and_is_asked_once_more_or_not(everyone: Cast) -> None:
    row, other = await wanted(everyone), await wanted(everyone)
    keeper, contact = everyone["custodian"], everyone["department"]

    assert await refused(material_decline(contact, request=row.id, reason=" ")) == ("REASON_MISSING", "reason")
    for one in (row, other):
        await material_decline(contact, request=one.id, reason="We keep no such numbers.")
    declined = await MaterialRequest.get(id=row.id)
    assert await refused(material_ask_again(keeper, request=row.id, missing="")) == ("REASON_MISSING", "missing")
    again = await material_ask_again(keeper, request=row.id, missing="An estimate will do.", working_days=3)
    back = await material_take_back(keeper, request=other.id, reason="Found elsewhere.")

    assert (declined.state, declined.reason) == (S.DECLINED, "We keep no such numbers.")
    assert (again.state, again.reason, again.due_on) == (S.ASKED, "An estimate will do.", dt.date(2026, 11, 25))
    assert (again.promised_for, again.decided_at) == (None, None)
    assert (back.state, back.reason, back.decided_at) == (S.TAKEN_BACK, "Found elsewhere.", make.NOW)
    assert await told(everyone, "custodian") == ["A department declines to deliver materials"] * 2
    assert await told(everyone, "department") == [
        "Materials asked of your department are not needed any more",
        "Something is missing of the materials of your department; it is due by 25 November 2026",
        *["Your department is asked for materials by 4 December 2026"] * 2,
    ]


async def test_each_file_becomes_a_draft_of_its_own(everyone: Cast) -> None:
    row, contact = await wanted(everyone, level=Level.WORK_SENSITIVE), everyone["department"]

    first = await material_deliver(contact, request=row.id, file=file("学前教育.pdf"))
    await material_deliver(contact, request=row.id, file=file("places.pdf", "2" * 64))
    same = await refused(material_deliver(contact, request=row.id, file=file("again.pdf")))

    assert same == ("DELIVERED_ALREADY", "files")
    drafts = await Document.all().order_by("created_at", "title_zh")
    assert sorted((one.title_zh, one.title_en) for one in drafts) == [("", "places"), ("学前教育", "")]
    for one in drafts:
        assert (one.state, one.level, one.origin_id) == (DocumentState.DRAFT, Level.WORK_SENSITIVE, everyone.bureau.id)
        assert (one.folder_id, one.material_id) == (row.folder_id, row.id)
        version = await DocumentVersion.get(document_id=one.id)
        assert (version.n, version.current, version.added_by_id) == (1, True, everyone.accounts["department"].id)
    assert await stands(row) is S.DELIVERED
    assert await told(everyone, "custodian") == ["A department has delivered materials, which wait to be checked"]
    assert [entry.action for entry in await AuditEntry.all().order_by("serial")][-6:] == [
        *("documents.add", "documents.version_add", "materials.deliver") * 2,
    ]
    assert (await AuditEntry.filter(action="materials.deliver").first()).facts["document"] == f"doc_{first.id}"
    assert (await verify()).ok


async def test_who_keeps_the_folder_reads_a_draft_and_the_department_no_document(everyone: Cast) -> None:
    row = await wanted(everyone)
    draft = await material_deliver(everyone["department"], request=row.id, file=file())

    for name, reads in (("custodian", True), ("department", False), ("member", False), ("auditor", False)):
        case = (await documents.deciding(everyone[name], [draft.id]))[draft.id]
        assert bool(decide(*case, Act.READ, make.NOW)) is reads, name
        assert bool(decide(*case, Act.SEE, make.NOW)) is reads, name
        assert await Document.filter(documents.visible_documents(everyone[name])).exists() is reads, name


async def test_a_file_is_taken_back_until_somebody_checked_it(everyone: Cast) -> None:
    row, contact, keeper = await wanted(everyone), everyone["department"], everyone["custodian"]
    drafts = [await material_deliver(contact, request=row.id, file=file(sha256=n * 64)) for n in "12"]
    other = await documents.document_add(keeper, folder=row.folder_id, title_en="Of the office")
    await documents.document_move(keeper, document=drafts[1].id, to=DocumentState.CHECKED)

    checked = await refused(material_retract(contact, request=row.id, document=drafts[1].id))
    strange = await refused(material_retract(contact, request=row.id, document=other.id))
    await material_retract(contact, request=row.id, document=drafts[0].id)
    twice = await refused(material_retract(contact, request=row.id, document=drafts[0].id))

    assert [checked, strange, twice] == [
        ("CHECKED_ALREADY", "document"),
        ("NOT_THERE", "document"),
        ("CHECKED_ALREADY", "document"),
    ]
    assert (await Document.get(id=drafts[0].id)).state is DocumentState.ARCHIVED
    assert (await Document.get(id=drafts[1].id)).state is DocumentState.CHECKED
    assert await stands(row) is S.DELIVERED
    case = (await documents.deciding(keeper, [drafts[0].id]))[drafts[0].id]
    assert not decide(*case, Act.READ, make.NOW)


async def test_who_takes_back_all_has_delivered_nothing(everyone: Cast) -> None:
    row, contact = await wanted(everyone), everyone["department"]
    draft = await material_deliver(contact, request=row.id, file=file())

    await material_retract(contact, request=row.id, document=draft.id)
    nothing = await refused(material_accept(everyone["custodian"], request=row.id))
    await material_deliver(contact, request=row.id, file=file("better.pdf"))

    assert nothing == ("NO_SUCH_MOVE", None)
    assert await stands(row) is S.DELIVERED
    assert len(await told(everyone, "custodian")) == 2


async def test_something_is_missing_until_it_is_all_there(everyone: Cast) -> None:
    row, contact, keeper = await wanted(everyone), everyone["department"], everyone["custodian"]
    await material_deliver(contact, request=row.id, file=file())

    again = await material_ask_again(keeper, request=row.id, missing="The second page.")
    await material_deliver(contact, request=row.id, file=file("second.pdf", "2" * 64))
    done = await material_accept(keeper, request=row.id)
    after = await refused(material_deliver(contact, request=row.id, file=file("third.pdf", "3" * 64)))

    assert (again.state, again.reason) == (S.ASKED, "The second page.")
    assert (done.state, done.reason, done.decided_at) == (S.ALL_THERE, "", make.NOW)
    assert after == ("NO_SUCH_MOVE", None)
    with pytest.raises(Conflict):
        await material_may(contact, request=row.id)
    assert {one.state for one in await Document.all()} == {DocumentState.DRAFT}


def attempts(viewer: Any, row: MaterialRequest) -> list[Any]:
    """Every verb on a request."""
    key: Any = {"request": row.id}
    return [
        lambda: material_promise(viewer, on=make.TODAY, **key),
        lambda: material_decline(viewer, reason="so", **key),
        lambda: material_may(viewer, **key),
        lambda: material_deliver(viewer, file=file("x.pdf", "9" * 64), **key),
        lambda: material_retract(viewer, document=row.id, **key),
        lambda: material_accept(viewer, **key),
        lambda: material_ask_again(viewer, missing="so", **key),
        lambda: material_take_back(viewer, reason="so", **key),
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("custodian", "department")])
async def test_to_everybody_else_it_is_not_there(everyone: Cast, name: str) -> None:
    row = await wanted(everyone)
    before = await AuditEntry.all().count()

    for attempt in attempts(everyone[name], row):
        with pytest.raises(NotThere):
            await attempt()
    assert await MaterialRequest.filter(visible_material_requests(everyone[name])).count() == 0
    assert await AuditEntry.all().count() == before


async def test_neither_side_does_what_is_the_others(everyone: Cast) -> None:
    row = await wanted(everyone)
    await material_deliver(everyone["department"], request=row.id, file=file())
    keeper, contact = [attempts(everyone[name], row) for name in ("custodian", "department")]

    for attempt in (*keeper[:5], *contact[5:]):
        with pytest.raises(Refused):
            await attempt()
    assert await stands(row) is S.DELIVERED


async def test_of_another_department_or_body_nothing_is_there(everyone: Cast) -> None:
    mine, office = await wanted(everyone), await make.body(BodyKind.DEPARTMENT, "Harbour Office")
    stranger = make.viewer(Role.DEPARTMENT, body=office, account=everyone.accounts["leader"].id)
    keeper = make.viewer(Role.CUSTODIAN, body=everyone.group, account=everyone.accounts["leader"].id)

    for viewer in (stranger, keeper):
        for attempt in attempts(viewer, mine):
            with pytest.raises(NotThere):
                await attempt()


async def test_who_leaves_the_department_finds_nothing_of_it(everyone: Cast) -> None:
    await wanted(everyone)
    contact = everyone["department"]
    gone = replace(contact, roles=tuple(role for role in contact.roles if role.role is not Role.DEPARTMENT))
    of_all = replace(contact, roles=(HeldRole(Role.DEPARTMENT),))

    found = [await MaterialRequest.filter(own_material_requests(viewer)).count() for viewer in (contact, gone, of_all)]
    assert found == [1, 0, 1]


async def test_two_contacts_of_a_department_are_both_told(everyone: Cast) -> None:
    await make.place(everyone.bureau, everyone.people["leader"], BodyRole.CONTACT)

    await wanted(everyone)

    assert [len(await told(everyone, name)) for name in ("department", "leader", "custodian")] == [1, 1, 0]
