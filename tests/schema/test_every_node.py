"""A thing of every kind that has an ID, asked for by everyone: it is there for whom the permission table says."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from server.models import documents
from server.models.accounts.tables import (
    ApiClient,
    App,
    Consent,
    Invitation,
    InvitationChannel,
    RoleAssignment,
    Session,
)
from server.models.activities.tables import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    AttendanceCorrection,
    LeaveRequest,
    LeaveSession,
    MajorityCheck,
    Participation,
)
from server.models.assembly import Assembly
from server.models.bodies.tables import Body, BodyMembership, BodyRelation, RelationKind
from server.models.calendar import CalendarChange
from server.models.documents import AccessRequest, Document, DocumentVersion, Explanation, Folder, Whom
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice
from server.models.imports import ImportRow, ImportRun
from server.models.jobs import JobOutcome, JobRun
from server.models.members.tables import MembershipPost, MembershipStatus
from server.models.messages import Delivery, Mailing, Message
from server.models.reading import reading_open
from server.models.requests import Request
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.rules.access import AccessState
from server.rules.activities import ActivityAudience, MajorityStage, ParticipantRole
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp
from server.rules.documents import CatalogueAudience, DocumentState, Level, ReadMode
from server.rules.explanations import ExplanationState
from server.rules.hearings import ApplicationState, Capacity, HearingState, Position, ProfileKey
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.rules.requests import RequestField, RequestState
from server.rules.rooms import BookingState, CopyState
from server.schema.ids import PREFIX, id_of
from server.viewer import NOWHERE, Viewer
from tests import make
from tests.asking.shelf import asked, lying
from tests.asking.test_materials import wanted
from tests.cast import Cast
from tests.crowd import HELD
from tests.furnished import file_of
from tests.schema.questions import GRAPHQL, everyone_who_asks, refusals
from tests.web.visitors import Asks

Sees = Callable[[Viewer], bool]
Seen = dict[str, Sees]
"""The ID of a thing -> whether someone who may see the register sees it."""
SPAN = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}


async def test_every_node_is_there_for_whom_the_table_says(ask: Asks, everyone: Cast) -> None:
    await Body.filter(id=everyone.group.id).update(sensitive=True)
    expected = await nodes(everyone)
    assert {key.partition("_")[0] for key in expected} == set(PREFIX.values())

    for who, viewer in everyone_who_asks(everyone).items():
        register = viewer.may(Action.READ_REGISTER)
        for key, sees in expected.items():
            answer = await ask(viewer, "query ($id: ID!) { it: node(id: $id) { id } }", id=key)
            found = (answer["data"] or {"it": None})["it"]
            assert refusals(answer) == (set() if register.allowed else {register.code}), who
            assert found == ({"id": key} if register.allowed and sees(viewer) else None), (who, key)


def test_each_type_with_an_id_has_letters_of_its_own() -> None:
    node: Any = GRAPHQL.type_map["Node"]

    assert len(GRAPHQL.get_possible_types(node)) == len(PREFIX) == len(set(PREFIX.values()))


async def nodes(cast: Cast) -> Seen:
    """Things of every kind; what stands in a sensitive body, or belongs to one account, beside what does not."""
    of_people = await _register(cast) | await _accounts(cast) | await _requests(cast) | await _messages(cast)
    return (
        of_people
        | await _apps(cast)
        | await _imports(cast)
        | await _office()
        | await _documents(cast)
        | await _wishes(cast)
        | await _questions(cast)
        | await _materials(cast)
        | await _rooms(cast)
        | await _activities(cast)
    )


def anyone(_: Viewer) -> bool:
    return True


def nobody(_: Viewer) -> bool:
    return False


def own(account: UUID, action: Action) -> Sees:
    return lambda viewer: viewer.may(action).allowed or viewer.account == account


async def _register(cast: Cast) -> Seen:
    sitting = {cast.people["leader"].id, cast.people["member"].id}
    inside = _seen(lambda viewer: viewer.may(Action.READ_SENSITIVE).allowed or viewer.person in sitting)
    seat = cast.seats["member"]
    dated = [await model.filter(membership_id=seat.id).first() for model in (MembershipPost, MembershipStatus)]
    places = {body: await BodyMembership.filter(body_id=body.id).first() for body in (cast.group, cast.bureau)}
    between = [(cast.sector, cast.bureau), (cast.group, cast.sector), (cast.sector, cast.group)]
    ties = [await BodyRelation.create(kind=RelationKind.COUNTERPART, source=a, target=b) for a, b in between]
    wrong = await BodyRelation.create(
        kind=RelationKind.COUNTERPART, source=cast.bureau, target=cast.sector, voided_at=make.NOW
    )
    register = (cast.term, cast.people["member"], seat, *dated, cast.bureau, places[cast.bureau], ties[0])
    return (
        dict.fromkeys(map(id_of, register), anyone)
        | inside(cast.group, places[cast.group], *ties[1:])
        | {id_of(wrong): nobody}
    )


def _seen(sees: Sees) -> Callable[..., Seen]:
    return lambda *rows: {id_of(row): sees for row in rows}


async def _accounts(cast: Cast) -> Seen:
    account, auditor = cast.accounts["member"], cast.accounts["auditor"]
    role = await RoleAssignment.filter(account_id=auditor.id).get()
    session = await Session.create(account=account, token_hash="elsewhere", last_seen_at=make.NOW, **SPAN)
    token = await ApiClient.create(owner=account, name="mirror", scopes=["all:read"], token_hash="mirror", **SPAN)
    return {
        id_of(account): own(account.id, Action.READ_PERMISSIONS),
        id_of(role): own(auditor.id, Action.READ_PERMISSIONS),
        id_of(token): own(account.id, Action.MANAGE_ACCOUNTS),
        id_of(session): lambda viewer: viewer.account == account.id and viewer.client is None,
    }


async def _apps(cast: Cast) -> Seen:
    """What is known of an app is no secret; to whom it is connected is that person's own."""
    member = cast.accounts["member"]
    app = await App.create(name_en="Office platform", scopes=["all:read"], created_at=make.NOW)
    given = {"account": member, "app": app, "scopes": ["members:read"], "created_at": make.NOW}
    holds, ended = await Consent.create(**given), await Consent.create(**given, ended_at=make.NOW)
    return {id_of(app): anyone, id_of(holds): lambda viewer: viewer.account == member.id, id_of(ended): nobody}


