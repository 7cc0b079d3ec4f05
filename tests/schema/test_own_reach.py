"""A role for one body: what it may there it may nowhere else. Each mutation says so with the word REACH; of what one
may not even know of, as if it were not there."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from server.models import documents
from server.models.activities.tables import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    LeaveRequest,
    Participation,
)
from server.models.audit import AuditEntry
from server.models.bodies.tables import Body, BodyKind, BodyRelation, RelationKind
from server.models.documents import AccessGrant, AccessRequest, Document, Explanation, MaterialRequest, Whom
from server.models.hearings.tables import Hearing, HearingApplication, HearingNotice, HearingOfficer, HearingPlaces
from server.models.learning import apply_assignment
from server.models.members.tables import Person
from server.models.messages import Message
from server.models.rooms.tables import Loan, PaperCopy
from server.rules.access import AccessState, MaterialState
from server.rules.activities import PRIVATE, ActivityAudience, ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import LeaveScope, LeaveState, Rsvp
from server.rules.documents import Act, DocumentState, GrantState, Level
from server.rules.explanations import ExplanationState
from server.rules.hearings import (
    ACTIVITY_STATE,
    ApplicationState,
    Capacity,
    HearingDuty,
    HearingState,
    Position,
    ProfileKey,
    commitment,
)
from server.rules.hearings.notice import FACTS
from server.rules.permissions import ALLOWED, ROOM, Action, Reach, Role, may
from server.rules.rooms import CopyState
from server.schema.ids import ASSIGNMENT, id_of
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.crowd import HELD
from tests.schema.questions import BY_NAME, FIELDS, Field, codes, operation
from tests.web.visitors import Asks

DAYS = dt.timedelta(days=1)
DAY = f'on: "{make.TODAY}"'
ARGUMENTS = {
    "bodyCreate": 'body: {{kind: SPECIAL_COMMITTEE, nameEn: "Within", parent: "{body}"}}',
    "bodiesCreate": 'kind: SPECIAL_COMMITTEE, names: ["Within"]',
    "bodyChange": 'id: "{body}", change: {{nameEn: "Renamed"}}',
    "bodyEnd": f'id: "{{body}}", {DAY}',
    "bodyRelate": 'id: "{body}", target: "{sector}", kind: COUNTERPART',
    "bodyRelationEnd": f'id: "{{tie}}", {DAY}',
    "bodyMembershipAdd": 'body: "{body}", person: "{loose}"',
    "bodyMembershipsAdd": 'places: [{{body: "{body}", person: "{loose}"}}]',
    "bodyMembershipEnd": f'id: "{{place}}", {DAY}',
    "bodyMembershipsEnd": f'ids: ["{{place}}"], {DAY}',
    "bodyMembershipChangeRole": f'id: "{{place}}", role: CO_HEAD, {DAY}',
    "bodyMembershipCorrect": 'id: "{place}", reason: "misread", place: {{title: "guest"}}',
    "bodyMembershipVoid": 'id: "{place}", reason: "another Mei"',
    "learningGroupRename": 'id: "{body}", nameEn: "Renamed"',
    "learningGroupSetStem": f'id: "{{body}}", derivedFrom: "{{committee}}", {DAY}',
    "learningGroupEnd": f'id: "{{body}}", {DAY}',
    "learningGroupSetLeaders": f'id: "{{body}}", head: "{{sits}}", {DAY}',
    "learningGroupAddMembers": f'id: "{{body}}", people: ["{{loose}}"], {DAY}',
    "learningGroupMoveMember": f'toGroup: "{{body}}", person: "{{elsewhere}}", reason: "nearer", {DAY}',
    "learningGroupRemoveMember": f'id: "{{body}}", person: "{{sits}}", reason: "moved away", {DAY}',
    "learningGroupCreate": 'nameEn: "New", derivedFrom: "{sector}"',
    "coverageAssign": f'plan: [{{{{person: "{{loose}}", group: "{{body}}"}}}}], {DAY}',
    "coverageAssignUndo": 'id: "{assignment}"',
    "folderAdd": 'parent: "{folder}", nameEn: "Within"',
    "folderRename": 'id: "{folder}", nameEn: "Renamed"',
    "documentAdd": 'folder: "{folder}", facts: {{titleEn: "New"}}',
    "documentChange": 'id: "{document}", change: {{titleEn: "Renamed"}}',
    "documentMove": 'id: "{document}", to: ARCHIVED, reason: "over"',
    "documentSetAudience": 'id: "{document}", bodiesTold: ["{sector}"]',
    "agreementPublish": 'textEn: "No photographs"',
    "grantAdd": 'on: "{document}", people: ["{sits}"], reason: "a hearing"',
    "grantConfirm": 'ids: ["{waits}"]',
    "grantDecline": 'ids: ["{waits}"], reason: "not needed"',
    "grantSuspend": 'ids: ["{holds}"], reason: "a question"',
    "grantTakeUp": 'ids: ["{rests}"], reason: "answered"',
    "grantRevoke": 'ids: ["{holds}"], reason: "over"',
    "grantAgain": 'ids: ["{holds}"], reason: "a second hearing"',
    "grantTemplateAdd": 'folder: "{folder}", name: "New", body: "{sector}", reason: "a hearing"',
    "grantTemplateEnd": 'id: "{template}"',
    "paperCopiesAdd": 'document: "{document}", count: 1',
    "paperCopyPutBack": 'id: "{back}", reason: "looked at"',
    "loanGive": 'id: "{stored}", person: "{sits}"',
    "loanRenew": 'id: "{loan}"',
    "loanReturn": 'id: "{loan}", inPerson: true',
    "loanLost": 'id: "{loan}", reason: "left in a train"',
    "readersRemind": 'document: "{document}", shortOf: UNDERSTOOD',
    "accessRequestGive": 'id: "{wish}"',
    "accessRequestRefuse": 'id: "{wish}", code: NOT_NEEDED',
    "accessRequestAskMore": 'id: "{wish}", question: "What for?"',
    "accessRequestOverturn": 'id: "{review}"',
    "accessRequestUphold": 'id: "{review}", reason: "It was right"',
    "explanationAnswer": 'id: "{question}", reply: "Of 2025"',
    "explanationPublish": 'id: "{explained}"',
    "explanationUnpublish": 'id: "{shown}"',
    "materialRequestSend": 'folder: "{folder}", department: "{bureau}", topic: "a hearing", what: "numbers"',
    "materialRequestPromise": 'id: "{wanted}", on: "2040-01-02"',
    "materialRequestDecline": 'id: "{wanted}", reason: "no such numbers"',
    "materialFileTakeBack": 'id: "{delivered}", document: "{file}"',
    "materialRequestAccept": 'id: "{delivered}"',
    "materialRequestAskAgain": 'id: "{delivered}", missing: "a page"',
    "materialRequestTakeBack": 'id: "{wanted}", reason: "found elsewhere"',
    "activityAdd": 'facts: {{titleEn: "New"}}, lead: "{body}", day: "2040-01-02", hours: "9-11"',
    "activityChange": 'id: "{draft}", change: {{titleEn: "Renamed"}}',
    "activitySetOrganisers": 'id: "{draft}", lead: "{body}", partners: ["{sector}"]',
    "activitySetSessions": 'id: "{draft}", day: "2040-01-02", hours: "9-11"',
    "activityInvite": 'id: "{draft}", people: ["{loose}"]',
    "activityUninvite": 'id: "{draft}", people: ["{sits}"]',
    "activityLinkDocument": 'id: "{draft}", document: "{document}"',
    "activityUnlinkDocument": 'id: "{open}", document: "{document}"',
    "activityApprove": 'id: "{draft}"',
    "activityAnnounce": 'id: "{approved}", urgentReason: "it is urgent"',
    "activityCloseAnswers": 'id: "{open}"',
    "activityReopenAnswers": 'id: "{closed}"',
    "activityStart": 'id: "{open}"',
    "activityFinish": 'id: "{begun}"',
    "activityLock": 'id: "{held}"',
    "activityArchive": 'id: "{locked}"',
    "activityPostpone": 'id: "{open}", reason: "later"',
    "activityCancel": 'id: "{open}", reason: "nobody comes"',
    "hearingAdd": 'activity: "{plain}", facts: {{matter: "Nursery schools"}}',
    "hearingChange": 'id: "{h_draft}", change: {{matter: "Nursery schools"}}',
    "hearingNameOfficers": 'id: "{h_draft}", people: ["{loose}"], duty: RECORDER',
    "hearingRemoveOfficers": 'id: "{h_draft}", people: ["{sits}"]',
    "hearingSetPlaces": 'id: "{h_draft}", places: [{{capacity: MEMBER, count: 3}}]',
    "hearingApprove": 'id: "{h_draft}"',
    "hearingAnnounce": 'id: "{h_approved}"',
    "hearingOpenApplications": 'id: "{h_announced}"',
    "hearingCloseApplications": 'id: "{h_over}"',
    "hearingSelectQueue": 'id: "{h_queue}"',
    "hearingChoose": 'id: "{h_choose}", chosen: ["{choosable}"], because: "by vote"',
    "hearingDraw": 'id: "{h_draw}", publicValue: "03 11 22"',
    "hearingPublishList": 'id: "{h_selected}", goodCause: "few are concerned"',
    "hearingMakeReady": 'id: "{h_listed}"',
    "hearingStart": 'id: "{h_ready}", delegates: ["{placed}"]',
    "hearingPostpone": 'id: "{h_ready}", reason: "no hall"',
    "hearingCancel": 'id: "{h_ready}", reason: "no hall"',
    "applicationDecide": 'id: "{waiting}", admit: true',
    "invitationNote": 'id: "{open}", person: "{sits}", answer: YES',
    "leaveDecide": 'id: "{leave}", approve: true',
    "attendanceNote": 'session: "{session}", people: ["{sits}"], presence: PRESENT',
    "attendanceCorrect": 'session: "{settled}", person: "{sits}", becomes: PRESENT, reason: "misread"',
}
"""What names the body that is meant, or something in it."""
BEYOND_ONE = {
    *("bodiesCreate", "learningGroupCreate", "learningGroupMoveMember", "coverageAssign", "coverageAssignUndo"),
    "agreementPublish",
}
"""They make a body, take someone out of another one, or are about all of them: no role for one body is enough."""
UNKNOWN = {
    # who was given what is known to who keeps it, and to whom it was given
    *("grantConfirm", "grantDecline", "grantSuspend", "grantTakeUp", "grantRevoke", "grantAgain"),
    # and on which terms it is given often
    "grantTemplateEnd",
    # so are copies on paper and who has them
    *("paperCopyPutBack", "loanGive", "loanRenew", "loanReturn", "loanLost"),
    # and who has read something, though everyone may know of the document
    "readersRemind",
    # what is asked is known to who asks, and to who answers
    *("accessRequestGive", "accessRequestRefuse", "accessRequestAskMore"),
    *("accessRequestOverturn", "accessRequestUphold"),
    # so is what a department is asked, until all readers see it
    *("explanationAnswer", "explanationPublish"),
    # what a department is asked for is known to it, and to who asks
    *("materialRequestPromise", "materialRequestDecline", "materialFileTakeBack"),
    *("materialRequestAccept", "materialRequestAskAgain", "materialRequestTakeBack"),
    # what is not announced is known to who prepares it, and what is for the invited to them
    *("activityChange", "activitySetOrganisers", "activitySetSessions", "activityInvite", "activityUninvite"),
    *("activityLinkDocument", "activityUnlinkDocument", "activityApprove", "activityAnnounce"),
    *("activityCloseAnswers", "activityReopenAnswers", "activityStart", "activityFinish", "activityLock"),
    *("activityArchive", "activityPostpone", "activityCancel", "invitationNote", "leaveDecide"),
    *("attendanceNote", "attendanceCorrect"),
    # so with hearings, and with who applied for one
    *("hearingAdd", "hearingChange", "hearingNameOfficers", "hearingRemoveOfficers", "hearingSetPlaces"),
    *("hearingApprove", "hearingAnnounce", "hearingOpenApplications", "hearingCloseApplications"),
    *("hearingSelectQueue", "hearingChoose", "hearingDraw", "hearingPublishList", "hearingMakeReady"),
    *("hearingStart", "hearingPostpone", "hearingCancel", "applicationDecide"),
}
"""Of another body one may not know such a thing: it is refused as if it were not there."""
OF_HIDDEN = [
    *("folderAdd", "folderRename", "documentAdd", "documentChange", "documentMove", "documentSetAudience"),
    *("grantAdd", "grantTemplateAdd", "paperCopiesAdd", "materialRequestSend"),
]
"""They are about a folder or a document, of which everyone may know, or only who keeps it."""
NAME_NOTHING = {
    "documentViewAs": """mutation {{ it: documentViewAs(person: "{sits}") {{
        ... on ViewedAs {{ documents {{ document {{ id }} }} }} }} }}""",
    "loansRemind": "mutation {{ it: loansRemind {{ ... on LoansRemindPayload {{ count }} }} }}",
}
"""They name nothing of any body: they are about all that one keeps, and about nothing else."""
OWN = {action for action, roles in ALLOWED.items() if Reach.OWN_BODY in roles.values()}


def _changes() -> Iterator[tuple[Field, Role]]:
    """Each mutation of an action that some roles have for one body, with each of these roles."""
    for field in FIELDS:
        if field.root == "mutation" and field.action in OWN:
            yield from ((field, role) for role, reach in ALLOWED[field.action].items() if reach is Reach.OWN_BODY)


CHANGES = list(_changes())


def test_every_mutation_of_such_an_action_is_tried_here() -> None:
    assert {field.name for field, _ in CHANGES} == {*ARGUMENTS, *NAME_NOTHING}
    documents_named = {name for name, said in ARGUMENTS.items() if "{folder}" in said or "{document}" in said}
    assert documents_named - UNKNOWN == set(OF_HIDDEN)


@dataclass(frozen=True)
class Ground:
    """A learning group, by what names it, or is in it or of it; names: of ARGUMENTS."""

    body: Body
    names: dict[str, str]


NAMING = [(field, role) for field, role in CHANGES if field.name in ARGUMENTS]


@pytest.mark.parametrize(("field", "role"), NAMING, ids=[f"{field.name}-{role.value}" for field, role in NAMING])
async def test_what_one_may_in_ones_body_is_refused_elsewhere(
    ask: Asks, everyone: Cast, field: Field, role: Role
) -> None:
    here, there = await grounds(everyone, field)
    viewer = await of_one(everyone, role, here.body)
    assert decided(viewer, field, there.body.id) == "REACH"
    assert decided(viewer, field, here.body.id) == "ALLOWED"
    entries = await AuditEntry.all().count()

    refused = await ask(viewer, asked(field, there, here))

    assert codes(refused) == {"NOT_THERE" if field.name in UNKNOWN else "REACH"}
    assert await AuditEntry.all().count() == entries
    done = await ask(viewer, asked(field, here, there))
    assert codes(done) == ({"REACH"} if field.name in BEYOND_ONE else set()), done
    assert (await AuditEntry.all().count() > entries) is (field.name not in BEYOND_ONE)


@pytest.mark.parametrize("name", OF_HIDDEN)
async def test_of_another_body_nobody_learns_what_there_is(ask: Asks, everyone: Cast, name: str) -> None:
    here, there = [hidden(of) for of in await grounds(everyone, BY_NAME[name])]
    viewer = await of_one(everyone, Role.CUSTODIAN, here.body)
    entries = await AuditEntry.all().count()

    refused = await ask(viewer, asked(BY_NAME[name], there, here))

    assert codes(refused) == {"NOT_THERE"}
    assert await AuditEntry.all().count() == entries
    assert codes(await ask(viewer, asked(BY_NAME[name], here, there))) == set()


async def test_what_names_nothing_is_done_for_what_is_ones_own(ask: Asks, everyone: Cast) -> None:
    here, there = await shelf(everyone, everyone.group, "here"), await shelf(everyone, await group(), "there")
    viewer = await of_one(everyone, Role.CUSTODIAN, here.body)

    reminded = await ask(viewer, NAME_NOTHING["loansRemind"].format())
    assert reminded["data"]["it"] == {"count": 1}
    told = {f"per_{row.person_id}" for row in await Message.filter(link="/me/loans")}
    assert told == {here.names["forgets"]}
    for where, found in ((here, [here]), (there, [here])):
        seen = await ask(viewer, NAME_NOTHING["documentViewAs"].format(**where.names))
        shown = [one["document"]["id"] for one in seen["data"]["it"]["documents"]]
        assert shown == [of.names["document"] for of in found]


@pytest.mark.parametrize("name", sorted(BEYOND_ONE))
async def test_who_may_in_all_bodies_does_what_is_about_several(ask: Asks, everyone: Cast, name: str) -> None:
    here, there = await grounds(everyone, BY_NAME[name])
    who = "custodian" if BY_NAME[name].action is Action.MANAGE_DOCUMENTS else "secretary"

    assert codes(await ask(who, asked(BY_NAME[name], here, there))) == set()


def decided(viewer: Viewer, field: Field, body: UUID) -> str:
    """The word of the permission table."""
    assert field.action
    return may(viewer.roles, field.action, body=body).code


def asked(field: Field, where: Ground, other: Ground) -> str:
    """The mutation about that body. other: where somebody comes from."""
    return operation(field, ARGUMENTS[field.name].format(**where.names, elsewhere=other.names["sits"]))


async def group() -> Body:
    """Where nobody of the cast has a role."""
    return await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋")


async def grounds(cast: Cast, field: Field) -> tuple[Ground, Ground]:
    """That of the body for which one has the role, and of another one, with what the mutation is about."""
    assert field.action
    furnish = {"documents": shelf, "activities": hall, "hearings": hall}.get(ROOM[field.action], ground)
    return await furnish(cast, cast.group, "here"), await furnish(cast, await group(), "there")


async def ground(cast: Cast, body: Body, name: str) -> Ground:
    """The body with a tie, someone who sits in it and counts there, someone in no group, and a plan that was done."""
    sits, loose, planned = [await make.person(name_en=f"{who} {name}") for who in ("Sits", "Loose", "Planned")]
    for person in (sits, loose, planned):
        await make.seat(person, cast.term, sector=cast.sector)
    tie = await BodyRelation.create(kind=RelationKind.DERIVED_FROM, source=body, target=cast.sector)
    place = await make.place(body, sits)
    plan = await apply_assignment(cast["secretary"], plan=[(planned.id, body.id)], on=make.TODAY)
    rows: dict[str, Any] = {"body": body, "tie": tie, "place": place, "sits": sits, "loose": loose}
    rows |= {"sector": cast.sector, "committee": await make.body(BodyKind.SPECIAL_COMMITTEE, f"Committee {name}")}
    return Ground(body, {key: id_of(row) for key, row in rows.items()} | {"assignment": f"{ASSIGNMENT}_{plan}"})


async def shelf(cast: Cast, body: Body, name: str) -> Ground:
    """A public document that can be had, given to some, asked for, and lent on paper; and of which nobody but who keeps
    them knows a draft and the folder in which it lies."""
    keeper = cast["custodian"]
    open_to_all, closed = [await documents.folder_add(keeper, name_en=name, body=body.id) for _ in range(2)]
    document = await documents.document_add(keeper, folder=open_to_all.id, title_en=f"Plan {name}", level=Level.PUBLIC)
    await Document.filter(id=document.id).update(state=DocumentState.AVAILABLE, receipt_by=make.TODAY - DAYS)
    draft = await documents.document_add(keeper, folder=closed.id, title_en=f"Draft {name}")
    people = [await make.person(name_en=f"{who} {name}") for who in ("Forgets", "Sits", "Asks")]
    for person in people:
        await make.seat(person, cast.term, sector=cast.sector)
    forgets, sits, asks = people
    given = await documents.grant_add(
        keeper, document=document.id, whom=[Whom(person=one.id) for one in people], reason="a hearing"
    )
    template = await documents.template_add(keeper, folder=open_to_all.id, name="A week", reason="a hearing")
    states = dict(zip(("waits", "holds", "rests"), given, strict=True))
    await AccessGrant.filter(id=states["waits"].id).update(state=GrantState.UNCONFIRMED)
    await AccessGrant.filter(id=states["rests"].id).update(state=GrantState.SUSPENDED)
    stored, back, out, away = [
        await PaperCopy.create(document=document, copy_no=n, state=state)
        for n, state in enumerate((CopyState.IN_STORE, CopyState.RETURNED, CopyState.OUT, CopyState.OUT), 1)
    ]
    loan = await Loan.create(copy=out, person=sits, out_at=make.NOW, due_on=make.TODAY + DAYS)
    await Loan.create(copy=away, person=forgets, out_at=make.NOW, due_on=make.TODAY - DAYS)
    facts = {"document": document, "act": Act.READ, "purpose": "a hearing", "wanted_until": make.TODAY + DAYS}
    facts |= {"asked_at": make.NOW, "due_on": make.TODAY + DAYS}
    wish = await AccessRequest.create(person=asks, state=AccessState.SUBMITTED, **facts)
    refused = {"decided_by": cast.accounts["custodian"], "decided_at": make.NOW, "review_asked_at": make.NOW}
    review = await AccessRequest.create(person=sits, state=AccessState.IN_REVIEW, **facts | refused)
    about: dict[str, Any] = {"document": document, "department": body, "question": "?", "asked_at": make.NOW}
    question, explained, shown = [
        await Explanation.create(person=asks, state=state, to_all=to_all, due_on=make.TODAY + DAYS, **about)
        for state, to_all in (
            (ExplanationState.ASKED, False),
            (ExplanationState.ANSWERED, False),
            (ExplanationState.ANSWERED, True),
        )
    ]
    rows: dict[str, Any] = {"body": body, "sector": cast.sector, "sits": sits, "forgets": forgets, "asks": asks}
    rows |= {"question": question, "explained": explained, "shown": shown}
    rows |= {"folder": open_to_all, "document": document, "closed": closed, "draft": draft, **states}
    rows |= {"template": template}
    asks_for = {"department": body, "folder": open_to_all, "topic": "a hearing", "what": "numbers"}
    asks_for |= {"level": Level.INTERNAL, "due_on": make.TODAY - DAYS, "asked_at": make.NOW}
    wanted, delivered = [
        await MaterialRequest.create(state=state, **asks_for)
        for state in (MaterialState.ASKED, MaterialState.DELIVERED)
    ]
    file = await documents.document_add(keeper, folder=closed.id, title_en=f"File {name}")
    await Document.filter(id=file.id).update(material_id=delivered.id)
    rows |= {"bureau": cast.bureau, "wanted": wanted, "delivered": delivered, "file": file}
    rows |= {"stored": stored, "back": back, "loan": loan, "wish": wish, "review": review}
    return Ground(body, {key: id_of(row) for key, row in rows.items()})


async def hall(cast: Cast, body: Body, name: str) -> Ground:
    """Activities of the body, for those who are invited, one in each state; with someone who asked for leave."""
    sits, loose = [await make.person(name_en=f"{who} {name}") for who in ("Sits", "Loose")]
    for person in (sits, loose):
        await make.seat(person, cast.term, sector=cast.sector)
    rows: dict[str, Any] = {"body": body, "sector": cast.sector, "sits": sits, "loose": loose}
    rows["document"] = await _public(cast, name)
    for key, state in HALL.items():
        told = state not in PRIVATE
        rows[key] = row = await Activity.create(**HELD | {"state": state, "audience": ActivityAudience.INVITED})
        await ActivityOrganiser.create(activity=row, body=body, n=0)
        session = await ActivitySession.create(activity=row, n=1, starts_at=row.starts_at, ends_at=row.ends_at)
        facts = {"role": ParticipantRole.MEMBER, "rsvp": Rsvp.NONE, "added_at": make.NOW}
        part = await Participation.create(activity=row, person=sits, invited_at=make.NOW if told else None, **facts)
        if key == "open":
            asked = {"scope": LeaveScope.FULL, "reason": "a journey", "late": False, "submitted_at": make.NOW}
            rows["leave"] = await LeaveRequest.create(participation=part, state=LeaveState.SUBMITTED, **asked)
            await ActivityDocument.create(activity=row, document=rows["document"], linked_at=make.NOW)
        rows |= {"begun": {"session": session}, "locked": {"settled": session}}.get(key, {})
    rows |= await _heard(body, sits)
    return Ground(body, {key: id_of(row) for key, row in rows.items()})


async def _heard(body: Body, sits: Person) -> dict[str, Any]:
    """Hearings of the body, for those who are invited, one in each phase that somebody ends; with who applied."""
    rows: dict[str, Any] = {"plain": await _hearing_day(body, HearingState.DRAFT)}
    for key, (state, profile) in HEARD.items():
        activity = await _hearing_day(body, state)
        when = {"created_at": make.NOW, "updated_at": make.NOW, "applications_until": make.TODAY}
        written = dict.fromkeys(FACTS.values(), "as the rules ask")
        rows[key] = row = await Hearing.create(activity=activity, state=state, profile=profile, **when, **written)
        await HearingOfficer.create(hearing=row, person=sits, duty=HearingDuty.PRESIDING, n=0)
        await HearingPlaces.create(hearing=row, capacity=Capacity.MEMBER, count=9, n=0)
        told = {"starts_at": make.NOW, "announced_at": make.NOW, "applications_until": make.TODAY - DAYS}
        lot = {"seed": bytes(32).hex(), "commitment": commitment(bytes(32)), "places": '{"member": 9}'}
        notice = await HearingNotice.create(hearing=row, n=1, **told, **lot)
        if key in APPLIED:
            named, stands = APPLIED[key]
            said = {"capacity": Capacity.MEMBER, "position": Position.FOR, "submitted_at": make.NOW, "state": stands}
            rows[named] = await HearingApplication.create(hearing=row, notice=notice, serial=1, **said)
    return rows


async def _hearing_day(body: Body, state: HearingState) -> Activity:
    """Of the kind hearing, far enough for notice to be given, but where it is the day."""
    far = {} if state is HearingState.READY else {"starts_at": make.NOW + 90 * DAYS, "ends_at": make.NOW + 91 * DAYS}
    kind = {"kind": ActivityKind.HEARING, "state": ActivityState(ACTIVITY_STATE[state]), "venue": "Hall 1"}
    row = await Activity.create(**HELD | kind | {"audience": ActivityAudience.INVITED} | far)
    await ActivityOrganiser.create(activity=row, body=body, n=0)
    return row


async def _public(cast: Cast, name: str) -> Document:
    folder = await documents.folder_add(cast["custodian"], name_en=name)
    row = await documents.document_add(cast["custodian"], folder=folder.id, title_en=name, level=Level.PUBLIC)
    await Document.filter(id=row.id).update(state=DocumentState.AVAILABLE)
    return row


HEARD = {
    "h_draft": (HearingState.DRAFT, ProfileKey.MEMBERS_HEAR),
    "h_approved": (HearingState.APPROVED, ProfileKey.MEMBERS_HEAR),
    "h_announced": (HearingState.ANNOUNCED, ProfileKey.MEMBERS_HEAR),
    "h_open": (HearingState.APPLICATIONS_OPEN, ProfileKey.MEMBERS_HEAR),
    "h_over": (HearingState.APPLICATIONS_OPEN, ProfileKey.MEMBERS_HEAR),
    "h_queue": (HearingState.APPLICATIONS_CLOSED, ProfileKey.MEMBERS_HEAR),
    "h_choose": (HearingState.APPLICATIONS_CLOSED, ProfileKey.LEGISLATIVE),
    "h_draw": (HearingState.APPLICATIONS_CLOSED, ProfileKey.PREFECTURE),
    "h_selected": (HearingState.SELECTED, ProfileKey.MEMBERS_HEAR),
    "h_listed": (HearingState.LIST_PUBLISHED, ProfileKey.MEMBERS_HEAR),
    "h_ready": (HearingState.READY, ProfileKey.MEMBERS_HEAR),
}
"""What names a hearing -> how it stands, and by which rules."""
APPLIED = {
    "h_open": ("waiting", ApplicationState.SUBMITTED),
    "h_choose": ("choosable", ApplicationState.ELIGIBLE),
    "h_ready": ("placed", ApplicationState.SELECTED),
}
"""The hearing -> what names an application for it, and how that stands."""
HALL = {
    "draft": ActivityState.DRAFT,
    "approved": ActivityState.APPROVED,
    "open": ActivityState.OPEN,
    "closed": ActivityState.CLOSED,
    "begun": ActivityState.IN_PROGRESS,
    "held": ActivityState.HELD,
    "locked": ActivityState.LOCKED,
}
"""What names an activity -> how it stands."""


def hidden(of: Ground) -> Ground:
    """The same, where one means what nobody else may know of."""
    return replace(of, names=of.names | {"folder": of.names["closed"], "document": of.names["draft"]})


async def of_one(cast: Cast, role: Role, body: Body) -> Viewer:
    """Who has that role for that body: as the register says, or given."""
    if role is Role.GROUP_LEADER:
        assert body.id == cast.group.id
        return cast["leader"]
    return make.viewer(role, body=body, account=cast.accounts["department"].id)


SEEN = {
    "learningGroupChoices": "{ it: learningGroupChoices { id } }",
    "coverage": """{ it: coverage { part members lists {
        duplicate { edges { node { person { id } places { id } } } } uncovered { edges { node { person { id } } } }
    } sectors { name members } } }""",
}
"""Queries of such actions: they show the part that is one's own."""
FOR_ALL = {
    "coverageAssignPreview": "{{ it: coverageAssignPreview {{ count }} }}",
    "coverageAssignCheck": '{{ it: coverageAssignCheck(plan: [{{person: "{loose}", group: "{body}"}}]) {{ on }} }}',
    "coverageAssignment": '{{ it: coverageAssignment(id: "{assignment}") {{ on }} }}',
}
"""Queries of such actions that are about all bodies."""
OF_DOCUMENTS = {
    "accessRequests": """{{ it: accessRequests {{ edges {{ node {{ id }} }} }} more: accessRequests(state: IN_REVIEW) {{
        edges {{ node {{ id }} }} }} }}""",
    "materialRequests": "{{ it: materialRequests {{ edges {{ node {{ id }} }} }} }}",
    "overdueReceipts": "{{ it: overdueReceipts {{ id }} }}",
}
"""Queries that show what is of what one keeps."""
OF_ACTIVITIES = {
    "organisingBodies": "{ it: organisingBodies(first: 100) { edges { node { id } } } }",
    "leaveRequests": "{ it: leaveRequests(first: 100) { edges { node { id } } } }",
}
"""The same, of activities of one's own body."""
CODE = '{{ it: checkInCode(session: "{session}") {{ code }} }}'
"""The code of a session of such an activity, null for all others."""
OF_ONE = {
    "accessMatrix": '{{ it: accessMatrix(on: "{document}") {{ documents {{ id }} rows {{ person {{ id }} }} }} }}',
    "grantPreview": '{{ it: grantPreview(on: "{document}", people: ["{sits}"], reason: "a hearing") {{ count }} }}',
}
"""Queries about a document: of another body it is as if it were not there, though everyone may know of it."""
READERS = '{{ it: documentReaders(document: "{document}") {{ id }} }}'
"""The same, null as every query by an ID that there is not for one."""
FOR_CHOOSING = {"learningStems", "learningCandidates", "hearingDays"}
"""They read the register, which whoever leads a group may see anyway; or the calendar."""


