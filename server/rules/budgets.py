"""What one operation may cost, by who asks, and what shape it may have (docs/cost.md)."""

import enum
from dataclasses import dataclass, fields

from server.errors import Problem
from server.words import Words, say


class Caller(enum.StrEnum):
    """Who asks, as far as budgets go: by the name that they have in `Budgets` and `Rates`."""

    VISITOR = enum.auto()
    SESSION = enum.auto()
    TOKEN = enum.auto()


@dataclass(frozen=True)
class Budgets:
    """What one operation may cost, by who asks."""

    visitor: int = 10_000
    session: int = 50_000
    token: int = 50_000

    def of(self, caller: Caller) -> int:
        """The one for that caller."""
        return int(getattr(self, caller.value))


@dataclass(frozen=True)
class Cost:
    """What an operation can come to at most, all fragments spread out.

    cost: its fields by their weights, as often as they can be there. rows: things in lists. depth: fields in fields.
    directives: the most at one place. roots: fields of the operation itself. fields: all of them. tokens: of the whole
    document.
    """

    cost: int
    rows: int
    depth: int
    aliases: int
    directives: int
    roots: int
    fields: int
    tokens: int


@dataclass(frozen=True)
class Shape:
    """The most of each that an operation may have, whoever asks. Pages and examples have at most a third of it.

    comments: of the text; they are skipped, but read.
    """

    depth: int = 20
    aliases: int = 50
    directives: int = 5
    roots: int = 20
    fields: int = 1_000
    tokens: int = 2_000
    comments: int = 500


MOST_THINGS = 20_000
"""In lists of one answer that is put together in Python: some two seconds of a processor."""
SHAPE = Shape()
NAMES = tuple(one.name for one in fields(Shape) if one.name != "comments")


def too_costly(cost: int, limit: int) -> Problem:
    """What is said of an operation that costs more than its caller may spend on one."""
    message = say(
        "This can cost {cost}, and {limit} is allowed for one operation. "
        "Ask for fewer rows with first, for fewer lists within lists, or in several operations.",
        cost=cost,
        limit=limit,
    )
    return Problem("COST_LIMIT", message)


def too_many_things() -> Problem:
    """What is said where an answer turns out to be longer than its cost let expect."""
    message = say(
        "The lists of this answer have more than {most} things in them. Ask for fewer lists within lists, "
        "or in several operations.",
        most=MOST_THINGS,
    )
    return Problem("COST_LIMIT", message)


def too_much_lately(seconds: int) -> Problem:
    """What is said where there is nothing left for now."""
    return Problem("LIMITED", say("This is too much in too short a time. Wait {seconds} seconds.", seconds=seconds))


def misshapen(cost: Cost) -> Problem | None:
    """What is said of an operation that has too much of something; None where it has not."""
    for name in NAMES:
        found, most = getattr(cost, name), getattr(SHAPE, name)
        if found > most:
            return Problem("SHAPE_LIMIT", _words(name, found, most))
    return None


def too_long() -> Problem:
    """What is said of a text that was not read to its end."""
    message = say(
        "The query has more than {tokens} names and signs, more than {comments} comments, or stands too deep. "
        "Ask in several operations.",
        tokens=SHAPE.tokens,
        comments=SHAPE.comments,
    )
    return Problem("SHAPE_LIMIT", message)


def _words(name: str, found: int, most: int) -> Words:
    match name:
        case "depth":
            return say(
                "Fields stand {found} deep, and {most} is allowed. "
                "Ask for what is within by its ID, in another operation.",
                found=found,
                most=most,
            )
        case "aliases":
            return say(
                "There are {found} aliases, and {most} are allowed. Ask in several operations.", found=found, most=most
            )
        case "directives":
            return say(
                "There are {found} directives at one place, and {most} are allowed. Leave some out.",
                found=found,
                most=most,
            )
        case "roots":
            return say(
                "The operation itself has {found} fields, and {most} are allowed. Ask in several operations.",
                found=found,
                most=most,
            )
        case "fields":
            return say(
                "There are {found} fields, those of fragments each time counted, and {most} are allowed. "
                "Ask in several operations.",
                found=found,
                most=most,
            )
    return too_long().message
