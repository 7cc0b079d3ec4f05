"""Seats: taken, changed from a day on, and corrected back in time."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind
from server.models.members import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PostKind,
    Status,
    change_post,
    change_status,
    correct_post,
    correct_status,
    seat_person,
)
from server.rules.permissions import Role
from tests import make

SECRETARY = make.viewer(Role.SECRETARY)
MEMBER = make.viewer(Role.MEMBER)
MARCH, MAY, JULY, SEPTEMBER = (dt.date(2026, month, 1) for month in (3, 5, 7, 9))


def code(refused):
    return [(p.code, p.field) for p in refused.value.problems]


async def spans(model, seat):
    """What holds when, in order of time: (what, start, end)."""
    rows = await model.filter(membership_id=seat.id, voided_at=None)
    what = "status" if model is MembershipStatus else "unit"
    found = [(getattr(row, what), row.starts_on, row.ends_on) for row in rows]
    return sorted(found, key=lambda span: span[1] or dt.date.min)


async def test_a_seat_begins_with_its_status_and_its_post(db):
    who, term, sector = await make.person(), await make.term(), await make.body(BodyKind.SECTOR)

    seat = await seat_person(
        SECRETARY, who.id, term=term.id, starts_on=MARCH, no="7", sector=sector.id, kind=PostKind.STANDING, unit="U"
    )

    assert (seat.person_id, seat.term_id, seat.no) == (who.id, term.id, "7")
    assert await spans(MembershipStatus, seat) == [(Status.ACTIVE, MARCH, None)]
    post = await MembershipPost.get(membership_id=seat.id)
    assert (post.kind, post.sector_id, post.unit, post.starts_on) == (PostKind.STANDING, sector.id, "U", MARCH)
    assert (await Person.get(id=who.id)).updated_at == make.NOW
    assert (await AuditEntry.get(serial=1)).facts["term"] == str(term.id)


async def test_nobody_has_two_seats_in_one_term(db):
    who, term = await make.person(), await make.term()
    await make.seat(who, term)

    with pytest.raises(Conflict) as refused:
        await seat_person(SECRETARY, who.id, term=term.id, starts_on=None)

    assert code(refused) == [("SEATED_ALREADY", "term")]
    assert await Membership.all().count() == await MembershipStatus.all().count() == 1


async def test_a_seat_needs_the_right_a_term_and_a_true_sector(db):
    who, term, committee = await make.person(), await make.term(), await make.body()

    with pytest.raises(Refused):
        await seat_person(MEMBER, who.id, term=term.id, starts_on=None)
    with pytest.raises(NotThere):
        await seat_person(SECRETARY, who.id, term=make.some_id(), starts_on=None)
    with pytest.raises(Invalid) as refused:
        await seat_person(SECRETARY, who.id, term=term.id, starts_on=None, sector=committee.id)

    assert code(refused) == [("NOT_A_SECTOR", "sector")]
    assert await Membership.all().count() == 0


async def test_a_status_ends_on_the_day_the_next_begins(db):
    seat = await make.seat(starts_on=MARCH)

    await change_status(SECRETARY, seat.id, status=Status.SUSPENDED, on=MAY, reason="asked for it")
    await change_status(SECRETARY, seat.id, status=Status.RESIGNED, on=JULY, reason="letter")

    assert await spans(MembershipStatus, seat) == [
        (Status.ACTIVE, MARCH, MAY),
        (Status.SUSPENDED, MAY, JULY),
        (Status.RESIGNED, JULY, None),
    ]
    assert (await Membership.get(id=seat.id)).updated_at == make.NOW


async def test_a_status_changes_only_forward_and_with_a_reason(db):
    seat = await make.seat(starts_on=MARCH)
    ended = await make.seat(ends_on=MARCH)
    said = {"status": Status.RESIGNED, "reason": "letter"}

    for problem, key, facts in [
        (("NOT_AFTER_LAST", "on"), seat.id, said | {"on": MARCH}),
        (("SAME_ALREADY", "status"), seat.id, said | {"on": MAY, "status": Status.ACTIVE}),
        (("REASON_MISSING", "reason"), seat.id, said | {"on": MAY, "reason": " "}),
        (("TOO_LONG", "reason"), seat.id, said | {"on": MAY, "reason": "x" * 501}),
        (("ENDED_ALREADY", "on"), ended.id, said | {"on": MAY}),
    ]:
        with pytest.raises(Invalid) as refused:
            await change_status(SECRETARY, key, **facts)
        assert code(refused) == [problem]
    with pytest.raises(Refused):
        await change_status(MEMBER, seat.id, on=MAY, **said)
    with pytest.raises(NotThere):
        await change_status(SECRETARY, make.some_id(), on=MAY, **said)

    assert await spans(MembershipStatus, seat) == [(Status.ACTIVE, MARCH, None)]


async def test_a_seat_without_history_cannot_change(db):
    seat = await Membership.create(person=await make.person(), term=await make.term())

    with pytest.raises(Invalid) as refused:
        await change_post(SECRETARY, seat.id, on=MAY, unit="B")

    assert code(refused) == [("NOT_AFTER_LAST", "on")]


async def test_another_unit_from_a_day_on_keeps_the_sector(db):
    sector = await make.body(BodyKind.SECTOR)
    seat = await make.seat(starts_on=MARCH, sector=sector, unit="A")

    row = await change_post(SECRETARY, seat.id, on=MAY, unit="B")

    assert (row.sector_id, row.unit) == (sector.id, "B")
    assert await spans(MembershipPost, seat) == [("A", MARCH, MAY), ("B", MAY, None)]
    with pytest.raises(Invalid) as refused:
        await change_post(SECRETARY, seat.id, on=JULY, unit="B")
    assert code(refused) == [("SAME_ALREADY", None)]
    with pytest.raises(Refused):
        await change_post(MEMBER, seat.id, on=JULY, unit="C")


async def _three(seat):
    await change_status(SECRETARY, seat.id, status=Status.SUSPENDED, on=MAY, reason="a")
    await change_status(SECRETARY, seat.id, status=Status.ACTIVE, on=JULY, reason="b")
    rows = await MembershipStatus.filter(membership_id=seat.id)
    return sorted(rows, key=lambda row: row.starts_on or dt.date.min)


async def test_a_wrong_status_is_voided_with_who_and_why(db):
    account = await make.account()
    viewer = make.viewer(Role.SECRETARY, account=account.id)
    seat = await make.seat(starts_on=MARCH)
    _, wrong, _ = await _three(seat)

    right = await correct_status(viewer, wrong.id, status=Status.ACTIVE, reason="never suspended")

    old = await MembershipStatus.get(id=wrong.id)
    assert (old.voided_at, old.voided_by_id, old.voided_reason) == (make.NOW, account.id, "never suspended")
    assert (old.status, old.starts_on, old.ends_on) == (Status.SUSPENDED, MAY, JULY)
    assert (right.recorded_by_id, right.reason) == (account.id, "a")
    assert [s for s, *_ in await spans(MembershipStatus, seat)] == [Status.ACTIVE] * 3


async def test_neighbours_stretch_to_meet_corrected_days(db):
    seat = await make.seat(starts_on=MARCH)
    _, wrong, _ = await _three(seat)

    await correct_status(SECRETARY, wrong.id, starts_on=dt.date(2026, 6, 1), ends_on=SEPTEMBER, reason="days")

    assert await spans(MembershipStatus, seat) == [
        (Status.ACTIVE, MARCH, dt.date(2026, 6, 1)),
        (Status.SUSPENDED, dt.date(2026, 6, 1), SEPTEMBER),
        (Status.ACTIVE, SEPTEMBER, None),
    ]
    assert await MembershipStatus.filter(membership_id=seat.id, voided_at=None).count() == 3
    assert await MembershipStatus.filter(membership_id=seat.id).count() == 6


async def test_the_first_day_of_a_seat_can_be_corrected_to_unknown_and_back(db):
    seat = await make.seat(starts_on=MARCH)
    (row,) = await MembershipStatus.filter(membership_id=seat.id)

    row = await correct_status(SECRETARY, row.id, starts_on=None, reason="nobody knows")
    await correct_status(SECRETARY, row.id, starts_on=MAY, reason="found")

    assert await spans(MembershipStatus, seat) == [(Status.ACTIVE, MAY, None)]


@pytest.mark.parametrize(
    ("at", "right", "problem"),
    [
        (1, {"starts_on": MARCH}, ("SWALLOWS_NEIGHBOUR", "starts_on")),
        (1, {"starts_on": None}, ("SWALLOWS_NEIGHBOUR", "starts_on")),
        (1, {"ends_on": None}, ("SWALLOWS_NEIGHBOUR", "ends_on")),
        (1, {"ends_on": MAY}, ("ENDS_BEFORE_START", "ends_on")),
        (2, {"ends_on": SEPTEMBER}, ("NOTHING_FOLLOWS", "ends_on")),
        (2, {"status": Status.ACTIVE}, ("NOTHING_CHANGED", None)),
        (2, {"status": Status.ENDED, "reason": ""}, ("REASON_MISSING", "reason")),
    ],
)
async def test_a_correction_that_would_lose_days_is_refused(db, at, right, problem):
    seat = await make.seat(starts_on=MARCH)
    rows = await _three(seat)
    before = await spans(MembershipStatus, seat)

    with pytest.raises(Invalid) as refused:
        await correct_status(SECRETARY, rows[at].id, **{"reason": "why", **right})

    assert code(refused) == [problem]
    assert await spans(MembershipStatus, seat) == before


async def test_what_was_voided_or_never_was_is_not_corrected_again(db):
    seat = await make.seat(starts_on=MARCH)
    (row,) = await MembershipStatus.filter(membership_id=seat.id)
    await correct_status(SECRETARY, row.id, starts_on=MAY, reason="days")

    with pytest.raises(NotThere):
        await correct_status(SECRETARY, row.id, starts_on=JULY, reason="days")
    with pytest.raises(NotThere):
        await correct_status(SECRETARY, make.some_id(), starts_on=JULY, reason="days")
    with pytest.raises(Refused):
        await correct_status(MEMBER, row.id, starts_on=JULY, reason="days")


async def test_a_wrong_sector_is_corrected_in_its_row(db):
    wrong, right = await make.body(BodyKind.SECTOR), await make.body(BodyKind.SECTOR)
    seat = await make.seat(starts_on=MARCH, sector=wrong, unit="A")
    (row,) = await MembershipPost.filter(membership_id=seat.id)

    made = await correct_post(SECRETARY, row.id, sector=right.id, reason="typed wrong")
    same = await correct_post(SECRETARY, made.id, sector=None, reason="no sector at all")

    assert (made.sector_id, made.unit, made.starts_on) == (right.id, "A", MARCH)
    assert same.sector_id is None
    assert (await AuditEntry.get(serial=1)).facts["sector_id"] == [str(wrong.id), str(right.id)]
    with pytest.raises(Refused):
        await correct_post(MEMBER, same.id, unit="B", reason="x")
