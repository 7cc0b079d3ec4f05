"""What is held in the demo: one to come, to which the demo's people are invited; others held, planned and put off."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.demo.accounts import LED
from server.demo.bodies import body
from server.demo.groups import group_of
from server.demo.places import CONTACTS, committee_of
from server.demo.reading import EDUCATION, NURSERY
from server.demo.rows import SECRETARY, Member, Rows, key, pick
from server.models.activities import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    InvitedGroup,
    LeaveRequest,
    MajorityCheck,
    Participation,
)
from server.models.bodies import BodyKind
from server.models.calendar import announced
from server.rules.activities import (
    BOUND_KINDS,
    PRIVATE,
    WAS_HELD,
    ActivityAudience,
    ActivityKind,
    ActivityState,
    MajorityStage,
    ParticipantRole,
    deadlines,
    sessions_on,
)
from server.rules.attendance import CAME, LeaveScope, LeaveState, Method, Presence, Rsvp
from server.rules.calendar import Calendar, add_working_days

ZONE = ZoneInfo("Asia/Shanghai")
"""Where the city of the demo lies."""
AGEING = 5
"""The special committee that plans its research."""
NOTICE = dt.timedelta(days=8)


class Meeting(NamedTuple):
    """An activity. by: the bodies that hold it, the one that leads first. ahead: working days from the installation."""

    name: str
    kind: ActivityKind
    state: ActivityState
    zh: str
    en: str
    by: tuple[UUID, ...]
    ahead: int
    hours: str = "9:00-11:30"
    venue: str = "政协大楼 302 会议室"
    about: str = ""
    reason: str = ""


EDUCATORS, CARERS = body(BodyKind.SPECIAL_COMMITTEE, EDUCATION), body(BodyKind.SPECIAL_COMMITTEE, AGEING)
SCHOOLS, GROUP = body(BodyKind.DEPARTMENT, 0), body(BodyKind.LEARNING_GROUP, LED)
K, S = ActivityKind, ActivityState
COMING, STUDIED, LAST, RESEARCH, VISIT = "coming", "studied", "last", "research", "visit"
MEETINGS = (
    Meeting(
        COMING,
        K.CONSULTATION,
        S.OPEN,
        "学前教育普及普惠专题协商会",
        "Nursery schools for all: a consultation",
        (EDUCATORS, SCHOOLS),
        18,
        "9:00-11:30, 14:30-17:00",
        about="听取市教育局情况通报，围绕公办园学位供给和教师队伍协商。",
    ),
    Meeting(
        STUDIED,
        K.STUDY_SESSION,
        S.LOCKED,
        "产业升级专题学习座谈",
        "Industry of tomorrow: a study session",
        (GROUP,),
        -6,
        venue="委员之家",
    ),
    Meeting(
        LAST,
        K.INSPECTION,
        S.LOCKED,
        "普惠幼儿园建设情况视察",
        "New nursery schools, an inspection",
        (EDUCATORS,),
        -25,
        "9:00-12:00",
        venue="城东区三所幼儿园",
    ),
    Meeting(
        RESEARCH,
        K.RESEARCH,
        S.DRAFT,
        "养老服务专题调研",
        "Care for the old, research",
        (CARERS,),
        30,
        "9:00-11:30, 14:00-17:00",
        venue="三个街道养老服务中心",
    ),
    Meeting(
        VISIT,
        K.VISIT,
        S.POSTPONED,
        "走访文化场馆",
        "A walk through the museums",
        (EDUCATORS,),
        5,
        venue="市博物馆",
        reason="场馆临时检修，另行通知时间。",
    ),
)


def add_meetings(rows: Rows, members: list[Member]) -> None:
    """Planned by the secretary."""
    here = [member for member in members if member.until is None]
    groups = {
        EDUCATORS: [member for member in here if committee_of(member) == EDUCATION],
        GROUP: [member for member in here if group_of(member) == LED],
    }
    for meeting in MEETINGS:
        row, sessions = _plan(rows, meeting)
        people = list(_invite(rows, meeting, row, groups.get(meeting.by[0], [])))
        came = _attend(rows, people, sessions) if meeting.state in WAS_HELD else []
        if meeting.kind in BOUND_KINDS and meeting.state not in PRIVATE:
            _count(rows, meeting, row, people, MajorityStage.APPROVAL)
        if came and meeting.kind in BOUND_KINDS:
            _count(rows, meeting, row, [one for one in people if one.rsvp is Rsvp.YES], MajorityStage.START)
            _count(rows, meeting, row, came, MajorityStage.CLOSE)
    rows.papers.append(
        ActivityDocument(
            id=key("paper", COMING),
            activity_id=key("activity", COMING),
            document_id=key("document", NURSERY),
            linked_at=rows.now - NOTICE,
        )
    )
    _leave(rows)


def _calendar(year: int) -> Calendar:
    """The working days around that year, as far as they were announced."""
    said = {one: days for one in (year - 1, year, year + 1) if (days := announced(one)) is not None}
    return Calendar({day: what for days in said.values() for day, what in days.items()}, frozenset(said))


def _plan(rows: Rows, meeting: Meeting) -> tuple[Activity, list[ActivitySession]]:
    calendar = _calendar(rows.today.year)
    day = add_working_days(calendar, rows.today, meeting.ahead)
    spans = sessions_on(day, day, meeting.hours, ZONE)
    planned = min(rows.now, spans[0][0]) - 2 * NOTICE
    told = None if meeting.state in PRIVATE else planned + NOTICE
    by = deadlines(meeting.kind, day, calendar, announced_on=told.date() if told else None)
    row = Activity(
        id=key("activity", meeting.name),
        kind=meeting.kind,
        state=meeting.state,
        audience=ActivityAudience.MEMBERS,
        title_zh=meeting.zh,
        title_en=meeting.en,
        about=meeting.about,
        venue=meeting.venue,
        reason=meeting.reason,
        starts_at=spans[0][0],
        ends_at=spans[-1][1],
        materials_by=by.materials_by,
        leave_by=by.leave_by,
        announced_at=told,
        sequence=1 if told else 0,
        created_at=planned,
        created_by_id=SECRETARY,
        updated_at=told or planned,
    )
    rows.activities.append(row)
    for n, holder in enumerate(meeting.by):
        rows.organisers.append(
            ActivityOrganiser(id=key("organiser", meeting.name, n), activity_id=row.id, body_id=holder, n=n)
        )
    sessions = [
        ActivitySession(id=key("session", meeting.name, n), activity_id=row.id, n=n, starts_at=starts, ends_at=ends)
        for n, (starts, ends) in enumerate(spans, 1)
    ]
    rows.sessions += sessions
    return row, sessions


def _invite(rows: Rows, meeting: Meeting, row: Activity, members: Sequence[Member]) -> Iterator[Participation]:
    """The members of the body that leads, the demo's people to what is to come, a department's contact and experts."""
    named = {account.name: account.person_id for account in rows.accounts}
    held = meeting.by[0]
    group = InvitedGroup(
        id=key("invited", meeting.name),
        activity_id=row.id,
        body_id=held,
        role=ParticipantRole.MEMBER,
        added_at=row.created_at,
    )
    if members:
        rows.invited.append(group)
    for member in members:
        yield _listed(rows, meeting, row, member.person.id, group=group.id)
    listed = {member.person.id for member in members}
    if meeting.name == COMING:
        for name in ("member", "leader", "convener"):
            if named[name] not in listed:
                yield _listed(rows, meeting, row, named[name])
        yield _listed(rows, meeting, row, key("person", CONTACTS), role=ParticipantRole.OFFICIAL)
    if meeting.name == RESEARCH:
        for name, role in (("member", ParticipantRole.MEMBER), ("department", ParticipantRole.EXPERT)):
            yield _listed(rows, meeting, row, named[name], role=role)


def _listed(
    rows: Rows,
    meeting: Meeting,
    row: Activity,
    person: UUID | None,
    *,
    role: ParticipantRole = ParticipantRole.MEMBER,
    group: UUID | None = None,
) -> Participation:
    """What they answered follows from who they are; the demo's own people have not answered yet."""
    own = {account.person_id for account in rows.accounts}
    answers = [Rsvp.YES] * 5 + [Rsvp.NONE] * 3 + [Rsvp.NO]
    told = meeting.state not in PRIVATE
    rsvp = Rsvp.NONE if person in own or not told else pick(answers, meeting.name, person)
    if meeting.state is S.POSTPONED:
        rsvp = Rsvp.NONE
    part = Participation(
        id=key("participation", meeting.name, person),
        activity_id=row.id,
        person_id=person,
        group_id=group,
        role=role,
        added_at=row.created_at,
        invited_at=row.announced_at,
        rsvp=rsvp,
        rsvp_at=None if rsvp is Rsvp.NONE or row.announced_at is None else row.announced_at + NOTICE / 2,
    )
    rows.participations.append(part)
    return part


