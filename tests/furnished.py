"""The cast's assembly with something of everything: whatever a page can show is there to be shown."""

import datetime as dt
from collections.abc import Iterator
from hashlib import sha256 as sha256_of
from itertools import product
from re import findall
from typing import Any
from uuid import UUID

from server.models import asking, documents
from server.models.accounts.tables import Account, ApiClient, App, Consent, Invitation, InvitationChannel, Session
from server.models.activities.tables import ActivitySession
from server.models.assembly import change_assembly
from server.models.audit import record
from server.models.bodies.tables import BodyKind, BodyRelation, BodyRole, RelationKind
from server.models.calendar import change_day, import_days, undo_change
from server.models.database import transaction
from server.models.documents import (
    AccessRequest,
    AgreementAcceptance,
    Document,
    DocumentVersion,
    Explanation,
    Filed,
    MaterialRequest,
    Whom,
)
from server.models.imports import ImportRow, ImportRun
from server.models.jobs import JobOutcome, JobRun
from server.models.learning import apply_assignment
from server.models.members.tables import (
    MembershipPost,
    MembershipStatus,
    Person,
    PersonIdentifier,
    PostKind,
    Status,
    Term,
    TermStatus,
)
from server.models.messages import Audience, Delivery, Message, draft, remind, send, tell
from server.models.reading import reading_confirm, reading_note, reading_open
from server.models.reading.tables import ReadingProgress, ReadReceipt
from server.models.renewal import Renewal, begin_renewal, carry_seats, decide_bodies
from server.models.requests import Request
from server.models.rooms.lending import copies_add
from server.models.rooms.slots import room_add, room_close
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingSlot
from server.rules.access import AccessState, MaterialState, Refusal
from server.rules.activities import ActivityState
from server.rules.attendance import LeaveState
from server.rules.calendar import DayMark, Said
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, Media, ReadMode
from server.rules.explanations import ExplanationState
from server.rules.messages import TROUBLED, DeliveryState, Topic, Urgency
from server.rules.permissions import Role
from server.rules.requests import RequestField, RequestState
from server.rules.rooms import BookingState, CopyState
from server.schema.renewal.types import RenewalCounts
from server.words import both_names
from tests import make
from tests.activities.standing import of_every_state
from tests.cast import Cast
from tests.hearings.standing import SECRET, of_every_kind
from tests.make import NOW

AGO = dt.date(2020, 1, 1)
LATELY = make.TODAY - dt.timedelta(days=10)
"""Within the time allowed to be placed in a group."""

WEEK = dt.timedelta(days=7)
Examples = dict[str, list[str]]
"""For each parameter of an address, named after where it stands ("members/{id}"): what to put there."""


