"""The audit trail: one chain of entries, each carrying the hash of the one before."""

import json
import secrets
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.models.database import append_lock, transaction
from server.rules.chain import GENESIS, Link, canonical, salted_digest
from server.viewer import Viewer

PURGE = "audit.purge"


class AuditEntry(Model):
    """Who did what to which object, when. Only payload and salt may ever be emptied, and only together.

    serial: 1, 2, 3 ... without a gap. actor: the account ("acc_..."), the token ("tok_...") or the system's name; for
    a token `on_behalf_of` is its owner's account. payload: canonical JSON as text, None once purged.
    """

    serial = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=150)
    on_behalf_of = fields.CharField(max_length=150, default="")
    action = fields.CharField(max_length=60)
    object = fields.CharField(max_length=100, default="")
    payload = fields.TextField(null=True)
    salt = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    request_id = fields.CharField(max_length=64, default="")
    prev_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_entry"

    @property
    def facts(self) -> dict[str, Any] | None:
        """The payload as data; None once purged."""
        return None if self.payload is None else json.loads(self.payload)

    def link(self) -> Link:
        """What the hash of this entry covers."""
        return Link(
            serial=self.serial,
            at=self.at,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            action=self.action,
            object=self.object,
            digest=self.digest,
            request_id=self.request_id,
            prev_hash=self.prev_hash,
        )


async def record(viewer: Viewer, action: str, object: str, payload: dict[str, Any]) -> AuditEntry:
    """Append one entry, in the transaction of the caller: what is not committed was never done.

    action: "room.verb". object: the external ID, such as "per_...", or "". payload: names to strings, numbers,
    dates, ids, or lists and dicts of them.
    """
    async with transaction():
        await append_lock()
        last = await AuditEntry.all().order_by("-serial").first()
        actor, on_behalf_of = _names(viewer)
        text, salt = canonical(payload), secrets.token_hex(16)
        entry = AuditEntry(
            serial=last.serial + 1 if last else 1,
            at=viewer.now,
            actor=actor,
            on_behalf_of=on_behalf_of,
            action=action,
            object=object,
            payload=text,
            salt=salt,
            digest=salted_digest(salt, text),
            request_id=viewer.request_id,
            prev_hash=last.hash if last else GENESIS,
        )
        entry.hash = entry.link().hash()
        await entry.save(force_create=True)
    return entry


def _names(viewer: Viewer) -> tuple[str, str]:
    owner = f"acc_{viewer.account}" if viewer.account else viewer.name
    return (f"tok_{viewer.client}", owner) if viewer.client else (owner, "")
