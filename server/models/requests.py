"""Requests to the office: what people ask to be changed about them, or tell it of a page that failed; what was
decided, and why."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.accounts.tables import Account
from server.models.calendar import calendar_around
from server.models.database import transaction
from server.models.facts import tidy
from server.models.fields import Keyed
from server.models.history import locked, not_there, sound_reason
from server.models.members import Person, PersonFacts, change_person
from server.models.messages import telling
from server.rules.calendar import Calendar
from server.rules.messages import Topic
from server.rules.mishaps import Mishap, unsealed
from server.rules.permissions import Action
from server.rules.requests import ANSWERED_WITHIN, BY_HAND, RequestField, RequestState, due_on, text_of, value_of
from server.viewer import NOWHERE, Viewer
from server.words import say

DECIDED = {
    RequestState.ACCEPTED: say("What you asked the office to change is done"),
    RequestState.DECLINED: say("The office answered your request, and did not change anything"),
}
"""What whoever asked is told."""
ANSWERED = say("The office answered what you told it of a page")
"""The same, of a page that refused or failed."""
NOT_SAID = say("No page said this to you. Open the page again where it happened.")
MOST = 20
"""Requests of one person that wait at the same time; and as many reports of pages of one account."""


class Request(Keyed):
    """What someone asked. wanted, was: of the field, as text; words: why, or what else is meant. answer: the office's.

    account: who asked, called sender then; person: whose file it is about, the same one's; None where the account
    belongs to nobody. page, status, number, happened_at: of a page that refused or failed, see `rules.mishaps`.
    due_without: the year whose public holidays were not known when the day was reckoned.
    """

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="requests", on_delete=fields.RESTRICT
    )
    account_id: UUID
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="requests", on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    field = fields.CharEnumField(RequestField, max_length=40, default=RequestField.OTHER)
    wanted = fields.CharField(max_length=1000, default="")
    was = fields.CharField(max_length=1000, default="")
    words = fields.CharField(max_length=1000, default="")
    state = fields.CharEnumField(RequestState, max_length=20)
    created_at = fields.DatetimeField()
    due_on = fields.DateField()
    due_without = fields.IntField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    answer = fields.CharField(max_length=500, default="")
    sender = fields.CharField(max_length=100, default="", db_default="")
    page = fields.CharField(max_length=120, default="", db_default="")
    status = fields.IntField(null=True)
    number = fields.CharField(max_length=32, default="", db_default="")
    happened_at = fields.DatetimeField(null=True)

    class Meta:
        table = "request"


def visible_requests(viewer: Viewer) -> Q:
    """All for who corrects the register everywhere, else one's own."""
    return Q() if viewer.may(Action.MANAGE_MEMBERS, NOWHERE) else own_requests(viewer)


def own_requests(viewer: Viewer) -> Q:
    """Those about oneself, and those that one's account sent while it belonged to nobody."""
    mine: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    nobodys: Any = {"account_id__in": [viewer.account] if viewer.account else []}
    return Q(**mine) | Q(person_id__isnull=True, **nobodys)


def late_requests(viewer: Viewer) -> Q:
    """Those that should have been answered by now; see `is_late`."""
    return Q(state=RequestState.OPEN, due_on__lt=viewer.today)


async def request_send(viewer: Viewer, *, field: RequestField, wanted: str = "", words: str = "") -> Request:
    """Ask the office to change a field of one's own file, or something else in words.

    Raises Refused for who is nobody in the register; Invalid for what says nothing, does not fit, or is so already;
    Conflict where that is asked already, or too much waits.
    """
    viewer.must(Action.SEND_REQUEST)
    if viewer.person is None or viewer.account is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    if field is RequestField.ERROR_PAGE:
        raise Invalid(Problem("FROM_THE_PAGE", say("Send this from the page where it happened."), "field"))
    said = tidy(Request, {"wanted": wanted, "words": _in_a_line(words)})
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    async with transaction():
        person = await locked(Person, viewer.person)
        was = "" if field is RequestField.OTHER else text_of(getattr(person, field.value))
        _must_say_something(field, said, was)
        await _must_be_new(person.id, field)
        facts = {"person_id": person.id, "field": field, "was": was[:1000], **said}
        row = await _sent(viewer, calendar, facts)
        await audit.record(viewer, "request.send", f"req_{row.id}", {"person": f"per_{person.id}", "about": field})
    return row


async def request_report(viewer: Viewer, *, mishap: str, words: str = "", secret: str) -> Request:
    """Tell the office of a page that refused or failed. The same one is told once: after that it is the first report.

    mishap: as that page gave it along, see `rules.mishaps`; secret: by which it was sealed. words: what one wanted.
    Raises Invalid for what no page said to this account, or words that do not fit; Conflict where too many wait.
    """
    viewer.must(Action.SEND_REQUEST)
    seen = unsealed(mishap, viewer.account, secret) if viewer.account else None
    if seen is None or viewer.account is None:
        raise Invalid(Problem("NOT_SAID", NOT_SAID, "mishap"))
    said = tidy(Request, {"words": _in_a_line(words)})
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    async with transaction():
        account = await locked(Account, viewer.account)
        if told := await Request.filter(account_id=account.id, number=seen.number).first():
            return told
        await _must_not_be_many(account.id)
        facts = {"person_id": viewer.person, "field": RequestField.ERROR_PAGE, **_of(seen), **said}
        row = await _sent(viewer, calendar, facts)
        about = {"page": seen.page, "status": seen.status, "number": seen.number}
        await audit.record(viewer, "request.report", f"req_{row.id}", about)
    return row


