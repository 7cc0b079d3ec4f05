"""Wrong codes, counted so that guessing leads nowhere and locks nobody else out."""

import datetime as dt

from server.errors import Limited, Problem
from server.models.accounts.standing import digest
from server.models.accounts.tables import SignInFailure
from server.rules.invitations import PER_ADDRESS, PER_NAME
from server.rules.limits import WINDOW, wait
from server.words import say


async def must_not_wait(name: str, address_hash: str, now: dt.datetime) -> None:
    """Raises Limited where this address has given too many wrong codes for that name lately. name: folded."""
    here = SignInFailure.filter(address_hash=_place(address_hash), account_name=name, at__gt=now - WINDOW)
    latest = await here.order_by("-at").limit(PER_NAME).values_list("at")
    seconds = wait([at for (at,) in latest], PER_NAME, now)
    if seconds:
        raise Limited(seconds, _too_many(seconds))


async def note_wrong(name: str, address_hash: str, now: dt.datetime) -> None:
    """Count a wrong code. Raises Limited where this address has given so many that no more are counted."""
    place = _place(address_hash)
    await SignInFailure.filter(address_hash=place, at__lte=now - WINDOW).delete()
    latest = await SignInFailure.filter(address_hash=place).order_by("-at").limit(PER_ADDRESS).values_list("at")
    seconds = wait([at for (at,) in latest], PER_ADDRESS, now)
    if seconds:
        raise Limited(seconds, _too_many(seconds))
    await SignInFailure.create(account_name=name, address_hash=place, at=now)


def _place(address_hash: str) -> str:
    """Apart from failed sign-ins: who guesses codes keeps nobody at that address from signing in."""
    return digest(f"invitation:{address_hash}")


def _too_many(seconds: int) -> Problem:
    message = say(
        "Too many wrong codes were typed. Try again in {minutes} min, or use the link or the QR code of your letter: "
        "it always works.",
        minutes=-(-seconds // 60),
    )
    return Problem("TOO_MANY_TRIES", message)
