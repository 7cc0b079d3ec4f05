"""What becomes of a hearing, step by step: its phase moves, and the state of its activity with it (HE-1)."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from secrets import token_bytes
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities import Activity, ActivityOrganiser, Participation, majority_of
from server.models.activities.attending import forget
from server.models.activities.moving import keep_majority
from server.models.activities.news import CANCELLED, INVITED, POSTPONED, tell_all
from server.models.activities.preparing import change, put_on_list, refreshed
from server.models.database import transaction
from server.models.facts import before_and_after
from server.models.hearings.news import CALLED_OFF, OPEN, PUT_OFF, tell, tell_applicants
from server.models.hearings.preparing import deadlines_of, kept
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice, HearingOfficer, HearingPlaces
from server.models.history import sound_reason
from server.models.members.queries import active_on
from server.models.members.tables import Person
from server.rules.activities import ActivityAudience, ActivityState, Majority, MajorityStage, ParticipantRole
from server.rules.attendance import Rsvp
from server.rules.hearings import (
    ACTIVITY_STATE,
    Capacity,
    Due,
    Family,
    HearingDuty,
    HearingState,
    HearingStep,
    Selection,
    Standing,
    commitment,
    day_problems,
    moves,
    outcome,
    panel_problems,
    profile_of,
)
from server.rules.hearings.lottery import SEED_BYTES
from server.rules.hearings.notice import FACTS, missing
from server.rules.hearings.notice import told as parts_told
from server.rules.hearings.panel import PANEL, presiding_problems
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

NEEDS = {HearingStep.APPROVE: Action.APPROVE_ACTIVITIES}
"""By which action a step is taken; all others by who prepares it."""
TAKEN = frozenset(
    {
        HearingStep.APPROVE,
        HearingStep.ANNOUNCE,
        HearingStep.OPEN_APPLICATIONS,
        HearingStep.CLOSE_APPLICATIONS,
        HearingStep.SELECT,
        HearingStep.PUBLISH_LIST,
        HearingStep.MAKE_READY,
        HearingStep.START,
        HearingStep.POSTPONE,
        HearingStep.CANCEL,
    }
)
"""The steps that have a verb so far."""


async def hearing_approve(viewer: Viewer, *, hearing: UUID, override: str = "") -> Hearing:
    """It may be held. override: why, where members would not be the majority; by the chair of the assembly (MJ-1)."""
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.APPROVE)
        duties = await HearingOfficer.filter(hearing_id=hearing).order_by("n").values_list("person_id", "duty")
        panel = [person for person, duty in duties if duty in PANEL]
        odd_min = profile_of(row.profile).panel_odd_min
        problems = [*presiding_problems([duty for _, duty in duties]), *panel_problems(panel, (), odd_min)]
        if problems:
            raise Invalid(*problems)
        await _list_officers(viewer, activity, duties)
        await refreshed(viewer, activity)
        if profile_of(row.profile).majority:
            await keep_majority(
                viewer, activity, MajorityStage.APPROVAL, await _planned(viewer, row, activity), override
            )
        return await moved(viewer, row, activity, HearingStep.APPROVE)


async def hearing_announce(viewer: Viewer, *, hearing: UUID, good_cause: str = "") -> Hearing:
    """Notice is given: whoever is on the list is told, and a public hearing can be found by anyone (HE-1).

    Raises Invalid where the notice does not say all that it must, for a day on which nobody could apply any more, and
    without a good cause where it is too late for what the rules ask.
    """
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.ANNOUNCE)
        day = activity.starts_at.astimezone(viewer.zone).date()
        days = await deadlines_of(viewer, row.profile, day)
        places = await HearingPlaces.filter(hearing_id=hearing).order_by("n").values_list("capacity", "count")
        found = outcome(row.state, HearingStep.ANNOUNCE, _notice_of(viewer, row, activity, day, places, good_cause))
        known = {problem.field for problem in found.problems}
        soon = [problem for problem in day_problems(days, good_cause=good_cause) if problem.field not in known]
        until = {each.due: each.day for each in days}
        late_draw = list(_draw_problems(row, until[Due.APPLICATIONS_CLOSE]))
        if soon or found.problems or late_draw:
            raise Invalid(*soon, *found.problems, *late_draw)
        late = any(each.past for each in days) or (day - viewer.today).days < profile_of(row.profile).notice_days
        cause = sound_reason(good_cause) if late else ""
        await refreshed(viewer, activity)
        listed = Participation.filter(activity_id=activity.id)
        await listed.update(invited_at=viewer.now, rsvp=Rsvp.NONE, rsvp_at=None)
        await _give_notice(viewer, row, activity, dict(_summed(places)), until[Due.APPLICATIONS_CLOSE], cause)
        facts = {"good_cause": cause, "applications_until": until[Due.APPLICATIONS_CLOSE]}
        beside = {"announced_at": viewer.now, "urgent_reason": cause, "reason": ""}
        beside |= {"materials_by": until.get(Due.MATERIALS, activity.materials_by)}
        row = await moved(viewer, row, activity, HearingStep.ANNOUNCE, facts, beside)
        await tell_all(viewer, await Activity.get(id=activity.id), INVITED)
        return row


async def hearing_open_applications(viewer: Viewer, *, hearing: UUID) -> Hearing:
    """From now on one can enrol or apply. Where members hear a department, and all may know of it, all are told."""
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.OPEN_APPLICATIONS)
        row = await moved(viewer, row, activity, HearingStep.OPEN_APPLICATIONS)
        if profile_of(row.profile).family is Family.MEMBERS and activity.audience is ActivityAudience.MEMBERS:
            seats = Person.filter(active_on(viewer.today)).order_by("sort_pinyin", "id")
            await tell(viewer, row, activity, OPEN, [key async for key in seats.values_list("id", flat=True)])
        return row


async def hearing_postpone(viewer: Viewer, *, hearing: UUID, reason: str) -> Hearing:
    """It is held later, under a new notice. Everyone who was told is told, and why; one applies anew."""
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.POSTPONE)
        return await put_off(viewer, row, activity, sound_reason(reason))


async def hearing_cancel(viewer: Viewer, *, hearing: UUID, reason: str) -> Hearing:
    """It is not held. Everyone who was told or applied is told, and why."""
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.CANCEL)
        row = await moved(viewer, row, activity, HearingStep.CANCEL, beside={"reason": sound_reason(reason)})
        if activity.announced_at:
            await tell_all(viewer, await Activity.get(id=activity.id), CANCELLED)
            await tell_applicants(viewer, row, activity, CALLED_OFF)
        return row


def hearing_steps(viewer: Viewer, state: HearingState, bodies: Sequence[UUID]) -> list[HearingStep]:
    """What the viewer can do with a hearing that stands so and is held by these bodies."""
    return [step for step in moves(state) if step in TAKEN and _takes(viewer, step, bodies)]


async def stepping(viewer: Viewer, hearing: UUID, step: HearingStep) -> tuple[Hearing, Activity]:
    """The hearing and its activity, locked, for who may take that step. Raises Conflict where it is not its turn."""
    row, activity = await kept(viewer, hearing, NEEDS.get(step, Action.MANAGE_HEARINGS))
    if step not in moves(row.state):
        raise Conflict(*outcome(row.state, step, Standing()).problems)
    return row, activity


async def moved(
    viewer: Viewer,
    row: Hearing,
    activity: Activity,
    step: HearingStep,
    facts: Mapping[str, Any] | None = None,
    beside: Mapping[str, Any] | None = None,
) -> Hearing:
    """The phase after that step, and the state of its activity that goes with it. beside: more of the activity."""
    new = {**(facts or {}), "state": moves(row.state)[step]}
    await Hearing.filter(id=row.id).update(**new, updated_at=viewer.now)
    stands = ActivityState(ACTIVITY_STATE[new["state"]])
    if beside or stands is not activity.state:
        await change(viewer, activity, {**(beside or {}), "state": stands})
    about = before_and_after(row, new) | {name: fact for name, fact in (beside or {}).items() if name == "reason"}
    await audit.record(viewer, f"hearings.{step.value}", f"hea_{row.id}", about)
    return await Hearing.get(id=row.id)


async def put_off(viewer: Viewer, row: Hearing, activity: Activity, reason: str) -> Hearing:
    """Postponed: leave for the old time counts no more, and everyone is told."""
    await forget(activity)
    row = await moved(viewer, row, activity, HearingStep.POSTPONE, beside={"reason": reason})
    await tell_all(viewer, await Activity.get(id=activity.id), POSTPONED)
    await tell_applicants(viewer, row, activity, PUT_OFF)
    return row


def _notice_of(
    viewer: Viewer, row: Hearing, activity: Activity, day: dt.date, places: Sequence[Any], good_cause: str
) -> Standing:
    profile = profile_of(row.profile)
    written = {name: getattr(row, name) for name in FACTS.values()}
    numbers = sum(count for _, count in places)
    said = parts_told(written, place=activity.venue or activity.online_url, numbers=numbers)
    return Standing(
        days_left=(day - viewer.today).days,
        notice_days=profile.notice_days,
        good_cause=good_cause,
        missing=tuple(missing(profile, said)),
    )


def _draw_problems(row: Hearing, until: dt.date) -> Iterator[Problem]:
    """What the public draw must be: later than the last day to apply, so that nobody knows it before the list."""
    drawn = profile_of(row.profile).selection is Selection.LOTTERY
    if drawn and (row.public_draw_on is None or row.public_draw_on <= until):
        message = say("Name the day of the public draw: one after {day}, the last day to apply.", day=until)
        yield Problem("PUBLIC_DRAW_DAY", message, "public_draw_on", "HE-2")


def _summed(places: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for capacity, count in places:
        found[capacity.value] = found.get(capacity.value, 0) + count
    return found


async def _give_notice(
    viewer: Viewer, row: Hearing, activity: Activity, places: dict[str, int], until: dt.date, cause: str
) -> None:
    """The notice as it is given; for a draw by lot with the promise of a seed that nobody sees before (HE-2)."""
    drawn = profile_of(row.profile).selection is Selection.LOTTERY
    seed = token_bytes(SEED_BYTES) if drawn else b""
    lot: dict[str, Any] = {"public_draw": row.public_draw, "public_draw_on": row.public_draw_on} if drawn else {}
    lot |= {"seed": seed.hex(), "commitment": commitment(seed)} if drawn else {}
    tolerance = profile_of(row.profile).balance_tolerance
    lot |= {"tolerance": str(tolerance)} if drawn and tolerance is not None else {}
    names = ActivityOrganiser.filter(activity_id=activity.id, body__sensitive=False).order_by("n")
    holds = [zh or en async for zh, en in names.values_list("body__name_zh", "body__name_en")]
    await HearingApplication.filter(hearing_id=row.id).update(superseded=True)
    await HearingNotice.create(
        hearing_id=row.id,
        n=await HearingNotice.filter(hearing_id=row.id).count() + 1,
        announced_at=viewer.now,
        starts_at=activity.starts_at,
        venue=activity.venue or activity.online_url[:200],
        organiser="、".join(holds)[:500],
        applications_until=until,
        good_cause=cause,
        places=json.dumps(places),
        **lot,
    )


async def _list_officers(viewer: Viewer, activity: Activity, duties: Sequence[tuple[UUID, HearingDuty]]) -> None:
    """Whoever hears is on the list of the activity: with a seat as a member, else as an official; others as staff."""
    seated = Person.filter(active_on(viewer.today), id__in=[person for person, _ in duties])
    seats = {key async for key in seated.values_list("id", flat=True)}
    for person, duty in duties:
        role = ParticipantRole.MEMBER if person in seats else ParticipantRole.OFFICIAL
        await put_on_list(viewer, activity, [person], role if duty in PANEL else ParticipantRole.STAFF)


async def _planned(viewer: Viewer, row: Hearing, activity: Activity) -> Majority:
    """Members among those on the list and those who will enrol (MJ-1)."""
    listed = await majority_of(activity, MajorityStage.APPROVAL, activity.starts_at.astimezone(viewer.zone).date())
    places = await HearingPlaces.filter(hearing_id=row.id).values_list("capacity", "count")
    members = sum(count for capacity, count in places if capacity is Capacity.MEMBER)
    return Majority(listed.members + members, listed.everyone + sum(count for _, count in places))


def _takes(viewer: Viewer, step: HearingStep, bodies: Sequence[UUID]) -> bool:
    action = NEEDS.get(step, Action.MANAGE_HEARINGS)
    return any(viewer.may(action, body) for body in bodies)
