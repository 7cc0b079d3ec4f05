"""How a refusal looks to the world: as data in a mutation's union, or as an error with a code."""

import enum
from typing import Any

import strawberry

from server.errors import Conflict, DomainError, Invalid, Limited, NotThere, Refused
from server.errors import Problem as Said
from server.schema.reading import Answer


@strawberry.enum(description="What sort of no it is.")
class ProblemKind(enum.Enum):
    """What sort of no it is; pages answer 422, 403, 422, 404, 429."""

    INVALID = strawberry.enum_value("invalid", description="The input, or the state of the thing, does not allow it.")
    REFUSED = strawberry.enum_value("refused", description="You may not do this.")
    CONFLICT = strawberry.enum_value("conflict", description="Someone was faster, or the same exists already.")
    NOT_THERE = strawberry.enum_value("not_there", description="It does not exist, or not for you.")
    LIMITED = strawberry.enum_value("limited", description="Too many tries; wait a while.")


KINDS: dict[type[DomainError], ProblemKind] = {
    Invalid: ProblemKind.INVALID,
    Refused: ProblemKind.REFUSED,
    Conflict: ProblemKind.CONFLICT,
    NotThere: ProblemKind.NOT_THERE,
    Limited: ProblemKind.LIMITED,
}


@strawberry.type(description="One thing that stands in the way, and where.")
class Problem:
    """One thing that stands in the way."""

    code: str = strawberry.field(description="Stable, for programs, such as NO_SUCH_TERM.")
    message: str = strawberry.field(description="What happened and what you can do, in your language.")
    field: str | None = strawberry.field(description="The argument concerned, or null for the whole.")
    rule: str | None = strawberry.field(description="The rule that says so, such as LC-1.")


@strawberry.type(description="Nothing was changed, for these reasons.")
class Problems:
    """A mutation that changed nothing."""

    kind: ProblemKind = strawberry.field(description="What sort of no it is.")
    problems: list[Problem] = strawberry.field(description="Each reason.")
    retry_after: int | None = strawberry.field(description="Seconds to wait, where waiting helps.", default=None)


class ToProblems(strawberry.ExceptionHandler[DomainError, Problems]):
    """The one translation of the domain's no into the union of a mutation."""

    def handle(self, exception: DomainError, *, field: Any, info: Answer) -> Problems:
        """The same problems, in the viewer's language."""
        locale = info.context.viewer.locale
        return Problems(
            kind=KINDS[type(exception)],
            problems=[
                Problem(code=p.code, message=p.message.into(locale), field=camel(p.field), rule=p.rule)
                for p in exception.problems
            ],
            retry_after=exception.retry_after if isinstance(exception, Limited) else None,
        )


def extensions(exception: DomainError) -> dict[str, object]:
    """The same no as an error of a query."""
    first: Said = exception.problems[0]
    return {"code": first.code, "kind": KINDS[type(exception)].name, "rule": first.rule}


def camel(name: str | None) -> str | None:
    """The name as GraphQL writes it."""
    if name is None:
        return None
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