def _attend(rows: Rows, people: Sequence[Participation], sessions: Sequence[ActivitySession]) -> list[Participation]:
    """Most were there, some were late or had leave, and some were not seen. Returns who came."""
    seen = [Presence.PRESENT] * 7 + [Presence.LATE, Presence.EXCUSED, Presence.ABSENT]
    came = []
    for session in sessions:
        for part in people:
            presence = pick(seen, session.id, part.person_id)
            came += [part] if presence in CAME else []
            facts: dict[str, Any] = {"presence": presence, "method": Method.STAFF, "noted_at": session.starts_at}
            of = {"participation_id": part.id, "session_id": session.id, "noted_by_id": SECRETARY}
            rows.attendances.append(Attendance(id=key("attendance", session.id, part.person_id), **of, **facts))
    return came


def _count(rows: Rows, meeting: Meeting, row: Activity, people: Sequence[Participation], stage: MajorityStage) -> None:
    """The majority of members as it was counted then (MJ-1)."""
    members = sum(part.role is ParticipantRole.MEMBER for part in people)
    counted = {"members": members, "everyone": len(people), "met": 2 * members > len(people)}
    at = {MajorityStage.APPROVAL: row.created_at + NOTICE / 2, MajorityStage.START: row.starts_at}
    of = {"activity_id": row.id, "stage": stage, "checked_at": at.get(stage, row.ends_at)}
    rows.majorities.append(MajorityCheck(id=key("majority", meeting.name, stage), **of, **counted))


def _leave(rows: Rows) -> None:
    """The convener asks for leave from what is to come; it waits."""
    convener = next(account.person_id for account in rows.accounts if account.name == "convener")
    place = key("participation", COMING, convener)
    part = next(one for one in rows.participations if one.id == place)
    at = rows.now - dt.timedelta(days=1)
    part.rsvp, part.rsvp_at = Rsvp.LEAVE, at
    rows.leaves.append(
        LeaveRequest(
            id=key("leave", COMING),
            participation_id=place,
            scope=LeaveScope.FULL,
            reason="当天有教学任务",
            state=LeaveState.SUBMITTED,
            late=False,
            submitted_at=at,
        )
    )
