"""Coverage counted by the database is what the rule says (LC-1), for any world, on both databases."""

import datetime as dt
import random
from collections import Counter
from uuid import UUID

import pytest

from server.models.bodies import Body, BodyKind, BodyMembership, BodyRole
from server.models.learning import coverage
from server.models.learning.covering import asked_of, tally
from server.models.members import Membership, MembershipPost, MembershipStatus, Status, TermStatus
from server.models.reads import read
from server.rules import coverage as rule
from server.rules.coverage import Figures, Place, Seat
from tests import make

ON = make.TODAY
DAYS = [None, *(ON + dt.timedelta(days=n) for n in (-400, -31, -30, -29, -1, 0, 1, 40))]


def _days(chance: random.Random, *, ended: bool = True) -> dict[str, dt.date | None]:
    start, end = chance.choice(DAYS), chance.choice(DAYS) if ended else None
    if start and end and start >= end:
        start, end = end, start
    return {"starts_on": start, "ends_on": end if end != start else None}


def _void(chance: random.Random) -> dict[str, object]:
    return {"voided_at": make.NOW} if chance.random() < 0.1 else {}


async def _history(chance: random.Random, seat: Membership) -> None:
    """Spans that follow each other, most of them active."""
    edges = sorted(chance.sample([d for d in DAYS if d], chance.choice([0, 1, 2, 3])))
    first = chance.choice([None, *edges[:1]])
    starts = [first, *[e for e in edges if first is None or e > first]]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        status = chance.choice([Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.SUSPENDED])
        await MembershipStatus.create(membership=seat, starts_on=start, ends_on=end, status=status)
    if chance.random() < 0.2:
        await MembershipStatus.create(membership=seat, status=Status.ACTIVE, voided_at=make.NOW)


async def _world(chance: random.Random) -> None:
    terms = [await make.term(status=s) for s in (TermStatus.ACTIVE, TermStatus.ACTIVE, TermStatus.CLOSED)]
    sectors = [await make.body(BodyKind.SECTOR, ends_on=chance.choice([None, ON])) for _ in range(2)]
    kinds = [BodyKind.LEARNING_GROUP] * 3 + [BodyKind.PARTY_BRANCH] * 2
    bodies = [await make.body(kind, ends_on=chance.choice([None, None, *DAYS])) for kind in kinds] + sectors
    for _ in range(12):
        who = await make.person(political_affiliation=chance.choice(["中共党员", " CPC ", "", "无党派"]))
        for term in chance.sample(terms, chance.choice([1, 1, 2])):
            seat = await Membership.create(person=who, term=term)
            await _history(chance, seat)
            await MembershipPost.create(membership=seat, sector=chance.choice([None, *sectors]), **_void(chance))
        for body in chance.choices(bodies, k=chance.choice([0, 1, 1, 2, 3])):
            facts = _days(chance) | _void(chance) | {"primary": chance.random() < 0.8}
            await BodyMembership.create(body=body, person=who, title=str(chance.random()), **facts)


def _joined(spans: list[tuple[dt.date | None, dt.date | None]], on: dt.date) -> dt.date | None:
    """First day of the unbroken activity on that day."""
    start = next(s for s, e in spans if (s is None or s <= on) and (e is None or e > on))
    while start is not None:
        before = [s for s, e in spans if e == start]
        if not before:
            return start
        start = before[0]
    return None


def _holds(row: object, on: dt.date) -> bool:
    start, end = row.starts_on, row.ends_on
    return row.voided_at is None and (start is None or start <= on) and (end is None or end > on)


async def _specified(kind: BodyKind, term: UUID | None, on: dt.date) -> tuple[list[Seat], rule.Coverage]:
    seats, places = [], []
    for row in await Membership.all().prefetch_related("term", "person", "statuses", "posts__sector"):
        if kind is BodyKind.SECTOR and any(_holds(s, on) for s in row.statuses if s.status is Status.ACTIVE):
            posts = [p for p in row.posts if p.sector_id and _holds(p, on)]
            places += [Place(row.person_id, p.sector_id, p.starts_on, p.ends_on, p.sector.ends_on) for p in posts]
        wanted = row.term_id == term if term else row.term.status is TermStatus.ACTIVE
        party = row.person.political_affiliation.strip().lower() in ("中共党员", "cpc")
        active = [s for s in row.statuses if s.voided_at is None and s.status is Status.ACTIVE]
        if not wanted or not any(_holds(s, on) for s in active) or (kind is BodyKind.PARTY_BRANCH and not party):
            continue
        joined = _joined([(s.starts_on, s.ends_on) for s in active], on)
        sector = next((p.sector_id for p in row.posts if _holds(p, on)), None)
        seats.append(Seat(row.person_id, joined, sector))
    places += [
        Place(r.person_id, r.body_id, r.starts_on, r.ends_on, r.body.ends_on, r.primary)
        for r in await BodyMembership.filter(voided_at=None, body__kind=kind).select_related("body")
    ]
    return seats, rule.coverage(seats, places, on, primary_only=kind is BodyKind.LEARNING_GROUP)


