"""What people are told of deadlines, by itself: requests that are late or due soon, those to read documents, too,
questions about documents, invitations that ran out, and documents whose readers should have confirmed by now."""

from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.models.accounts.holders import who_may
from server.models.accounts.tables import Invitation
from server.models.asking import due_access, due_explanations
from server.models.calendar import calendar_around
from server.models.database import transaction
from server.models.documents.tables import Document
from server.models.messages import telling
from server.models.readers import overdue_receipts
from server.models.requests import Request, late_requests
from server.rules.calendar import Calendar, is_working
from server.rules.explanations import REMINDED, explanation_reminded
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.requests import SOON, RequestState, soon
from server.viewer import NOWHERE, Viewer
from server.words import Words, name, say

FEW = 20
"""People who are named in a message."""
WITHOUT_A_WAY_IN: dict[str, Any] = {"account__password_hash": "", "account__oidc_subject": ""}
NEVER_IN = Q(account__active=True, account__person_id__isnull=False, **WITHOUT_A_WAY_IN)
"""Invitations of people who have not come in yet, and could."""


def works_in_the_office(viewer: Viewer) -> bool:
    """Whether this is one of those who are told."""
    office = any(viewer.may(action, NOWHERE) for action in (Action.MANAGE_MEMBERS, Action.INVITE))
    return office or bool(viewer.may(Action.CONFIRM_GRANTS))


async def tell_deadlines(viewer: Viewer) -> Words:
    """Tell the office, on a day that is worked; what was done.

    Of requests once a day, where there is something to answer; of each invitation that ran out once.
    """
    calendar = await calendar_around(viewer, viewer.today, max(SOON, REMINDED))
    if not is_working(calendar, viewer.today):
        return say("Nobody works today, so nobody was told.")
    late, due = await tell_due_requests(viewer, calendar)
    await tell_due_access(viewer, calendar)
    await tell_due_explanations(viewer, calendar)
    lapsed = await tell_lapsed_invitations(viewer)
    return say(
        "{late} requests are late, {soon} due soon; {lapsed} invitations ran out; {receipts} documents await "
        "confirmations.",
        late=late,
        soon=due,
        lapsed=lapsed,
        receipts=await tell_overdue_receipts(viewer),
    )


async def tell_due_requests(viewer: Viewer, calendar: Calendar) -> tuple[int, int]:
    """Tell whoever answers requests how many are late, and how many are due soon; these two numbers."""
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    until = soon(calendar, viewer.today)
    async with transaction():
        late = await Request.filter(late_requests(viewer)).count()
        due = await Request.filter(state=RequestState.OPEN, due_on__gte=viewer.today, due_on__lte=until).count()
        if late or due:
            await telling.tell(
                viewer,
                topic=Topic.WORK,
                words=say(
                    "Requests of members to be answered: {late} late, {soon} due by {day}",
                    late=late,
                    soon=due,
                    day=until,
                ),
                accounts=await who_may(Action.MANAGE_MEMBERS, viewer.today),
                link="/requests?late=true" if late else "/requests",
                key=f"requests.due:{viewer.today}",
            )
    return late, due


async def tell_due_access(viewer: Viewer, calendar: Calendar) -> None:
    """Tell everyone who answers or reviews requests to read how many of theirs are late, and how many are due soon."""
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    until = soon(calendar, viewer.today)
    async with transaction():
        for account, days in (await due_access(viewer, until)).items():
            late = sum(day < viewer.today for day in days)
            words = say(
                "Requests to read documents to be answered: {late} late, {soon} due by {day}",
                late=late,
                soon=len(days) - late,
                day=until,
            )
            await telling.tell(
                viewer,
                topic=Topic.WORK,
                words=words,
                accounts=[account],
                link="/access-requests?late=true" if late else "/access-requests",
                key=f"access.due:{viewer.today}",
            )


async def tell_due_explanations(viewer: Viewer, calendar: Calendar) -> None:
    """Tell the contacts of a department of each question that is due within days, once, and once when it is late."""
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    async with transaction():
        for row, contacts in await due_explanations(viewer, explanation_reminded(calendar, viewer.today)):
            late = row.due_on < viewer.today
            soon_said = say("A question about a document is to be answered by {day}", day=row.due_on)
            late_said = say("A question about a document should have been answered by {day}", day=row.due_on)
            await telling.tell(
                viewer,
                topic=Topic.WORK,
                words=late_said if late else soon_said,
                accounts=contacts,
                link=f"/explanations/exp_{row.id}",
                key=f"explanation.{'late' if late else 'due'}:{row.id}",
            )


async def tell_lapsed_invitations(viewer: Viewer) -> int:
    """Tell whoever invites which invitations ran out unused, each once; how many."""
    viewer.must_everywhere(Action.INVITE)
    async with transaction():
        office = await who_may(Action.INVITE, viewer.today)
        found = await _lapsed(viewer) if office else {}
        if found:
            await telling.tell(
                viewer,
                topic=Topic.WORK,
                words=say("{count} invitations have run out unused", count=len(found)),
                more=say("They were for {people}. Choose whom to invite again.", people=_named(list(found.values()))),
                accounts=office,
                link="/invitations?standing=LAPSED",
            )
            await Invitation.filter(id__in=list(found)).update(lapse_told_at=viewer.now)
    return len(found)


async def tell_overdue_receipts(viewer: Viewer) -> int:
    """Tell whoever reminds readers, once a day, how many documents have readers who did not confirm in time; how many.

    Who keeps the documents of one body only finds theirs among what awaits them.
    """
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    async with transaction():
        found = await overdue_receipts(viewer, Document.all())
        if found:
            await telling.tell(
                viewer,
                topic=Topic.WORK,
                words=say("Documents with confirmations that are overdue: {count}", count=len(found)),
                accounts=await who_may(Action.REMIND_READERS, viewer.today),
                link="/readers",
                key=f"readers.overdue:{viewer.today}",
            )
    return len(found)


async def _lapsed(viewer: Viewer) -> dict[UUID, Words]:
    """Those that the office was not told of, each with the name of its person."""
    over = Invitation.filter(
        NEVER_IN, used_at=None, ended_at=None, lapse_told_at=None, expires_at__lte=viewer.now
    ).select_related("account__person")
    rows = await over.order_by("account__person__sort_pinyin", "id")
    return {row.id: name(row.account.person) for row in rows if row.account.person}


def _named(people: list[Words]) -> Words:
    few = Words("{parts}", {"parts": tuple(people[:FEW])})
    rest = len(people) - FEW
    return say("{names} and {count} more", names=few, count=rest) if rest > 0 else few
