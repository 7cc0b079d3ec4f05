"""Statements with names in them, for both databases."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.models.database import is_postgres

NAME = re.compile(r"(?<!:):([a-z_]+[0-9]*)")


def bound(sql: str, facts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement with `:name` as the driver's placeholders, and their values in order; unused facts are left out."""
    used = list(dict.fromkeys(NAME.findall(sql)))
    places = {name: n for n, name in enumerate(used, 1)}
    mark = "$" if is_postgres() else "?"
    said = NAME.sub(lambda found: f"{mark}{places[found[1]]}", sql)
    return said, [facts[name] if is_postgres() else plain(facts[name]) for name in used]


def plain(fact: Any) -> Any:
    """As SQLite keeps it: days and keys as text."""
    return str(fact) if isinstance(fact, dt.date | UUID) else fact
