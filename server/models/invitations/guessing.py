"""Wrong codes, counted so that guessing leads nowhere and locks nobody else out."""

import datetime as dt

from tortoise.queryset import QuerySet

from server.errors import Limited, Problem
from server.models.accounts.standing import digest
from server.models.accounts.tables import SignInFailure
from server.rules.invitations import PER_ADDRESS, PER_NAME
from server.rules.limits import WINDOW, wait
from server.words import say


async def note_wrong(name: str, address_hash: str, now: dt.datetime) -> None:
    """Count a wrong code. Raises Limited where this address has given so many, for that name or at all, that no more
    are counted. name: folded.

    What is not counted writes nothing: who guesses without end costs the database a look at two rows.
    """
    here = SignInFailure.filter(address_hash=_place(address_hash))
    for counted, limit in ((here.filter(account_name=name), PER_NAME), (here, PER_ADDRESS)):
        if seconds := await _seconds(counted, limit, now):
            raise Limited(seconds, _too_many(seconds))
    await here.filter(at__lte=now - WINDOW).delete()
    await SignInFailure.create(account_name=name, address_hash=_place(address_hash), at=now)


async def _seconds(here: QuerySet[SignInFailure], limit: int, now: dt.datetime) -> int:
    """Until one more is allowed: until the last but so many is out of the window. 0 for at once."""
    kept = here.filter(at__gt=now - WINDOW).order_by("-at").offset(limit - 1).limit(1)
    return wait([at for (at,) in await kept.values_list("at")], 1, now)


def _place(address_hash: str) -> str:
    """Apart from failed sign-ins: who guesses codes keeps nobody at that address from signing in."""
    return digest(f"invitation:{address_hash}")


def _too_many(seconds: int) -> Problem:
    message = say(
        "Too many wrong codes were typed; in {minutes} min they are looked at one by one again. The right code, the "
        "link and the QR code of your letter work all the while.",
        minutes=-(-seconds // 60),
    )
    return Problem("TOO_MANY_TRIES", message)
