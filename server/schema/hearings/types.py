"""Hearings as the world may ask them: what is heard by which rules, who hears, every date, and the notices."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import activities, bodies, calendar, hearings, members
from server.models.reads import Columns, Count, Read
from server.rules.hearings import (
    Capacity,
    Deadline,
    Due,
    Family,
    HearingDuty,
    HearingState,
    HearingStep,
    NoticePart,
    ProfileKey,
    Selection,
    deadlines,
    profile_of,
)
from server.rules.hearings.due import NAMES
from server.rules.hearings.notice import FACTS, PARTS, parts, told
from server.schema.activities import Activity
from server.schema.bodies import Body
from server.schema.calendar import LIMITS
from server.schema.hearings.applications import (
    LISTED,
    MOST,
    OWN,
    PLACED,
    PROMISED,
    HearingDelegate,
    HearingDraw,
    HearingMixProblem,
    HearingOwn,
    HearingPlaced,
    HearingSides,
    applied,
    delegates,
    drawn,
    missing_in_mix,
    own,
    placed,
    sides,
    standing,
    who_come,
)
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.reading import Answer, column, many, one, reads
from server.schema.rows import Visible
from server.viewer import Viewer

Row = strawberry.Parent[hearings.Hearing]
NoticeRow = strawberry.Parent[hearings.HearingNotice]
HELD = ("title_zh", "title_en", "starts_at", "ends_at", "venue", "online_url")


def of_visible() -> Visible:
    """Rows of hearings of which the viewer may know."""

    def visible(viewer: Viewer) -> Q:
        seen = hearings.Hearing.filter(hearings.visible_hearings(viewer))
        told: Any = {"hearing_id__in": Subquery(seen.values("id"))}
        return Q(**told)

    return visible


@strawberry.type(description="When and where a hearing is held: also for who may not know of its activity.")
class HearingHeld:
    """Of its activity."""

    title: str = strawberry.field(description="What it is called, in your language where it is known.")
    starts_at: dt.datetime = strawberry.field(description="When it begins.")
    ends_at: dt.datetime = strawberry.field(description="When it ends.")
    venue: str = strawberry.field(description="Where it is held, or empty.")
    online_url: str = strawberry.field(description="The link by which one takes part from afar, or empty.")


@strawberry.type(description="A date that follows from the day of a hearing (HE-1).")
class HearingDay:
    """Before the hearing the last day for something; after it the day by which it is due."""

    due: Due = strawberry.field(description="What.")
    name: str = strawberry.field(description="What, in your language.")
    day: dt.date = strawberry.field(description="The day.")
    how: str = strawberry.field(description="How it is reckoned, in your language.")
    rule: str = strawberry.field(description="The rule that asks for it, such as HE-1.")
    source: str = strawberry.field(
        description="Where the number of days is from, such as H2; ours where none is published."
    )
    past: bool = strawberry.field(description="Whether the day is past.")


@strawberry.type(description="One thing that the notice must say.")
class HearingNoticePart:
    """The list that is looked through before notice is given."""

    part: NoticePart = strawberry.field(description="Which.")
    name: str = strawberry.field(description="The same in your language.")
    said: bool = strawberry.field(description="Whether it would be said as things stand.")


@strawberry.type(description="Someone who has a duty at a hearing.")
@reads(hearings.HearingOfficer, of_visible())
class HearingOfficer:
    """An officer."""

    duty: HearingDuty = column("Which.")
    person = one(members.Person, "person", Person | None, "Who; null where you may not see them.")


@strawberry.type(description="How many are heard of a capacity.")
@reads(hearings.HearingPlaces, of_visible())
class HearingPlaces:
    """Places."""

    capacity: Capacity = column("As what.")
    count: int = column("How many.")


@strawberry.type(description="A notice of a hearing, as it was given. The last one counts.")
@reads(hearings.HearingNotice, of_visible())
class HearingNotice:
    """Of a draw by lot also what was promised in it, and what came of it (HE-2)."""

    n: int = column("Which one, from 1.")
    announced_at: dt.datetime = column("When it was given.")
    starts_at: dt.datetime = column("When the hearing was to begin.")
    venue: str = column("Where.")
    organiser: str = column("Who holds it, as the notice names them.")
    applications_until: dt.date = column("The last day to apply.")
    good_cause: str = column("Why it came later than the rules ask, or empty.")
    commitment: str = column("The SHA-256 of the seed, in hex, where delegates are drawn by lot; else empty.")
    public_draw: str = column("Which public draw is taken then, or empty.")
    public_draw_on: dt.date | None = column("The day of that public draw, or null.")
    frozen_at: dt.datetime | None = column("When applications closed and their list was frozen; null before.")
    list_hash: str = column("The SHA-256 of that list, in hex, where delegates are drawn by lot; else empty.")

    @makes("The draw by lot with all that went into it; null before it was made.", "id")
    async def draw(root: NoticeRow, info: Answer) -> HearingDraw | None:
        """Recomputed as it is asked for (HE-2)."""
        viewer = info.context.viewer
        listed = hearings.HearingApplication.filter(notice_id=root.id, listed=True).order_by("serial")
        asked: dict[str, Read] = {
            "promised": Columns(hearings.HearingNotice.filter(id=root.id), PROMISED),
            "listed": Columns(listed, LISTED),
        }
        return await made(info.context, asked, lambda found: drawn(viewer, found["promised"], found["listed"]))


@strawberry.type(
    description="A hearing: a department, or people, are heard on a matter, by rules that are known before."
)
@reads(hearings.Hearing, hearings.visible_hearings)
class Hearing(Node):
    """A hearing (HE-1)."""

    activity = one(activities.Activity, "activity", Activity | None, "Its activity; null where that is not for you.")
    state: HearingState = column("Its phase.")
    profile: ProfileKey = column("By which rules.")
    matter: str = column("What is heard, or empty.")
    purpose: str = column("What it is for, or empty.")
    basis: str = column("By which rules and decisions it is held, or empty.")
    contact: str = column("Whom to reach, and how, or empty.")
    conditions: str = column("Who can apply, or empty.")
    complaints: str = column("Where to ask or complain, or empty.")
    public_draw: str = column("Which public draw is taken where delegates are drawn by lot, or empty.")
    public_draw_on: dt.date | None = column("The day of that public draw, or null.")
    department = one(bodies.Body, "department", Body | None, "Which department members hear, or null.")
    per_sector: int | None = column("How many of one sector enrol at most; null for any number.")
    open_doors: bool = column("Whether anyone may listen.")
    closed_because: str = column("Why the doors are closed, or empty.")
    good_cause: str = column("Why notice came later than the rules ask, or empty.")
    list_cause: str = column("Why delegates were published that the rules do not ask for, or empty.")
    applications_until: dt.date | None = column("The last day to apply; null before notice is given.")
    officers = many(hearings.HearingOfficer, "hearing", HearingOfficer, "Who has which duty.", order=("n",))
    places = many(hearings.HearingPlaces, "hearing", HearingPlaces, "How many are heard as what.", order=("n",))
    notices = many(hearings.HearingNotice, "hearing", HearingNotice, "Its notices, the last first.", order=("-n",))

    @makes("When and where it is held.", "activity_id")
    async def held(root: Row, info: Answer) -> HearingHeld:
        """Of its activity."""
        viewer = info.context.viewer
        return await made(info.context, {"held": _activity(root, HELD)}, lambda found: _held(viewer, found["held"][0]))

    @makes("Whether anyone may apply, or only members enrol.", "profile")
    async def public(root: Row, info: Answer) -> bool:
        """By its profile."""
        return await made(info.context, {}, lambda _: profile_of(root.profile).family is Family.PUBLIC)

    @makes("How delegates are chosen.", "profile")
    async def selection(root: Row, info: Answer) -> Selection:
        """By its profile."""
        return await made(info.context, {}, lambda _: profile_of(root.profile).selection)

    @makes("Every date that follows from its day, in order (HE-1).", "activity_id", "profile", counted=13)
    async def days(root: Row, info: Answer) -> list[HearingDay]:
        """See `deadlines`."""
        viewer = info.context.viewer
        asked = {"held": _activity(root, ("starts_at",)), **calendar.calendar_reads(*LIMITS)}
        return await made(info.context, asked, lambda found: _days(viewer, root.profile, found))

    @makes(
        "What its notice must say, and whether it would.", "id", "activity_id", "profile", *FACTS.values(), counted=14
    )
    async def notice_parts(root: Row, info: Answer) -> list[HearingNoticePart]:
        """Looked through before notice is given."""
        viewer = info.context.viewer
        written = {name: getattr(root, name) for name in FACTS.values()}
        places = Columns(hearings.HearingPlaces.filter(hearing_id=root.id), ("count",))
        asked: dict[str, Read] = {"held": _activity(root, ("venue", "online_url")), "places": places}
        return await made(info.context, asked, lambda found: _parts(viewer, root.profile, written, found))

    @makes("On which sides those stand who applied and were not refused.", "id", "profile")
    async def sides_applied(root: Row, info: Answer) -> HearingSides:
        """HE-2."""
        asked = {"applied": applied(root.id)}
        return await made(info.context, asked, lambda found: sides(root.profile, standing(found)))

    @makes("On which sides those stand who have a place.", "id", "profile")
    async def sides_placed(root: Row, info: Answer) -> HearingSides:
        """HE-2."""
        asked = {"applied": applied(root.id)}
        return await made(info.context, asked, lambda found: sides(root.profile, placed(found)))

    @makes("The list of delegates; empty before it is published.", "id", "state", counted=MOST)
    async def delegates(root: Row, info: Answer) -> list[HearingDelegate]:
        """Names with consent, else numbers."""
        viewer = info.context.viewer
        asked = {"applied": applied(root.id)}
        return await made(info.context, asked, lambda found: delegates(viewer, root.state, found))

    @makes("Those who have a place, for who prepares it; empty for others.", "id", counted=MOST)
    async def placed(root: Row, info: Answer) -> list[HearingPlaced]:
        """To note who is here."""
        viewer = info.context.viewer
        kept = hearings.Hearing.filter(hearings.kept_hearings(viewer), id=root.id)
        rows = hearings.HearingApplication.filter(hearing_id__in=Subquery(kept.values("id")), superseded=False)
        asked = {"placed": Columns(rows.order_by("serial"), PLACED)}
        return await made(info.context, asked, lambda found: who_come(viewer, found["placed"]))

    @makes("How many must be there for it to begin, in your language (HE-3).", "profile")
    async def quorum(root: Row, info: Answer) -> str:
        """By its profile."""
        viewer = info.context.viewer
        return await made(info.context, {}, lambda _: profile_of(root.profile).quorum.words.into(viewer.locale))

    @makes("What the rules ask of delegates and those who have a place do not keep.", "id", "profile")
    async def mix_problems(root: Row, info: Answer) -> list[HearingMixProblem]:
        """Looked at before their list is published."""
        viewer = info.context.viewer
        asked = {"applied": applied(root.id)}
        return await made(info.context, asked, lambda found: missing_in_mix(viewer, root.profile, found))

    @makes("Your own application; null where you made none.", "id")
    async def own(root: Row, info: Answer) -> HearingOwn | None:
        """As who signed in: the last one under the notice that counts."""
        viewer = info.context.viewer
        mine = hearings.own_applications(viewer, hearing_id=root.id, superseded=False).order_by("-serial").limit(1)
        return await made(info.context, {"mine": Columns(mine, OWN)}, lambda found: own(viewer, found["mine"]))

    @makes("What you can do with it now.", "activity_id", "state")
    async def steps(root: Row, info: Answer) -> list[HearingStep]:
        """The verbs ask the same rule."""
        viewer = info.context.viewer
        holds = activities.ActivityOrganiser.filter(activity_id=root.activity_id).order_by("n")
        return await made(
            info.context,
            {"holds": Columns(holds, ("body_id",))},
            lambda found: hearings.hearing_steps(viewer, root.state, [body for (body,) in found["holds"]]),
        )

    @makes("Whether you prepare it.", "id")
    async def manageable(root: Row, info: Answer) -> bool:
        """The permission, for one of the bodies that hold it."""
        kept = hearings.Hearing.filter(hearings.kept_hearings(info.context.viewer), id=root.id)
        return await made(info.context, {"kept": Count(kept)}, lambda found: bool(found["kept"]))


def told_days(viewer: Viewer, found: Iterable[Deadline]) -> list[HearingDay]:
    """These dates, in the viewer's words."""
    return [
        HearingDay(
            due=one.due,
            name=NAMES[one.due].into(viewer.locale),
            day=one.day,
            how=one.how.into(viewer.locale),
            rule=one.rule,
            source=one.source,
            past=one.past,
        )
        for one in found
    ]


