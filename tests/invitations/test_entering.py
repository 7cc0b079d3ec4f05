"""Coming in: by link or by code, once, in time; whatever is guessed meanwhile."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from server.errors import DomainError, Invalid, Limited
from server.models.accounts import Account, Invitation, Session
from server.models.accounts.tables import SignInFailure
from server.models.audit import AuditEntry, verify
from server.models.invitations import Shown, invited_by_link
from server.models.messages import Message
from server.rules.invitations import ALPHABET, LENGTH, LIFE, PER_ADDRESS, PER_NAME
from tests import make
from tests.accounts.door import add, come_in
from tests.cast import Cast
from tests.invitations.ways import NEW, browser, by_code, by_link, code_of, issue

FORTNIGHT = LIFE.total_seconds()


async def refused(attempt: object) -> str:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value.problems[0].code


def guess() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


async def test_a_link_lets_its_person_choose_a_password_and_signs_them_in(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    signed_in = await by_link(issued)

    assert (signed_in.viewer.name, signed_in.viewer.person) == ("member", everyone.people["member"].id)
    assert (await come_in("member", NEW)).viewer.name == "member"
    assert {entry.action for entry in await AuditEntry.all()} >= {"invitation.use", "account.sign_in"}
    assert (await verify()).ok


@pytest.mark.parametrize("name", ["member", "MEMBER", "Mei Member", "美美", "m-7", " member "])
async def test_a_code_works_with_the_account_name_the_own_name_and_the_number(everyone: Cast, name: str) -> None:
    person = everyone.people["member"]
    await type(person).filter(id=person.id).update(name_zh="美美")
    await type(everyone.seats["member"]).filter(id=everyone.seats["member"].id).update(no="m-7")
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    assert (await by_code(name, code_of(issued).lower())).viewer.name == "member"


async def test_two_of_one_name_come_in_by_their_own_codes(everyone: Cast) -> None:
    twins = [await make.account(f"wang{n}", person=await make.person("王伟")) for n in (1, 2)]
    issued = [await issue(everyone["secretary"], twin) for twin in twins]

    assert (await by_code("王伟", code_of(issued[1]))).viewer.name == "wang2"
    assert (await by_code("王伟", code_of(issued[0]))).viewer.name == "wang1"


@pytest.mark.parametrize("name", ["", " ", "nobody", "\0", "\ud800", "leader", "x" * 5000])
async def test_a_code_with_another_name_opens_nothing(everyone: Cast, name: str) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    assert await refused(by_code(name, code_of(issued))) == "WRONG_CODE"


async def test_it_works_once(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    await by_link(issued)

    assert await refused(by_link(issued, "another long password")) == "INVITATION_OVER"
    assert await refused(by_code("member", code_of(issued))) == "WRONG_CODE"
    assert (await come_in("member", NEW)).viewer.name == "member"


async def test_of_two_at_the_same_moment_one_comes_in(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    both = await asyncio.gather(*(by_link(issued, f"{NEW} {n}") for n in range(5)), return_exceptions=True)

    assert sum(not isinstance(one, Exception) for one in both) == 1
    assert all(isinstance(one, Invalid) for one in both if isinstance(one, Exception))
    assert await Session.all().count() == 1


async def test_looking_at_it_uses_nothing_up(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    for _ in range(3):
        assert await invited_by_link(issued.made.secret, make.NOW) is not None

    assert (await Invitation.get()).used_at is None


async def test_it_lasts_fourteen_days(everyone: Cast) -> None:
    early, late = [await issue(everyone["secretary"], everyone.accounts[name]) for name in ("member", "leader")]

    assert (await by_link(early, after=FORTNIGHT - 1)).viewer.name == "member"
    assert await refused(by_link(late, after=FORTNIGHT)) == "INVITATION_OVER"
    assert await refused(by_code("leader", code_of(late), after=FORTNIGHT)) == "WRONG_CODE"


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "PASSWORD_SHORT"), ("member member", "PASSWORD_NEAR"), ("passwordpassword", "PASSWORD_KNOWN")],
)
async def test_a_password_that_does_not_fit_leaves_the_invitation_as_it_was(
    everyone: Cast, password: str, code: str
) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    assert await refused(by_link(issued, password)) == code
    assert (await by_link(issued)).viewer.name == "member"


async def test_a_new_password_signs_out_whoever_knew_the_old_one(everyone: Cast) -> None:
    wang = await add("wang")
    before = await come_in("wang")
    issued = await issue(everyone["secretary"], wang)

    after = await by_link(issued)

    running = await Session.filter(account_id=wang.id, ended_at=None).values_list("id", flat=True)
    assert running == [after.viewer.session]
    assert before.viewer.session not in running
    assert await refused(come_in("wang")) == "WRONG_SIGN_IN"


async def test_whose_password_is_replaced_is_told_and_whose_is_the_first_is_not(everyone: Cast) -> None:
    wang = await add("wang", person=everyone.people["member"].id)
    nobodys = await add("office")
    first = await make.account("first")

    for account in (wang, nobodys, first):
        await by_link(await issue(everyone["admin"], account))

    told = await Message.all().values_list("account_id", "person_id", "title_en", "link")
    changed = ("Your password was changed", "/me/sessions")
    expected = {(None, everyone.people["member"].id, *changed), (nobodys.id, None, *changed)}
    assert (len(told), set(told)) == (2, expected)


async def test_codes_guessed_without_end_hit_nothing_and_lock_nobody_out(everyone: Cast) -> None:
    """From the very address of the office, a thousand within ten seconds, of one name and of many."""
    issued = {name: await issue(everyone["secretary"], everyone.accounts[name]) for name in ("member", "leader")}
    answers = []
    for n in range(1000):
        name = "member" if n % 2 else f"someone{n}"
        answers.append(await refused(by_code(name, guess(), after=n / 100)))

    assert answers.count("WRONG_CODE") == PER_ADDRESS
    assert set(answers) == {"WRONG_CODE", "TOO_MANY_TRIES"}
    assert await SignInFailure.all().count() == PER_ADDRESS
    assert (await by_code("leader", code_of(issued["leader"]), after=10)).viewer.name == "leader"
    assert (await come_in_by_password("wang")) == "wang"
    assert (await by_code("member", code_of(issued["member"]), after=10)).viewer.name == "member"


async def test_a_guess_that_is_not_counted_any_more_writes_nothing(
    everyone: Cast, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Or one who guesses without end would keep the one writer of SQLite from those who come in."""
    for n in range(PER_ADDRESS):
        await refused(by_code(f"someone{n}", guess()))

    with statements() as asked:
        assert await refused(by_code("member", guess(), after=1)) == "TOO_MANY_TRIES"
    with statements() as later:
        assert await refused(by_code("member", guess(), after=15 * 60)) == "WRONG_CODE"

    assert [sql for sql in asked if not sql.startswith("SELECT")] == []
    assert len(asked) == 3
    assert sorted(sql.split()[0] for sql in later if not sql.startswith("SELECT")) == ["DELETE", "INSERT"]
    assert await SignInFailure.all().count() == 1


