"""The domain's refusals as pages see them: their sorts, and their words in the viewer's language."""

from typing import Any

from server.errors import Conflict, DomainError, Invalid, Limited, NotThere, Refused
from server.schema.problems import KINDS, camel
from server.schema.reading import Asking

__all__ = ["Conflict", "DomainError", "Invalid", "Limited", "NotThere", "Refused", "as_problems"]


def as_problems(error: DomainError, asking: Asking) -> list[dict[str, Any]]:
    """The problems as a mutation's union would show them: {code, message, field, rule, kind}."""
    locale = asking.viewer.locale
    return [
        {
            "code": p.code,
            "message": p.message.into(locale),
            "field": camel(p.field),
            "rule": p.rule,
            "kind": KINDS[type(error)],
        }
        for p in error.problems
    ]
