"""The seats of the demo in both terms, and what was true of them when, wrong entries included."""

import datetime as dt
from typing import Any

from server.demo.assembly import DISTRICTS, SECTORS
from server.demo.bodies import body
from server.demo.people import add_person, affiliation
from server.demo.rows import LAST_TERM, NEW_DAYS, SECOND_YEAR, TERM, Member, Rows, key, pick, recorded, voided
from server.models.bodies import BodyKind
from server.models.members import Membership, MembershipPost, MembershipStatus, PostKind, Status
from server.rules.affiliation import is_party_member

CHAIRS = {
    (0, 0): PostKind.CHAIR,
    (0, 1): PostKind.SECRETARY_GENERAL,
    **dict.fromkeys(((0, 2), (0, 3), (0, 4)), PostKind.VICE_CHAIR),
    **dict.fromkeys(((1, 0), (2, 0), (3, 0), (7, 0), (9, 0)), PostKind.VICE_CHAIR),
}
"""(sector, number within it) -> office. Five of the eight vice-chairs belong to no party organisation."""

NEW = {(13, 7): NEW_DAYS[0], (18, 7): NEW_DAYS[1], (22, 7): NEW_DAYS[2], (25, 7): NEW_DAYS[3], (33, 7): NEW_DAYS[4]}
"""Who joined so many days before the installation."""

GONE = (
    *((Status.RESIGNED, day, "工作调动") for day in ((2025, 9, 10), (2025, 11, 20), (2026, 1, 12), (2026, 3, 5))),
    *((Status.DECEASED, day, "病逝") for day in ((2025, 8, 2), (2026, 2, 18))),
    *((Status.SUSPENDED, day, "接受调查期间") for day in ((2026, 2, 27), (2026, 4, 20))),
    (Status.REMOVED, (2025, 12, 1), "撤销委员资格"),
)
"""Members whose seat does not count today: what it became, when and why."""

NOMINATED_DAYS = 20
FORMER = 24
"""Members of the last term only."""


def add_members(rows: Rows) -> list[Member]:
    """300 members active today, then nine who were, and three who are nominated."""
    places = [(sector, k) for sector, facts in enumerate(SECTORS) for k in range(facts.size)]
    active = [_add_member(rows, n, *place) for n, place in enumerate(places)]
    gone = [_add_gone(rows, n, *fate) for n, fate in enumerate(GONE, len(active))]
    for n in range(len(active) + len(gone), len(active) + len(gone) + 3):
        _add_nominated(rows, n)
    return active + gone


def add_last_term(rows: Rows, members: list[Member]) -> None:
    """Who sat in the last term: 51 of today's members, and 24 others."""
    for member in members:
        if member.k < 3 and member.sector % 2 == 0:
            _sit_last_term(rows, member.n, member.sector)
    for n in range(400, 400 + FORMER):
        add_person(rows, n, (n % len(SECTORS), n))
        _sit_last_term(rows, n, n % len(SECTORS))


def _add_member(rows: Rows, n: int, sector: int, k: int) -> Member:
    since, kind = _since(rows, sector, k), _office(sector, k)
    member = _member(rows, n, sector, k, since, kind)
    if (sector, k) in NEW:
        nominated = since - dt.timedelta(days=40)
        _status(rows, member, Status.NOMINATED, nominated, since)
    _add_history(rows, member)
    _add_posts(rows, member)
    return member


def _since(rows: Rows, sector: int, k: int) -> dt.date:
    if (sector, k) in NEW:
        return rows.today - dt.timedelta(days=NEW[sector, k])
    return SECOND_YEAR if k == 6 and sector % 2 == 0 else TERM


def _office(sector: int, k: int) -> PostKind:
    """The second of each sector sits in the standing committee; of the seven large ones the third too."""
    if (sector, k) in CHAIRS:
        return CHAIRS[sector, k]
    standing = (sector > 0 and (k == 1 or (k == 2 and SECTORS[sector].size > 8))) or (sector, k) == (33, 2)
    return PostKind.STANDING if standing else PostKind.ORDINARY


def _member(
    rows: Rows, n: int, sector: int, k: int, since: dt.date, kind: PostKind, until: dt.date | None = None
) -> Member:
    person = add_person(rows, n, (sector, k))
    seat = Membership(id=key("seat", "15", n), person_id=person.id, term_id=key("term", "15"), no=f"15-{n + 1:03d}")
    rows.seats.append(seat)
    return Member(n, sector, k, person, seat, since, kind, is_party_member(affiliation(sector, k)), until)


