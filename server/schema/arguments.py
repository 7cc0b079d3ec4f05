"""Arguments that several fields take: written once as a dataclass, each its own argument; and texts among them."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model

P = ParamSpec("P")
T = TypeVar("T")


def spread(resolver: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Lets the schema see each field of a dataclass that the resolver takes; the resolver gets it whole."""
    signature = inspect.signature(resolver)
    whole: dict[str, Any] = {
        name: taken.annotation for name, taken in signature.parameters.items() if is_dataclass(taken.annotation)
    }

    @wraps(resolver)
    async def gather(*args: Any, **given: Any) -> T:
        for name, kind in whole.items():
            given[name] = kind(**{part.name: given.pop(part.name) for part in fields(kind) if part.name in given})
        return await resolver(*args, **given)

    seen: list[inspect.Parameter] = []
    for name, taken in signature.parameters.items():
        seen += _parts(whole[name]) if name in whole else [taken]
    vars(gather)["__signature__"] = signature.replace(parameters=_in_order(seen))
    return gather


def with_texts(model: type[Model], **facts: str) -> Q:
    """Rows with these texts in these columns; none where a column is too short for one that was typed."""
    return Q(**facts) if all(fits(model, name, text) for name, text in facts.items()) else Q(pk__in=[])


def fits(model: type[Model], name: str, text: str) -> bool:
    """Whether that column is long enough for this text."""
    most = model._meta.fields_map[name].constraints.get("max_length", len(text))
    return len(text) <= most or type(text) is not str  # a marked one is as long as it happens to be


def _parts(kind: Any) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(part.name, inspect.Parameter.KEYWORD_ONLY, default=_default(part), annotation=part.type)
        for part in fields(kind)
    ]


def _default(part: Field[Any]) -> Any:
    return inspect.Parameter.empty if part.default is MISSING else part.default


def _in_order(seen: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """What stands behind an argument that is only taken by name is only taken by name, too."""
    first = next(place for place, taken in enumerate(seen) if taken.kind is inspect.Parameter.KEYWORD_ONLY)
    return seen[:first] + [taken.replace(kind=inspect.Parameter.KEYWORD_ONLY) for taken in seen[first:]]