async def furnish(cast: Cast) -> Examples:
    """Fill the assembly; what to put into the addresses of the pages."""
    group = await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋", parent=cast.sector, term=cast.term)
    tie = await BodyRelation.create(kind=RelationKind.DERIVED_FROM, source=cast.group, target=cast.sector)
    await BodyRelation.create(kind=RelationKind.COUNTERPART, source=cast.sector, target=cast.bureau)
    ended = await make.body(BodyKind.LEARNING_GROUP, "Winter", classification="old", ends_on=LATELY, sensitive=True)
    await make.body(BodyKind.LEARNING_GROUP, "Summer", starts_on=make.TODAY.replace(year=2040))
    mei = cast.people["member"]
    guest = await make.place(group, mei, title="guest", primary=False, on_behalf_of=cast.bureau)
    await make.place(cast.bureau, mei, title="adviser", starts_on=AGO, ends_on=LATELY)
    await make.place(ended, cast.people["convener"])
    twice = await make.person("张三", "Zhang San", family_name="张", given_name="三", expertise=["law"], birth_date=AGO)
    await _seated(cast, twice)
    for where in (cast.group, group):
        await make.place(where, twice)
    await _seated(cast, await make.person("单一", focus_topics=["water"]))
    await make.seat(await make.person(name_en="New Here"), cast.term, sector=cast.sector, starts_on=LATELY)
    await make.place(group, mei, voided_at=make.NOW, voided_reason="another Mei")
    await PersonIdentifier.create(person=mei, scheme="source", value="m-1")
    seat = {"membership": cast.seats["member"]}
    await MembershipStatus.filter(**seat).update(starts_on=LATELY)
    await MembershipStatus.create(**seat, status=Status.SUSPENDED, starts_on=AGO, ends_on=LATELY, reason="illness")
    await MembershipStatus.create(**seat, status=Status.ENDED, voided_at=make.NOW, voided_reason="another Mei")
    await MembershipPost.create(**seat, kind=PostKind.CHAIR, sector=cast.sector, voided_at=make.NOW)
    double = await make.person(name_en="Mei Double", merged_into=mei)
    assigned = await apply_assignment(
        make.viewer(Role.SECRETARY), plan=[((await make.person(name_en="Ann Placed")).id, group.id)], on=make.TODAY
    )
    await _of_jobs()
    await _known_calendar(cast)
    return await _of_accounts(cast) | {
        "coverage/{id}": [f"asg_{assigned}"],
        "members/{id}": _ids("per", mei, double),
        "help/{role}": ["member", "department"],
        "members/{drop}": _ids("per", twice),
        "seats/{id}": _ids("mem", cast.seats["member"]),
        "statuses/{id}": _ids("sta", await MembershipStatus.get(**seat, ends_on=None, voided_at=None)),
        "posts/{id}": _ids("pos", await MembershipPost.get(**seat, voided_at=None)),
        "terms/{id}": _ids("trm", cast.term),
        "renewal/{id}": _ids("trm", await _planned(cast), await _decided(cast)),
        "renewal/{part}": ["STAYS", "LEAVES", "COMES"],
        "bodies/{id}": _ids("bod", cast.group, cast.sector, cast.bureau, group),
        "ties/{id}": _ids("rel", tie),
        "places/{id}": _ids("bdm", guest),
        "learning-groups/{id}": _ids("bod", cast.group, group, ended),
        "learning-groups/{person}": _ids("per", mei),
        "imports/{id}": await _imported(cast),
        **await _told(cast),
        **(filed := await _filed(cast)),
        **await _roomed(cast, UUID(filed["folders/{id}"][1].removeprefix("fol_"))),
        **await _held(cast, UUID(filed["documents/{id}"][0].removeprefix("doc_"))),
        "hearings/applied/{secret}": [SECRET],
        "hearings/{id}": _ids("hea", *await of_every_kind(cast)),
    }


async def _held(cast: Cast, document: UUID) -> Examples:
    """Activities in every state; the addresses of those that show most of them."""
    rows, leaves = await of_every_state(cast, document)
    by_state = {row.state: row for row in rows}
    shown = [by_state[state] for state in (ActivityState.OPEN, ActivityState.DRAFT, ActivityState.IN_PROGRESS)]
    shown += [by_state[state] for state in (ActivityState.LOCKED, ActivityState.POSTPONED, ActivityState.CANCELLED)]
    waits = [row for row in leaves if row.state is LeaveState.SUBMITTED]
    keys = _ids("act", *shown)
    begun = by_state[ActivityState.IN_PROGRESS]
    sessions = _ids("sit", *await ActivitySession.filter(activity_id=begun.id).order_by("n"))
    held = {"activities/{id}": keys, "activities/{activity}": keys[:1], "leave/{id}": _ids("lvr", *waits)}
    return held | {"activities/{session}": sessions[:1], "check-in/{session}": sessions}


