"""Many changes of one kind at once: all of them or none, with each reason why not beside the place of its item."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from server.errors import DomainError, Invalid, Limited, Problem
from server.models.database import transaction
from server.words import say

MOST = 100
"""Items at a time."""
Item = TypeVar("Item")
Result = TypeVar("Result")


def as_given(_: Any) -> int:
    """For what is done in the order in which it was asked."""
    return 0


def few(items: Sequence[Item], field: str) -> Sequence[Item]:
    """The items. Raises Invalid where they are none, or too many. field: the argument that holds them."""
    if not 1 <= len(items) <= MOST:
        raise Invalid(Problem("HOW_MANY", say("Send 1 to {most} at a time.", most=MOST), field))
    return items


async def each(
    items: Sequence[Item], act: Callable[[Item], Awaitable[Result]], by: Callable[[Item], Hashable] = as_given
) -> list[Result]:
    """What `act` gives for each, in their order, in one transaction. by: in whose order they are done.

    Raises the problems of all items, as the kind of no of the first; each knows its item.
    """
    done: dict[int, Result] = {}
    refused: dict[int, DomainError] = {}
    async with transaction():
        for place in sorted(range(len(items)), key=lambda place: (str(by(items[place])), place)):
            try:
                async with transaction():
                    done[place] = await act(items[place])
            except DomainError as refusal:
                refused[place] = refusal
        _raise(refused)
    return [done[place] for place in range(len(items))]


def _raise(refused: dict[int, DomainError]) -> None:
    if not refused:
        return
    problems = [replace(problem, item=place) for place in sorted(refused) for problem in refused[place].problems]
    first = refused[min(refused)]
    raise Limited(first.retry_after, *problems) if isinstance(first, Limited) else type(first)(*problems)
