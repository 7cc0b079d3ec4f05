"""Who may hand out a way in, into which account, and what ends it."""

import datetime as dt
from dataclasses import replace

import pytest

from server.errors import Conflict, DomainError, Refused
from server.models.accounts import Account, Invitation, account_disable, account_password, role_grant
from server.models.audit import AuditEntry, facts_of, verify
from server.rules.permissions import HeldRole, Role
from tests import make
from tests.accounts.door import ADMIN, CHEAP, PASSWORD
from tests.cast import Cast
from tests.invitations.ways import by_code, by_link, code_of, issue


async def refused(attempt: object) -> str:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code


async def test_what_opens_an_invitation_is_nowhere_in_the_database(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    row = await Invitation.get()
    told = " ".join(str(value) for value in [*vars(row).values(), *await AuditEntry.all().values_list("payload")])

    assert not any(secret in told for secret in (issued.made.secret, issued.made.code, code_of(issued)))
    assert row.expires_at - row.created_at == dt.timedelta(days=14)
    assert row.issued_by_id == everyone.accounts["secretary"].id


async def test_that_a_code_was_issued_is_in_the_trail_with_who_did_it(everyone: Cast) -> None:
    await issue(everyone["secretary"], everyone.accounts["member"])

    entry = await AuditEntry.get(action="invitation.issue")

    assert entry.actor == f"acc_{everyone.accounts['secretary'].id}"
    assert entry.object == f"acc_{everyone.accounts['member'].id}"
    assert facts_of(entry.payload)["channel"] == "desk"
    assert (await verify()).ok


@pytest.mark.parametrize("name", ["member", "leader", "convener", "department", "chair"])
async def test_the_general_office_issues_codes_for_whoever_may_no_more_than_it(everyone: Cast, name: str) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts[name])

    assert (await by_link(issued)).viewer.name == name


@pytest.mark.parametrize("name", ["admin", "custodian", "auditor"])
async def test_no_secretary_becomes_an_administrator_at_the_desk(everyone: Cast, name: str) -> None:
    assert await refused(issue(everyone["secretary"], everyone.accounts[name])) == "BEYOND_YOURS"
    assert await Invitation.all().count() == 0


async def test_nor_by_what_an_account_is_given_for_later(everyone: Cast) -> None:
    holder = everyone.accounts["member"]
    await make.role(holder, Role.ADMINISTRATOR, starts_on=make.TODAY + dt.timedelta(days=9))

    assert await refused(issue(everyone["secretary"], holder)) == "BEYOND_YOURS"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
async def test_nor_by_what_it_is_given_after_the_code_was_issued(everyone: Cast, role: Role) -> None:
    holder = everyone.accounts["member"]
    by_secretary = await issue(everyone["secretary"], holder)
    await role_grant(everyone["admin"], account=holder.id, role=role)

    assert await refused(by_link(by_secretary)) == "INVITATION_OVER"
    assert await refused(by_code("member", code_of(by_secretary))) == "WRONG_CODE"


async def test_a_role_that_the_issuer_could_have_handed_out_ends_nothing(everyone: Cast) -> None:
    holder = everyone.accounts["member"]
    issued = await issue(everyone["secretary"], holder)
    await role_grant(everyone["admin"], account=holder.id, role=Role.SECRETARY)
    other = await issue(everyone["admin"], everyone.accounts["leader"])
    await role_grant(everyone["admin"], account=everyone.accounts["leader"].id, role=Role.ADMINISTRATOR)

    assert (await by_link(issued)).viewer.name == "member"
    assert (await by_link(other)).viewer.name == "leader"


@pytest.mark.parametrize(
    "name", ["member", "leader", "convener", "custodian", "chair", "department", "auditor", "visitor"]
)
async def test_nobody_else_issues_any(everyone: Cast, name: str) -> None:
    with pytest.raises(Refused):
        await issue(everyone[name], everyone.accounts["member"])


async def test_the_secretary_of_one_committee_issues_none_not_even_for_its_members(everyone: Cast) -> None:
    held = HeldRole(Role.SECRETARY, everyone.group.id, "Spring")
    one_committee = replace(everyone["secretary"], roles=(held,))

    assert await refused(issue(one_committee, everyone.accounts["member"])) == "REACH"
    assert await refused(issue(one_committee, everyone.accounts["admin"])) == "REACH"


async def test_nobody_issues_one_for_themselves_so_a_stolen_session_changes_no_password(everyone: Cast) -> None:
    assert await refused(issue(everyone["secretary"], everyone.accounts["secretary"])) == "OWN_ACCOUNT"
    assert await refused(issue(everyone["admin"], everyone.accounts["admin"])) == "OWN_ACCOUNT"


async def test_a_newer_one_ends_the_one_before(everyone: Cast) -> None:
    first = await issue(everyone["secretary"], everyone.accounts["member"])
    second = await issue(everyone["admin"], everyone.accounts["member"])

    assert await refused(by_link(first)) == "INVITATION_OVER"
    assert (await by_link(second)).viewer.name == "member"
    assert await Invitation.filter(used_at=None, ended_at=None).count() == 0


async def test_disabling_the_account_ends_it_for_good(everyone: Cast) -> None:
    holder = everyone.accounts["member"]
    issued = await issue(everyone["secretary"], holder)
    await account_disable(everyone["admin"], account=holder.id)
    await Account.filter(id=holder.id).update(active=True)

    assert await refused(by_link(issued)) == "INVITATION_OVER"


async def test_a_disabled_account_gets_none(everyone: Cast) -> None:
    await account_disable(everyone["admin"], account=everyone.accounts["member"].id)

    with pytest.raises(Conflict):
        await issue(everyone["secretary"], everyone.accounts["member"])


async def test_a_password_that_is_changed_ends_the_code_that_lay_about(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    await account_password(ADMIN, account=everyone.accounts["member"].id, new=PASSWORD, cost=CHEAP)

    assert await refused(by_link(issued)) == "INVITATION_OVER"
