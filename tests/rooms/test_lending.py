"""Numbered copies on paper: to whom the decision allows, back in person and looked at, late ones reminded."""

from dataclasses import replace

import pytest

from server.errors import DomainError, NotThere, Refused
from server.models import documents
from server.models.accounts.tables import Account
from server.models.audit import AuditEntry, verify
from server.models.documents import AccessGrant, Whom
from server.models.messages import Message
from server.models.rooms.booking import book
from server.models.rooms.desk import arrive, leave
from server.models.rooms.lending import (
    copies_add,
    copy_put_back,
    loan_give,
    loan_lost,
    loan_renew,
    loan_return,
    loans_remind,
    remind_overdue,
)
from server.models.rooms.queries import overdue, visible_copies, visible_loans
from server.models.rooms.tables import Loan, PaperCopy
from server.rules.documents import Effect, GrantState, Level, ReadMode
from server.rules.permissions import HeldRole, Role
from server.rules.rooms import CopyState
from server.viewer import Viewer, system_viewer
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY, ZONE
from tests.rooms.test_slots import refused
from tests.rooms.worlds import DAY, paper, room, slot, who

BRINGS = {"in_person": True}


def later(viewer: Viewer, days: int) -> Viewer:
    return replace(viewer, now=NOW + days * DAY)


async def given(cast: Cast, mode: ReadMode = ReadMode.ONLINE, **facts: object) -> Loan:
    """The first copy of a document, handed to the member."""
    keeper, document = cast["custodian"], await paper(cast, mode=mode, **facts)
    (copy,) = await copies_add(keeper, document=document.id, count=1)
    return await loan_give(keeper, copy=copy.id, person=who(cast, "member"))


async def state_of(loan: Loan) -> CopyState:
    return (await PaperCopy.get(id=loan.copy_id)).state


async def test_copies_are_numbered_on_also_of_what_has_no_file(everyone: Cast) -> None:
    document = await paper(everyone, catalogue_only=True)

    for count in (2, 1):
        await copies_add(everyone["custodian"], document=document.id, count=count)

    assert await PaperCopy.all().order_by("copy_no").values_list("copy_no", flat=True) == [1, 2, 3]
    for wrong in (0, 101):
        attempt = copies_add(everyone["custodian"], document=document.id, count=wrong)
        assert await refused(attempt) == ("HOW_MANY", "count")


async def test_a_copy_is_lent_for_a_week_to_who_may_read_it(everyone: Cast) -> None:
    loan = await given(everyone)

    assert (loan.person_id, loan.due_on, loan.out_by_id) == (
        who(everyone, "member"),
        TODAY + 7 * DAY,
        everyone.accounts["custodian"].id,
    )
    assert await state_of(loan) is CopyState.OUT
    again = loan_give(everyone["custodian"], copy=loan.copy_id, person=who(everyone, "leader"))
    assert await refused(again) == ("NOT_IN_STORE", "copy")
    actions = [entry.action for entry in await AuditEntry.all().order_by("serial")]
    assert actions[-2:] == ["rooms.copies_add", "rooms.loan_give"]
    assert (await verify()).ok


async def test_it_goes_to_nobody_to_whom_the_decision_says_no(everyone: Cast) -> None:
    keeper, document = everyone["custodian"], await paper(everyone, mode=ReadMode.ONLINE, readers=("member", "leader"))
    (copy,) = await copies_add(keeper, document=document.id, count=1)
    closed = [Whom(person=who(everyone, "leader"))]
    await documents.grant_add(keeper, document=document.id, whom=closed, effect=Effect.DENY, reason="recusal")
    await Account.filter(id=everyone.accounts["member"].id).update(active=False)
    stranger = await make.person(name_en="No Seat")
    codes = {}

    for name, person in {
        "leader": who(everyone, "leader"),
        "convener": who(everyone, "convener"),
        "stranger": stranger.id,
    }.items():
        with pytest.raises(DomainError) as refusal:
            await loan_give(keeper, copy=copy.id, person=person)
        problem = refusal.value.problems[0]
        codes[name] = (type(refusal.value), problem.code, problem.field, problem.rule)

    assert codes == {
        "leader": (Refused, "PERSON_DENY", "person", "RD-1 (6)"),
        "convener": (Refused, "NO_GRANT", "person", "RD-1 (10)"),
        "stranger": (Refused, "INACTIVE", "person", "RD-1 (1)"),
    }
    assert await refused(loan_give(keeper, copy=copy.id, person=make.some_id())) == ("NOT_THERE", "person")
    assert (await loan_give(keeper, copy=copy.id, person=who(everyone, "member"))).due_on  # by seat, without an account


