"""Many at once: accounts and letters for all, nothing lost, nothing double."""

import asyncio
import time

import pytest

from server.errors import Invalid, Refused
from server.models.accounts import Account, Invitation, RoleAssignment, Session
from server.models.audit import verify
from server.models.database import transaction
from server.models.members import Person
from server.rules.invitations import AccountNaming, InviteeStanding
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.invitations.ways import NEW, by_code, by_link, invite, issue


async def crowd(cast: Cast, count: int) -> list[Person]:
    """So many members, with cards and sectors."""
    async with transaction():
        people = [await make.person(f"张{chr(0x4E00 + n)}") for n in range(count)]
        for number, person in enumerate(people, 1):
            await make.seat(person, cast.term, sector=cast.sector, no=f"{number:04}")
    return people


async def test_everyone_gets_an_account_and_a_letter_and_a_second_time_nobody_does(everyone: Cast) -> None:
    people = await crowd(everyone, 40)

    invited = await invite(everyone["secretary"], *people)
    again = await invite(everyone["secretary"], *people)

    assert (len(invited), again) == (40, [])
    assert len({one.issued.account.name for one in invited}) == 40
    assert await Account.filter(person_id__in=[person.id for person in people]).count() == 40
    assert await Invitation.all().count() == 40
    assert await RoleAssignment.filter(account__person_id__in=[person.id for person in people]).count() == 0
    assert (await verify()).ok


async def test_asked_again_on_purpose_the_letters_are_new_and_the_old_ones_end(everyone: Cast) -> None:
    people = await crowd(everyone, 3)
    first = await invite(everyone["secretary"], *people)

    second = await invite(everyone["secretary"], *people, again=True)

    assert [one.issued.account.id for one in second] == [one.issued.account.id for one in first]
    with pytest.raises(Invalid):
        await by_link(first[0].issued)
    assert (await by_link(second[0].issued)).viewer.roles[0].role is Role.MEMBER


async def test_names_follow_the_rule_that_was_chosen(everyone: Cast) -> None:
    people = await crowd(everyone, 2)

    invited = await invite(everyone["secretary"], *people, naming=AccountNaming.NUMBER)

    assert sorted(one.issued.account.name for one in invited) == ["0001", "0002"]


async def test_letters_come_by_sector_and_then_by_pinyin(everyone: Cast) -> None:
    later = await make.body(kind=everyone.sector.kind, name_en="Zoology")
    for name, sector in (("Ann", later), ("Zed", everyone.sector), ("Bob", None), ("Carl", everyone.sector)):
        await make.seat(await make.person(name_en=name), everyone.term, sector=sector)

    invited = await invite(everyone["secretary"])

    names = [one.invitee.name_en for one in invited]
    assert [name for name in names if name in ("Ann", "Zed", "Bob", "Carl")] == ["Carl", "Zed", "Ann", "Bob"]


async def test_who_has_come_in_or_is_disabled_or_may_more_is_left_out(everyone: Cast) -> None:
    await Account.filter(name="chair").update(password_hash="something")
    await Account.filter(name="leader").update(active=False)
    await make.role(everyone.accounts["convener"], Role.AUDITOR)

    invited = await invite(everyone["secretary"])
    by_admin = await invite(everyone["admin"])

    assert [one.issued.account.name for one in invited] == ["member"]
    assert [one.issued.account.name for one in by_admin] == ["convener"]


async def test_of_two_accounts_of_one_person_the_first_that_is_open_is_meant(everyone: Cast) -> None:
    person = everyone.people["member"]
    await Account.filter(name="member").update(active=False)
    await make.account("second", person=person)

    (invited,) = await invite(everyone["secretary"], person)

    assert invited.issued.account.name == "second"


@pytest.mark.parametrize("name", ["member", "chair", "custodian", "department", "visitor"])
async def test_nobody_else_invites(everyone: Cast, name: str) -> None:
    with pytest.raises(Refused):
        await invite(everyone[name])

    assert await Invitation.all().count() == 0


async def test_two_secretaries_at_the_same_moment_invite_everyone_once(everyone: Cast) -> None:
    people = await crowd(everyone, 20)

    both = await asyncio.gather(*(invite(everyone["secretary"], *people) for _ in range(2)))

    assert sorted(len(one) for one in both) == [0, 20]
    assert await Invitation.all().count() == 20


async def test_a_crowd_comes_in_and_nothing_is_lost_or_double(everyone: Cast) -> None:
    people = await crowd(everyone, 30)
    invited = await invite(everyone["secretary"], *people)

    signed_in = await asyncio.gather(*(by_link(one.issued) for one in invited))

    assert len({one.viewer.person for one in signed_in}) == 30
    await _whole(30)


@pytest.mark.long
async def test_800_are_invited_and_come_in_by_link_or_code(everyone: Cast) -> None:
    """On one process, with the hashes as they are kept, fifty at the same moment: minutes are printed."""
    people = await crowd(everyone, 800)
    began = time.perf_counter()
    invited = await invite(everyone["secretary"], *people)
    invited_s = time.perf_counter() - began

    for start in range(0, 800, 50):
        await asyncio.gather(*(_comes(n, one) for n, one in enumerate(invited[start : start + 50])))
    came_s = time.perf_counter() - began - invited_s

    print(f"800 invited in {invited_s:.1f} s, 800 came in in {came_s:.1f} s")
    await _whole(800)
    assert came_s < 3600


async def _comes(number: int, one: object) -> None:
    from server.passwords import COST
    from tests.invitations import ways

    password, made = f"{NEW} {number}", one.issued.made
    shown = ways.Shown(secret=made.secret) if number % 2 else ways.Shown(name=one.issued.account.name, code=made.code)
    await ways.invitations.enter(shown, password, ways.browser(), key=ways.KEY, cost=COST)


async def _whole(count: int) -> None:
    """Each came in once, each has a password of their own, and the trail is sound."""
    assert await Invitation.filter(used_at__isnull=False).count() == count
    assert await Session.all().count() == count
    hashes = await Account.filter(invitations__used_at__isnull=False).values_list("password_hash", flat=True)
    assert len(set(hashes)) == count
    assert (await verify()).ok


async def test_who_came_in_stands_so(everyone: Cast) -> None:
    issued = await issue(everyone["secretary"], everyone.accounts["member"])
    await by_code("member", issued.made.code)

    (one, *_) = await invite(everyone["secretary"], again=True)

    assert one.invitee.standing is InviteeStanding.NOT_INVITED
    assert "member" not in [row.name for row in await Account.filter(invitations__used_at=None)]


async def test_too_many_at_once_are_refused_and_nobody_is_invited(
    everyone: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.models.invitations.inviting.AT_ONCE", 2)
    people = await crowd(everyone, 3)

    with pytest.raises(Invalid) as refusal:
        await invite(everyone["secretary"], *people)

    assert refusal.value.problems[0].code == "TOO_MANY_PEOPLE"
    assert await Invitation.all().count() == 0
