"""Answers, made comparable: what a client added or threw away is no difference."""

from typing import Any

GOOD = "200 application/graphql-response+json"


NO_DIFFERENCE = {"__typename", "lastUsedAt"}
"""Some clients ask for the names of types beside what they were told to; when a token was used last moves as we ask."""


def bare(data: Any) -> Any:
    """Without what makes no difference."""
    if isinstance(data, dict):
        return {key: bare(value) for key, value in data.items() if key not in NO_DIFFERENCE}
    return [bare(one) for one in data] if isinstance(data, list) else data


def errors(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Without their places in the text, which each client prints in its own way."""
    return [{key: value for key, value in error.items() if key != "locations"} for error in answer.get("errors") or []]
