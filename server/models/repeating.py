"""Changes that come with a key are done once: whoever asks again with it gets the answer, not a second change.

The key and what was answered are written in the transaction of the change, so that a crash between commit and answer
loses neither. Kept are IDs, never what stands in the things: an answer that is repeated is read anew, as its reader may
see it then. A refusal changes nothing and is not kept. See docs/decisions/repeating.md.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from server.errors import Conflict, Invalid, Limited, Problem
from server.models.database import connection, is_postgres, with_the_change
from server.models.sweeping import sweep
from server.rules.chain import canonical
from server.viewer import Viewer
from server.words import say

KEPT = dt.timedelta(hours=24)
LONGEST = 255
"""The most characters of a key."""
FIELD = "idempotency_key"


class KeptAnswer(Model):
    """What came of a change that had a key. id, request: hashes of who asked by which key, and of what was asked.

    answer: what it consists of, as JSON; None where it is not shown again.
    """

    id = fields.CharField(max_length=64, primary_key=True)
    request = fields.CharField(max_length=64)
    answer = fields.TextField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "kept_answer"


@dataclass(frozen=True)
class Keyed:
    """A change as it was asked for, by hashes that tell nothing to whoever lacks the secret of the house."""

    id: str
    request: str
    now: dt.datetime


def keyed(viewer: Viewer, key: str, asked: object, secret: str) -> Keyed:
    """asked: the field and its arguments. Raises Invalid for a key that is empty or too long."""
    if not 1 <= len(key) <= LONGEST:
        said = say("A key has 1 to {most} characters.", most=LONGEST)
        raise Invalid(Problem("KEY_LENGTH", said, FIELD))
    caller = [str(viewer.account), str(viewer.client)]
    return Keyed(_hashed(secret, [*caller, key]), _hashed(secret, asked), viewer.now)


async def before(call: Keyed) -> KeptAnswer | None:
    """What was answered to this very change; None where it has to be done now.

    Within the transaction of the change, which from then on is the only one with this key. Raises Conflict where the
    key came with another request, Limited where that is still under way; on SQLite its end was waited for.
    """
    await _alone(call)
    found = await KeptAnswer.get_or_none(id=call.id)
    if found and found.at <= call.now - KEPT:
        await found.delete()
        return None
    if found and found.request != call.request:
        said = say("This key came with another request. Take a new one for each change.")
        raise Conflict(Problem("KEY_REUSED", said, FIELD))
    return found


async def keep(call: Keyed, answer: str | None) -> None:
    """Writes down what is answered, within the transaction of the change."""
    await KeptAnswer.create(id=call.id, request=call.request, answer=answer, at=call.now)


async def forget_answers(viewer: Viewer) -> int:
    """Delete the keys that count no more, and what was answered to them. How many."""
    return await sweep(KeptAnswer.filter(at__lte=viewer.now - KEPT))


@contextmanager
def done_once(call: Keyed) -> Iterator[None]:
    """Within: that it was done is written with the change, wherever its transaction is. Its answer is not kept.

    For changes with secrets, and for those that have to think for long before their transaction. Where another was
    faster, that transaction raises what `before` or `done_before` does, and nothing was done.
    """
    with with_the_change(_mark, call):
        yield


def done_before() -> Conflict:
    """The answer where none is shown again."""
    said = say("This was done already, by an earlier request with this key. Its answer cannot be shown again.")
    return Conflict(Problem("DONE_BEFORE", said, FIELD))


async def _mark(calls: list[Keyed]) -> None:
    for call in calls:
        if await before(call):
            raise done_before()
        await keep(call, None)


async def _alone(call: Keyed) -> None:
    """One change with this key at a time. Nobody waits: who waited for a long import would keep a connection."""
    if not is_postgres():
        return
    number = int.from_bytes(bytes.fromhex(call.id)[:8], signed=True)
    _, rows = await connection().execute_query("SELECT pg_try_advisory_xact_lock($1) AS mine", [number])
    if not rows[0]["mine"]:
        said = say("An earlier request with this key is still under way. Try again in a moment.")
        raise Limited(1, Problem("KEY_IN_USE", said, FIELD))


def _hashed(secret: str, value: object) -> str:
    return hmac.new(secret.encode(), canonical(value).encode(), hashlib.sha256).hexdigest()
