"""The assembly itself: what it is called, and whom to ask. Everyone may read it, visitors too."""

from typing import Annotated, Any

import strawberry

from server.models import assembly
from server.rules.permissions import Action
from server.schema.declared import DESCRIBED
from server.schema.guard import needs, public
from server.schema.node import Node
from server.schema.problems import Problems
from server.schema.reading import Answer, chosen, column, given, reads, shows
from server.schema.rows import everyone, one_of


@strawberry.type(description="The assembly, and how its general office is reached. What is not known is empty.")
@reads(assembly.Assembly, everyone)
class Assembly(Node):
    """The one row."""

    name: str = chosen("name", "Its name in your language.")
    name_zh: str = column("Its name in Chinese.")
    name_en: str = column("Its name in English.")
    short: str = chosen("short", "Its short name in your language.")
    short_zh: str = column("Its short name in Chinese.")
    short_en: str = column("Its short name in English.")
    telephone: str = column("Telephone numbers of the office.")
    email: str = column("E-mail address of the office.")
    room: str = chosen("room", "Where the office is, in your language.")
    room_zh: str = column("Where the office is, in Chinese.")
    room_en: str = column("Where the office is, in English.")
    hours: str = chosen("hours", "When someone is there, in your language.")
    hours_zh: str = column("When someone is there, in Chinese.")
    hours_en: str = column("When someone is there, in English.")


def _fact(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(description="What the assembly is called and whom to ask; what is left out stays as it is.")
class AssemblyChange:
    """See `server.models.assembly.AssemblyFacts`."""

    name_zh: str | None = _fact("Its name in Chinese.")
    name_en: str | None = _fact("Its name in English.")
    short_zh: str | None = _fact("Its short name in Chinese, for the head of each page.")
    short_en: str | None = _fact("Its short name in English.")
    telephone: str | None = _fact("Telephone numbers of the office.")
    email: str | None = _fact("E-mail address of the office.")
    room_zh: str | None = _fact("Where the office is, in Chinese.")
    room_en: str | None = _fact("Where the office is, in English.")
    hours_zh: str | None = _fact("When someone is there, in Chinese.")
    hours_en: str | None = _fact("When someone is there, in English.")


@strawberry.type(description="The assembly as it is now.")
class AssemblyPayload:
    """Success."""

    assembly: Assembly = strawberry.field(description="The assembly.")


AssemblyResult = Annotated[
    AssemblyPayload | Problems, strawberry.union("AssemblyResult", description="The assembly, or why not.")
]


@strawberry.type
class AssemblyQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What the assembly is called and whom to ask; null before anyone said it.",
        graphql_type=Assembly | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def assembly(self, info: Answer) -> Any:
        """On every page, that of signing in too."""
        return await one_of(info.context, assembly.Assembly.all().limit(1))


@strawberry.type
class AssemblyMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Says what the assembly is called and whom to ask.", extensions=needs(Action.MANAGE_ASSEMBLY)
    )
    async def assembly_change(
        self,
        info: Answer,
        change: Annotated[AssemblyChange, strawberry.argument(description="What is other now.")],
    ) -> AssemblyResult:
        """A name in one language at least, and one way to reach the office."""
        row = await assembly.change_assembly(info.context.viewer, **given(change, assembly.Assembly))
        return shows(AssemblyPayload, assembly=row)
