"""One operation on both roads: what is different, as little of it as still is, and how to see it again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Schema

from server import schema
from server.errors import Invalid
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.plans import Compiler
from server.schema.reading import Asking
from server.viewer import Viewer


@dataclass(frozen=True)
class Answer:
    """data, errors as clients see them, and whose files were opened."""

    said: dict[str, Any]
    files: Mapping[Any, set[str]]


@dataclass(frozen=True)
class Asked:
    """One request. who: the name of the viewer. name: of the operation."""

    text: str
    variables: dict[str, Any]
    who: str
    viewer: Viewer
    name: str | None = None


async def ordinary(asked: Asked, over: Schema = schema.api) -> Answer:
    """The answer of the ordinary road. over: the schema of clients, or of pages."""
    asking = Asking(asked.viewer)
    result = await over.execute(asked.text, asked.variables, asking, operation_name=asked.name)
    return Answer(schema.formatted(result, asking), asking.files_read)


async def compiled(asked: Asked, compiler: Compiler) -> Answer | NotCompiled:
    """The answer of the compiled road, or why it does not go there."""
    asking = Asking(asked.viewer)
    given = (asked.text, asked.name, asked.variables, asking)
    try:
        data = await compiler.values(*given) if compiler.dates else json.loads(await compiler.read(*given))
    except NotCompiled as why:
        return why
    return Answer({"data": data}, asking.files_read)


def difference(one: Any, other: Any, place: str = "data") -> str:
    """Where two answers differ first, with both values; empty where they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in one or key not in other:
                return f"{place}.{key} is only on the {'compiled' if key in other else 'ordinary'} road"
            if found := difference(one[key], other[key], f"{place}.{key}"):
                return found
        return "" if list(one) == list(other) else f"{place} has its keys in another order: {list(one)}, {list(other)}"
    if isinstance(one, list) and isinstance(other, list):
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            if found := difference(left, right, f"{place}[{number}]"):
                return found
        return "" if len(one) == len(other) else f"{place} has {len(one)} things, {len(other)} on the compiled road"
    return "" if type(one) is type(other) and one == other else f"{place} is {one!r}, {other!r} on the compiled road"


def differ(there: Answer, here: Answer) -> str:
    """What the compiled road says otherwise than the ordinary one; empty where nothing."""
    if there.files != here.files:
        return f"files opened: {there.files}, {here.files} on the compiled road"
    return difference(there.said, here.said, "answer")


FINE = (
    "it is too much for one statement",
    "it is weighed in Python",
    "an ID is none of ours",
    "This place in the list is not known. Start again from its beginning.",  # of a list in a thing that is not there
)
"""Why an operation may take the ordinary road that asks for nothing wrong."""


NOT_THERE = "an argument names what is not there for this viewer"
"""Of a field that is null then, too."""


def judge(there: Answer, here: Answer | NotCompiled) -> str:
    """What is wrong; empty where both answer alike, or the operation takes the ordinary road rightly."""
    if isinstance(here, NotCompiled):
        unasked = isinstance(here.__cause__, Invalid)  # a value that makes no sense, of a field that is left out
        null = str(here) == NOT_THERE and None in (there.said["data"] or {}).values()
        fine = "errors" in there.said or str(here) in FINE or unasked or null
        return "" if fine else f"it is not compiled: {here}"
    return differ(there, here)