async def _filed(cast: Cast) -> Examples:
    """Folders and documents of every level, with files, given to some, closed to one, and waiting for a second."""
    custodian, mei, bureau = cast["custodian"], cast.people["member"].id, cast.bureau.id
    top = await documents.folder_add(custodian, name_zh="议政材料", name_en="Papers")
    inner = await documents.folder_add(custodian, name_zh="教育", name_en="Education", parent=top.id)
    agreement = await documents.ReadingAgreement.create(
        n=1, text_zh="不得拍照", text_en="No photographs", published_at=NOW
    )
    some = {"catalogue_audience": CatalogueAudience.SOME_BODIES}
    usual = {"title_zh": "学前教育情况", "title_en": "Nursery schools", "no": "教〔2026〕1号", "origin": bureau}
    internal = await documents.document_add(custodian, folder=inner.id, agreement=agreement.id, **usual)
    public = await documents.document_add(
        custodian, folder=top.id, title_en="Yearbook", level=Level.PUBLIC, read_mode=ReadMode.DOWNLOAD, **some
    )
    sensitive = await documents.document_add(
        custodian, folder=inner.id, title_zh="预算草案", level=Level.WORK_SENSITIVE, receipt_by=make.TODAY
    )
    draft = await documents.document_add(
        custodian, folder=inner.id, title_en="Draft", read_mode=ReadMode.ROOM_ONLY, **some
    )
    for row in (draft, public):
        await documents.audience_set(custodian, document=row.id, bodies=[cast.group.id, cast.sector.id])
    for row in (internal, public, sensitive):
        await DocumentVersion.create(**file_of(row, cast.accounts["custodian"]))
        for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
            await documents.document_move(custodian, document=row.id, to=state)
    await AgreementAcceptance.create(agreement=agreement, person_id=mei, accepted_at=NOW)
    whom = [Whom(person=mei), Whom(body=cast.sector.id, body_role=BodyRole.CONVENER), Whom(term=cast.term.id)]
    long: documents.Terms = {"valid_until": NOW.replace(year=2040)}
    given = await documents.grant_add(custodian, document=internal.id, whom=whom, reason="for the hearing", **long)
    often: documents.TemplateTerms = {"body": cast.sector.id, "body_role": BodyRole.CONVENER, "days": 14}
    await documents.template_add(custodian, folder=top.id, name="Conveners", reason="for the hearing", **often)
    theirs = [Whom(body=cast.group.id)]
    await documents.grant_add(custodian, folder=inner.id, whom=theirs, act=Act.SEE, reason="theirs", **long)
    later = NOW.replace(year=2039)
    await documents.grant_add(custodian, folder=top.id, whom=theirs, valid_from=later, reason="theirs", **long)
    (gone,) = await documents.grant_add(custodian, folder=top.id, whom=theirs, reason="theirs", **long)
    await documents.grant_end(custodian, grants=[gone.id], to=GrantState.REVOKED, reason="a mistake")
    twice = await documents.grant_add(custodian, document=sensitive.id, whom=whom[:2], reason="for the budget", **long)
    await documents.grant_confirm(cast["secretary"], grants=[twice[0].id])
    sessions = [await reading_open(cast[name], document=public.id) for name in ("admin", "member")]
    await reading_note(cast["member"], session=sessions[1].id, text="第3条")
    await reading_confirm(cast["member"], session=sessions[1].id)
    leader = [Whom(person=cast.people["leader"].id)]
    await documents.grant_add(
        custodian, document=internal.id, whom=leader, effect=Effect.DENY, reason="recusal", **long
    )
    await _read(cast, internal)
    wishes = [await _wished(cast, inner.id, state) for state in AccessState]
    questions = await _questioned(cast, internal.id, public.id, draft.id)
    return {
        "explanations/{id}": _ids("exp", *questions),
        "readers/{id}": _ids("per", cast.people["member"]),
        "access-requests/{id}": _ids("arq", *wishes),
        "materials/{id}": _ids("mrq", *[await _wanted(cast, inner.id, state) for state in MaterialState]),
        "documents/{document}": [*_ids("doc", public, internal), f"doc_{wishes[0].document_id}"],
        "folders/{id}": _ids("fol", top, inner),
        "documents/{id}": _ids("doc", internal, public, sensitive, draft),
        "grants/{id}": _ids("grt", given[0], twice[1], gone),
        "viewing/{person}": _ids("per", cast.people["member"]),
        "folders/{folder}": _ids("fol", top, inner),
        "giving/{on}": [*_ids("doc", internal, sensitive), *_ids("fol", inner)],
        "reading/{id}": _ids("rds", *sessions),
    }


