# ruff: noqa: S608  # what is put together here are SELECTs of ours; what a request brings is bound
"""The documents, and folders, on which grants are that reach someone, as conditions of a query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pypika_tortoise.context import SqlContext
from tortoise.expressions import Subquery
from tortoise.queryset import ValuesQuery

from server.models.database import is_postgres
from server.models.documents.tables import GrantUse
from server.models.fields import FoundFirst, few
from server.rules.documents import Act, Effect

CARRYING = {
    Effect.ALLOW: {act: [other for other in Act if other.carries(act) and other is not Act.MANAGE] for act in Act},
    Effect.DENY: {act: [other for other in Act if act.carries(other) and other is not Act.MANAGE] for act in Act},
}
"""By effect and what is wanted: the acts of grants that decide it."""
FOLDER = "folder_id"
"""Few grants are on folders: they are found before what lies below is looked for."""


@dataclass(frozen=True)
class Such:
    """Which grants are meant: those that decide this act. by_name: a person's own, or none of these; None for all.

    left_to: who has not used them up.
    """

    effect: Effect
    act: Act
    by_name: bool | None = None
    overriding: bool = False
    confirmed: bool = False
    left_to: UUID | None = None


MINE = ("id", "document_id", "folder_id", "person_id", "effect", "act", "overrides", "second_id", "max_opens")
"""The columns of a grant that a condition looks at."""


class Granted(Subquery):
    """The documents, or folders, that such grants are on. All that reach someone are found first, by the same words
    wherever they are asked for: so a statement finds them once."""

    def __init__(self, mine: FoundFirst, such: Such, column: str) -> None:
        super().__init__(mine.query)
        self.mine, self.such, self.column = mine, such, column

    def get_sql(self, ctx: SqlContext) -> str:
        """As it stands behind IN."""
        below = Below(self.mine).shared() if self.column == FOLDER else None
        if below:
            return f'(SELECT "below" FROM ({below}) mine WHERE {self._told(ctx)})'
        mine = self.mine.found(ctx.copy(subquery=False))  # values are bound in the order of the text
        keys = f'SELECT "{self.column}" FROM ({mine}) mine WHERE "{self.column}" IS NOT NULL AND {self._told(ctx)}'
        if self.column == FOLDER:
            return f'(SELECT "folder_id" FROM "folder_path" WHERE "above_id" IN ({few(keys, ctx)}))'
        return f"({keys})"

    def _told(self, ctx: SqlContext) -> str:
        """Words of the rule stand in the text: of a value that is bound, a list would be made anew for each row."""
        such = self.such
        acts = ",".join(map(_word, CARRYING[such.effect][such.act]))
        told = [f'"effect"={_word(such.effect)}', f'"act" IN ({acts})']
        if such.by_name is not None:
            told.append(f'"person_id" IS {"NOT " if such.by_name else ""}NULL')
        if such.overriding:
            told.append('"overrides"')
        if such.confirmed:
            told.append('"second_id" IS NOT NULL')
        if such.left_to:
            used = GrantUse.filter(person_id=such.left_to, left__lte=0).values("grant_id")
            told.append(f'("max_opens" IS NULL OR "id" NOT IN ({Subquery(used).get_sql(ctx.copy(subquery=False))}))')
        return " AND ".join(told)


class Below(FoundFirst):
    """The same grants as far as they are on folders: once for each folder, `below`, to which they reach down.

    Few are. Those folders are found first.
    """

    def __init__(self, mine: FoundFirst) -> None:
        super().__init__(*mine.queries)
        self.mine = mine

    def written(self, select: Callable[[ValuesQuery[Any]], str]) -> str:
        """From the table of all grants that reach someone, where there is one."""
        mine = self.mine.shared() or self.mine.written(select)
        held = f'SELECT "{FOLDER}" FROM ({mine}) held WHERE "{FOLDER}" IS NOT NULL'
        above = f"SELECT unnest(ARRAY({held}))" if is_postgres() else held
        return (
            f'SELECT f."folder_id" AS "below", mine.* FROM ({mine}) mine '
            f'JOIN "folder_path" f ON f."above_id"=mine."{FOLDER}" WHERE f."above_id" IN ({above})'
        )


def _word(value: Effect | Act) -> str:
    return f"'{value.value}'"