async def _imports(cast: Cast) -> Seen:
    run = await ImportRun.create(file_name="people.csv", sha256="0" * 64, started_at=make.NOW)
    row = await ImportRow.create(run=run, list_name="rows", row=2, label="Row 2", outcome="new")
    return _seen(lambda viewer: viewer.may(Action.IMPORT_PEOPLE).allowed)(run, row)


async def _requests(cast: Cast) -> Seen:
    """What someone asked of the office, and how they may come in: their own, and the office's."""
    account, person = cast.accounts["member"], cast.people["member"].id
    asked = await Request.create(
        account=account,
        person_id=person,
        field=RequestField.OTHER,
        state=RequestState.OPEN,
        due_on=make.TODAY,
        created_at=make.NOW,
    )
    invited = await Invitation.create(
        account=account, channel=InvitationChannel.DESK, secret_hash="a", code_hash="b", **SPAN
    )
    return {
        id_of(asked): lambda viewer: viewer.may(Action.MANAGE_MEMBERS, NOWHERE).allowed or viewer.person == person,
        id_of(invited): lambda viewer: viewer.may(Action.INVITE, NOWHERE).allowed or viewer.account == account.id,
    }


async def _wishes(cast: Cast) -> Seen:
    """To read a document: whose it is, and who keeps that; in a review whoever may be the second person."""
    person, reviewed = cast.people["member"].id, {"review_asked_at": make.NOW, "state": AccessState.IN_REVIEW}
    waits, review = await asked(cast), await asked(cast)
    await AccessRequest.filter(id=review.id).update(**reviewed)
    keeps = Action.MANAGE_DOCUMENTS
    return {
        id_of(waits): lambda viewer: viewer.may(keeps, NOWHERE).allowed or viewer.person == person,
        id_of(review): lambda viewer: viewer.may(Action.CONFIRM_GRANTS, NOWHERE).allowed or viewer.person == person,
    }


async def _questions(cast: Cast) -> Seen:
    """About a document: whose it is, who answers for the department, and who keeps that; taken back, its own only."""
    person, whose = cast.people["leader"].id, {"person": cast.people["leader"], "department": cast.bureau}
    document = await lying(cast)
    facts: dict[str, Any] = {"document": document, "question": "?", "asked_at": make.NOW, "due_on": make.TODAY, **whose}
    waits, gone = [
        await Explanation.create(**facts, state=state) for state in (ExplanationState.ASKED, ExplanationState.WITHDRAWN)
    ]

    def own(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_DOCUMENTS).allowed and viewer.person == person

    def works(viewer: Viewer) -> bool:
        answers = viewer.may(Action.ANSWER_EXPLANATIONS, cast.bureau.id)
        return bool(answers or viewer.may(Action.MANAGE_DOCUMENTS, NOWHERE))

    return {id_of(waits): lambda viewer: own(viewer) or works(viewer), id_of(gone): own}