async def _roomed(cast: Cast, folder: UUID) -> Examples:
    """A room with times, one booked, one where a reader is, and a room that is closed; copies in each state."""
    keeper, mei, leader = cast["custodian"], cast.people["member"], cast.people["leader"]
    said: dict[str, Any] = {"title_zh": "会议记录", "no": "记〔2026〕1号", "read_mode": ReadMode.ROOM_ONLY}
    document = (await documents.document_add(keeper, folder=folder, catalogue_only=True, **said)).id
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(keeper, document=document, to=state)
    until = NOW.replace(year=2040)
    whom = [Whom(person=mei.id), Whom(person=leader.id)]
    await documents.grant_add(keeper, document=document, whom=whom, valid_until=until, reason="for the hearing")
    row = await room_add(keeper, name_zh="阅文室", name_en="Quiet room", place="House 1, 204")
    await room_close(keeper, room=(await room_add(keeper, name_en="Old room")).id, reason="rebuilt")
    now = dt.datetime.now(dt.UTC)  # a page looks by the clock of the house
    spans = ((-WEEK / 168, 3), (WEEK / 84, 5), (WEEK, 170))
    slots = [
        await ReadingSlot.create(room=row, starts_at=now + start, ends_at=now + WEEK / 168 * end, capacity=2)
        for start, end in spans
    ]
    booked: dict[str, Any] = {"document_id": document, "booked_at": NOW}
    for slot, person, state, at in (
        (slots[0], leader, BookingState.CHECKED_IN, {"checked_in_at": now}),
        (slots[0], mei, BookingState.LEFT, {"left_at": now}),
        (slots[1], mei, BookingState.BOOKED, {}),
    ):
        await Booking.create(slot=slot, person=person, state=state, **at, **booked)
    copies = await copies_add(keeper, document=document, count=4)
    out: dict[str, Any] = {"out_at": NOW, "due_on": AGO, "out_by": cast.accounts["custodian"]}
    for copy, person, state, more in (
        (copies[0], mei, CopyState.OUT, {}),
        (copies[1], leader, CopyState.NOT_FOUND, {"lost_at": NOW, "anomaly": "in the tram"}),
        (copies[2], mei, CopyState.RETURNED, {"returned_at": NOW, "anomaly": "a page missing"}),
    ):
        await PaperCopy.filter(id=copy.id).update(state=state)
        await Loan.create(copy_id=copy.id, person=person, **out | more)
    return {"rooms/{id}": _ids("rom", row), "rooms/{room}": _ids("rom", row)}


async def _read(cast: Cast, row: Document) -> None:
    """One has begun to read it, was refused once and has not confirmed in time; another has confirmed."""
    await Document.filter(id=row.id).update(receipt_by=AGO)
    version = await DocumentVersion.get(document_id=row.id)
    came = {"pages": "1", "pages_seen": 1, "opens": 1, "first_opened_at": NOW, "last_opened_at": NOW}
    whose = {"document_id": row.id, "version_id": version.id}
    mei = {"person_id": cast.people["member"].id, "refused": 1, "refused_at": NOW}
    await ReadingProgress.create(**whose, **came, **mei)
    await ReadReceipt.create(**whose, person_id=cast.people["convener"].id, confirmed_at=NOW)