def test_every_query_of_such_an_action_is_tried_here() -> None:
    found = {field.name for field in FIELDS if field.root == "query" and field.action in OWN}

    assert found == {
        *SEEN,
        *FOR_ALL,
        *FOR_CHOOSING,
        *OF_DOCUMENTS,
        *OF_ACTIVITIES,
        *OF_ONE,
        "documentReaders",
        "checkInCode",
    }


async def test_a_leader_is_shown_the_own_group_and_told_why_not_more(ask: Asks, everyone: Cast) -> None:
    here, there = await ground(everyone, everyone.group, "here"), await ground(everyone, await group(), "there")
    leader = everyone["leader"]

    for text in SEEN.values():
        own, whole = await ask(leader, text), await ask("secretary", text)
        assert "errors" not in own
        told = [key for key in ("body", "sits", "loose") if there.names[key] in str(whole)]
        assert told
        assert [key for key in told if there.names[key] in str(own)] == []
    for text in FOR_ALL.values():
        for where in (here, there):
            asked_for = text.format(**where.names)
            assert codes(await ask(leader, asked_for)) == {"REACH"}
            assert codes(await ask("secretary", asked_for)) == set()


async def test_a_keeper_is_shown_what_is_of_the_own_body(ask: Asks, everyone: Cast) -> None:
    here, there = await shelf(everyone, everyone.group, "here"), await shelf(everyone, await group(), "there")
    keeper = await of_one(everyone, Role.CUSTODIAN, here.body)

    for text in OF_DOCUMENTS.values():
        own, whole = await ask(keeper, text.format()), await ask("custodian", text.format())
        assert "errors" not in own
        told = [key for key in ("document", "wish", "review", "wanted") if there.names[key] in str(whole)]
        assert told
        assert [key for key in told if there.names[key] in str(own)] == []
        assert [key for key in told if here.names[key] in str(own)] == told


