import asyncio
import datetime as dt

import pytest

from server.errors import Conflict, DomainError, Invalid, NotThere, Refused
from server.models.accounts import Account, RoleAssignment, account_disable, role_end, role_grant
from server.models.audit import AuditEntry
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import ADMIN, add

DAY = dt.timedelta(days=1)


async def no(attempt) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value


def code(refusal: DomainError) -> tuple[type, str, str | None]:
    return type(refusal), refusal.problems[0].code, refusal.problems[0].field


async def test_a_role_is_given_for_a_body_from_a_day_to_a_day_and_written_down(wang: Account, li: Account):
    committee = await make.body()
    viewer = make.viewer(Role.ADMINISTRATOR, account=li.id)

    given = await role_grant(
        viewer,
        account=wang.id,
        role=Role.CHAIR,
        body=committee.id,
        starts_on=make.TODAY + DAY,
        ends_on=make.TODAY + 8 * DAY,
        deputy_for=li.id,
    )

    row = await RoleAssignment.get(id=given.id).values()
    assert (row["account_id"], row["role"], row["body_id"]) == (wang.id, Role.CHAIR, committee.id)
    assert (row["starts_on"], row["ends_on"]) == (make.TODAY + DAY, make.TODAY + 8 * DAY)
    assert (row["deputy_for_id"], row["recorded_by_id"], row["recorded_at"]) == (li.id, li.id, make.NOW)
    entry = await AuditEntry.all().order_by("-serial").first()
    assert entry is not None
    assert (entry.action, entry.object, entry.actor) == ("role.grant", f"rol_{given.id}", f"acc_{li.id}")
    assert entry.facts == {
        "account": f"acc_{wang.id}",
        "role": "chair",
        "body": f"bod_{committee.id}",
        "starts_on": "2026-11-23",
        "ends_on": "2026-11-30",
        "deputy_for": f"acc_{li.id}",
    }


async def test_a_role_begins_today_unless_told_otherwise(wang: Account):
    given = await role_grant(ADMIN, account=wang.id, role=Role.CUSTODIAN)

    assert (given.starts_on, given.ends_on) == (make.TODAY, None)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GROUP_LEADER, Role.CONVENER])
async def test_a_role_that_follows_from_the_register_cannot_be_given(wang: Account, role: Role):
    refusal = await no(role_grant(ADMIN, account=wang.id, role=role))

    assert code(refusal) == (Invalid, "ROLE_DERIVED", "role")
    assert "cannot be given. It follows from" in str(refusal)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.DEPARTMENT, Role.SECRETARY])
async def test_chairs_and_contacts_may_be_given_as_well(wang: Account, role: Role):
    committee = await make.body()

    assert (await role_grant(ADMIN, account=wang.id, role=role, body=committee.id)).role is role


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
async def test_some_roles_are_never_for_one_body(wang: Account, role: Role):
    committee = await make.body()

    refusal = await no(role_grant(ADMIN, account=wang.id, role=role, body=committee.id))

    assert code(refusal) == (Invalid, "ROLE_WHOLE_ONLY", "body")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"ends_on": make.TODAY}, (Invalid, "ENDS_BEFORE_START", "ends_on")),
        ({"account": make.some_id()}, (NotThere, "NOT_THERE", "account")),
        ({"body": make.some_id()}, (NotThere, "NOT_THERE", "body")),
        ({"deputy_for": make.some_id()}, (NotThere, "NOT_THERE", "deputy_for")),
        ({"role": Role.SECRETARY}, (Conflict, "ROLE_HELD", "role")),
    ],
)
async def test_a_role_that_does_not_fit_is_not_given(wang: Account, facts: dict, expected: tuple):
    before = await RoleAssignment.all().count()

    assert code(await no(role_grant(ADMIN, **{"account": wang.id, "role": Role.CHAIR} | facts))) == expected
    assert await RoleAssignment.all().count() == before


async def test_nobody_is_their_own_deputy(wang: Account):
    refusal = await no(role_grant(ADMIN, account=wang.id, role=Role.CHAIR, deputy_for=wang.id))

    assert code(refusal) == (Invalid, "OWN_DEPUTY", "deputy_for")


async def test_the_same_role_may_follow_itself_but_not_overlap(wang: Account):
    facts = {"account": wang.id, "role": Role.CHAIR}
    await role_grant(ADMIN, **facts, ends_on=make.TODAY + 7 * DAY)

    await role_grant(ADMIN, **facts, starts_on=make.TODAY + 7 * DAY)
    await role_grant(ADMIN, **facts, body=(await make.body()).id)

    assert isinstance(await no(role_grant(ADMIN, **facts, starts_on=make.TODAY + 6 * DAY)), Conflict)