async def come_in_by_password(name: str) -> str:
    await add(name)
    return (await come_in(name, after=10)).viewer.name


async def test_a_name_that_is_guessed_at_is_told_so_and_its_right_code_opens_at_that_address_too(
    everyone: Cast,
) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    for _ in range(PER_NAME):
        assert await refused(by_code("member", guess())) == "WRONG_CODE"

    with pytest.raises(Limited) as limited:
        await by_code("member", guess(), after=60)

    assert limited.value.retry_after == 14 * 60
    assert await refused(by_code("member", guess(), after=60, address="198.51.100.7")) == "WRONG_CODE"
    assert (await by_code("member", code_of(issued), after=60)).viewer.name == "member"


async def test_what_is_told_is_the_same_for_names_that_are_there_and_names_that_are_not(everyone: Cast) -> None:
    await issue(everyone["secretary"], everyone.accounts["member"])
    told = []
    for name in ("member", "leader", "nobody"):
        with pytest.raises(Invalid) as refusal:
            await by_code(name, guess())
        told.append(str(refusal.value))

    assert len(set(told)) == 1


async def test_an_account_that_was_disabled_at_the_last_moment_stays_out(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    await Account.filter(name="member").update(active=False)

    assert await refused(by_link(issued)) == "INVITATION_OVER"
    assert await invited_by_link(Shown(secret=issued.made.secret).secret, browser().now) is None


async def test_an_account_that_is_closed_while_its_password_is_chosen_stays_closed(
    everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])

    async def shut(*_: object, **__: object) -> None:
        """As where it was disabled a moment ago."""

    monkeypatch.setattr("server.models.invitations.entering.open_session", shut)

    assert await refused(by_link(issued)) == "INVITATION_OVER"
    assert (await Account.get(name="member")).password_hash == everyone.accounts["member"].password_hash
