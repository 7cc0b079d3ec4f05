"""Applications to be heard, the balance of sides, the list of delegates, and a draw that anyone can recompute."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import strawberry

from server.models import bodies, hearings, members
from server.models.bodies.tables import BodyMembership
from server.models.fields import holding
from server.models.hearings import choosing
from server.models.reads import Columns, Count, Read
from server.rules.hearings import (
    ApplicationState,
    Capacity,
    HearingState,
    Position,
    ProfileKey,
    Publication,
    balanced,
    mix_problems,
    profile_of,
    verify,
)
from server.rules.hearings.applying import conflict_words
from server.rules.hearings.lottery import WORDS, Why
from server.rules.hearings.panel import PANEL
from server.schema.bodies import Body
from server.schema.declared import COUNTED
from server.schema.ids import id_for
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.reading import Answer, column, one, reads
from server.viewer import Viewer
from server.words import Words, say

Row = strawberry.Parent[hearings.HearingApplication]
MOST = 200
"""Applications as large hearings have them."""
S, H = ApplicationState, HearingState
GONE = (S.WITHDRAWN, S.INELIGIBLE)
BEFORE_LIST = (H.DRAFT, H.APPROVED, H.ANNOUNCED, H.APPLICATIONS_OPEN, H.APPLICATIONS_CLOSED, H.SELECTED)
"""No list of delegates is published yet."""


@strawberry.type(description="Someone who wants to be heard: told to them, and to who prepares the hearing.")
@reads(hearings.HearingApplication, hearings.visible_applications)
class HearingApplication(Node):
    """An application."""

    serial: int = column("Its number, in order of arrival.")
    person = one(
        members.Person, "person", Person | None, "Who, of the register; null for others, or where not for you."
    )
    sector = one(bodies.Body, "sector", Body | None, "The sector of a member who enrolled, or null.")
    name: str = column("Who, where they are not of the register; or empty.")
    email: str = column("Their e-mail address, or empty; erased half a year after the feedback.")
    phone: str = column("Their telephone number, or empty; erased as well.")
    represents: str = column("For whom they speak, or empty.")
    capacity: Capacity = column("As what.")
    position: Position = column("On which side.")
    summary: str = column("What they would say, in short.")
    named: bool = column("Whether their name may be published; else only their number is.")
    state: ApplicationState = column("How it stands.")
    because: str = column("Why it was decided so, or empty.")
    submitted_at: dt.datetime = column("When it was made.")

    @makes("Why it has a place, or none, in your language; empty before that.", "why", "place", "places")
    async def outcome(root: Row, info: Answer) -> str:
        """By its rank, or its place in the queue."""
        viewer = info.context.viewer
        return await made(info.context, {}, lambda _: _outcome(viewer, root))

    @makes("What may speak against hearing them, for who decides.", "hearing_id", "person_id", "civil_servant")
    async def conflicts(root: Row, info: Answer) -> list[str]:
        """HE-2."""
        viewer = info.context.viewer
        hears = hearings.HearingOfficer.filter(
            hearing_id=root.hearing_id, person_id=root.person_id, duty__in=list(PANEL)
        )
        heard = BodyMembership.filter(
            holding(viewer.today), body__heard_at__id=root.hearing_id, person_id=root.person_id
        )
        asked: dict[str, Read] = {"hears": Count(hears), "heard": Count(heard)}
        return await made(info.context, asked, lambda found: _conflicts(viewer, root, found))


@strawberry.type(description="How you applied to be heard.")
class HearingOwn:
    """For who signed in."""

    id: strawberry.ID = strawberry.field(description="Of the application.")
    serial: int = strawberry.field(description="Its number, in order of arrival.")
    state: ApplicationState = strawberry.field(description="How it stands.")
    outcome: str = strawberry.field(description="Why it has a place, or none, in your language; empty before that.")
    because: str = strawberry.field(description="Why it was decided so, or empty.")


@strawberry.type(description="How many stand on which side.")
class HearingSides:
    """Counts."""

    pro: int = strawberry.field(description="For it.")
    contra: int = strawberry.field(description="Against it.")
    neutral: int = strawberry.field(description="On neither side.")
    balanced: bool = strawberry.field(
        description="Whether the sides are as near as the rules of the hearing ask (HE-2)."
    )


@strawberry.type(description="One of the published list of delegates.")
class HearingDelegate:
    """Name and position with consent, else a number."""

    serial: int = strawberry.field(description="The number of the application.")
    name: str = strawberry.field(description="Who, where they agreed that it is published; else empty.")
    represents: str = strawberry.field(description="For whom they speak, where their name is published; or empty.")
    capacity: Capacity = strawberry.field(description="As what.")
    position: Position = strawberry.field(description="On which side.")


@strawberry.type(description="Someone who has a place.")
class HearingPlaced:
    """For who notes that they are here."""

    id: strawberry.ID = strawberry.field(description="Of the application.")
    serial: int = strawberry.field(description="Its number.")
    name: str = strawberry.field(description="Who, in your language.")


@strawberry.type(description="What the rules ask of delegates and these do not keep.")
class HearingMixProblem:
    """Shown before the list is published."""

    message: str = strawberry.field(description="What, in your language.")
    rule: str = strawberry.field(description="The rule that asks for it.")


@strawberry.type(description="One line of a draw by lot.")
class HearingLot:
    """An application of the frozen list, by rank."""

    serial: int = strawberry.field(description="The number of the application.")
    capacity: Capacity = strawberry.field(description="As what.")
    position: Position = strawberry.field(description="On which side.")
    rank: str = strawberry.field(
        description="The SHA-256 of seed, public value and number, in hex; the lowest comes first."
    )
    drawn: bool = strawberry.field(description="Whether it has a place.")
    outcome: str = strawberry.field(description="Why, in your language.")


@strawberry.type(description="A draw by lot with all that went into it, recomputed as you ask (HE-2).")
class HearingDraw:
    """What is published so that anyone can check it."""

    commitment: str = strawberry.field(description="The promise in the notice: the SHA-256 of the seed, in hex.")
    seed: str = strawberry.field(description="The seed, in hex.")
    public_draw: str = strawberry.field(description="Which public draw the notice named.")
    public_value: str = strawberry.field(description="Its result.")
    list_hash: str = strawberry.field(description="The SHA-256 of the list as it was frozen, in hex.")
    frozen_at: dt.datetime = strawberry.field(description="When the list was frozen.")
    drawn_at: dt.datetime = strawberry.field(description="When it was drawn.")
    lots: list[HearingLot] = strawberry.field(description="Each application, by rank.", metadata={COUNTED: MOST})
    problems: list[str] = strawberry.field(description="What does not fit, in your language; none where all does.")
    file: str = strawberry.field(description="The published file, as JSON, which the script of ten lines reads.")


class Applied(NamedTuple):
    """What is read of an application for a list of delegates."""

    serial: int
    capacity: Capacity
    position: Position
    civil_servant: bool
    state: ApplicationState
    named: bool
    name: str
    represents: str
    name_zh: str | None
    name_en: str | None


COLUMNS = (
    *("serial", "capacity", "position", "civil_servant", "state", "named", "name", "represents"),
    *("person__name_zh", "person__name_en"),
)


def applied(hearing: Any) -> Columns:
    """All under the notice that counts, in order of arrival."""
    rows = hearings.HearingApplication.filter(hearing_id=hearing, superseded=False)
    return Columns(rows.order_by("serial"), COLUMNS)


def sides(profile: ProfileKey, rows: Sequence[Applied]) -> HearingSides:
    """On which side how many stand."""
    positions = [each.position for each in rows]
    return HearingSides(
        pro=positions.count(Position.FOR),
        contra=positions.count(Position.AGAINST),
        neutral=positions.count(Position.NEUTRAL),
        balanced=balanced(positions, profile_of(profile).balance_tolerance),
    )


def standing(found: Mapping[str, Any]) -> list[Applied]:
    """Those who still hope to be heard, or are."""
    return [each for each in map(Applied._make, found["applied"]) if each.state not in GONE]


def placed(found: Mapping[str, Any]) -> list[Applied]:
    """Those who have a place."""
    return [each for each in map(Applied._make, found["applied"]) if each.state in choosing.HAS_PLACE]


def delegates(viewer: Viewer, state: HearingState, found: Mapping[str, Any]) -> list[HearingDelegate]:
    """As they are published; none before."""
    if state in BEFORE_LIST:
        return []
    return [
        HearingDelegate(
            serial=each.serial,
            name=_called(viewer, each) if each.named else "",
            represents=each.represents if each.named else "",
            capacity=each.capacity,
            position=each.position,
        )
        for each in placed(found)
    ]


def missing_in_mix(viewer: Viewer, profile: ProfileKey, found: Mapping[str, Any]) -> list[HearingMixProblem]:
    """What the rules ask and those who have a place do not keep."""
    problems = mix_problems(profile_of(profile), [choosing.delegate(each) for each in placed(found)])
    return [HearingMixProblem(message=one.message.into(viewer.locale), rule=one.rule or "") for one in problems]


class Promised(NamedTuple):
    """What is read of a notice for its draw."""

    seed: str
    commitment: str
    tolerance: str
    public_draw: str
    public_draw_on: dt.date | None
    public_value: str
    list_hash: str
    places: str
    frozen_at: dt.datetime | None
    drawn_at: dt.datetime | None


class Listed(NamedTuple):
    """What is read of an application on the frozen list."""

    serial: int
    capacity: Capacity
    position: Position


PROMISED = Promised._fields
LISTED = ("serial", "capacity", "position")


def drawn(viewer: Viewer, notices: Sequence[tuple[Any, ...]], listed: Sequence[tuple[Any, ...]]) -> HearingDraw | None:
    """The draw of the notice that counts; None before it was made."""
    promised = Promised._make(notices[0]) if notices else None
    if promised is None or promised.frozen_at is None or promised.drawn_at is None:
        return None
    rows = [Listed._make(row) for row in listed]
    found, told = choosing.drawn(promised, rows), choosing.published(promised, rows)
    return HearingDraw(
        commitment=promised.commitment,
        seed=promised.seed,
        public_draw=promised.public_draw,
        public_value=promised.public_value,
        list_hash=promised.list_hash,
        frozen_at=promised.frozen_at,
        drawn_at=promised.drawn_at,
        lots=[
            HearingLot(
                serial=one.applicant.serial,
                capacity=one.applicant.capacity,
                position=one.applicant.position,
                rank=one.rank,
                drawn=one.applicant.serial in found.drawn,
                outcome=one.words.into(viewer.locale),
            )
            for one in found.entries
        ],
        problems=[
            words.into(viewer.locale) for words in _wrong(viewer, promised, replace(told, listed=promised.list_hash))
        ],
        file=json.dumps(replace(told, listed=promised.list_hash).as_json()),
    )


def _wrong(viewer: Viewer, promised: Promised, told: Publication) -> Iterator[Words]:
    """What does not follow, and whether the list was frozen too late for nobody to wish for a result."""
    yield from (one.message for one in verify(told))
    frozen = promised.frozen_at.astimezone(viewer.zone).date() if promised.frozen_at else None
    if frozen and promised.public_draw_on and frozen >= promised.public_draw_on:
        yield say(
            "The list was frozen on the day of the public draw or later: whoever can read the seed in the database "
            "could have wished for a result."
        )


OWN = ("id", "serial", "state", "because", "why", "place", "places")


class Mine(NamedTuple):
    """What is read of one's own application."""

    id: UUID
    serial: int
    state: ApplicationState
    because: str
    why: Why | None
    place: int | None
    places: int | None