async def test_what_is_read_in_the_room_goes_to_who_is_checked_in_and_is_due_the_same_day(everyone: Cast) -> None:
    keeper, document = everyone["custodian"], await paper(everyone, catalogue_only=True)
    (copy,) = await copies_add(keeper, document=document.id, count=1)
    booking = await book(everyone["member"], slot=(await slot(await room(everyone))).id, document=document.id)
    give = {"copy": copy.id, "person": who(everyone, "member")}

    assert await refused(loan_give(keeper, **give)) == ("ROOM_ONLY", "person")
    await arrive(keeper, booking=booking.id)
    loan = await loan_give(keeper, **give)

    assert loan.due_on == TODAY
    assert await refused(loan_renew(keeper, loan=loan.id)) == ("SAME_DAY", "loan")
    await loan_return(keeper, loan=loan.id, **BRINGS)
    await leave(keeper, booking=booking.id)
    assert await refused(loan_give(keeper, **give)) == ("ROOM_ONLY", "person")


async def test_it_is_due_no_later_than_the_permission_ends(everyone: Cast) -> None:
    assert (await given(everyone, expires_at=NOW + 3 * DAY)).due_on == TODAY + 3 * DAY


async def test_renewing_asks_the_decision_again_and_waits_for_what_is_overdue(everyone: Cast) -> None:
    keeper, loan = everyone["custodian"], await given(everyone)

    assert await refused(loan_renew(keeper, loan=loan.id)) == ("NOTHING_GAINED", "loan")
    renewed = await loan_renew(later(keeper, 5), loan=loan.id)
    assert (renewed.due_on, renewed.renewals) == (TODAY + 12 * DAY, 1)
    assert await refused(loan_renew(later(keeper, 13), loan=loan.id)) == ("OVERDUE", "loan")

    grants = await AccessGrant.filter(person_id=who(everyone, "member"))
    await documents.grant_end(keeper, grants=[one.id for one in grants], to=GrantState.REVOKED, reason="over")
    assert await refused(loan_renew(later(keeper, 6), loan=loan.id)) == ("NO_GRANT", "person")


async def test_only_its_borrower_brings_it_back_and_another_looks_at_it(everyone: Cast) -> None:
    keeper, loan = everyone["custodian"], await given(everyone)
    borrower = replace(keeper, person=who(everyone, "member"))

    assert await refused(loan_return(keeper, loan=loan.id, in_person=False)) == ("NOT_IN_PERSON", "in_person")
    assert await refused(loan_return(borrower, loan=loan.id, **BRINGS)) == ("ONESELF", "person")
    assert await state_of(loan) is CopyState.OUT
    done = await loan_return(keeper, loan=loan.id, **BRINGS)

    assert (done.returned_at, done.checked_by_id, done.anomaly) == (NOW, everyone.accounts["custodian"].id, "")
    assert await state_of(loan) is CopyState.IN_STORE
    for attempt in (
        loan_return(keeper, loan=loan.id, **BRINGS),
        loan_renew(keeper, loan=loan.id),
        loan_lost(keeper, loan=loan.id, reason="gone"),
    ):
        assert await refused(attempt) == ("BACK", "loan")


async def test_a_copy_that_came_back_with_something_wrong_waits_to_be_looked_at(everyone: Cast) -> None:
    keeper, loan = everyone["custodian"], await given(everyone)

    done = await loan_return(keeper, loan=loan.id, anomaly="Page 3\r\nis missing", **BRINGS)

    assert (done.anomaly, await state_of(loan)) == ("Page 3 is missing", CopyState.RETURNED)
    again = {"copy": loan.copy_id, "person": who(everyone, "member")}
    assert await refused(loan_give(keeper, **again)) == ("NOT_IN_STORE", "copy")
    assert await refused(copy_put_back(keeper, copy=loan.copy_id, reason=" ")) == ("REASON_MISSING", "reason")
    await copy_put_back(keeper, copy=loan.copy_id, reason="Page 3 is in again")
    assert await refused(copy_put_back(keeper, copy=loan.copy_id, reason="x")) == ("NOT_RETURNED", "copy")
    assert (await loan_give(keeper, **again)).copy_id == loan.copy_id