@pytest.mark.parametrize("seed", range(6))
async def test_the_database_counts_what_the_rule_counts(db, seed):
    await _world(random.Random(seed))
    terms = [None, *{row.term_id for row in await Membership.all()}]

    for kind in (BodyKind.LEARNING_GROUP, BodyKind.PARTY_BRANCH, BodyKind.SECTOR):
        for term in terms:
            for on in (ON, ON + dt.timedelta(days=35), dt.date.min, dt.date.max):
                seats, said = await _specified(kind, term, on)
                found = await coverage(kind, on, term)
                whole = Figures(said.members, said.none, said.one, said.more, said.pending)
                assert found.figures == whole
                assert (found.without, found.several) == (said.without, said.several)
                assert {s.sector: s.figures for s in found.sectors} == rule.by_sector(seats, said)
                codes = Counter([one.code for one in said.without] + ["DUPLICATE"] * len(said.several))
                assert dict(await read(tally(asked_of(kind, on, term)))) == codes
                assert set(found.names) == {one.person for one in (*said.without, *said.several)}


async def test_coverage_asks_the_same_number_of_statements_for_three_members_and_for_thirty(db, statements):
    term, group = await make.term(), await make.body(BodyKind.LEARNING_GROUP)

    counts = []
    for size in (3, 27):
        for _ in range(size):
            holder = await make.person()
            await make.seat(holder, term)
            if size == 27:
                await make.place(group, holder)
        with statements() as asked:
            await coverage(BodyKind.LEARNING_GROUP, ON)
        counts.append(len(asked))

    assert counts == [9, 9]


async def test_the_lists_name_each_gap(db):
    term = await make.term()
    sector = await make.body(BodyKind.SECTOR, "Arts")
    live, other = await make.body(BodyKind.LEARNING_GROUP, "A"), await make.body(BodyKind.LEARNING_GROUP, "B")
    gone = await make.body(BodyKind.LEARNING_GROUP, "C", ends_on=ON)
    people = {name: await make.person(name_en=name) for name in ("bare", "new", "left", "double", "right")}
    for name, who in people.items():
        await make.seat(who, term, sector=sector, starts_on=ON if name == "new" else None)
    await make.place(gone, people["left"])
    for group in (live, other):
        await make.place(group, people["double"])
    await make.place(live, people["right"], BodyRole.HEAD)

    found = await coverage(BodyKind.LEARNING_GROUP, ON, term.id)

    assert (found.of, found.figures) == ("all", Figures(members=5, none=3, one=1, more=1, pending=1))
    assert [one.person for one in found.uncovered] == [people["bare"].id]
    assert [one.person for one in found.pending] == [people["new"].id]
    assert [one.person for one in found.ended_group] == [people["left"].id]
    assert [(one.person, one.bodies) for one in found.several] == [
        (people["double"].id, tuple(sorted((live.id, other.id))))
    ]
    assert [gap.where for gap in found.leadership_incomplete] == [other.id]
    assert [(s.sector, s.name_en, s.sensitive, s.figures.members) for s in found.sectors] == [
        (sector.id, "Arts", False, 5)
    ]


@pytest.mark.parametrize("kind", [BodyKind.LEARNING_GROUP, BodyKind.PARTY_BRANCH])
async def test_the_days_of_grace_stop_at_either_end_of_the_calendar(db, kind):
    who = await make.person(political_affiliation="中共党员")
    await make.seat(who, await make.term(), starts_on=dt.date(9999, 12, 20))

    last, first = await coverage(kind, dt.date.max), await coverage(kind, dt.date.min)

    assert (last.figures, [one.person for one in last.pending]) == (Figures(1, 1, 0, 0, 1), [who.id])
    assert first.figures == Figures(0, 0, 0, 0, 0)


async def test_a_sensitive_body_counts_only_where_it_may_be_seen(db):
    who, circle = await make.person(), await make.body(BodyKind.READING_GROUP, sensitive=True)
    await make.seat(who, await make.term())
    await make.place(circle, who)

    seen = [None, Body.filter(id__in=[]), Body.filter(id=circle.id)]
    figures = [(await coverage(BodyKind.READING_GROUP, ON, sensitive=rows)).figures for rows in seen]

    assert [(f.none, f.one) for f in figures] == [(0, 1), (1, 0), (0, 1)]


async def test_coverage_of_nobody_is_nothing(db):
    found = await coverage(BodyKind.SPECIAL_COMMITTEE, ON)

    assert found.figures == Figures(0, 0, 0, 0, 0)
    assert (found.without, found.several, found.sectors, found.leadership) == ((), (), (), ())