def own(viewer: Viewer, found: Sequence[tuple[Any, ...]]) -> HearingOwn | None:
    """One's own application."""
    for row in map(Mine._make, found):
        key = id_for(hearings.HearingApplication, row.id)
        return HearingOwn(
            id=key, serial=row.serial, state=row.state, outcome=_outcome(viewer, row), because=row.because
        )
    return None


PLACED = ("id", "serial", "state", "name", "person__name_zh", "person__name_en")


def who_come(viewer: Viewer, found: Sequence[tuple[Any, ...]]) -> list[HearingPlaced]:
    """Those who have a place and may be here."""
    return [
        HearingPlaced(id=id_for(hearings.HearingApplication, key), serial=serial, name=in_words(viewer, zh, en) or name)
        for key, serial, state, name, zh, en in found
        if state in choosing.HAS_PLACE
    ]


def in_words(viewer: Viewer, zh: str | None, en: str | None) -> str:
    """A name in the viewer's language, or in the other one, or empty."""
    return next(filter(None, (zh, en) if viewer.locale == "zh" else (en, zh)), "")


def _called(viewer: Viewer, row: Applied) -> str:
    return in_words(viewer, row.name_zh, row.name_en) or row.name


def _outcome(viewer: Viewer, row: Any) -> str:
    if row.why is None or row.place is None:
        return ""
    return WORDS[row.why](row.place, row.places).into(viewer.locale)


def _conflicts(viewer: Viewer, row: Any, found: Mapping[str, Any]) -> list[str]:
    said = conflict_words(hears=bool(found["hears"]), heard=bool(found["heard"]), civil_servant=row.civil_servant)
    return [words.into(viewer.locale) for words in said]
