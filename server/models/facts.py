"""What was typed, before it is kept: trimmed, short enough, without characters that no name has."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from server.errors import Conflict, Invalid, Problem
from server.words import say


def tidy(model: type[Model], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with their texts trimmed. Raises Invalid with each text that the model cannot hold."""
    tidied = {name: fact.strip() if isinstance(fact, str) else fact for name, fact in facts.items()}
    problems = [problem for name, fact in tidied.items() for problem in _problems(model, name, fact)]
    if problems:
        raise Invalid(*problems)
    return tidied


def differing(row: Model, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those facts that are not what the row says already."""
    return {name: fact for name, fact in facts.items() if getattr(row, name) != fact}


def before_and_after(row: Model, facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """For the audit trail: name -> [what it was, what it is]."""
    return {name: [getattr(row, name), fact] for name, fact in facts.items()}


@contextmanager
def unique(problem: Problem) -> Iterator[None]:
    """What the database refuses inside, because the same exists already, is a Conflict with this problem."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(problem) from error


def _problems(model: type[Model], name: str, fact: object) -> Iterator[Problem]:
    texts = fact if isinstance(fact, list) else [fact]
    most = getattr(model._meta.fields_map[name], "max_length", None)
    for text in texts:
        if not isinstance(text, str):
            continue
        if any(unicodedata.category(c) == "Cc" for c in text):
            yield Problem("BAD_CHARACTER", say("There is an invisible control character in it. Type it anew."), name)
        if most and len(text) > most:
            said = say("At most {most} characters; these are {length}.", most=most, length=len(text))
            yield Problem("TOO_LONG", said, name)
