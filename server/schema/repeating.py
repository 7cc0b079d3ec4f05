"""`idempotencyKey`: every mutation takes it by this one declaration. The same key and request get the same answer."""

import dataclasses
import enum
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types import get_object_definition
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryOptional
from strawberry.types.union import StrawberryUnion
from tortoise.models import Model

from server.errors import DomainError
from server.models import repeating
from server.models.database import transaction
from server.models.repeating import Keyed
from server.schema.ids import id_of, key_of, model_of
from server.schema.reading import Answer
from server.schema.rows import READINGS

ONCE = {"once": True}
"""Metadata of a mutation whose answer is not kept: it has secrets, or hashes a password, which takes its time.

Such a one waits for its turn at hashing before its own transaction; within another one it would wait with locks held.
"""
NAME = "idempotency_key"
DESCRIPTION = (
    "A key of your own, 1 to 255 characters, new for each change. Sent again with it within 24 hours, the same request "
    "changes nothing more and gets the same answer, read anew; another one is refused."
)
Change = Callable[[], Awaitable[Any]]
Kept = dict[str, Any]
"""A payload as JSON: its type, and each of its fields as a thing by its ID or as a value."""


def repeatable(mutation: type) -> None:
    """Gives every field of the mutation the argument, and what it means. Guards stand before it."""
    for field in get_object_definition(mutation, strict=True).fields:
        field.arguments = [*field.arguments, _argument()]
        field.extensions.insert(0, Repeatable(once=field.metadata.get("once", False)))  # the first is the innermost


class Repeatable(FieldExtension):
    """Does a change, or tells what came of it before. once: its answer is not kept."""

    def __init__(self, *, once: bool) -> None:
        self.once = once

    async def resolve_async(
        self, next_: Any, source: Any, info: Answer, idempotency_key: str | None = None, **given: Any
    ) -> Any:
        """Without a key it is done, as ever."""
        asking = info.context
        if idempotency_key is None or asking.viewer.account is None:
            return await next_(source, info, **given)
        asked = {"field": info.field_name, "arguments": _plain(given)}
        call = repeating.keyed(asking.viewer, idempotency_key, asked, asking.secret)
        change = partial(next_, source, info, **given)
        return await self._once(call, change) if self.once else await self._kept(call, change, info)

    async def _kept(self, call: Keyed, change: Change, info: Answer) -> Any:
        """All in one transaction. What a verb kept although it refused, such as a failed try, is kept here, too."""
        async with transaction():
            found = await repeating.before(call)
            payload = None if found else await _done(change, call)
        if isinstance(payload, DomainError):
            raise payload
        return await _again(json.loads(found.answer or "null"), info) if found else payload

    async def _once(self, call: Keyed, change: Change) -> Any:
        async with transaction():
            found = await repeating.before(call)
        if found:
            raise repeating.done_before()
        with repeating.done_once(call):
            return await change()


async def _done(change: Change, call: Keyed) -> Any:
    """The payload, kept; or the refusal, which is not."""
    try:
        payload = await change()
    except DomainError as refusal:
        return refusal
    await repeating.keep(call, _substance(payload))
    return payload


def _argument() -> StrawberryArgument:
    return StrawberryArgument(
        python_name=NAME,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(str | None),
        description=DESCRIPTION,
        default=None,
    )


def _plain(value: Any) -> Any:
    """An argument as JSON can say it, inputs as what was given of them."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one is not strawberry.UNSET}
    return _plain(vars(value)) if dataclasses.is_dataclass(value) else value


def _substance(payload: Any) -> str:
    return json.dumps({"type": type(payload).__name__, "fields": _told(vars(payload))})


def _told(value: Any) -> Any:
    if isinstance(value, Model):
        return {"id": id_of(value)}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return {name: _told(one) for name, one in value.items()} if isinstance(value, dict) else value


async def _again(kept: Kept | None, info: Answer) -> Any:
    """The payload once more, its things as this viewer may see them now. Raises Conflict where one is not."""
    if kept is None:
        raise repeating.done_before()
    kind = _kind(info, kept["type"])
    optional = {
        field.python_name
        for field in get_object_definition(kind, strict=True).fields
        if isinstance(field.type, StrawberryOptional)
    }
    found = {name: await _shown(value, info) for name, value in kept["fields"].items()}
    if any(found[name] is None for name, value in kept["fields"].items() if value is not None and name not in optional):
        raise repeating.done_before()
    return kind(**found)


def _kind(info: Answer, name: str) -> Any:
    union = cast(StrawberryUnion, info._field.type)
    return next(one for one in union.types if cast(type, one).__name__ == name)


async def _shown(value: Any, info: Answer) -> Any:
    """A thing that is not to be seen is null, and left out of a list."""
    if isinstance(value, list):
        return [one for one in [await _shown(one, info) for one in value] if one is not None]
    if not isinstance(value, dict):
        return value
    model = model_of(value["id"])
    visible = READINGS[model].visible(info.context.viewer)
    return await model.filter(visible, id=key_of(value["id"], model)).first()