async def test_what_is_lost_is_no_longer_overdue_and_may_come_back(everyone: Cast) -> None:
    keeper, loan = everyone["custodian"], await given(everyone)
    late = later(keeper, 8)
    assert await Loan.filter(overdue(late)).count() == 1

    lost = await loan_lost(late, loan=loan.id, reason="Left in a tram")

    assert (lost.lost_at, lost.anomaly, await state_of(loan)) == (late.now, "Left in a tram", CopyState.NOT_FOUND)
    assert await Loan.filter(overdue(late)).count() == 0
    assert await refused(loan_lost(late, loan=loan.id, reason="again")) == ("LOST_ALREADY", "loan")
    back = await loan_return(late, loan=loan.id, **BRINGS)
    assert (back.returned_at, back.anomaly, await state_of(loan)) == (late.now, "Left in a tram", CopyState.IN_STORE)


async def test_who_has_something_overdue_is_reminded_once_a_day_without_a_title(everyone: Cast) -> None:
    keeper, first = everyone["custodian"], await given(everyone)
    await given(everyone)
    reminders = Message.filter(link="/me/loans")

    assert await loans_remind(later(keeper, 7)) == 0
    assert [await loans_remind(later(keeper, 8)) for _ in range(2)] == [2, 2]
    assert await reminders.count() == 1
    said = str(await remind_overdue(system_viewer(ZONE, "copies", NOW + 9 * DAY)))

    told = await reminders
    assert (said, len(told)) == ("2 paper copies are overdue.", 2)
    assert {one.person_id for one in told} == {first.person_id}
    assert all("预算" not in one.title_zh + one.text_zh for one in told)
    assert (await verify()).ok


async def test_copies_are_kept_by_who_keeps_the_folder(everyone: Cast) -> None:
    loan = await given(everyone)
    elsewhere = replace(everyone["custodian"], roles=(HeldRole(Role.CUSTODIAN, everyone.group.id, "Spring"),))
    copy = await PaperCopy.get(id=loan.copy_id)
    others = {name: everyone[name] for name in ("member", "secretary", "chair", "admin", "auditor", "visitor")}

    for name, viewer in (others | {"elsewhere": elsewhere}).items():
        with pytest.raises(Refused if name in ("member", "chair") else NotThere):  # members may know of the document
            await copies_add(viewer, document=copy.document_id, count=1)
        for attempt in (
            copy_put_back(viewer, copy=copy.id, reason="x"),
            loan_give(viewer, copy=copy.id, person=who(everyone, "leader")),
            loan_renew(viewer, loan=loan.id),
            loan_return(viewer, loan=loan.id, **BRINGS),
            loan_lost(viewer, loan=loan.id, reason="x"),
        ):
            with pytest.raises(Refused if name == "member" else NotThere):  # who was handed it knows of the copy
                await attempt

    viewers = others | {"custodian": everyone["custodian"], "elsewhere": elsewhere}
    copies = {name for name, one in viewers.items() if await PaperCopy.filter(visible_copies(one)).exists()}
    loans = {name for name, one in viewers.items() if await Loan.filter(visible_loans(one)).exists()}
    assert copies == loans == {"custodian", "member"}


async def test_a_work_sensitive_copy_needs_the_second_person_like_the_file(everyone: Cast) -> None:
    keeper = everyone["custodian"]
    document = await paper(everyone, mode=ReadMode.ONLINE, level=Level.WORK_SENSITIVE, readers=("member",))
    (copy,) = await copies_add(keeper, document=document.id, count=1)
    give = {"copy": copy.id, "person": who(everyone, "member")}

    assert await refused(loan_give(keeper, **give)) == ("NO_GRANT", "person")
    (grant,) = await AccessGrant.filter(document_id=document.id)
    await documents.grant_confirm(everyone["secretary"], grants=[grant.id])

    assert (await loan_give(keeper, **give)).person_id == who(everyone, "member")
