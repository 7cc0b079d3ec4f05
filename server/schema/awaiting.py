"""What awaits the viewer: each thing that is theirs to do, the most urgent first, with the page where it is done."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import (
    accounts,
    activities,
    bodies,
    calendar,
    documents,
    hearings,
    imports,
    members,
    messages,
    readers,
    requests,
)
from server.models.accounts.visible import own
from server.models.asking import (
    answerable_explanations,
    kept_material_requests,
    late_material_requests,
    own_material_requests,
)
from server.models.bodies import BodyKind
from server.models.fields import holding
from server.models.imports import ImportState
from server.models.jobs import WRONG, JobRun
from server.models.learning.coverage import leadership
from server.models.learning.covering import CODES, Asked, asked_of, tally
from server.models.learning.leading import leading_reads
from server.models.reading.new import new_to
from server.models.reads import Columns, Count, Read
from server.rules.access import MaterialState
from server.rules.accounts import WARNED, ends_soon
from server.rules.activities import ActivityState
from server.rules.attendance import Rsvp
from server.rules.calendar import missing_years
from server.rules.coverage import GRACE_DAYS, moved
from server.rules.explanations import ExplanationState
from server.rules.hearings import ApplicationState, HearingState, ProfileKey
from server.rules.materials import OWED
from server.rules.messages import LOST, SLIP, DeliveryState
from server.rules.permissions import Action, where
from server.rules.requests import RequestState, late_by
from server.schema.backups import backup_reads, backup_troubles
from server.schema.ids import id_for
from server.schema.making import made
from server.schema.reading import Asking
from server.schema.rows import reckoned
from server.viewer import NOWHERE, Viewer
from server.words import Words, both_names, say

HEADS = ("groups", "leaders")
NO_PAIR: dict[str, Any] = {"stems": (), "party": (), "vice_chairs": ()}
"""What is read of who leads, and what is not: whether they are a pair (LC-2) is no card."""


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


COMES = ("id", "title_zh", "title_en", "starts_at")
ENROL = ("id", "activity__title_zh", "activity__title_en", "applications_until")
COMING = (ActivityState.ANNOUNCED, ActivityState.OPEN, ActivityState.CLOSED, ActivityState.IN_PROGRESS)


async def awaiting(asking: Asking) -> Any:
    """All of it. A constant number of reads, fewer for whoever may less."""
    asked = _asked(asking) if asking.viewer.may(Action.READ_COVERAGE) else None
    reads = (_of_groups(asked) if asked else {}) | _of_the_office(asking.viewer) | _of_mine(asking.viewer)
    reads |= _of_documents(asking.viewer) | _of_materials(asking.viewer) | _of_activities(asking.viewer)
    reads |= _of_hearings(asking.viewer)
    return await made(asking, reads, partial(_cards, asking.viewer, asking.backup_dir, asked))


def _cards(viewer: Viewer, backup_dir: Path, asked: Asked | None, found: Mapping[str, Any]) -> list[Awaiting]:
    gaps = _gaps(viewer, asked, found) if asked else ()
    asked_for = (_questions, _owed, _materials, _requests)
    rooms = (
        _activities,
        _hearings,
        _documents,
        _readers,
        *asked_for,
        _calendar,
        _imports,
        _tokens,
        _messages,
        _jobs,
        _mine,
    )
    troubles = backup_troubles(viewer, backup_dir, found)
    backups = [_card(viewer, code, "/backups", said) for code, said in troubles]
    cards = [*_welcome(viewer, found), *backups, *gaps, *(card for room in rooms for card in room(viewer, found))]
    return sorted(cards, key=lambda card: not card.urgent)


def _asked(asking: Asking) -> Asked:
    viewer = asking.viewer
    return asked_of(
        BodyKind.LEARNING_GROUP,
        viewer.today,
        late=reckoned(asking, viewer.today, lambda day: moved(day, -GRACE_DAYS)),
        within=where(viewer.roles, Action.READ_COVERAGE),
        sensitive=bodies.sensitive_seen(viewer),
    )


def _of_groups(asked: Asked) -> dict[str, Read]:
    leads = leading_reads(asked.on, asked.term)
    return {"tally": tally(asked), **{name: leads[name] for name in HEADS}}


def _of_the_office(viewer: Viewer) -> dict[str, Read]:
    found = backup_reads(viewer)
    if viewer.may(Action.IMPORT_PEOPLE):
        found["imports"] = Count(imports.ImportRun.filter(state=ImportState.PREVIEWED))
    if viewer.may(Action.MANAGE_MEMBERS, NOWHERE):
        waiting = requests.Request.filter(state=RequestState.OPEN)
        found["requests"] = Count(waiting)
        late = requests.Request.filter(requests.late_requests(viewer)).order_by("due_on", "id")
        found["late"] = Columns(late, ("due_on",))
    if viewer.may(Action.MANAGE_CALENDAR):
        found |= calendar.year_reads()
    if viewer.may(Action.KEEP_PROGRAMS):
        mine = own(viewer, Action.MANAGE_ACCOUNTS, "owner_id")
        tokens = accounts.ApiClient.filter(mine, revoked_at=None, replaced_by_id=None, expires_at__gt=viewer.now)
        found["tokens"] = Columns(tokens.order_by("expires_at", "id"), ("expires_at",))
    if viewer.may(Action.READ_JOBS):
        found["jobs"] = Count(JobRun.filter(newest=True, outcome__in=WRONG))
    if viewer.may(Action.SEND_MESSAGES):
        out = messages.Delivery.all()
        found["troubled"] = Count(out.filter(state__in=LOST))
        found["slips"] = Count(out.filter(state=DeliveryState.WAITING, channel=SLIP))
    if viewer.may(Action.READ_MESSAGES):
        found["unread"] = Count(messages.Message.filter(messages.own_messages(viewer), read_at=None))
    return found


def _of_documents(viewer: Viewer) -> dict[str, Read]:
    """What a reader has not opened yet; what a keeper is to look at again; where someone has not confirmed; what a
    department is asked."""
    found: dict[str, Read] = {}
    if viewer.may(Action.MANAGE_DOCUMENTS):
        found["review"] = Count(documents.Document.filter(documents.review_due(viewer)))
    if viewer.person and viewer.may(Action.READ_DOCUMENTS):
        found["papers"] = Count(documents.Document.filter(new_to(viewer)))
    if viewer.may(Action.ANSWER_EXPLANATIONS):
        waiting = answerable_explanations(viewer) & Q(state=ExplanationState.ASKED)
        found["questions"] = Columns(documents.Explanation.filter(waiting).order_by("due_on", "id"), ("due_on",))
    if viewer.may(Action.READ_READINGS):
        found["receipts"] = readers.overdue_read(viewer, documents.Document.filter(readers.reported(viewer)))
    return found


def _of_materials(viewer: Viewer) -> dict[str, Read]:
    """Of a department, the days of what it is asked for; of a keeper, what waits for them or is late."""
    found: dict[str, Read] = {}
    asked = documents.MaterialRequest.all()
    if viewer.may(Action.DELIVER_MATERIALS):
        owed = asked.filter(own_material_requests(viewer), state__in=list(OWED)).order_by("due_on", "id")
        found["owed"] = Columns(owed, ("due_on",))
    if viewer.may(Action.MANAGE_DOCUMENTS):
        kept = asked.filter(kept_material_requests(viewer))
        found["delivered"] = Count(kept.filter(state=MaterialState.DELIVERED))
        found["declined"] = Count(kept.filter(state=MaterialState.DECLINED))
        found["overdue"] = Count(kept.filter(late_material_requests(viewer)))
    return found


def _of_activities(viewer: Viewer) -> dict[str, Read]:
    """To what one is invited and has not answered; what one comes to next; leave that one decides."""
    found: dict[str, Read] = {}
    if viewer.person and viewer.may(Action.READ_ACTIVITIES):
        mine = {"participations__person_id": viewer.person, "participations__invited_at__isnull": False}
        rows = activities.Activity.filter(**mine).order_by("starts_at", "id")
        asked = rows.filter(state=ActivityState.OPEN, participations__rsvp=Rsvp.NONE)
        found["invited"] = Columns(asked, COMES)
        coming = rows.filter(state__in=list(COMING), participations__rsvp=Rsvp.YES, ends_at__gte=viewer.now)
        found["coming"] = Columns(coming.limit(1), COMES)
    if viewer.may(Action.DECIDE_LEAVE):
        found["leaves"] = Count(activities.waiting_leaves(viewer))
    return found


def _of_hearings(viewer: Viewer) -> dict[str, Read]:
    """For which one can enrol as a member and did not; applications that nobody has decided on yet."""
    found: dict[str, Read] = {}
    open_now = hearings.Hearing.filter(state=HearingState.APPLICATIONS_OPEN).order_by("applications_until", "id")
    if viewer.person and viewer.may(Action.APPLY_FOR_HEARINGS):
        mine = hearings.own_applications(viewer, superseded=False)
        rows = open_now.filter(hearings.visible_hearings(viewer), profile=ProfileKey.MEMBERS_HEAR)
        rows = rows.filter(applications_until__gte=viewer.today).exclude(id__in=Subquery(mine.values("hearing_id")))
        hears = hearings.HearingOfficer.filter(person_id=viewer.person).values("hearing_id")
        found["seated"] = Count(members.Person.filter(members.active_on(viewer.today), id=viewer.person))
        found["enrol"] = Columns(rows.exclude(id__in=Subquery(hears)), ENROL)
    if viewer.may(Action.MANAGE_HEARINGS):
        kept = open_now.filter(hearings.kept_hearings(viewer))
        waits: dict[str, Any] = {
            "hearing_id__in": Subquery(kept.order_by().values("id")),
            "state": ApplicationState.SUBMITTED,
        }
        found["applied"] = Count(hearings.HearingApplication.filter(**waits))
    return found


def _of_mine(viewer: Viewer) -> dict[str, Read]:
    """For a member: whether they are in a learning group, which the office answers for and they may ask about."""
    if viewer.person is None:
        return {}
    active = members.Person.filter(members.active_on(viewer.today), id=viewer.person)
    places = bodies.BodyMembership.filter(
        holding(viewer.today), person_id=viewer.person, primary=True, body__kind=BodyKind.LEARNING_GROUP
    )
    names = ("body_id", "body__name_zh", "body__name_en")
    new = accounts.Account.filter(id__in=[viewer.account] if viewer.account else [], welcomed_at=None)
    return {"new": Count(new), "active": Count(active), "places": Columns(places.order_by("body__sort", "id"), names)}


def _gaps(viewer: Viewer, asked: Asked, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    people = dict(found["tally"])
    late, pending, ended, several = (people.get(code, 0) for code in CODES)
    headless = [gap for gap in leadership(asked, {**found, **NO_PAIR}) if gap.problem.code == "LEADERSHIP_INCOMPLETE"]
    parts = say(
        "{late} past the time allowed, {pending} within it, {ended} still entered in one that has ended.",
        late=late,
        pending=pending,
        ended=ended,
    )
    none = late + pending + ended
    rows: list[tuple[str, int, Words, Words]] = [
        ("UNCOVERED", none, say("{count} members are in no learning group", count=none), parts),
        (
            "DUPLICATE",
            several,
            say("{count} members are in more than one learning group", count=several),
            say("Every active member belongs to exactly one (LC-1)."),
        ),
        (
            "LEADERSHIP_INCOMPLETE",
            len(headless),
            say("{count} learning groups have no head, or more than one", count=len(headless)),
            say("Every group needs exactly one head (LC-2)."),
        ),
    ]
    for code, count, title, text in rows:
        if count:
            urgent = code != "UNCOVERED" or late + ended > 0
            yield _card(viewer, code, "/coverage", (title, text, say("See who and why")), urgent=urgent)


def _welcome(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("new"):
        said = (
            say("Welcome"),
            say("How you want to read, what is stored about you and why, and whom to tell if it is wrong."),
            say("Have a look"),
        )
        yield _card(viewer, "WELCOME", "/welcome", said, urgent=False)


def _requests(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("requests"):
        late = [late_by(due, viewer.today, RequestState.OPEN) for (due,) in found["late"]]
        text = say(
            "{count} of them should have been answered by now, one of them {days} days ago.",
            count=len(late),
            days=max(late, default=0),
        )
        said = (
            say("{count} requests of members wait for an answer", count=found["requests"]),
            text if late else say("All of them are in time."),
            say("Answer them"),
        )
        yield _card(viewer, "REQUESTS", "/requests?late=true" if late else "/requests", said, urgent=bool(late))


def _activities(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if asked := found.get("invited", ()):
        title, begins, _ = _held(viewer, asked[0])
        said = (
            say("{count} invitations wait for your answer", count=len(asked)),
            say("The first is {title}, {moment}.", title=title, moment=begins),
            say("Say whether you come"),
        )
        yield _card(viewer, "INVITED", "/activities?mine=true&state=OPEN", said, urgent=False)
    for row in found.get("coming", ()):
        title, begins, address = _held(viewer, row)
        said = (title, say("You come on {moment}.", moment=begins), say("See where"))
        yield _card(viewer, "COMING", address, said, urgent=False)
    if found.get("leaves"):
        said = (
            say("{count} requests for leave wait for you", count=found["leaves"]),
            say("Whoever asks plans by your answer."),
            say("Decide"),
        )
        yield _card(viewer, "LEAVES", "/leave", said, urgent=False)


def _held(viewer: Viewer, row: Sequence[Any]) -> tuple[Words, dt.datetime, str]:
    """The columns `COMES` as a name, a moment by the clock of the assembly, and an address."""
    key, title_zh, title_en, starts_at = row
    address = f"/activities/{id_for(activities.Activity, key)}"
    return both_names(title_zh, title_en), starts_at.astimezone(viewer.zone), address


def _hearings(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    said: tuple[Words, Words, Words]
    for key, title_zh, title_en, until in found.get("enrol", ()) if found.get("seated") else ():
        said = (
            both_names(title_zh, title_en),
            say("You can enrol for this hearing until {day}.", day=until),
            say("See what is heard"),
        )
        yield _card(viewer, "ENROL", f"/hearings/{id_for(hearings.Hearing, key)}", said, urgent=False)
    if found.get("applied"):
        said = (
            say("{count} applications to be heard wait for you", count=found["applied"]),
            say("Admit each of them, or not, before applications are closed."),
            say("Look at the applications"),
        )
        yield _card(viewer, "APPLICATIONS", "/hearings?manageable=true&state=APPLICATIONS_OPEN", said, urgent=False)


def _documents(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("papers"):
        said = (
            say("{count} documents are new to you", count=found["papers"]),
            say("You were given them, and have not opened them yet."),
            say("See what there is"),
        )
        yield _card(viewer, "DOCUMENTS", "/documents", said, urgent=False)
    if found.get("review"):
        said = (
            say("{count} documents are to be looked at again", count=found["review"]),
            say("Their day has come: do they still stand?"),
            say("Look at them"),
        )
        yield _card(viewer, "REVIEW", "/documents?may=MANAGE", said, urgent=False)


def _questions(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    due = [day for (day,) in found.get("questions", ())]
    if due:
        late = sum(day < viewer.today for day in due)
        said = (
            say("{count} questions about documents wait for your department", count=len(due)),
            say("{count} of them should have been answered by now.", count=late)
            if late
            else say("The first is to be answered by {day}.", day=due[0]),
            say("Answer them"),
        )
        address = "/explanations?late=true" if late else "/explanations?state=ASKED"
        yield _card(viewer, "QUESTIONS", address, said, urgent=bool(late))


def _readers(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("receipts"):
        waiting = sum(people - confirmed for _, people, confirmed in found["receipts"])
        said = (
            say("{count} documents have readers who have not confirmed in time", count=len(found["receipts"])),
            say("{count} of their readers have not confirmed that they read them.", count=waiting),
            say("See who, and remind them"),
        )
        yield _card(viewer, "RECEIPTS", "/readers", said)


def _owed(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if owed := [day for (day,) in found.get("owed", ())]:
        late = sum(day < viewer.today for day in owed)
        text = say("{count} of them should have been delivered by now.", count=late)
        said = (
            say("{count} requests for materials of your department", count=len(owed)),
            text if late else say("The first is due by {day}.", day=owed[0]),
            say("Deliver, or say when it comes"),
        )
        yield _card(viewer, "OWED", "/me/materials", said, urgent=bool(late))


def _materials(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    rows: list[tuple[str, str, Words, Words, Words]] = [
        (
            "OVERDUE",
            "/materials?late=true",
            say("{count} requests for materials are overdue", count=found.get("overdue")),
            say("The department has not delivered by its day."),
            say("See which"),
        ),
        (
            "DECLINED",
            "/materials?state=DECLINED",
            say("{count} requests for materials were declined", count=found.get("declined")),
            say("The department says why. Ask once more, or take the request back."),
            say("Decide"),
        ),
        (
            "DELIVERED",
            "/materials?state=DELIVERED",
            say("{count} requests for materials were answered", count=found.get("delivered")),
            say("They wait to be checked, and found to be all there."),
            say("Check them"),
        ),
    ]
    for code, address, *said in rows:
        if found.get(code.lower()):
            title, text, action = said
            yield _card(viewer, code, address, (title, text, action), urgent=code == "OVERDUE")


def _calendar(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    """From October on the next year's is missed, too."""
    if "years" not in found:
        return
    this = viewer.today.year
    missing = missing_years(calendar.known_years(found, (this, this + 1), viewer.zone), viewer.today)
    if missing:
        said = (
            say("The working calendar of {years} is missing", years=tuple(map(str, missing))),
            say("Deadlines that touch it know its weekends only, and may fall on a public holiday."),
            say("Look at the calendar"),
        )
        yield _card(viewer, "CALENDAR", f"/calendar?year={missing[0]}", said, urgent=this in missing)


