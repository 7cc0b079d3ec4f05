"""The links of invitations that are sent later: made when a letter leaves, and kept nowhere."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from server.models.accounts.invitations import holding
from server.models.accounts.tables import Invitation
from server.models.invitations.secrets import hash_of_secret, secret_of

PAGE = "/invitation"
"""Where an invitation is entered; the secret of a link stands behind it."""


def link(base: str, secret: str) -> str:
    """The address that opens it without a code. base: the address of this product."""
    return f"{base}{PAGE}/{secret}"


async def links_of(invitations: Collection[UUID], *, base: str, key: str, now: dt.datetime) -> dict[UUID, str]:
    """Those of them that still hold, by the key of the house with which they were made."""
    found = await holding(now).filter(id__in=list(invitations)) if invitations else []
    return {row.id: link(base, secret_of(row.code_hash, key)) for row in found if is_ours(row, key)}


def is_ours(row: Invitation, key: str) -> bool:
    """Whether it was made with this key of the house, so that its link can be said once more."""
    return row.secret_hash == hash_of_secret(secret_of(row.code_hash, key))
