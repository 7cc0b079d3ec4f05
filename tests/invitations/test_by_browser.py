"""A crowd comes in by letters over HTTP, by one process on SQLite, while someone guesses: `bench.coming_in`, small."""

from pathlib import Path

from bench.coming_in.__main__ import drill
from bench.coming_in.browsers import BESIDE, TWICE
from bench.coming_in.counts import faults
from server.models.accounts import Account, Invitation
from server.rules.permissions import Role
from tests import make
from tests.invitations.ways import by_link, invite
from tests.web.visitors import open_session

PEOPLE = 25


async def test_25_people_come_in_once_each_whoever_guesses_beside_them(tmp_path: Path) -> None:
    """Some press twice, and some come from the address of the guesser."""
    assert PEOPLE > BESIDE > TWICE

    seen = await drill(tmp_path, PEOPLE, guesses=20, at_once=4)

    assert seen.wrong == []
    counts = {step: len(took) for step, took in seen.took.items()}
    assert counts == {"invited": 1, "came in": PEOPLE, "signed in": PEOPLE}
    assert seen.guesses.total() > 0
    assert 303 not in seen.guesses


async def test_what_is_lost_or_double_is_found(db: str) -> None:
    """Of three one came in and has a second session; one is marked as in, and is not; one did not come."""
    term = await make.term("15")
    people = [await make.person(f"张{number}") for number in "一二三"]
    for person in people:
        await make.seat(person, term)
    office = make.viewer(Role.SECRETARY, account=(await make.account("office")).id)
    first, second, _ = await invite(office, *people)
    await by_link(first.issued)
    await open_session(await Account.get(id=first.issued.account.id))
    await Invitation.filter(id=second.issued.invitation.id).update(used_at=make.NOW)

    assert await faults(3) == [
        "passwords: 1 instead of 3",
        "invitations used: 2 instead of 3",
        "accounts whose invitation was used: 2 instead of 3",
        "sessions: 2 instead of 3",
        "accounts with a session: 1 instead of 3",
        "accounts with invitation.use: 1 instead of 3",
        "entries: 7 instead of 9",
    ]
