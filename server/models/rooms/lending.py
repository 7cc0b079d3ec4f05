"""Numbered copies on paper: handed to a person who may read the document, and brought back by that person (RD-3)."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from tortoise.expressions import F
from tortoise.functions import Max

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.holders import roles_of_all
from server.models.accounts.tables import Account
from server.models.bodies.queries import derived_roles
from server.models.database import transaction
from server.models.documents.queries import deciding
from server.models.documents.shelving import kept
from server.models.documents.tables import AccessGrant, Document
from server.models.facts import tidy
from server.models.history import locked, not_there, sound_reason, there
from server.models.members.tables import Person
from server.models.messages import telling
from server.models.rooms.queries import kept_loans, overdue, visible_copies, visible_loans
from server.models.rooms.tables import Loan, PaperCopy
from server.rules.documents import Act, ReadMode, decide
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.rooms import CopyState, due_day
from server.viewer import NOWHERE, Viewer
from server.words import Words, say

MOST = 100
"""Copies that are numbered at once."""


@dataclass(frozen=True)
class Held:
    """A loan that is locked, with its copy and document."""

    loan: Loan
    copy: PaperCopy
    document: Document


async def copies_add(viewer: Viewer, *, document: UUID, count: int) -> list[PaperCopy]:
    """So many more copies, numbered on from the last; also of a paper of which there is no file. Raises Invalid."""
    if not 1 <= count <= MOST:
        raise Invalid(Problem("HOW_MANY", say("Between one and {most} at once.", most=MOST), "count"))
    async with transaction():
        viewer, _ = await kept(viewer, document)
        (last,) = await PaperCopy.filter(document_id=document).annotate(last=Max("copy_no")).values_list("last")
        numbers = range((last[0] or 0) + 1, (last[0] or 0) + 1 + count)
        rows = [PaperCopy(id=uuid4(), document_id=document, copy_no=n, state=CopyState.IN_STORE) for n in numbers]
        await PaperCopy.bulk_create(rows)
        await audit.record(viewer, "rooms.copies_add", f"doc_{document}", {"copies": [*numbers]})
    return rows


async def copy_put_back(viewer: Viewer, *, copy: UUID, reason: str) -> PaperCopy:
    """Into the store again, after it was looked at what was wrong with it. Raises Conflict for any other."""
    why = sound_reason(reason)
    async with transaction():
        row, _ = await _copy(viewer, copy)
        if row.state is not CopyState.RETURNED:
            raise Conflict(Problem("NOT_RETURNED", say("This copy does not wait to be put back."), "copy"))
        await PaperCopy.filter(id=copy).update(state=CopyState.IN_STORE)
        await audit.record(viewer, "rooms.copy_put_back", f"cpy_{copy}", {"reason": why})
    return await PaperCopy.get(id=copy)


async def loan_give(viewer: Viewer, *, copy: UUID, person: UUID) -> Loan:
    """Hand it to a person who may read the document at this moment: in the room only, to who is checked in for it.

    Raises Refused where the decision says no to them, or for oneself; Conflict where it is not in store; NotThere.
    """
    async with transaction():
        row, document = await _copy(viewer, copy)
        if row.state is not CopyState.IN_STORE:
            raise Conflict(Problem("NOT_IN_STORE", say("This copy is not in store."), "copy"))
        await there(Person, person, "person")
        _must_be_another(viewer, person)
        due_on = await _due_on(viewer, person, document)
        await PaperCopy.filter(id=copy).update(state=CopyState.OUT)
        loan = await Loan.create(
            copy_id=copy, person_id=person, out_at=viewer.now, out_by_id=viewer.account, due_on=due_on
        )
        said = {"copy": f"cpy_{copy}", "person": f"per_{person}", "due_on": due_on}
        await audit.record(viewer, "rooms.loan_give", f"lon_{loan.id}", said)
    return loan


async def loan_renew(viewer: Viewer, *, loan: UUID) -> Loan:
    """A week from today, as long as they may read it. Raises Conflict where something of theirs is overdue."""
    async with transaction():
        held = await _held(viewer, loan)
        if await Loan.filter(overdue(viewer), person_id=held.loan.person_id).exists():
            message = say("Something that they have is overdue: it comes back first.")
            raise Conflict(Problem("OVERDUE", message, "loan", "RD-2"))
        if held.document.read_mode is ReadMode.ROOM_ONLY:
            message = say("What is read in the room only comes back the same day.")
            raise Conflict(Problem("SAME_DAY", message, "loan", "RD-3"))
        due_on = await _due_on(viewer, held.loan.person_id, held.document)
        if due_on <= held.loan.due_on:
            raise Conflict(Problem("NOTHING_GAINED", say("It would not be due any later than it is."), "loan"))
        await Loan.filter(id=loan).update(due_on=due_on, renewals=F("renewals") + 1)
        await audit.record(viewer, "rooms.loan_renew", f"lon_{loan}", {"due_on": [held.loan.due_on, due_on]})
    return await Loan.get(id=loan)


async def loan_return(viewer: Viewer, *, loan: UUID, in_person: bool, anomaly: str = "") -> Loan:
    """Its borrower brought it, and it was looked at. anomaly: what is wrong with it; it then waits for its keeper.

    What was lost comes back so, too. Raises Refused where another brings it, or takes back their own.
    """
    said = tidy(Loan, {"anomaly": " ".join(anomaly.split())})
    async with transaction():
        held = await _held(viewer, loan)
        _must_be_another(viewer, held.loan.person_id)
        if not in_person:
            message = say("Whoever has a copy brings it back in person; nobody else may.")
            raise Refused(Problem("NOT_IN_PERSON", message, "in_person", "RD-3"))
        state = CopyState.RETURNED if said["anomaly"] else CopyState.IN_STORE
        await PaperCopy.filter(id=held.copy.id).update(state=state)
        found = said if said["anomaly"] else {}
        await Loan.filter(id=loan).update(returned_at=viewer.now, checked_by_id=viewer.account, **found)
        await audit.record(viewer, "rooms.loan_return", f"lon_{loan}", said | {"copy": state})
    return await Loan.get(id=loan)


async def loan_lost(viewer: Viewer, *, loan: UUID, reason: str) -> Loan:
    """It is not to be found. reason: how that came. Raises Conflict where that was said already."""
    why = " ".join(sound_reason(reason).split())
    async with transaction():
        held = await _held(viewer, loan)
        _must_be_another(viewer, held.loan.person_id)
        if held.loan.lost_at:
            raise Conflict(Problem("LOST_ALREADY", say("That it is lost was said already."), "loan"))
        await PaperCopy.filter(id=held.copy.id).update(state=CopyState.NOT_FOUND)
        await Loan.filter(id=loan).update(lost_at=viewer.now, anomaly=why)
        await audit.record(viewer, "rooms.loan_lost", f"lon_{loan}", {"reason": why})
    return await Loan.get(id=loan)


async def loans_remind(viewer: Viewer) -> int:
    """Remind, once a day, those who have something of yours that is overdue; all of them, where you keep the rooms.

    How many copies are overdue. The message says neither what nor how many (PU-1).
    """
    everywhere = viewer.may(Action.KEEP_ROOMS, NOWHERE)
    if not everywhere:
        viewer.must(Action.MANAGE_DOCUMENTS)
    async with transaction():
        late = Loan.filter(overdue(viewer)) if everywhere else Loan.filter(overdue(viewer), kept_loans(viewer))
        rows = await late.order_by("id")
        if rows:
            await telling.tell(
                viewer,
                topic=Topic.DOCUMENTS,
                words=say("A paper copy that you have is overdue: bring it back yourself"),
                people=dict.fromkeys(row.person_id for row in rows),
                link="/me/loans",
                key=f"loans.overdue:{viewer.today}",
            )
            await audit.record(viewer, "rooms.loans_remind", "", {"loans": [row.id for row in rows]})
    return len(rows)


async def remind_overdue(viewer: Viewer) -> Words:
    """The same each morning; what was done."""
    return say("{count} paper copies are overdue.", count=await loans_remind(viewer))


async def seen_as(viewer: Viewer, person: UUID) -> Viewer:
    """That person as one who asks, at this moment: by their accounts that let them in, and by the register."""
    accounts = await Account.filter(person_id=person, active=True).order_by("created_at", "id")
    roles = await roles_of_all(accounts, viewer.today)
    held = [role for account in accounts for role in roles[account.id]]
    held = held or await derived_roles(person, viewer.today)
    account = accounts[0].id if accounts else None
    return Viewer(now=viewer.now, zone=viewer.zone, account=account, person=person, roles=tuple(held))


async def _due_on(viewer: Viewer, person: UUID, document: Document) -> dt.date:
    """By when they bring it back. Raises Refused with what the decision says to them (RD-1)."""
    borrower = await seen_as(viewer, person)
    verdict = decide(*(await deciding(borrower, [document.id]))[document.id], Act.READ, viewer.clock)
    if not verdict:
        message = say("They may not read it now. What they are told: {reason}", reason=verdict.reason)
        raise Refused(Problem(verdict.code, message, "person", verdict.rule))
    grant = await AccessGrant.get(id=verdict.grant) if verdict.grant else None
    ends = [document.expires_at, grant.valid_until if grant else None]
    return due_day(document.read_mode, viewer.today, viewer.zone, ends)


async def _copy(viewer: Viewer, copy: UUID) -> tuple[PaperCopy, Document]:
    """Both locked, of what the viewer keeps. Raises Refused; NotThere for what they may not know of."""
    row = await PaperCopy.filter(visible_copies(viewer), id=copy).first()
    if row is None:
        raise not_there("copy")
    _, document = await kept(viewer, row.document_id)
    return await locked(PaperCopy, copy, "copy"), document


async def _held(viewer: Viewer, loan: UUID) -> Held:
    """A loan that is not back yet. Raises Conflict for one that is; as `_copy` does."""
    row = await Loan.filter(visible_loans(viewer), id=loan).first()
    if row is None:
        raise not_there("loan")
    copy, document = await _copy(viewer, row.copy_id)
    row = await locked(Loan, loan, "loan")
    if row.returned_at:
        raise Conflict(Problem("BACK", say("This copy is back already."), "loan"))
    return Held(row, copy, document)


def _must_be_another(viewer: Viewer, person: UUID) -> None:
    if viewer.person == person:
        message = say("Another keeper hands out and takes back what is yours.")
        raise Refused(Problem("ONESELF", message, "person", "RD-3"))
