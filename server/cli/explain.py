"""`luzhi explain`: what becomes of an operation: what it reads, its statement, its values and what it can cost."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import click

from server.cli.system import at_work
from server.models.accounts import Account, RoleAssignment, account_named
from server.models.accounts.holders import roles_of_all
from server.models.database import is_postgres
from server.models.fields import holding
from server.rules.permissions import ROLE_NAMES, HeldRole, Role
from server.schema.explaining import Explained, Explainer, Unclear, Value
from server.viewer import Viewer
from server.words import LOCALES

LONGEST = 60
"""Letters of a value that are shown."""
ONE = "one statement; in a request, who asks is read in it, too"
LANGUAGES = {"zh": "Chinese", "en": "English"}


class Variables(click.ParamType[dict[str, Any]]):
    """A JSON object."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """The object. Wrong usage for anything else."""
        try:
            found = json.loads(value)
        except ValueError as error:
            self.fail(f"It is no JSON: {error}.", param, ctx)
        if not isinstance(found, dict):
            self.fail('It must be an object, such as {"first": 10}.', param, ctx)
        return found


@dataclass(frozen=True)
class Asker:
    """In whose place an operation is explained. why: what to know about that."""

    viewer: Viewer
    why: str


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--operation", help="Only the one of that name; all of the file without it.")
@click.option("--variables", type=Variables(), default="{}", help='Values, as JSON: {"first": 10}.')
@click.option("--as", "name", help="The account that asks; the first administrator without it.")
@click.option("--analyze", is_flag=True, help="Also what the database does: PostgreSQL runs the statement for that.")
def explain(file: Any, operation: str | None, variables: dict[str, Any], name: str | None, analyze: bool) -> None:
    """Say what becomes of the operations in FILE (GraphQL): their road, plan, SQL, parameters and cost."""
    try:
        sections = asyncio.run(_explained(file.read(), operation, variables, name, analyze))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is no text in UTF-8.") from error
    except Unclear as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    click.echo("\n\n".join(sections))


async def _explained(
    text: str, operation: str | None, variables: dict[str, Any], name: str | None, analyze: bool
) -> list[str]:
    explainer = Explainer.of(text)
    asked = [(one, explainer.given(one, variables)) for one in explainer.operations(operation)]
    async with at_work() as system:
        asker = await _asker(system, name)
        found = [await explainer.explain(one, given, asker.viewer, analyze=analyze) for one, given in asked]
        return ["\n".join(_section(one, asker)) for one in found]


async def _asker(system: Viewer, name: str | None) -> Asker:
    account = await account_named(system, name) if name else await _administrator(system)
    if account is None:
        every = replace(system, roles=tuple(HeldRole(role) for role in Role))
        return Asker(every, "one who holds every role, since there is no administrator")
    roles = (await roles_of_all([account], system.today))[account.id]
    locale = next((known for known in LOCALES if known == account.locale), LOCALES[0])
    viewer = Viewer(
        now=system.now,
        zone=system.zone,
        account=account.id,
        name=account.name,
        person=account.person_id,
        roles=roles,
        locale=locale,
    )
    held = ", ".join(dict.fromkeys(ROLE_NAMES[role.role].msgid for role in roles)) or "no role"
    return Asker(viewer, f"{account.name} ({held}{'' if account.active else '; disabled'})")


async def _administrator(system: Viewer) -> Account | None:
    held = RoleAssignment.filter(holding(system.today), role=Role.ADMINISTRATOR, account__active=True)
    first = await held.order_by("recorded_at", "id").select_related("account").first()
    return first.account if first else None


def _section(one: Explained, asker: Asker) -> Iterator[str]:
    """The lines about one operation."""
    database = "PostgreSQL" if is_postgres() else "SQLite"
    yield f"{one.kind} {one.name}, as {asker.why}, in {LANGUAGES[asker.viewer.locale]}, on {database}"
    yield from _titled("Road", [f"the ordinary one: {one.ordinary}" if one.ordinary else ONE])
    yield from _titled("Reads", one.tree)
    yield from _titled("SQL", one.sql.splitlines())
    yield from _titled("Parameters", [_parameter(value) for value in one.values])
    yield from _titled("Cost", _cost(one))
    yield from _titled("What the database does", one.plan)


def _titled(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
        yield from (f"  {line}" for line in lines)


def _parameter(value: Value) -> str:
    places = ", ".join(_runs(value.places, "$" if is_postgres() else "?"))
    shown = repr(value.value) if isinstance(value.value, int | str) else f"{value.value}"
    cut = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
    return f"{places} = {cut}, {value.tells or 'fixed for this plan'}"


def _runs(places: tuple[int, ...], sign: str) -> Iterator[str]:
    """The places; three and more in a row by the first and the last."""
    for _, group in groupby(enumerate(places), lambda one: one[1] - one[0]):
        run = [f"{sign}{place}" for _, place in group]
        yield from run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]


def _cost(one: Explained) -> list[str]:
    cost = one.cost
    shape = {
        "depth": cost.depth,
        "root fields": cost.roots,
        "aliases": cost.aliases,
        "directives at one place": cost.directives,
        "tokens": cost.tokens,
    }
    parts = [f"{key}: {part.cost:,}, with {part.rows:,} rows" for key, part in one.parts if len(one.parts) > 1]
    whole = f"{cost.cost:,} at most, with {cost.rows:,} rows in lists"
    return [whole, *parts, ", ".join(f"{name} {number:,}" for name, number in shape.items())]