def _imports(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("imports"):
        said = (
            say("{count} imports wait for a decision", count=found["imports"]),
            say("They were looked at, and not yet applied or discarded."),
            say("Decide"),
        )
        yield _card(viewer, "IMPORTS", "/imports", said, urgent=False)


def _tokens(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    ending = sum(ends_soon(end, viewer.now) for (end,) in found.get("tokens", ()))
    if ending:
        said = (
            say("{count} API tokens end within {days} days", count=ending, days=WARNED.days),
            say("The programs that use them will get no more answers."),
            say("See the tokens"),
        )
        yield _card(viewer, "TOKENS", "/tokens" if viewer.may(Action.ISSUE_TOKEN) else "/me/tokens", said, urgent=False)


def _jobs(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if found.get("jobs"):
        said = (
            say("{count} jobs of the system did not go well the last time", count=found["jobs"]),
            say("What runs by itself is tried again; if it fails each time, someone has to look."),
            say("See what went wrong"),
        )
        yield _card(viewer, "JOBS", "/jobs?troubled=true", said)


def _messages(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    rows: list[tuple[str, str, Words, Words, Words]] = [
        (
            "UNREAD",
            "/me/messages",
            say("{count} messages to you are unread", count=found.get("unread")),
            say("What you are told stands here, whatever way it came by."),
            say("Read them"),
        ),
        (
            "TROUBLED",
            "/deliveries",
            say("{count} messages did not arrive", count=found.get("troubled")),
            say("Their addresses are wrong, or they were refused too often."),
            say("See which and why"),
        ),
        (
            "SLIPS",
            "/mailings",
            say("{count} messages are to be handed over on paper", count=found.get("slips")),
            say("No other way reaches their readers."),
            say("Print the slips"),
        ),
    ]
    for code, address, *said in rows:
        if found.get(code.lower()):
            title, text, action = said
            yield _card(viewer, code, address, (title, text, action), urgent=code == "TROUBLED")


def _mine(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[Awaiting]:
    if not found.get("active"):
        return
    if not found["places"]:
        said = (
            say("You are in no learning group yet"),
            say("The general office gathers every member in one. Ask there if this lasts."),
            say("See the learning groups"),
        )
        yield _card(viewer, "MY_GROUP", "/learning-groups", said, urgent=False)
        return
    key, name_zh, name_en = found["places"][0]
    said = (
        say("Your learning group: {name}", name=both_names(name_zh, name_en)),
        say("Who leads it, and who is in it."),
        say("Open the group"),
    )
    yield _card(viewer, "MY_GROUP", f"/learning-groups/{id_for(bodies.Body, key)}", said, urgent=False)
