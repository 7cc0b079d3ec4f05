"""A page's operation read to its end: each of its lists in full, by the cursors it pages with."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    parse,
)
from starlette.requests import Request

from server.words import Words, say
from web.edge import A_PAGE
from web.pages import answered, document, query_of
from web.rendering import Unreadable

AT_ONCE = 100
MOST = 5000
"""Entries of one list on paper."""
TRIES = 3
"""How often a list that changes while it is read is read anew."""
NO_MORE: dict[str, Any] = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
PAGING = frozenset({"first", "last", "before"})
Path = tuple[str, ...]


async def whole(request: Request, name: str, usual: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the query of a page answers, for the address of the request, but all of each list.

    usual: variables for which the address may say something else. Raises as `answered` does, and Unreadable for
    lists that are too long.
    """
    lists = cursors(name)
    asked = {key: value for key, value in query_of(request).items() if value != ""}
    given = {**(usual or {}), **asked, **request.path_params}
    given = {key: value for key, value in given.items() if key not in PAGING and key not in lists}
    if lists:
        given["first"] = str(AT_ONCE)
    for _ in range(TRIES):
        data, steady = await _read(request, name, given, lists)
        if steady:
            break
    return data


async def _read(
    request: Request, name: str, given: Mapping[str, Any], lists: Mapping[str, Path]
) -> tuple[dict[str, Any], bool]:
    """All of it, and whether each list has as many entries as the last part of it said."""
    data = await answered(request, name, given)
    found = {cursor: there for cursor, path in lists.items() if (there := _at(data, path))}
    totals = {cursor: there.get("totalCount") for cursor, there in found.items()}
    _bounded(totals.values())
    while onward := {key: cursor for key, there in found.items() if (cursor := _onward(there["pageInfo"]))}:
        request.state.asking.pay(A_PAGE)
        more = await answered(request, name, {**given, **onward})
        for key in onward:
            part = _at(more, lists[key]) or NO_MORE
            found[key]["edges"] += part["edges"]
            found[key]["pageInfo"] = part["pageInfo"]
            totals[key] = part.get("totalCount")
        _bounded(len(there["edges"]) for there in found.values())
    for there in found.values():
        there["pageInfo"] = {**there["pageInfo"], "hasPreviousPage": False}
    return data, all(totals[key] in (None, len(there["edges"])) for key, there in found.items())


def _onward(page: Mapping[str, Any]) -> str:
    """The cursor from which it goes on, or nothing at its end."""
    cursor, more = page["endCursor"], page["hasNextPage"]
    return str(cursor) if more else ""


def _bounded(counts: Any) -> None:
    most = max((count for count in counts if count), default=0)
    if most > MOST:
        message = say("On paper go up to {most} entries; these are {count}. Ask for fewer.", most=MOST, count=most)
        raise Unreadable([problem("TOO_MANY", message)])


def problem(code: str, message: Words) -> dict[str, Any]:
    """As pages show one."""
    return {"field": None, "code": code, "message": message, "rule": None}


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step] if data else None
    return data


@cache
def cursors(name: str) -> dict[str, Path]:
    """The variables that say after which entry a list goes on, each with the place of its list in the answer."""
    doc = document(name)
    fragments = {
        node.name.value: node for node in parse(doc.text).definitions if isinstance(node, FragmentDefinitionNode)
    }
    return dict(_cursors(doc.query.selection_set, (), fragments))


def _cursors(
    part: SelectionSetNode | None, above: Path, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[tuple[str, Path]]:
    for node in part.selections if part else ():
        if isinstance(node, FragmentSpreadNode):
            yield from _cursors(fragments[node.name.value].selection_set, above, fragments)
        elif isinstance(node, InlineFragmentNode):
            yield from _cursors(node.selection_set, above, fragments)
        elif isinstance(node, FieldNode):
            here = (*above, (node.alias or node.name).value)
            for argument in node.arguments or ():
                if argument.name.value == "after" and isinstance(argument.value, VariableNode):
                    yield argument.value.name.value, here
            yield from _cursors(node.selection_set, here, fragments)
