"""Who sits in the demo's bodies other than learning groups, with gaps on purpose in committees and party branches."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from server.demo.assembly import COMMITTEES, DEPARTMENTS, SECTORS
from server.demo.bodies import body
from server.demo.people import add_person
from server.demo.rows import TERM, Member, Rows, key, recorded
from server.demo.seats import NEW
from server.models.bodies import BodyKind, BodyMembership, BodyRole
from server.models.members import PostKind

LEADING = frozenset({PostKind.CHAIR, PostKind.VICE_CHAIR, PostKind.SECRETARY_GENERAL})
CONTACTS = 500
"""Number of the first department's contact; those of the others follow."""
STAFF = 520
"""Number of the first of the general office's people."""
STAFF_TITLES = ("秘书处处长", "综合处干部", "文档管理员", "信息处干部")


def add_place(
    rows: Rows, where: UUID, who: Member | UUID, since: dt.date | None = None, /, **facts: Any
) -> BodyMembership:
    """One place in a body. since: from when, the member's first day if not given; it ends with the seat."""
    if isinstance(who, Member):
        person, since = who.person.id, max(since or who.since, who.since)
        facts = {"membership_id": who.seat.id, "ends_on": who.until} | facts
    else:
        person = who
    facts |= {"id": rows.nth("place", where, person), **recorded(since, rows.now)}
    row = BodyMembership(body_id=where, person_id=person, starts_on=since, **facts)
    rows.places.append(row)
    return row


def add_leading_bodies(rows: Rows, members: list[Member]) -> None:
    """The chairs' meeting, the standing committee, the party group, and two circles of readers."""
    roles = {PostKind.CHAIR: BodyRole.HEAD, PostKind.VICE_CHAIR: BodyRole.DEPUTY}
    roles[PostKind.SECRETARY_GENERAL] = BodyRole.SECRETARY
    titles = {
        BodyRole.HEAD: "主席",
        BodyRole.DEPUTY: "副主席",
        BodyRole.SECRETARY: "秘书长",
        BodyRole.MEMBER: "常务委员",
    }
    for member in members:
        role = roles.get(member.post, BodyRole.MEMBER)
        if member.post in LEADING:
            add_place(rows, body(BodyKind.CHAIRS_MEETING), member, role=role, title=titles[role])
        if member.post is not PostKind.ORDINARY:
            add_place(rows, body(BodyKind.STANDING_COMMITTEE), member, role=role, title=titles[role])
    for n, member in enumerate(party_group(members)):
        role, title = (BodyRole.MEMBER, "党组成员") if n else (BodyRole.HEAD, "党组书记")
        add_place(rows, body(BodyKind.PARTY_GROUP), member, role=role, title=title)
        add_place(rows, body(BodyKind.THEORY_STUDY_CENTRE), member)
    for n, member in enumerate(member for member in members if member.k == 8):
        role = BodyRole.MEMBER if n else BodyRole.HEAD
        add_place(rows, body(BodyKind.READING_GROUP), member, role=role)


def party_group(members: list[Member]) -> list[Member]:
    """The party group: chair, secretary-general, three vice-chairs and two others, all of the first sector."""
    return [member for member in members if member.sector == 0 and member.k < 7]


def add_sectors(rows: Rows, members: list[Member]) -> None:
    """Two conveners for each sector; its other members are those whose seat stands for it."""
    for member in members:
        if member.k in (3, 4):
            add_place(rows, body(BodyKind.SECTOR, member.sector), member, role=BodyRole.CONVENER, title="召集人")


def committee_of(member: Member) -> int | None:
    """The special committee in which someone sits: that of the sector, for about three quarters of the members."""
    if member.post in LEADING or member.until or (member.sector, member.k) in NEW:
        return None
    return SECTORS[member.sector].committee if member.k < 4 or member.n % 5 != 4 else None


def add_committees(rows: Rows, members: list[Member]) -> None:
    """Ten committees with head and deputies. Two people sit in two, and two are still entered in the ended one."""
    for n in range(len(COMMITTEES)):
        sitting = [member for member in members if committee_of(member) == n]
        leading = [member for member in sitting if member.k == 1]
        for member in sitting:
            role, title = (BodyRole.DEPUTY, "副主任") if member in leading else (BodyRole.MEMBER, "委员")
            if member is leading[0]:
                role, title = BodyRole.HEAD, "主任"
            add_place(rows, body(BodyKind.SPECIAL_COMMITTEE, n), member, role=role, title=title)
    for member in members:
        if (member.sector, member.k) in {(12, 3), (20, 3)}:
            add_place(rows, body(BodyKind.SPECIAL_COMMITTEE, 9), member, title="委员")
    free = [member for member in members if member.k == 5 and committee_of(member) is None]
    for member in free[:2]:
        add_place(rows, body(BodyKind.SPECIAL_COMMITTEE, len(COMMITTEES)), member, title="委员")


def add_branches(rows: Rows, members: list[Member]) -> None:
    """Each party member in the branch of the sector's committee (PC-1), but for a few.

    Three are in none, and one who is new; two are still entered in the ended branch; one is in two.
    """
    party = [member for member in members if member.party and (member.sector, member.k) not in NEW]
    missing, ended, twice = _odd_ones(member for member in party if member.k > 4 and not member.until)
    for n in range(len(COMMITTEES)):
        here = [member for member in party if SECTORS[member.sector].committee == n and member not in missing + ended]
        for place, member in enumerate(here):
            role, title = (BodyRole.MEMBER, "") if place else (BodyRole.SECRETARY, "支部书记")
            add_place(rows, body(BodyKind.PARTY_BRANCH, n), member, role=role, title=title)
    for member in ended:
        add_place(rows, body(BodyKind.PARTY_BRANCH, len(COMMITTEES)), member)
    for member in twice:
        second = (SECTORS[member.sector].committee + 1) % len(COMMITTEES)
        add_place(rows, body(BodyKind.PARTY_BRANCH, second), member)


def _odd_ones(plain: Iterable[Member]) -> tuple[list[Member], list[Member], list[Member]]:
    """Three, two and one of them, from all over the assembly."""
    mixed = sorted(plain, key=lambda member: key("branch", member.n))
    return mixed[:3], mixed[3:5], mixed[5:6]


def add_others(rows: Rows) -> None:
    """People without a seat: each department's contact, and the general office."""
    for n in range(len(DEPARTMENTS)):
        contact = add_person(rows, CONTACTS + n)
        facts = {"role": BodyRole.CONTACT, "title": "政协联络员"}
        add_place(rows, body(BodyKind.DEPARTMENT, n), contact.id, TERM, **facts)
    for n, title in enumerate(STAFF_TITLES):
        person = add_person(rows, STAFF + n)
        add_place(rows, body(BodyKind.OTHER), person.id, TERM, title=title)
