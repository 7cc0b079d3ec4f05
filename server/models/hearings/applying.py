"""Applications to be heard: members enrol, others apply, whoever prepares the hearing decides (HE-1, HE-2)."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.activities import Activity, Participation
from server.models.activities.preparing import put_on_list
from server.models.database import transaction
from server.models.facts import tidy, unique
from server.models.hearings.news import DECIDED, tell
from server.models.hearings.preparing import kept
from server.models.hearings.queries import visible_applications, visible_hearings
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice, HearingOfficer, HearingPlaces
from server.models.history import locked, not_there, sound_reason
from server.models.members.queries import active_on, posts_on
from server.models.members.tables import Person
from server.rules.activities import ParticipantRole
from server.rules.attendance import Rsvp
from server.rules.hearings import (
    ApplicationState,
    ApplicationStep,
    Capacity,
    Family,
    HearingState,
    Position,
    application_moves,
    profile_of,
)
from server.rules.hearings.applying import Applying, applying_problems
from server.rules.hearings.panel import PANEL
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

MOST_APPLICATIONS = 2000
"""Under one notice."""
LIST_OPEN = frozenset({HearingState.SELECTED, HearingState.LIST_PUBLISHED, HearingState.READY})
"""Delegates are chosen, and it has not begun: who gives a place back is followed by somebody in reserve."""
PLACED = frozenset({ApplicationState.SELECTED, ApplicationState.CONFIRMED})


class ApplicationFacts(TypedDict, total=False):
    """What someone says who wants to be heard; see `HearingApplication`."""

    represents: str
    capacity: Capacity
    position: Position
    summary: str
    civil_servant: bool
    named: bool


async def hearing_apply(viewer: Viewer, *, hearing: UUID, **facts: Unpack[ApplicationFacts]) -> HearingApplication:
    """Apply to be heard, as who signed in and is in the register; where members hear a department they enrol by it.

    A member who enrols is admitted at once: their seat is known. Raises NotThere, Invalid, Conflict for who applied.
    """
    viewer.must(Action.APPLY_FOR_HEARINGS)
    if viewer.person is None:
        message = say("Your account belongs to nobody in the register: apply without signing in, or ask the office.")
        raise Refused(Problem("NO_PERSON", message))
    async with transaction():
        row = await open_for(viewer, hearing)
        sector = (
            await posts_on(viewer.today).filter(membership__person_id=viewer.person).values_list("sector_id", flat=True)
        )
        seated = await Person.filter(active_on(viewer.today), id=viewer.person).exists()
        hears = await HearingOfficer.filter(hearing_id=hearing, person_id=viewer.person, duty__in=list(PANEL)).exists()
        said = await sound(viewer, row, dict(facts), seated=seated, hears=hears)
        new = await submit(viewer, row, said, person=viewer.person, sector=next(iter(sector), None))
        if profile_of(row.profile).family is Family.MEMBERS:
            await step(viewer, new, ApplicationStep.ADMIT)
    return await HearingApplication.get(id=new.id)


async def application_withdraw(viewer: Viewer, *, application: UUID) -> HearingApplication:
    """As who applied: take it back. A place that gets free goes to the first in reserve, who is told."""
    async with transaction():
        row = await HearingApplication.filter(visible_applications(viewer), id=application).first()
        if row is None:
            raise not_there("application")
        if row.person_id is None or row.person_id != viewer.person:
            raise Refused(Problem("NOT_YOURS", say("Only who applied can take it back.")))
        return await withdrawn(viewer, row)


async def application_decide(viewer: Viewer, *, application: UUID, admit: bool, reason: str = "") -> HearingApplication:
    """Admit it, or not, which needs a reason; whoever applied is told. Nobody decides on their own."""
    async with transaction():
        row, hearing, activity = await decidable(viewer, application)
        if row.person_id and row.person_id == viewer.person:
            raise Refused(
                Problem("ONESELF", say("Nobody decides on their own application: ask somebody else who may."))
            )
        because = tidy(HearingApplication, {"because": reason})["because"] if admit else sound_reason(reason)
        facts = {"because": because, "decided_at": viewer.now, "decided_by_id": viewer.account}
        await step(viewer, row, ApplicationStep.ADMIT if admit else ApplicationStep.REJECT, **facts)
        if row.person_id and not admit:
            await tell(viewer, hearing, activity, DECIDED, [row.person_id])
    return await HearingApplication.get(id=application)


async def application_confirm(viewer: Viewer, *, application: UUID) -> HearingApplication:
    """They come: said by who has a place, or noted by who prepares the hearing."""
    async with transaction():
        row = await HearingApplication.filter(visible_applications(viewer), id=application).first()
        if row is None:
            raise not_there("application")
        if row.person_id != viewer.person or viewer.person is None:
            await kept(viewer, row.hearing_id)
        await locked(Hearing, row.hearing_id)
        await step(viewer, await locked(HearingApplication, application), ApplicationStep.CONFIRM)
    return await HearingApplication.get(id=application)


async def open_for(viewer: Viewer, hearing: UUID) -> Hearing:
    """The hearing, locked, while one can apply. Raises NotThere, Conflict."""
    if not await Hearing.filter(visible_hearings(viewer), id=hearing).exists():
        raise not_there("hearing")
    row = await locked(Hearing, hearing, "hearing")
    if row.state is not HearingState.APPLICATIONS_OPEN:
        message = say("One cannot apply for this hearing now: its page says until when one can.")
        raise Conflict(Problem("NOT_OPEN", message, rule="HE-1"))
    return row


async def sound(
    viewer: Viewer, row: Hearing, facts: dict[str, Any], *, seated: bool, hears: bool = False
) -> dict[str, Any]:
    """What was said, where the rules let them apply. Raises Invalid."""
    usual = {"capacity": Capacity.MEMBER, "position": Position.NEUTRAL, "summary": "", "civil_servant": False}
    said = tidy(HearingApplication, usual | facts)
    who = Applying(said["capacity"], said["summary"], said["civil_servant"], seated, hears)
    places = [each.capacity for each in await HearingPlaces.filter(hearing_id=row.id)]
    until = (await notice_of(row.id)).applications_until
    problems = list(applying_problems(profile_of(row.profile), who, places=places, until=until, today=viewer.today))
    if problems:
        raise Invalid(*problems)
    return said


async def submit(viewer: Viewer, row: Hearing, said: dict[str, Any], **whose: Any) -> HearingApplication:
    """The application, with the next number. Raises Conflict for who applied already, and where it is full."""
    notice = await notice_of(row.id)
    last = await HearingApplication.filter(notice_id=notice.id).order_by("-serial").first()
    serial = last.serial + 1 if last else 1
    if serial > MOST_APPLICATIONS:
        raise Conflict(Problem("TOO_MANY", say("So many applied that nobody can any more. Ask whoever holds it.")))
    person, sector = whose.pop("person", None), whose.pop("sector", None)
    new = HearingApplication(id=uuid4(), hearing_id=row.id, notice_id=notice.id, serial=serial, **said, **whose)
    new.person_id, new.sector_id, new.state, new.submitted_at = person, sector, ApplicationState.SUBMITTED, viewer.now
    with unique(Problem("APPLIED", say("You applied for this hearing already."))):
        await new.save(force_create=True)
    about = {"serial": serial, "capacity": said["capacity"], "position": said["position"]}
    await audit.record(viewer, "hearings.apply", f"hap_{new.id}", about)
    return new


async def withdrawn(viewer: Viewer, row: HearingApplication) -> HearingApplication:
    """Taken back, and what follows of it."""
    hearing = await locked(Hearing, row.hearing_id)
    row = await locked(HearingApplication, row.id)
    had = row.state in PLACED
    await step(viewer, row, ApplicationStep.WITHDRAW)
    theirs = Participation.filter(activity_id=hearing.activity_id, person_id=row.person_id, rsvp=Rsvp.YES)
    await theirs.update(rsvp=Rsvp.NO, rsvp_at=viewer.now)
    if had and hearing.state in LIST_OPEN:
        await call_up(viewer, hearing, row)
    return await HearingApplication.get(id=row.id)


async def call_up(viewer: Viewer, hearing: Hearing, gone: HearingApplication) -> None:
    """The first in reserve of that capacity takes the place that became free, and is told."""
    waits = HearingApplication.filter(notice_id=gone.notice_id, capacity=gone.capacity, state=ApplicationState.RESERVE)
    following = await waits.order_by("place", "serial").first()
    if following:
        activity = await Activity.get(id=hearing.activity_id)
        await step(viewer, following, ApplicationStep.CALL_UP)
        if hearing.state is not HearingState.SELECTED:
            await take_part(viewer, activity, [following])
        if following.person_id:
            await tell(viewer, hearing, activity, DECIDED, [following.person_id])


async def step(viewer: Viewer, row: HearingApplication, taken: ApplicationStep, **facts: Any) -> None:
    """It stands so from now on. Raises Conflict where that cannot become of it."""
    becomes = application_moves(row.state).get(taken)
    if becomes is None:
        message = say("That cannot become of this application any more: it was decided, or taken back.")
        raise Conflict(Problem("NO_SUCH_MOVE", message, "application"))
    await HearingApplication.filter(id=row.id).update(state=becomes, **facts)
    about = {"state": [row.state, becomes]} | {name: facts[name] for name in ("because",) if facts.get(name)}
    await audit.record(viewer, f"hearings.application_{taken.value}", f"hap_{row.id}", about)
    row.state = becomes


async def decidable(viewer: Viewer, application: UUID) -> tuple[HearingApplication, Hearing, Activity]:
    """The application with its hearing, locked, while one decides who is admitted. Raises NotThere, Conflict."""
    found = await HearingApplication.filter(visible_applications(viewer), id=application).first()
    if found is None:
        raise not_there("application")
    hearing, activity = await kept(viewer, found.hearing_id)
    if hearing.state is not HearingState.APPLICATIONS_OPEN:
        message = say("Who is admitted is decided until applications are closed.")
        raise Conflict(Problem("LIST_FROZEN", message, rule="HE-2"))
    return await locked(HearingApplication, application, "application"), hearing, activity


async def notice_of(hearing: UUID) -> HearingNotice:
    """The notice that counts, of a hearing of which one was given."""
    return await HearingNotice.filter(hearing_id=hearing).order_by("-n").limit(1).get()


async def applications_of(hearing: UUID, states: Sequence[ApplicationState]) -> list[HearingApplication]:
    """Under the notice that counts, in order of arrival."""
    notice = await notice_of(hearing)
    rows = HearingApplication.filter(hearing_id=hearing, notice_id=notice.id, state__in=list(states))
    return await rows.order_by("serial")


async def take_part(viewer: Viewer, activity: Activity, delegates: Sequence[HearingApplication]) -> None:
    """Delegates who are in the register are on the list of the activity, and come."""
    roles = {Capacity.MEMBER: ParticipantRole.MEMBER, Capacity.EXPERT: ParticipantRole.EXPERT}
    for each in delegates:
        if each.person_id:
            role = roles.get(each.capacity, ParticipantRole.DELEGATE)
            await put_on_list(viewer, activity, [each.person_id], role)
    people = [each.person_id for each in delegates if each.person_id]
    theirs = Participation.filter(activity_id=activity.id, person_id__in=people)
    await theirs.update(rsvp=Rsvp.YES, rsvp_at=viewer.now)