def _in_a_line(words: str) -> str:
    """What was typed in several lines, too."""
    return " ".join(words.split())


def _of(seen: Mishap) -> dict[str, Any]:
    return {"page": seen.page, "status": seen.status, "number": seen.number, "happened_at": seen.at}


async def _sent(viewer: Viewer, calendar: Calendar, facts: dict[str, Any]) -> Request:
    due = due_on(calendar, viewer.today)
    sent: Any = {"account_id": viewer.account, "sender": viewer.name, "created_at": viewer.now, "due_on": due}
    sent["due_without"] = calendar.unknown(viewer.today, due)
    return await Request.create(state=RequestState.OPEN, **sent, **facts)


async def request_accept(viewer: Viewer, *, request: UUID, answer: str = "") -> Request:
    """Do what was asked: the field is changed in the same transaction. What is no field was changed by hand before.

    answer: what was done; needed where it is no field. Raises Conflict if it is decided already, Invalid for a value
    that does not fit, NotThere.
    """
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    async with transaction():
        row = await _open(request)
        if row.field in BY_HAND or row.person_id is None:
            _must_be_told(answer)
        else:
            facts: Any = {row.field.value: value_of(row.field, row.wanted)}
            await _change(viewer, row.person_id, facts)
        return await _decide(viewer, row, RequestState.ACCEPTED, answer.strip())


async def request_decline(viewer: Viewer, *, request: UUID, reason: str) -> Request:
    """Say no, with the reason that the person reads. Raises Conflict if it is decided already, Invalid, NotThere."""
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    async with transaction():
        return await _decide(viewer, await _open(request), RequestState.DECLINED, sound_reason(reason))


async def request_withdraw(viewer: Viewer, *, request: UUID) -> Request:
    """Take back what one asked oneself. Raises Conflict if it is decided already, NotThere."""
    viewer.must(Action.SEND_REQUEST)
    async with transaction():
        row = await _open(request)
        if not await Request.filter(own_requests(viewer), id=row.id).exists():
            raise not_there("request")
        return await _decide(viewer, row, RequestState.WITHDRAWN, "")


async def _change(viewer: Viewer, person: UUID, facts: PersonFacts) -> None:
    await change_person(viewer, person, **facts)


async def _open(request: UUID) -> Request:
    row = await locked(Request, request, "request")
    if row.state is not RequestState.OPEN:
        raise Conflict(Problem("DECIDED", say("This request is decided already."), "request"))
    return row


async def _decide(viewer: Viewer, row: Request, state: RequestState, answer: str) -> Request:
    said = tidy(Request, {"answer": _in_a_line(answer)})
    facts = {"state": state, "decided_at": viewer.now, "decided_by_id": viewer.account, **said}
    await Request.filter(id=row.id).update(**facts)
    about = {"person": f"per_{row.person_id}"} if row.person_id else {}
    await audit.record(viewer, f"request.{state.value}", f"req_{row.id}", about)
    await _tell(viewer, row, state)
    return await Request.get(id=row.id)


async def _tell(viewer: Viewer, row: Request, state: RequestState) -> None:
    if state not in DECIDED:
        return
    words = ANSWERED if row.field is RequestField.ERROR_PAGE else DECIDED[state]
    whom: Any = {"people": [row.person_id]} if row.person_id else {"accounts": [row.account_id]}
    await telling.tell(viewer, topic=Topic.ACCOUNT, words=words, link=f"/requests/req_{row.id}", **whom)


def _must_be_told(answer: str) -> None:
    if not answer.strip():
        message = say("Say what was done, so that whoever asked knows.")
        raise Invalid(Problem("ANSWER_MISSING", message, "answer"))


def _must_say_something(field: RequestField, said: dict[str, str], was: str) -> None:
    if field is RequestField.OTHER:
        if not said["words"]:
            raise Invalid(Problem("WORDS_MISSING", say("Say what is wrong, and what would be right."), "words"))
    elif text_of(value_of(field, said["wanted"])) == was:
        raise Invalid(Problem("NOTHING_CHANGED", say("This is what is recorded already."), "wanted"))


async def _must_be_new(person: UUID, field: RequestField) -> None:
    found = await Request.filter(person_id=person, state=RequestState.OPEN)
    waiting = [row.field for row in found if row.field is not RequestField.ERROR_PAGE]
    if field is not RequestField.OTHER and field in waiting:
        message = say("You have asked for this already. Withdraw that request first, or wait for the answer.")
        raise Conflict(Problem("ASKED_ALREADY", message, "field"))
    _must_be_few(len(waiting))


async def _must_not_be_many(account: UUID) -> None:
    of_pages: Any = {"field": RequestField.ERROR_PAGE, "state": RequestState.OPEN}
    _must_be_few(await Request.filter(account_id=account, **of_pages).count())


def _must_be_few(waiting: int) -> None:
    if waiting >= MOST:
        message = say("{count} of your requests wait for the office. Wait for its answers first.", count=waiting)
        raise Conflict(Problem("TOO_MANY_WAIT", message))