async def test_of_two_who_give_the_same_role_at_once_one_does(wang: Account):
    answers = await asyncio.gather(
        *(role_grant(ADMIN, account=wang.id, role=Role.CHAIR) for _ in range(2)), return_exceptions=True
    )

    assert {type(answer) for answer in answers} == {RoleAssignment, Conflict}


async def test_a_role_ends_on_the_day_said_and_is_written_down(wang: Account):
    row = await make.role(wang, Role.CHAIR, starts_on=make.TODAY - DAY)

    await role_end(ADMIN, assignment=row.id, on=make.TODAY + DAY)

    await row.refresh_from_db()
    assert (row.ends_on, row.voided_at) == (make.TODAY + DAY, None)
    entry = await AuditEntry.all().order_by("-serial").first()
    assert entry is not None
    assert (entry.action, entry.object) == ("role.end", f"rol_{row.id}")
    assert entry.facts == {"account": f"acc_{wang.id}", "on": "2026-11-23"}


async def test_a_role_ends_today_unless_told_otherwise(wang: Account):
    row = await make.role(wang, Role.CHAIR)

    await role_end(ADMIN, assignment=row.id)

    await row.refresh_from_db()
    assert row.ends_on == make.TODAY


async def test_a_role_that_has_not_begun_is_voided(wang: Account):
    row = await make.role(wang, Role.CHAIR, starts_on=make.TODAY + DAY)

    await role_end(ADMIN, assignment=row.id)

    await row.refresh_from_db()
    assert (row.ends_on, row.voided_at) == (None, make.NOW)
    assert code(await no(role_end(ADMIN, assignment=row.id))) == (NotThere, "NOT_THERE", "assignment")


async def test_a_role_that_ended_or_ends_earlier_is_left_alone(wang: Account):
    row = await make.role(wang, Role.CHAIR, ends_on=make.TODAY + DAY)

    for day in (make.TODAY + DAY, make.TODAY + 2 * DAY):
        assert code(await no(role_end(ADMIN, assignment=row.id, on=day))) == (Conflict, "ROLE_ENDED", "on")
    await role_end(ADMIN, assignment=row.id)

    await row.refresh_from_db()
    assert row.ends_on == make.TODAY


async def test_a_role_was_held_until_now(wang: Account):
    row = await make.role(wang, Role.CHAIR)

    refusal = await no(role_end(ADMIN, assignment=row.id, on=make.TODAY - DAY))

    assert code(refusal) == (Invalid, "ROLE_PAST", "on")


async def test_an_unknown_assignment_is_not_there(db: str):
    assert code(await no(role_end(ADMIN, assignment=make.some_id()))) == (NotThere, "NOT_THERE", "assignment")


async def test_who_may_not_manage_accounts_gives_and_ends_no_role(wang: Account):
    viewer = make.viewer(Role.SECRETARY, account=wang.id)
    row = await RoleAssignment.get(account_id=wang.id)

    for attempt in (role_grant(viewer, account=wang.id, role=Role.ADMINISTRATOR), role_end(viewer, assignment=row.id)):
        assert isinstance(await no(attempt), Refused)
    assert await RoleAssignment.filter(ends_on=None).count() == 2


async def test_the_last_administrator_keeps_the_role(li: Account, wang: Account):
    last = await RoleAssignment.get(account_id=li.id)

    for day in (None, make.TODAY + 30 * DAY):
        refusal = await no(role_end(ADMIN, assignment=last.id, on=day))
        assert code(refusal) == (Invalid, "LAST_ADMINISTRATOR", None)


async def test_an_administrator_who_is_closed_or_leaves_by_then_does_not_count(li: Account):
    last = await RoleAssignment.get(account_id=li.id)
    chen, hu = await add("chen", Role.ADMINISTRATOR), await add("hu")
    await account_disable(ADMIN, account=chen.id)
    await role_grant(ADMIN, account=hu.id, role=Role.ADMINISTRATOR, ends_on=make.TODAY + 7 * DAY)

    assert isinstance(await no(role_end(ADMIN, assignment=last.id, on=make.TODAY + 7 * DAY)), Invalid)
    await role_end(ADMIN, assignment=last.id, on=make.TODAY + 6 * DAY)

    await last.refresh_from_db()
    assert last.ends_on == make.TODAY + 6 * DAY