async def _questioned(cast: Cast, given: UUID, public: UUID, gone: UUID) -> list[Explanation]:
    """Of what was given to some: one late, one taken back, one answered; of what is public, one answered to all.

    gone: who asked about it once may not know of it any more.
    """
    rows = []
    for name, document, state, more in (
        ("convener", given, ExplanationState.ASKED, {"due_on": AGO, "due_without": 2020}),
        ("member", given, ExplanationState.ANSWERED, {"reply": "三所。\n\nThree."}),
        ("leader", public, ExplanationState.ANSWERED, {"reply": "Of 2025.", "to_all": True}),
        ("member", given, ExplanationState.WITHDRAWN, {}),
        ("convener", gone, ExplanationState.WITHDRAWN, {}),
    ):
        facts: dict[str, Any] = {"question": "Which year?", "asked_at": NOW, "due_on": make.TODAY} | more
        if state is ExplanationState.ANSWERED:
            facts |= {"replied_at": NOW, "replied_by": cast.accounts["department"]}
        whose = {"document_id": document, "person": cast.people[name], "department": cast.bureau}
        rows.append(await Explanation.create(**whose, state=state, **facts))
    return rows[:3]


async def _wished(cast: Cast, folder: UUID, state: AccessState) -> AccessRequest:
    """A wish of the leader's to read that stands so, as it came to it."""
    custodian, facts = cast["custodian"], {"title_en": "Minutes", "read_mode": ReadMode.DOWNLOAD}
    row = await documents.document_add(custodian, folder=folder, **facts)
    for move in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.document_move(custodian, document=row.id, to=move)
    said = {"purpose": "for the hearing", "wanted_until": make.TODAY, "act": Act.DOWNLOAD}
    wish = await asking.access_ask(cast["leader"], document=row.id, **said)
    await _answered(cast, wish.id, state)
    return wish


async def _answered(cast: Cast, wish: UUID, state: AccessState) -> None:
    custodian, key = cast["custodian"], {"request": wish}
    reviewed = state in (AccessState.IN_REVIEW, AccessState.UPHELD)
    if state is AccessState.MORE_INFO:
        await asking.access_ask_more(custodian, **key, question="which?")
    if state is AccessState.APPROVED:
        await asking.access_give(custodian, **key, answer="here", max_opens=2)
    if state is AccessState.WITHDRAWN:
        await asking.access_withdraw(cast["leader"], **key)
    if reviewed or state is AccessState.REFUSED:
        await asking.access_refuse(custodian, **key, code=Refusal.CONFLICT, reason="your own house")
    if reviewed:
        await asking.access_ask_review(cast["leader"], **key, words="it is not mine")
    if state is AccessState.UPHELD:
        await asking.access_uphold(cast["chair"], **key, reason="it is")
    if state is AccessState.RAN_OUT:
        await AccessRequest.filter(id=wish).update(state=state)


async def _wanted(cast: Cast, folder: UUID, state: MaterialState) -> MaterialRequest:
    """What the department is asked for and stands so, as it came to it."""
    custodian, contact = cast["custodian"], cast["department"]
    said: dict[str, Any] = {"topic": "学前教育协商", "what": "学位数\n经费表"}
    row = await asking.material_ask(custodian, folder=folder, department=cast.bureau.id, **said)
    key = {"request": row.id}
    if state is MaterialState.PROMISED:
        await asking.material_promise(contact, **key, on=make.TODAY)
    if state is MaterialState.DECLINED:
        await asking.material_decline(contact, **key, reason="no such numbers")
    if state is MaterialState.TAKEN_BACK:
        await asking.material_take_back(custodian, **key, reason="found elsewhere")
    if state in (MaterialState.DELIVERED, MaterialState.ALL_THERE):
        for name in ("学位数.pdf", "经费表.pdf"):
            sha256 = sha256_of(row.id.bytes + name.encode()).hexdigest()
            file = Filed(name, Media.PDF, sha256, 1234, sha256, 3)
            draft = await asking.material_deliver(contact, **key, file=file)
        await documents.document_move(custodian, document=draft.id, to=DocumentState.CHECKED)
    if state is MaterialState.ALL_THERE:
        await asking.material_accept(custodian, **key)
    if state is MaterialState.ASKED:
        await MaterialRequest.filter(id=row.id).update(due_on=AGO, due_without=AGO.year)
    return await MaterialRequest.get(id=row.id)