async def _materials(cast: Cast) -> Seen:
    """Asked of a department: who delivers for it, and who keeps the folder."""
    row, bureau = await wanted(cast), cast.bureau.id
    return {
        id_of(row): lambda viewer: (
            viewer.may(Action.MANAGE_DOCUMENTS, NOWHERE).allowed or viewer.may(Action.DELIVER_MATERIALS, bureau).allowed
        )
    }


async def _messages(cast: Cast) -> Seen:
    """One to a member: theirs alone. What was sent, and its way: whoever sends messages."""
    person = cast.people["member"].id
    facts = {"topic": Topic.OFFICE, "title_zh": "a", "title_en": "a", "created_at": make.NOW}
    message = await Message.create(id=make.some_id(), person_id=person, urgency=0, outside=True, link="", **facts)
    said = {"title_zh": "a", "title_en": "a", "to_zh": "a", "to_en": "a", "written_at": make.NOW}
    mailing = await Mailing.create(id=make.some_id(), **said)
    way = {"channel": "email", "envelope": make.some_id(), "due_at": make.NOW, "created_at": make.NOW}
    delivery = await Delivery.create(message=message, person_id=person, **way)
    own = {id_of(message): lambda viewer: viewer.may(Action.READ_MESSAGES).allowed and viewer.person == person}
    return own | _seen(lambda viewer: viewer.may(Action.SEND_MESSAGES).allowed)(mailing, delivery)


async def _documents(cast: Cast) -> Seen:
    """Given to one person, and to nobody else: theirs, and the keeper's; an auditor sees that it was given."""
    custodian, member = cast["custodian"], cast.people["member"].id
    folder = await documents.folder_add(custodian, name_en="Papers")
    row = await documents.document_add(
        custodian, folder=folder.id, title_en="Draft", catalogue_audience=CatalogueAudience.NOBODY
    )
    version = await DocumentVersion.create(**file_of(row, cast.accounts["custodian"]))
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=state)
    (grant,) = await documents.grant_add(custodian, document=row.id, whom=[Whom(person=member)], reason="a hearing")
    session = await reading_open(cast["member"], document=row.id)
    account = cast["member"].account

    def given(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_DOCUMENTS).allowed and viewer.person == member

    def kept(viewer: Viewer) -> bool:
        return viewer.may(Action.MANAGE_DOCUMENTS, NOWHERE).allowed

    agreement = await documents.agreement_publish(custodian, text_en="No photographs")
    reads = _seen(lambda viewer: viewer.may(Action.READ_DOCUMENTS).allowed)
    terms = await documents.template_add(custodian, folder=folder.id, name="A week", reason="a hearing")
    told = _seen(lambda viewer: given(viewer) or kept(viewer))
    audited = _seen(lambda viewer: given(viewer) or kept(viewer) or viewer.may(Action.READ_AUDIT).allowed)
    own = {id_of(session): lambda viewer: viewer.account == account}
    return told(folder, row, version) | _seen(kept)(terms) | audited(grant) | reads(agreement) | own


async def _office() -> Seen:
    """What the assembly is called and which days it works is no secret; what runs by itself is."""
    named = await Assembly.create(name_zh="a", updated_at=make.NOW)
    change = await CalendarChange.create(serial=1, at=make.NOW, reason="a")
    times = dict.fromkeys(["due_at", "leased_until", "started_at"], make.NOW)
    run = await JobRun.create(job="a", newest=True, outcome=JobOutcome.DONE, tries=1, holder="a", **times)
    return dict.fromkeys(map(id_of, (named, change)), anyone) | {
        id_of(run): lambda viewer: viewer.may(Action.READ_JOBS).allowed
    }