def _activity(root: hearings.Hearing, names: tuple[str, ...]) -> Columns:
    return Columns(activities.Activity.filter(id=root.activity_id), names)


def _held(viewer: Viewer, read: tuple[Any, ...]) -> HearingHeld:
    zh, en, starts_at, ends_at, venue, url = read
    title = (zh or en) if viewer.locale == "zh" else (en or zh)
    return HearingHeld(title=title, starts_at=starts_at, ends_at=ends_at, venue=venue, online_url=url)


def _days(viewer: Viewer, profile: ProfileKey, read: Mapping[str, Any]) -> list[HearingDay]:
    day = read["held"][0][0].astimezone(viewer.zone).date()
    around = calendar.calendar_of(read, hearings.years_of(day), viewer.zone)
    return told_days(viewer, deadlines(profile_of(profile), day, around, viewer.today))


def _parts(
    viewer: Viewer, profile: ProfileKey, written: Mapping[str, str], read: Mapping[str, Any]
) -> list[HearingNoticePart]:
    venue, url = read["held"][0]
    said = told(written, place=venue or url, numbers=sum(count for (count,) in read["places"]))
    return [
        HearingNoticePart(part=part, name=PARTS[part].into(viewer.locale), said=part in said)
        for part in parts(profile_of(profile))
    ]
