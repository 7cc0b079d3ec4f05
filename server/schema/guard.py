"""The one line that guards a root field, and the one that says it is public."""

from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from server.rules.permissions import Action
from server.schema.reading import Answer


class Needs(FieldExtension):
    """Lets a viewer pass whose roles allow the action somewhere; the verb asks again for the very body."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def apply(self, field: StrawberryField) -> None:
        """Writes the guard into the description, so that the schema tells who may."""
        field.description = f"{field.description or ''} Needs the permission to {self.action.value}.".strip()

    async def resolve_async(self, next_: Any, source: Any, info: Answer, **kwargs: Any) -> Any:
        """Asks the table, then the resolver."""
        info.context.viewer.must(self.action)
        return await next_(source, info, **kwargs)


class Public(FieldExtension):
    """Open to everyone, signed in or not: said, not left out."""

    def apply(self, field: StrawberryField) -> None:
        """Writes it into the description."""
        field.description = f"{field.description or ''} Public.".strip()


def needs(action: Action) -> list[FieldExtension]:
    """`extensions=needs(Action.X)`."""
    return [Needs(action)]


def public() -> list[FieldExtension]:
    """`extensions=public()`."""
    return [Public()]