def file_of(row: Document, account: Account) -> dict[str, Any]:
    """Of a version whose bytes nobody asks for."""
    sha256 = sha256_of(row.id.bytes).hexdigest()
    file: dict[str, Any] = {"name": "paper.pdf", "media": Media.PDF, "sha256": sha256, "pages_sha256": sha256}
    return {"document_id": row.id, "n": 1, "size": 1234, "pages": 3, "added_at": NOW, "added_by": account, **file}


async def _told(cast: Cast) -> Examples:
    """A message of the office that is a draft, one that was sent, and what became of it: a delivery in each state."""
    people = tuple(person.id for person in cast.people.values())
    await Person.filter(id=cast.people["member"].id).update(email="mei@assembly.example.org")
    said = {"title_zh": "会议通知", "title_en": "A meeting", "text_zh": "明天\n\n下午", "text_en": "Tomorrow\n\nat two"}
    secretary = cast["secretary"]
    sent, waits = [await draft(secretary, audience=Audience(people, cast.sector.id), **said) for _ in range(2)]
    await send(secretary, mailing=sent.id)
    reminds = await remind(secretary, mailing=sent.id)
    await tell(
        secretary,
        topic=Topic.ACCOUNT,
        words=both_names("密码", "Password"),
        more=both_names("若非本人", "If not you"),
        accounts=[account.id for account in cast.accounts.values()],
        link="/me",
        urgency=Urgency.URGENT,
    )
    told = await Message.filter(mailing_id=None).order_by("account_id")
    await Message.filter(id__in=[row.id for row in told if row.person_id]).update(read_at=make.NOW)
    deliveries = await Delivery.all().order_by("-channel", "id")
    for state, row in zip(DeliveryState, deliveries, strict=False):
        tried = {"tries": 1, "said": "550 no"} if state in TROUBLED else {}
        done = {"done_at": make.NOW} if state is DeliveryState.SENT else {}
        await Delivery.filter(id=row.id).update(state=state, **tried, **done)
    said = {"was": DeliveryState.SENT, "marked_at": make.NOW, "marked_by": cast.accounts["secretary"]}
    await Delivery.filter(state=DeliveryState.BOUNCED).update(came_back_at=make.NOW, **said)
    mine = await Message.filter(account_id=cast.accounts["admin"].id).order_by("id").first()
    assert mine
    return {
        "me/messages/{id}": _ids("msg", mine),
        "mailings/{id}": _ids("mai", sent, waits, reminds),
        "deliveries/{id}": _ids("dlv", deliveries[0]),
        "invitations/{id}": await _invited(cast),
        "requests/{id}": await _asked(cast),
    }


async def _planned(cast: Cast) -> Term:
    """The next term, as a draft: some stay, one with another unit, one comes; a group goes on."""
    viewer = make.viewer(Role.SECRETARY)
    await Term.filter(id=cast.term.id).update(starts_on=AGO)
    draft = await begin_renewal(viewer, code="15", starts_on=make.TODAY.replace(year=2040))
    stays = [cast.people[name].id for name in ("member", "leader")]
    await carry_seats(viewer, draft.id, people=stays)
    await MembershipPost.filter(membership__term_id=draft.id, membership__person_id=stays[1]).update(unit="Port")
    await make.seat(await make.person(name_en="Nora New"), draft, sector=cast.sector)
    await decide_bodies(viewer, draft.id, carried=True, bodies=[cast.group.id])
    return draft


async def _decided(cast: Cast) -> Term:
    """A change of term that was decided, and whose day is still to come."""
    former = await make.term("12", status=TermStatus.CLOSED)
    term = await make.term("13", status=TermStatus.CLOSED, follows=former)
    counts = dict.fromkeys(RenewalCounts.__annotations__, 2)
    facts = {"applied_at": make.NOW, "applied_by": cast.accounts["admin"], "counts": counts}
    await Renewal.create(term=term, former=former, on=make.TODAY.replace(year=2040), **facts)
    return term


