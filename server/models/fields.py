"""The columns that many tables share: keys, spans of days, corrections that keep what they correct."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pypika_tortoise.context import SqlContext
from pypika_tortoise.enums import Dialects
from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import ValuesQuery


class Keyed(Model):
    """A row with a key of its own that says nothing about order or number."""

    id = fields.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta:
        abstract = True


class Dated(Keyed):
    """A fact that holds from `starts_on` up to, but not on, `ends_on`; an open side is unknown or has no end.

    A wrong fact is never changed or deleted: it is voided, with who and why, and the right one stands beside it.
    `voided_elsewhere` names who did it in the register that an import brought the row from; it is no account of ours.
    """

    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    recorded_at = fields.DatetimeField(auto_now_add=True)
    recorded_by: fields.ForeignKeyNullableRelation["Model"] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    voided_at = fields.DatetimeField(null=True)
    voided_by: fields.ForeignKeyNullableRelation["Model"] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    voided_reason = fields.CharField(max_length=500, default="")
    voided_elsewhere = fields.CharField(max_length=150, default="", db_default="")

    class Meta:
        abstract = True


def holding(on: dt.date, prefix: str = "") -> Q:
    """Rows that hold on that day: not voided, begun, not ended. `prefix` leads to them, such as "posts__"."""
    begun: dict[str, Any] = {f"{prefix}starts_on__lte": on}
    unknown: dict[str, Any] = {f"{prefix}starts_on__isnull": True}
    lasting: dict[str, Any] = {f"{prefix}ends_on__gt": on}
    open_ended: dict[str, Any] = {f"{prefix}ends_on__isnull": True}
    right: dict[str, Any] = {f"{prefix}voided_at__isnull": True}
    return Q(**right) & (Q(**unknown) | Q(**begun)) & (Q(**open_ended) | Q(**lasting))


def of(link: str, condition: Q) -> Q:
    """The same condition, asked of the row at the end of that link: a join, which a list can be ordered by as well."""
    filters = {f"{link}__{name}": value for name, value in condition.filters.items()}
    found = Q(*(of(link, one) for one in condition.children), join_type=condition.join_type, **filters)
    return ~found if condition._is_negated else found


class FoundFirst(Subquery):
    """What any of these queries gives, behind IN: few rows, each found by its own index, and looked for by one then.

    A condition with OR would read the whole table. Whoever writes a larger statement may have them stand in it once,
    as a table of their own: see `sharing`.
    """

    def __init__(self, *queries: ValuesQuery[Any]) -> None:
        super().__init__(queries[0])
        self.queries = queries

    def get_sql(self, ctx: SqlContext) -> str:
        """As it stands behind IN."""
        return f"({few(self.found(ctx.copy(subquery=False)), ctx)})"

    def found(self, ctx: SqlContext) -> str:
        """The queries as one, or what reads the table in which all they give stands already."""
        return self.shared() or self.written(lambda query: Subquery(query).get_sql(ctx))

    def shared(self) -> str | None:
        """What reads the table in which all they give stands already, if there is one."""
        share = _share.get()
        return share(self) if share else None

    def written(self, select: Callable[[ValuesQuery[Any]], str]) -> str:
        """The queries as one. select: writes one of them."""
        return " UNION ALL ".join(map(select, self.queries))


Share = Callable[[FoundFirst], str | None]
"""What reads the table in which what is found first stands, if there is one."""
_share: ContextVar[Share | None] = ContextVar("share", default=None)


@contextmanager
def sharing(share: Share) -> Iterator[None]:
    """Within: what is found first is read from a table of its own, wherever there is one."""
    token = _share.set(share)
    try:
        yield
    finally:
        _share.reset(token)


def few(keys: str, ctx: SqlContext) -> str:
    """The same keys, said to be few: PostgreSQL looks for each by an index. Of an array it expects ten."""
    return f"SELECT unnest(ARRAY({keys}))" if ctx.dialect is Dialects.POSTGRESQL else keys
