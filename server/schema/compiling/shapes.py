"""From values of Python to JSON, by what an operation selects of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.nodes import Making, Resolve, Shape
from server.schema.declared import Ref


@dataclass(frozen=True)
class Field:
    """One key of an object: an attribute, what a call gives, or always the same."""

    name: str | None
    shape: Shape | None
    call: Resolve | None = None
    constant: str | None = None

    async def of(self, value: Any, making: Making) -> Any:
        """Its JSON."""
        if self.shape is None:
            return self.constant
        found = await self.call(value, making) if self.call else getattr(value, self.name or "")
        return await self.shape(found, making)


def leaf(serialize: Callable[[Any], Any]) -> Shape:
    """A value by itself."""

    async def shape(value: Any, _: Making) -> Any:
        return None if value is None else serialize(value)

    return shape


def items(one: Shape) -> Shape:
    """A list."""

    async def shape(value: Any, making: Making) -> Any:
        return None if value is None else [await one(item, making) for item in value]

    return shape


def record(fields: Mapping[str, Field]) -> Shape:
    """An object."""

    async def shape(value: Any, making: Making) -> Any:
        return None if value is None else {key: await field.of(value, making) for key, field in fields.items()}

    return shape


def shown(place: int) -> Shape:
    """A row that was read along, or a list of them. place: among those that the value may show."""

    async def shape(value: Ref | list[Ref] | None, making: Making) -> Any:
        rows = making.shown[place]
        if isinstance(value, list):
            return [rows[str(ref.key)] for ref in value if str(ref.key) in rows]
        return None if value is None else rows.get(str(value.key))

    return shape


def required(one: Shape) -> Shape:
    """What the schema never has as null: where it is not there for this viewer, the ordinary road says so."""

    async def shape(value: Any, making: Making) -> Any:
        found = await one(value, making)
        if found is None:
            raise NotCompiled("what must be there is not there for this viewer")
        return found

    return shape
