"""A page that refused or failed, as it is told to the office: where, when and by which number; nothing secret."""

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

LONGEST = 120
"""Characters of a path that are told."""
TOLD = re.compile(r"[a-z]{1,24}(-[a-z]{1,24}){0,3}|[a-z]{3}_[0-9a-f-]{32,36}|\d{1,4}(-\d\d){0,2}")
"""Parts of a path that are told: words of small letters such as our own addresses have, our IDs, years and days."""
SECRET_AFTER = frozenset({"applied", "invitation"})
"""Behind these a link carries its secret, whatever that looks like."""
HIDDEN = "…"


@dataclass(frozen=True)
class Mishap:
    """page: see `told_path`. status: of HTTP. number: the request's. at: aware, UTC, whole seconds."""

    page: str
    status: int
    number: str
    at: dt.datetime


def mishap(path: str, *, status: int, number: str, at: dt.datetime) -> Mishap:
    """What is told of a request that was answered so. path: as it was asked for, without its query."""
    return Mishap(told_path(path), status, number, at.astimezone(dt.UTC).replace(microsecond=0))


def told_path(path: str) -> str:
    """The path, short and clean: what may be a secret, a name or anything else that was typed is a mark."""
    parts = path.split("/")[1:]
    told = [_told(part, before) for before, part in zip(["", *parts], parts, strict=False)]
    whole = "/" + "/".join(told)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + HIDDEN


def _told(part: str, before: str) -> str:
    hidden = before.lower() in SECRET_AFTER or not TOLD.fullmatch(part)
    return HIDDEN if part and hidden else part


def sealed(told: Mishap, account: UUID, secret_key: str) -> str:
    """It as text, with a proof that we said it, to that account."""
    text = f"{told.status} {told.at.isoformat()} {told.number} {told.page}"
    return f"{text} {_proof(text, account, secret_key)}"


def unsealed(text: str, account: UUID, secret_key: str) -> Mishap | None:
    """What we said to that account; None for what we did not say, or to another."""
    said, _, proof = text.rpartition(" ")
    if not hmac.compare_digest(_proof(said, account, secret_key).encode(), proof.encode()):
        return None
    status, at, number, page = said.split(" ")
    return Mishap(page, int(status), number, dt.datetime.fromisoformat(at))


def _proof(text: str, account: UUID, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), f"mishap {text} of {account}".encode(), hashlib.sha256).hexdigest()
