"""ASVS 5: first passwords, forgotten ones, and secrets that work once."""

from server.models.accounts import Account, Invitation, Session
from server.models.audit import AuditEntry
from server.models.invitations import secrets
from server.rules.invitations import ALPHABET, LENGTH, LIFE
from tests import make
from tests.accounts.door import add, come_in
from tests.cast import Cast
from tests.invitations.test_entering import refused
from tests.invitations.ways import KEY, by_code, by_link, code_of, issue


async def test_v6_4_1_v6_5_1_an_invitation_works_once_and_not_for_long(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    await by_link(issued)

    assert await refused(by_link(issued)) == "INVITATION_OVER"
    late = await issue(everyone["secretary"], everyone.accounts["leader"])
    assert await refused(by_code("leader", code_of(late), after=LIFE.total_seconds())) == "WRONG_CODE"


async def test_v6_4_3_a_forgotten_password_is_replaced_by_whoever_has_the_code_and_nothing_else_changes(
    everyone: Cast,
) -> None:
    wang = await add("wang")
    await Account.filter(id=wang.id).update(oidc_issuer="https://id.example.org", oidc_subject="w")
    await come_in("wang")
    issued = await issue(everyone["secretary"], wang)

    await by_link(issued)

    after = await Account.get(id=wang.id)
    assert (after.oidc_subject, after.password_hash != wang.password_hash) == ("w", True)
    assert await Session.filter(account_id=wang.id, ended_at=None).count() == 1
    assert (await AuditEntry.get(action="invitation.issue")).actor == f"acc_{everyone.accounts['secretary'].id}"


def test_v6_5_3_v6_5_4_secrets_are_of_192_bits_and_codes_of_59_and_no_two_are_the_same() -> None:
    account = make.some_id()
    made = [secrets.made(account, KEY) for _ in range(1000)]

    assert secrets.BYTES * 8 == 192
    assert len(ALPHABET) ** LENGTH > 2**58
    assert len({one.secret for one in made}) == len({one.code for one in made}) == 1000
    assert {letter for one in made for letter in one.code} == set(ALPHABET)


async def test_only_hashes_are_kept(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    row = await Invitation.get()

    assert (len(row.secret_hash), len(row.code_hash)) == (64, 64)
    assert secrets.secret_of(row.code_hash, KEY) == issued.made.secret != secrets.secret_of(row.code_hash, "another")
    assert row.code_hash != secrets.hash_of_code(issued.made.code, row.account_id, "another house")
