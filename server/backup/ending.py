"""What a restore ends: ways in that may have been closed since the backup was taken, and would be open again."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.models import Model

from server.models.accounts.tables import (
    ApiClient,
    AppCode,
    AppToken,
    CalendarFeed,
    Consent,
    ForgottenPassword,
    Invitation,
    Session,
)
from server.models.messages.tables import Delivery
from server.rules.messages import OPEN, DeliveryState

RESTORED = "The database was restored from a backup; it may have arrived since."
"""What is said of a delivery that was on its way."""


@dataclass(frozen=True)
class Ending:
    """Rows that still hold, and what becomes of them at a moment. name: in reports."""

    name: str
    model: type[Model]
    still: Mapping[str, Any]
    then: Callable[[dt.datetime], Mapping[str, Any]]

    async def end(self, at: dt.datetime) -> int:
        """How many held."""
        return await self.model.filter(**self.still).update(**self.then(at))


def closing(name: str, model: type[Model], column: str) -> Ending:
    """Rows hold as long as that column is null."""
    return Ending(name, model, {column: None}, lambda at: {column: at})


ENDED = (
    closing("sessions", Session, "ended_at"),
    closing("app_codes", AppCode, "used_at"),
    closing("app_tokens", AppToken, "revoked_at"),
    closing("feeds", CalendarFeed, "revoked_at"),
    closing("consents", Consent, "ended_at"),
    Ending("invitations", Invitation, {"used_at": None, "ended_at": None}, lambda at: {"ended_at": at}),
    closing("forgotten_passwords", ForgottenPassword, "done_at"),
    Ending(
        "deliveries",
        Delivery,
        {"state__in": OPEN},
        lambda at: {"state": DeliveryState.GIVEN_UP, "done_at": at, "said": RESTORED},
    ),
)
"""Always: their holders get new ones by themselves, and what may have arrived since is sent again by people only."""
TOKENS = closing("tokens", ApiClient, "revoked_at")
"""Unless the operator says that none was revoked since: programs need new ones from their owners."""
HASHES_KEPT = {
    ("account", "password_hash"): "who forgets which password held when the backup was taken gets a new one",
    ("app", "secret_hash"): "an app has no way in without a consent and its tokens, which end",
    ("audit_entry", "hash"): "the chain",
    ("audit_entry", "prev_hash"): "the chain",
    ("reading_session", "address_hash"): "says from where it was read; reading on needs a session, which ends",
    ("sign_in_failure", "address_hash"): "counts for fifteen minutes",
}
"""Columns of hashes that are no way in by themselves, or stay one, and why. A test asks it of each new one."""


async def end(at: dt.datetime, *, keep_tokens: bool) -> dict[str, int]:
    """Ends all of them; how many of each held."""
    return {ending.name: await ending.end(at) for ending in (*ENDED, *(() if keep_tokens else (TOKENS,)))}