async def test_of_a_document_of_another_body_a_keeper_is_shown_nothing(ask: Asks, everyone: Cast) -> None:
    here, there = await shelf(everyone, everyone.group, "here"), await shelf(everyone, await group(), "there")
    keeper = await of_one(everyone, Role.CUSTODIAN, here.body)
    seen = await ask(keeper, '{{ it: document(id: "{document}") {{ id }} }}'.format(**there.names))
    assert seen["data"]["it"] == {"id": there.names["document"]}

    for text in OF_ONE.values():
        assert codes(await ask(keeper, text.format(**there.names))) == {"NOT_THERE"}
        assert codes(await ask(keeper, text.format(**here.names))) == set()
        assert codes(await ask("custodian", text.format(**there.names))) == set()
    assert await ask(keeper, READERS.format(**there.names)) == {"data": {"it": None}}
    for who, where in ((keeper, here), ("custodian", there)):
        assert (await ask(who, READERS.format(**where.names)))["data"]["it"] == {"id": where.names["document"]}


@pytest.mark.parametrize("role", [Role.GROUP_LEADER, Role.CONVENER, Role.SECRETARY, Role.CHAIR])
async def test_who_holds_activities_is_shown_what_is_of_the_own_body(ask: Asks, everyone: Cast, role: Role) -> None:
    here, there = await hall(everyone, everyone.group, "here"), await hall(everyone, await group(), "there")
    viewer = await of_one(everyone, role, here.body)

    for (name, text), key in zip(OF_ACTIVITIES.items(), ("body", "leave"), strict=True):
        own, whole = await ask(viewer, text), await ask("secretary", text)
        assert {here.names[key], there.names[key]} <= _nodes(whole)
        if role is Role.SECRETARY and name == "leaveRequests":  # of the whole assembly, or not at all
            assert codes(own) == {"REACH"}
        else:
            assert _nodes(own) == {here.names[key]}
    assert (await ask(viewer, CODE.format(**there.names)))["data"] == {"it": None}
    assert (await ask(viewer, CODE.format(**here.names)))["data"]["it"]["code"]


def _nodes(answer: dict[str, Any]) -> set[str]:
    return {edge["node"]["id"] for edge in answer["data"]["it"]["edges"]}