async def _known_calendar(cast: Cast) -> None:
    """A day changed here, a year that came as a file, a change that was taken back; and the office's contact."""
    secretary = cast["secretary"]
    await change_day(secretary, make.TODAY, mark=DayMark.WORKED, name_en="Fair", reason="moved")
    year = {dt.date(2027, 1, 1): Said(DayMark.OFF, "元旦", "New Year's Day")}
    await import_days(secretary, year, source="2027.ics", reason="notice")
    undone = await change_day(secretary, dt.date(2027, 1, 2), mark=DayMark.WORKED, reason="a mistake")
    await undo_change(secretary, undone.id)
    names = {"name_zh": "云渚市政协", "name_en": "Yunzhu Assembly", "short_en": "Yunzhu", "room_en": "House 1"}
    await change_assembly(cast["admin"], telephone="0571 0000", email="office@example.org", hours_en="9 to 5", **names)


async def _imported(cast: Cast) -> list[str]:
    """A preview with something of each outcome."""
    count = {"new": 1, "changed": 1, "same": 1, "error": 1}
    options = {"format": "csv", "term": "14", "map": {}, "columns": {}}
    facts = {"sha256": "0" * 64, "options": options, "counts": {"people": count, "errors": [{}], "warnings": []}}
    facts |= {"started_by": cast.accounts["secretary"], "started_at": make.NOW}
    run, _ = [await ImportRun.create(file_name=name, **facts) for name in ("people.csv", "more.csv")]
    message = {"field": "phone", "text": "This is not known.", "facts": {}, "error": True}
    row = {"run": run, "kind": "people", "list_name": "rows", "messages": [message]}
    change = {"field": "phone", "before": "1", "after": "2"}
    for number, outcome in enumerate(("new", "changed", "same", "error"), 2):
        await ImportRow.create(**row, row=number, label=f"Row {number}", outcome=outcome, changes=[change])
    return _ids("imp", run)


async def _of_jobs() -> None:
    """A run that went well, one that did so at its second try, and one that failed."""
    facts = {"newest": True, "tries": 1, "holder": "house/1/0", "leased_until": make.NOW, "due_at": make.NOW}
    facts |= {"started_at": make.NOW, "ended_at": make.NOW, "succeeded_at": make.NOW, "outcome": JobOutcome.DONE}
    said = {"text": "{count} sessions removed.", "facts": {"count": 2}}
    await JobRun.create(**facts | {"job": "sessions", "said": said})
    await JobRun.create(**facts | {"job": "runs", "tries": 2, "newest": False, "due_at": make.NOW - WEEK})
    failed = {"outcome": JobOutcome.FAILED, "error": "0123", "retry_at": make.NOW}
    await JobRun.create(**facts | {"job": "runs", **failed})


async def _invited(cast: Cast) -> list[str]:
    """One whose invitation holds, and one who has come in by one."""
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040), "channel": InvitationChannel.LETTER}
    for name, used_at in (("leader", None), ("convener", make.NOW)):
        facts = {"account": cast.accounts[name], "issued_by": cast.accounts["admin"], "used_at": used_at}
        await Invitation.create(secret_hash=name, code_hash=name, **facts, **span)
    return _ids("per", cast.people["leader"], cast.people["convener"], cast.people["member"])


async def _asked(cast: Cast) -> list[str]:
    """Requests: one that waits, late, one that was declined, and a page that failed an account of nobody's."""
    facts = {
        "created_at": make.NOW,
        "due_on": AGO,
        "due_without": AGO.year,
        "words": "It has changed.",
        "wanted": "2",
        "was": "1",
    }
    facts |= {"account": cast.accounts["member"], "person": cast.people["member"]}
    decided = {"decided_at": make.NOW, "decided_by": cast.accounts["admin"], "answer": "No."}
    waits = await Request.create(field=RequestField.PHONE, state=RequestState.OPEN, **facts)
    await Request.create(field=RequestField.OTHER, state=RequestState.OPEN, **facts)
    other = await Request.create(field=RequestField.OTHER, state=RequestState.DECLINED, **facts | decided)
    met = {"page": "/members/…", "status": 404, "number": "0" * 32, "happened_at": make.NOW, "sender": "member"}
    told = facts | met | {"person": None, "wanted": "", "was": ""}
    failed = await Request.create(field=RequestField.ERROR_PAGE, state=RequestState.OPEN, **told)
    return _ids("req", waits, other, failed)