async def _rooms(cast: Cast) -> Seen:
    """Rooms and times are for who reads anything; who booked what is theirs and the desk's, a copy its keeper's and its
    reader's."""
    mei = cast.people["member"]
    room = await ReadingRoom.create(name_en="Quiet room", created_at=make.NOW)
    slot = await ReadingSlot.create(room=room, starts_at=make.NOW, ends_at=make.NOW, capacity=1)
    folder = await Folder.create(name_en="Papers", sort="papers", created_at=make.NOW, updated_at=make.NOW)
    document = await Document.create(
        folder=folder,
        search="",
        level=Level.INTERNAL,
        read_mode=ReadMode.ROOM_ONLY,
        state=DocumentState.DRAFT,
        catalogue_audience=CatalogueAudience.NOBODY,
        created_at=make.NOW,
        updated_at=make.NOW,
    )
    booked = {"document": document, "person": mei, "state": BookingState.BOOKED, "booked_at": make.NOW}
    booking = await Booking.create(slot=slot, **booked)
    copy = await PaperCopy.create(document=document, copy_no=1, state=CopyState.OUT)
    loan = await Loan.create(copy=copy, person=mei, out_at=make.NOW, due_on=make.TODAY)

    def reads(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_DOCUMENTS).allowed

    def own(viewer: Viewer) -> bool:
        return reads(viewer) and viewer.person == mei.id

    keeps = Action.MANAGE_DOCUMENTS
    return (
        _seen(reads)(room, slot)
        | {id_of(booking): lambda viewer: viewer.may(Action.KEEP_ROOMS).allowed or own(viewer)}
        | _seen(lambda viewer: viewer.may(keeps, NOWHERE).allowed or own(viewer))(copy, loan)
    )


async def _activities(cast: Cast) -> Seen:
    """Of those who are invited to one: theirs, and who prepares it; what was seen of one, and why one is away, is told
    to oneself and to who prepares it, or decides."""
    mei, sector, said = cast.people["member"], cast.sector, {"reason": "a journey", "submitted_at": make.NOW}
    row = await Activity.create(**HELD | {"audience": ActivityAudience.INVITED})
    held_by = await ActivityOrganiser.create(activity=row, body=sector, n=0)
    session = await ActivitySession.create(activity=row, n=1, starts_at=make.NOW, ends_at=make.NOW)
    told = {"role": ParticipantRole.MEMBER, "rsvp": Rsvp.LEAVE, "added_at": make.NOW, "invited_at": make.NOW}
    part = await Participation.create(activity=row, person=mei, **told)
    seen: dict[str, Any] = {"participation": part, "session": session}
    noted = await Attendance.create(**seen, presence=Presence.EXCUSED, method=Method.STAFF, noted_at=make.NOW)
    right = {"becomes": Presence.EXCUSED, "reason": "misread", "corrected_at": make.NOW}
    corrected = await AttendanceCorrection.create(**seen, **right)
    asked = {"scope": LeaveScope.PART, "state": LeaveState.SUBMITTED, "late": False, **said}
    leave = await LeaveRequest.create(participation=part, **asked)
    away = await LeaveSession.create(leave=leave, session=session)
    counted: dict[str, Any] = {"members": 1, "everyone": 1, "met": True, "checked_at": make.NOW}
    check = await MajorityCheck.create(activity=row, stage=MajorityStage.APPROVAL, **counted)
    document = await Document.all().first()
    paper = await ActivityDocument.create(activity=row, document=document, linked_at=make.NOW)

    def own(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_ACTIVITIES).allowed and viewer.person == mei.id

    def may(action: Action) -> Sees:
        return lambda viewer: viewer.may(action, sector.id).allowed or own(viewer)

    heard = {"state": HearingState.APPLICATIONS_OPEN, "profile": ProfileKey.LIGHT}
    hearing = await Hearing.create(activity=row, **heard, created_at=make.NOW, updated_at=make.NOW)
    when: dict[str, Any] = {"announced_at": make.NOW, "starts_at": make.NOW, "applications_until": make.TODAY}
    notice = await HearingNotice.create(hearing=hearing, n=1, **when)
    speaks: dict[str, Any] = {"capacity": Capacity.MEMBER, "position": Position.FOR, "submitted_at": make.NOW}
    applied = await HearingApplication.create(
        hearing=hearing, notice=notice, person=mei, serial=1, state=ApplicationState.SUBMITTED, **speaks
    )

    def hears(viewer: Viewer) -> bool:
        return viewer.may(Action.READ_HEARINGS).allowed and may(Action.FOLLOW_ACTIVITIES)(viewer)

    def speaks_there(viewer: Viewer) -> bool:
        mine = viewer.may(Action.READ_HEARINGS).allowed and viewer.person == mei.id
        return mine or viewer.may(Action.FOLLOW_HEARINGS, sector.id).allowed

    kept, decided = _seen(may(Action.FOLLOW_ACTIVITIES)), _seen(may(Action.DECIDE_LEAVE))
    return (
        kept(row, held_by, session, part, noted, corrected, check, paper)
        | decided(leave, away)
        | _seen(hears)(hearing)
        | _seen(speaks_there)(applied)
    )
