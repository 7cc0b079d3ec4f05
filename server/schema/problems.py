"""How a refusal looks to the world: as data in a mutation's union, or as an error with a code."""

import enum
import logging
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer
from strawberry.types.field import StrawberryField

from server.errors import Conflict, DomainError, Invalid, Limited, NotThere, Refused
from server.errors import Problem as Said
from server.schema.codes import listed
from server.schema.exploring import without_proposal
from server.schema.reading import Answer, Asking
from server.words import Words, say

log = logging.getLogger("luzhi.schema")
LONGEST = 500
"""Letters of an error that quotes what was sent."""


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
    item: int | None = strawberry.field(
        description="Of many changes at once, the place of the one that is meant, from 0; null for the whole.",
        default=None,
    )


@strawberry.type(description="Nothing was changed, for these reasons.")
class Problems:
    """A mutation that changed nothing."""

    kind: ProblemKind = strawberry.field(description="What sort of no it is.")
    problems: list[Problem] = strawberry.field(description="Each reason.")
    retry_after: int | None = strawberry.field(description="Seconds to wait, where waiting helps.", default=None)


THINGS = frozenset(
    {
        *("account", "app", "assignment", "body", "body_membership", "consent", "delivery", "group", "mailing"),
        *("membership", "message", "person", "relation", "request", "session", "source", "token"),
        *("booking", "copy", "document", "loan", "room", "slot"),
        *("activity", "leave", "hearing", "application"),
    }
)
"""What verbs call the thing that they change; a mutation calls it `id`."""


class ToProblems(strawberry.ExceptionHandler[DomainError, Problems]):
    """The one translation of the domain's no into the union of a mutation."""

    def handle(self, exception: DomainError, *, field: StrawberryField, info: Answer) -> Problems:
        """The same problems, in the viewer's language and by the names of the mutation's arguments."""
        locale, names = info.context.viewer.locale, _names(field)
        return Problems(
            kind=KINDS[type(exception)],
            problems=[
                Problem(
                    code=p.code,
                    message=p.message.into(locale),
                    field=_named(p.field, names),
                    rule=p.rule,
                    item=p.item,
                )
                for p in exception.problems
            ],
            retry_after=exception.retry_after if isinstance(exception, Limited) else None,
        )


def _names(field: StrawberryField) -> set[str]:
    """What a mutation calls its arguments, and the fields of those that are inputs."""
    names = {argument.python_name for argument in field.arguments}
    for argument in field.arguments:
        kind = argument.type
        while isinstance(kind, StrawberryContainer):
            kind = kind.of_type
        given = get_object_definition(kind)
        names |= {part.python_name for part in given.fields} if given else set()
    return names


def _named(field: str | None, names: set[str]) -> str | None:
    """The argument that a problem means; None where it means none of these."""
    if field in THINGS - names:
        field = "id"
    return camel(field) if field in names else None


def error(found: GraphQLError, asking: Asking, *, ran: bool) -> dict[str, Any]:
    """An entry of `errors`: refusals keep their words, bugs are logged and get a number. ran: it was valid so far."""
    cause, locale = found.original_error, asking.viewer.locale
    shown: dict[str, Any] = dict(found.formatted)
    if isinstance(cause, DomainError):
        message = " ".join(problem.message.into(locale) for problem in cause.problems)
        return shown | {"message": message, "extensions": _refusal(cause)}
    code = _code(found, ran=ran)
    if code != "INTERNAL":
        message = found.message if asking.viewer.signed_in else without_proposal(found.message)
        return shown | {"message": _short(message), "extensions": {"code": code}}
    number = asking.viewer.request_id
    log.error("request %s failed", number, exc_info=cause or found)
    return shown | {"message": wrong(number).into(locale), "extensions": {"code": code, "requestId": number}}


def _short(message: str) -> str:
    """Errors quote what was sent, which can be as long as a request."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}..."


def wrong(number: str) -> Words:
    """What is told of a fault of ours: nothing but the number under which it is logged."""
    return say("Something went wrong here. Tell the office this number: {number}.", number=number)


def took_too_long(seconds: float) -> Words:
    """What is told where an answer was not there in time."""
    return say(
        "This took longer than {seconds} seconds and was stopped; nothing was changed. Ask for less at a time.",
        seconds=f"{seconds:g}",
    )


def _code(found: GraphQLError, *, ran: bool) -> str:
    if isinstance(found, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    ours = found.original_error is not None and not isinstance(found.original_error, GraphQLError)
    if ours or (ran and found.nodes and isinstance(found.nodes[0], FieldNode)):
        return "INTERNAL"
    return "BAD_USER_INPUT" if ran else "GRAPHQL_VALIDATION_FAILED"


def _refusal(exception: DomainError) -> dict[str, object]:
    first: Said = exception.problems[0]
    kind = KINDS.get(type(exception), ProblemKind.REFUSED).name
    return {"code": listed(first.code, kind), "kind": kind, "field": camel(first.field), "rule": first.rule}


def camel(name: str | None) -> str | None:
    """The name as GraphQL writes it."""
    if name is None:
        return None
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
