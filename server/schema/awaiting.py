"""What awaits the viewer: each thing that is theirs to do, the most urgent first, with the page where it is done."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import strawberry

from server.models import accounts, bodies, imports, learning, members
from server.models.accounts.visible import own
from server.models.bodies import BodyKind
from server.models.fields import holding
from server.models.imports import ImportState
from server.rules.permissions import Action, where
from server.viewer import Viewer
from server.words import Words, name, say

SOON = dt.timedelta(days=14)
"""How long before its end a token is worth a reminder."""


@strawberry.type(description="Something that waits for you.")
class Awaiting:
    """One card of the home page."""

    code: str = strawberry.field(description="Stable, for programs, such as UNCOVERED.")
    title: str = strawberry.field(description="What, in your language.")
    text: str = strawberry.field(description="Why it matters, or what to know.")
    action: str = strawberry.field(description="What to do, in words.")
    address: str = strawberry.field(description="The page where it is done.")
    urgent: bool = strawberry.field(description="Whether something is wrong, not only waiting.")


def _card(
    viewer: Viewer, code: str, address: str, said: tuple[Words, Words, Words], *, urgent: bool = True
) -> Awaiting:
    title, text, action = (words.into(viewer.locale) for words in said)
    return Awaiting(code=code, title=title, text=text, action=action, address=address, urgent=urgent)


async def awaiting(viewer: Viewer) -> list[Awaiting]:
    """All of it. A constant number of statements, fewer for whoever may less."""
    cards = [card async for card in _of_the_office(viewer)] + [card async for card in _of_mine(viewer)]
    return sorted(cards, key=lambda card: not card.urgent)


async def _of_the_office(viewer: Viewer) -> AsyncIterator[Awaiting]:
    if viewer.may(Action.READ_COVERAGE):
        async for card in _gaps(viewer):
            yield card
    if viewer.may(Action.IMPORT_PEOPLE):
        waiting = await imports.ImportRun.filter(state=ImportState.PREVIEWED).count()
        if waiting:
            said = (
                say("{count} imports wait for a decision", count=waiting),
                say("They were looked at, and not yet applied or discarded."),
                say("Decide"),
            )
            yield _card(viewer, "IMPORTS", "/imports", said, urgent=False)
    if viewer.may(Action.ISSUE_TOKEN):
        async for card in _tokens(viewer):
            yield card


async def _gaps(viewer: Viewer) -> AsyncIterator[Awaiting]:
    found = await learning.coverage(
        BodyKind.LEARNING_GROUP,
        viewer.today,
        within=where(viewer.roles, Action.READ_COVERAGE),
        sensitive=await bodies.sensitive_seen(viewer),
    )
    late, pending, ended = len(found.uncovered), len(found.pending), len(found.ended_group)
    parts = say(
        "{late} past the time allowed, {pending} within it, {ended} still entered in one that has ended.",
        late=late,
        pending=pending,
        ended=ended,
    )
    rows: list[tuple[str, int, Words, Words]] = [
        (
            "UNCOVERED",
            found.figures.none,
            say("{count} members are in no learning group", count=found.figures.none),
            parts,
        ),
        (
            "DUPLICATE",
            len(found.several),
            say("{count} members are in more than one learning group", count=len(found.several)),
            say("Every active member belongs to exactly one (LC-1)."),
        ),
        (
            "LEADERSHIP_INCOMPLETE",
            len(found.leadership_incomplete),
            say("{count} learning groups have no head, or more than one", count=len(found.leadership_incomplete)),
            say("Every group needs exactly one head (LC-2)."),
        ),
    ]
    for code, count, title, text in rows:
        if count:
            urgent = code != "UNCOVERED" or late + ended > 0
            yield _card(viewer, code, "/coverage", (title, text, say("See who and why")), urgent=urgent)


async def _tokens(viewer: Viewer) -> AsyncIterator[Awaiting]:
    ending = await accounts.ApiClient.filter(
        own(viewer, Action.MANAGE_ACCOUNTS, "owner_id"),
        revoked_at=None,
        expires_at__gt=viewer.now,
        expires_at__lte=viewer.now + SOON,
    ).count()
    if ending:
        said = (
            say("{count} API tokens end within {days} days", count=ending, days=SOON.days),
            say("The programs that use them will get no more answers."),
            say("See the tokens"),
        )
        yield _card(viewer, "TOKENS", "/tokens", said, urgent=False)


async def _of_mine(viewer: Viewer) -> AsyncIterator[Awaiting]:
    """For a member: whether they are in a learning group, which the office answers for and they may ask about."""
    if (
        viewer.person is None
        or not await members.Person.filter(members.active_on(viewer.today), id=viewer.person).exists()
    ):
        return
    place = (
        await bodies.BodyMembership.filter(
            holding(viewer.today), person_id=viewer.person, primary=True, body__kind=BodyKind.LEARNING_GROUP
        )
        .select_related("body")
        .first()
    )
    if place is None:
        said = (
            say("You are in no learning group yet"),
            say("The general office gathers every member in one. Ask there if this lasts."),
            say("See the learning groups"),
        )
        yield _card(viewer, "MY_GROUP", "/learning-groups", said, urgent=False)
        return
    yield _card(viewer, "MY_GROUP", f"/learning-groups/bod_{place.body_id}", _group(place.body), urgent=False)


def _group(body: Any) -> tuple[Words, Words, Words]:
    return (
        say("Your learning group: {name}", name=name(body)),
        say("Who leads it, and who is in it."),
        say("Open the group"),
    )
