"""Who is heard: the list is frozen, delegates are chosen in order, together or by lot, and published (HE-1, HE-2)."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.activities import Activity
from server.models.database import transaction
from server.models.facts import tidy
from server.models.hearings.applying import applications_of, call_up, notice_of, step, take_part
from server.models.hearings.moving import moved, stepping
from server.models.hearings.news import DECIDED, tell
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice, HearingPlaces
from server.models.history import sound_reason
from server.rules.hearings import (
    Applicant,
    ApplicationState,
    ApplicationStep,
    Capacity,
    Delegate,
    HearingStep,
    Publication,
    Selection,
    draw,
    list_hash,
    mix_problems,
    profile_of,
    publication,
)
from server.rules.hearings.lottery import DRAWN, RESERVE, Draw, Why
from server.rules.hearings.queue import Queued, queue
from server.viewer import Viewer
from server.words import say

S, T = ApplicationState, ApplicationStep
HAS_PLACE = (S.SELECTED, S.CONFIRMED, S.ATTENDED, S.ABSENT)


async def hearing_close_applications(viewer: Viewer, *, hearing: UUID) -> Hearing:
    """Nobody applies any more, and the list of who was admitted is frozen; of a draw by lot its sum is published.

    Raises Conflict before the last day is over, and while an application waits to be looked at.
    """
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.CLOSE_APPLICATIONS)
        notice = await notice_of(hearing)
        if viewer.today <= notice.applications_until:
            message = say(
                "The notice promises that one can apply until {day}: close them after it.",
                day=notice.applications_until,
            )
            raise Conflict(Problem("STILL_OPEN", message, rule="HE-1"))
        if waits := len(await applications_of(hearing, [S.SUBMITTED])):
            message = say("Applications that nobody has decided on: {n}. Admit each of them or not.", n=waits)
            raise Conflict(Problem("UNDECIDED", message, rule="HE-1"))
        admitted = await applications_of(hearing, [S.ELIGIBLE])
        await HearingApplication.filter(id__in=[each.id for each in admitted]).update(listed=True)
        facts: dict[str, Any] = {"frozen_at": viewer.now}
        if notice.commitment:
            facts["list_hash"] = list_hash(applicants(admitted))
        await HearingNotice.filter(id=notice.id).update(**facts)
        return await moved(viewer, row, activity, HearingStep.CLOSE_APPLICATIONS)


async def hearing_select_queue(viewer: Viewer, *, hearing: UUID) -> Hearing:
    """Delegates are those who came first, as many as there are places of their capacity; the others are in reserve."""
    async with transaction():
        row, activity, admitted = await _selecting(viewer, hearing, Selection.FIFO)
        waiting = [Queued(each.serial, each.capacity, each.sector_id) for each in admitted]
        placed = {one.serial: one for one in queue(waiting, await _places(hearing), per_sector=row.per_sector)}
        for each in admitted:
            one = placed[each.serial]
            taken = _taken(one.why)
            await step(viewer, each, taken, place=one.place, places=one.of, why=one.why)
        return await moved(viewer, row, activity, HearingStep.SELECT)


async def hearing_choose(
    viewer: Viewer, *, hearing: UUID, chosen: Sequence[UUID], reserve: Sequence[UUID] = (), because: str
) -> Hearing:
    """Delegates are those whom several chose together; because: who chose, and by what. The others have no place.

    Raises Invalid without a reason, and for whoever is named twice or was not admitted.
    """
    async with transaction():
        row, activity, admitted = await _selecting(viewer, hearing, Selection.COLLECTIVE)
        said, named = sound_reason(because), [*chosen, *reserve]
        if not chosen or len(set(named)) < len(named) or set(named) - {each.id for each in admitted}:
            message = say("Choose among those who were admitted, each once, and one at least.")
            raise Invalid(Problem("NOT_ADMITTED", message, "chosen", "HE-1"))
        decided = {"because": said, "decided_at": viewer.now, "decided_by_id": viewer.account}
        places = {key: n for n, key in enumerate(named, 1)}
        for each in admitted:
            taken = T.SELECT if each.id in chosen else T.KEEP_IN_RESERVE if each.id in reserve else T.LEAVE_OUT
            await step(viewer, each, taken, place=places.get(each.id), **decided)
        return await moved(viewer, row, activity, HearingStep.SELECT)


async def hearing_draw(viewer: Viewer, *, hearing: UUID, public_value: str) -> Hearing:
    """Delegates are drawn by lot from the frozen list, by the promised seed and a value that everyone knows (HE-2).

    public_value: of the public draw that the notice named. Raises Invalid where it is empty.
    """
    async with transaction():
        row, activity, _ = await _selecting(viewer, hearing, Selection.LOTTERY)
        notice = await notice_of(hearing)
        if notice.public_draw_on and viewer.today < notice.public_draw_on:
            message = say("The public draw is on {day}: nobody can know its result yet.", day=notice.public_draw_on)
            raise Conflict(Problem("NOT_YET", message, rule="HE-2"))
        notice.public_value = tidy(HearingNotice, {"public_value": public_value})["public_value"]
        listed = {each.serial: each for each in await frozen(notice)}
        made = drawn(notice, list(listed.values()))
        gone = [each for each in listed.values() if each.state is S.WITHDRAWN and each.serial in made.drawn]
        for one in made.entries:
            each, facts = listed[one.applicant.serial], {"lot": one.rank, "place": one.place, "places": one.of}
            if each.state is S.ELIGIBLE:
                await step(viewer, each, _taken(one.why), why=one.why, **facts)
        for each in gone:
            await call_up(viewer, row, each)
        new = {"public_value": notice.public_value, "drawn_at": viewer.now, "held": made.held}
        await HearingNotice.filter(id=notice.id).update(**new)
        about = {"public_value": notice.public_value, "drawn": made.drawn, "reserve": made.reserve}
        await audit.record(viewer, "hearings.draw", f"hea_{hearing}", about)
        return await moved(viewer, row, activity, HearingStep.SELECT)


async def hearing_publish_list(viewer: Viewer, *, hearing: UUID, good_cause: str = "") -> Hearing:
    """The list of the delegates is published; each is told, and stands on the list of the activity.

    good_cause: why it is published where the delegates are too few, or not of the kinds and sides that the rules ask.
    """
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.PUBLISH_LIST)
        delegates = await applications_of(hearing, HAS_PLACE)
        found = list(mix_problems(profile_of(row.profile), [delegate(each) for each in delegates]))
        if found and not good_cause.strip():
            message = say("Mend this, or say the good cause why it is published all the same.")
            raise Invalid(*found, Problem("NEEDS_GOOD_CAUSE", message, "good_cause", "HE-1"))
        facts = {"list_cause": sound_reason(good_cause) if found else ""}
        row = await moved(viewer, row, activity, HearingStep.PUBLISH_LIST, facts)
        await take_part(viewer, activity, delegates)
        others = await applications_of(hearing, (S.RESERVE, S.NOT_SELECTED))
        await tell(viewer, row, activity, DECIDED, [each.person_id for each in (*delegates, *others) if each.person_id])
        return row


async def hearing_make_ready(viewer: Viewer, *, hearing: UUID) -> Hearing:
    """Everything is prepared: it can begin on its day."""
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.MAKE_READY)
        return await moved(viewer, row, activity, HearingStep.MAKE_READY)


async def frozen(notice: HearingNotice) -> list[HearingApplication]:
    """The applications on the list as it was frozen, in order of arrival, those taken back since, too."""
    return await HearingApplication.filter(notice_id=notice.id, listed=True).order_by("serial")


def drawn(notice: Any, listed: Sequence[Any]) -> Draw:
    """The draw from that list. listed: what has serial, capacity and position. Raises Invalid."""
    return draw(applicants(listed), counts(notice), **of_the_draw(notice))


def published(notice: Any, listed: Sequence[Any]) -> Publication:
    """What is published of a draw that was made, so that anyone can recompute it."""
    return publication(drawn(notice, listed), applicants(listed), **of_the_draw(notice))


def of_the_draw(notice: Any) -> dict[str, Any]:
    """Seed, promise, public value and tolerance of a notice."""
    return {
        "seed": bytes.fromhex(notice.seed),
        "committed": notice.commitment,
        "public": notice.public_value,
        "tolerance": Fraction(notice.tolerance) if notice.tolerance else None,
    }


def applicants(listed: Sequence[Any]) -> list[Applicant]:
    """What of applications stands on the list."""
    return [Applicant(each.serial, each.capacity, each.position) for each in listed]


def counts(notice: Any) -> dict[Capacity, int]:
    """The places that a notice promised."""
    return {Capacity(name): count for name, count in json.loads(notice.places).items()}


async def _selecting(
    viewer: Viewer, hearing: UUID, selection: Selection
) -> tuple[Hearing, Activity, list[HearingApplication]]:
    """The hearing, its activity and who was admitted. Raises Conflict where its rules choose in another way."""
    row, activity = await stepping(viewer, hearing, HearingStep.SELECT)
    if profile_of(row.profile).selection is not selection:
        message = say("The rules of this hearing choose its delegates in another way.")
        raise Conflict(Problem("OTHER_SELECTION", message, rule="HE-1"))
    return row, activity, await applications_of(hearing, [S.ELIGIBLE])


async def _places(hearing: UUID) -> dict[Capacity, int]:
    return dict(await HearingPlaces.filter(hearing_id=hearing).values_list("capacity", "count"))


def _taken(why: Why) -> ApplicationStep:
    return T.SELECT if why in DRAWN else T.KEEP_IN_RESERVE if why in RESERVE else T.LEAVE_OUT


def delegate(row: Any) -> Delegate:
    """What of an application counts for the mix of delegates."""
    return Delegate(row.capacity, row.position, row.civil_servant)
