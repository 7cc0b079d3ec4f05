"""Requests to the office: what people ask to be changed about them, what was decided, and why."""

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
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.requests import ANSWERED_WITHIN, RequestField, RequestState, due_on, text_of, value_of
from server.viewer import NOWHERE, Viewer
from server.words import say

DECIDED = {
    RequestState.ACCEPTED: say("What you asked the office to change is done"),
    RequestState.DECLINED: say("The office answered your request, and did not change anything"),
}
"""What whoever asked is told."""
MOST = 20
"""Requests of one person that wait at the same time."""


class Request(Keyed):
    """What someone asked. wanted, was: of the field, as text; words: why, or what else is meant. answer: the office's.

    account: who asked; person: whose file it is about, the same one's.
    """

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="requests", on_delete=fields.RESTRICT
    )
    account_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="requests", on_delete=fields.RESTRICT
    )
    person_id: UUID
    field = fields.CharEnumField(RequestField, max_length=40, default=RequestField.OTHER)
    wanted = fields.CharField(max_length=1000, default="")
    was = fields.CharField(max_length=1000, default="")
    words = fields.CharField(max_length=1000, default="")
    state = fields.CharEnumField(RequestState, max_length=20)
    created_at = fields.DatetimeField()
    due_on = fields.DateField()
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    answer = fields.CharField(max_length=500, default="")

    class Meta:
        table = "request"


def visible_requests(viewer: Viewer) -> Q:
    """All for who corrects the register everywhere, else those about oneself."""
    if viewer.may(Action.MANAGE_MEMBERS, NOWHERE):
        return Q()
    mine: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    return Q(**mine)


async def request_send(viewer: Viewer, *, field: RequestField, wanted: str = "", words: str = "") -> Request:
    """Ask the office to change a field of one's own file, or something else in words.

    Raises Refused for who is nobody in the register; Invalid for what says nothing, does not fit, or is so already;
    Conflict where that is asked already, or too much waits.
    """
    viewer.must(Action.SEND_REQUEST)
    if viewer.person is None or viewer.account is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    said = tidy(Request, {"wanted": wanted, "words": words})
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    async with transaction():
        person = await locked(Person, viewer.person)
        was = "" if field is RequestField.OTHER else text_of(getattr(person, field.value))
        _must_say_something(field, said, was)
        await _must_be_new(person.id, field)
        row = await Request.create(
            account_id=viewer.account,
            person_id=person.id,
            field=field,
            was=was[:1000],
            state=RequestState.OPEN,
            created_at=viewer.now,
            due_on=due_on(calendar, viewer.today),
            **said,
        )
        await audit.record(viewer, "request.send", f"req_{row.id}", {"person": f"per_{person.id}", "about": field})
    return row


async def request_accept(viewer: Viewer, *, request: UUID, answer: str = "") -> Request:
    """Do what was asked: the field is changed in the same transaction. What is no field was changed by hand before.

    answer: what was done; needed where it is no field. Raises Conflict if it is decided already, Invalid for a value
    that does not fit, NotThere.
    """
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    async with transaction():
        row = await _open(request)
        if row.field is RequestField.OTHER:
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
        if row.person_id != viewer.person:
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
    said = tidy(Request, {"answer": answer})
    facts = {"state": state, "decided_at": viewer.now, "decided_by_id": viewer.account, **said}
    await Request.filter(id=row.id).update(**facts)
    await audit.record(viewer, f"request.{state.value}", f"req_{row.id}", {"person": f"per_{row.person_id}"})
    if words := DECIDED.get(state):
        link = f"/requests/req_{row.id}"
        await telling.tell(viewer, topic=Topic.ACCOUNT, words=words, people=[row.person_id], link=link)
    return await Request.get(id=row.id)


def _must_be_told(answer: str) -> None:
    if not answer.strip():
        message = say("Say what you changed, so that the person knows.")
        raise Invalid(Problem("ANSWER_MISSING", message, "answer"))


def _must_say_something(field: RequestField, said: dict[str, str], was: str) -> None:
    if field is RequestField.OTHER:
        if not said["words"]:
            raise Invalid(Problem("WORDS_MISSING", say("Say what is wrong, and what would be right."), "words"))
    elif text_of(value_of(field, said["wanted"])) == was:
        raise Invalid(Problem("NOTHING_CHANGED", say("This is what is recorded already."), "wanted"))


async def _must_be_new(person: UUID, field: RequestField) -> None:
    waiting = [row.field for row in await Request.filter(person_id=person, state=RequestState.OPEN)]
    if field is not RequestField.OTHER and field in waiting:
        message = say("You have asked for this already. Withdraw that request first, or wait for the answer.")
        raise Conflict(Problem("ASKED_ALREADY", message, "field"))
    if len(waiting) >= MOST:
        message = say("{count} of your requests wait for the office. Wait for its answers first.", count=len(waiting))
        raise Conflict(Problem("TOO_MANY_WAIT", message))