async def _seated(cast: Cast, person: Person) -> None:
    await make.seat(person, cast.term, no="7", starts_on=AGO, sector=cast.sector, unit="Harbour Office")


async def _of_accounts(cast: Cast) -> Examples:
    admin, secretary = cast.accounts["admin"], cast.accounts["secretary"]
    facts = {"recorded_at": make.NOW, "recorded_by": admin, "ends_on": make.TODAY.replace(year=2040)}
    role = await make.role(secretary, Role.SECRETARY, cast.bureau, deputy_for=admin, starts_on=AGO, **facts)
    keeper, later = cast.accounts["custodian"], {"starts_on": make.TODAY + WEEK, "ends_on": make.TODAY + 2 * WEEK}
    await make.role(cast.accounts["auditor"], Role.CUSTODIAN, deputy_for=keeper, **later)
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    facts = {"owner": secretary, "scopes": ["all:read"], **span}
    token, _ = [await ApiClient.create(name=name, token_hash=name, **facts) for name in ("mirror", "archive")]
    elsewhere = {"device": "Firefox, Windows", "last_seen_at": make.NOW, **span}
    await Session.create(account=admin, token_hash="elsewhere", **elsewhere)
    app, consent = await _connected(cast)
    accounts = _ids("acc", secretary, cast.accounts["member"])
    async with transaction():
        asks = make.viewer(account=admin.id, client=token.id)
        for thing in (*accounts, "the assembly"):
            await record(asks, "account.enable", thing, {})
    return {
        "accounts/{id}": accounts,
        "accounts/{account}": accounts,
        "keeping/{account}": _ids("acc", keeper),
        "deputies/{deputy}": _ids("acc", cast.accounts["auditor"]),
        "roles/{id}": _ids("rol", role),
        "tokens/{id}": _ids("tok", token),
        "apps/{id}": _ids("app", app),
        "me/{id}": _ids("con", consent),
    }


async def _connected(cast: Cast) -> tuple[App, Consent]:
    """An app that administrator and member let act in their name, one that may nothing and one that is disabled."""
    facts = {"redirects": ["https://office.example.org/back"], "scopes": ["all:read"], "created_at": make.NOW}
    facts |= {"created_by": cast.accounts["admin"], "confidential": True, "secret_hash": "0" * 64}
    app = await App.create(name_zh="办公平台", name_en="Office platform", **facts)
    quiet = await App.create(name_zh="旧平台", name_en="Old platform", **facts, disabled_at=make.NOW)
    given = {"scopes": ["members:read"], "created_at": make.NOW}
    for who in ("admin", "member", "secretary"):
        await Consent.create(account=cast.accounts[who], app=app, last_used_at=make.NOW, **given)
        await Consent.create(account=cast.accounts[who], app=quiet, **given)
    return app, await Consent.get(account=cast.accounts["admin"], app=app)


def _ids(prefix: str, *rows: object) -> list[str]:
    return [f"{prefix}_{row.id}" for row in rows]


def addresses(path: str, examples: Examples) -> Iterator[str]:
    """The route's path with each example in its place. A KeyError names the example that a new room has to add."""
    room = path.split("/")[1]
    place, names = path[1:].partition("/{")[0], findall(r"{(\w+)}", path)
    found = [examples.get(f"{place}/{{{name}}}") or examples[f"{room}/{{{name}}}"] for name in names]
    for values in product(*found):
        yield path.format(**dict(zip(names, values, strict=True)))