def _add_history(rows: Rows, member: Member) -> None:
    """Active since then; two were suspended for a summer, three were entered with the wrong first day."""
    if member.k == 5 and member.sector in (15, 24):
        away, back = dt.date(2025, 6, 2), dt.date(2025, 9, 1)
        _status(rows, member, Status.ACTIVE, member.since, away)
        _status(rows, member, Status.SUSPENDED, away, back, "长期出国")
        _status(rows, member, Status.ACTIVE, back, None, "恢复履职")
        return
    if member.k == 5 and member.sector in (5, 14, 28):
        wrong = voided(dt.date(2025, 2, 10), "起始日期登记有误", rows.now)
        _status(rows, member, Status.ACTIVE, dt.date(2025, 1, 3), None, **wrong)
    _status(rows, member, Status.ACTIVE, member.since)


def _add_posts(rows: Rows, member: Member) -> None:
    """One post, or two where the unit changed or the standing committee came later; some were entered wrongly."""
    unit, other = SECTORS[member.sector].units
    if member.post is PostKind.STANDING and member.sector >= 30:
        _post(rows, member, PostKind.ORDINARY, unit, member.since, SECOND_YEAR)
        _post(rows, member, PostKind.STANDING, unit, SECOND_YEAR)
    elif member.k == 3 and member.sector % 3 == 0:
        moved = dt.date(2025, 11, 3)
        _post(rows, member, member.post, other, member.since, moved)
        _post(rows, member, member.post, unit, moved)
    else:
        if member.k == 5 and member.sector in (10, 19, 26):
            wrong = voided(dt.date(2025, 5, 6), "工作单位登记有误", rows.now)
            _post(rows, member, member.post, other, member.since, None, **wrong)
        _post(rows, member, member.post, pick((unit, other), "unit", member.n), member.since)


def _add_gone(rows: Rows, n: int, status: Status, day: tuple[int, int, int], reason: str) -> Member:
    until, sector = dt.date(*day), n * 3 % len(SECTORS)
    member = _member(rows, n, sector, n, TERM, PostKind.ORDINARY, until)
    _status(rows, member, Status.ACTIVE, TERM, until)
    _status(rows, member, status, until, None, reason)
    lasting = status is Status.SUSPENDED
    _post(rows, member, member.post, SECTORS[sector].units[0], TERM, None if lasting else until)
    return member


def _add_nominated(rows: Rows, n: int) -> None:
    since, sector = rows.today - dt.timedelta(days=NOMINATED_DAYS), n * 3 % len(SECTORS)
    member = _member(rows, n, sector, n, since, PostKind.ORDINARY)
    _status(rows, member, Status.NOMINATED, since)
    _post(rows, member, member.post, SECTORS[sector].units[0], since)


def _sit_last_term(rows: Rows, n: int, sector: int) -> None:
    no = f"14-{len(rows.seats) - 311:03d}"
    seat = Membership(id=key("seat", "14", n), person_id=key("person", n), term_id=key("term", "14"), no=no)
    rows.seats.append(seat)
    facts: dict[str, Any] = {"membership_id": seat.id, "starts_on": LAST_TERM, "ends_on": TERM}
    facts |= recorded(LAST_TERM, rows.now)
    rows.statuses.append(MembershipStatus(id=key("status", "14", n), status=Status.ACTIVE, **facts))
    ended = {"membership_id": seat.id, "starts_on": TERM, "reason": "届满", **recorded(TERM, rows.now)}
    rows.statuses.append(MembershipStatus(id=key("ended", "14", n), status=Status.ENDED, **ended))
    post = {"sector_id": body(BodyKind.SECTOR, sector), "unit": SECTORS[sector].units[0]}
    rows.posts.append(MembershipPost(id=key("post", "14", n), **post, **facts))


def _status(
    rows: Rows,
    member: Member,
    status: Status,
    since: dt.date,
    until: dt.date | None = None,
    reason: str = "",
    **facts: Any,
) -> None:
    facts |= {"starts_on": since, "ends_on": until, "reason": reason, **recorded(since, rows.now)}
    facts |= {"id": rows.nth("status", "15", member.n), "membership_id": member.seat.id}
    rows.statuses.append(MembershipStatus(status=status, **facts))


def _post(
    rows: Rows, member: Member, kind: PostKind, unit: str, since: dt.date, until: dt.date | None = None, **facts: Any
) -> None:
    facts |= {"sector_id": body(BodyKind.SECTOR, member.sector), "residence_area": pick(DISTRICTS, "home", member.n)}
    facts |= {"starts_on": since, "ends_on": until, "unit": unit, **recorded(since, rows.now)}
    facts |= {"id": rows.nth("post", "15", member.n), "membership_id": member.seat.id}
    rows.posts.append(MembershipPost(kind=kind, **facts))
