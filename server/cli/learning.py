"""`luzhi coverage`: who is in a body of a kind and who is not, from the machine itself (LC-1)."""

import asyncio
import datetime as dt
import json
from typing import Any

import click

from server.cli.system import at_work
from server.models.bodies import BodyKind
from server.models.learning import Coverage
from server.models.learning import coverage as covered
from server.models.members import Term

KINDS = tuple(kind.value for kind in BodyKind)


class Kind(click.ParamType[BodyKind]):
    """A kind of body, with - or _."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> BodyKind:
        """The kind. Wrong usage names those that there are."""
        word = str(value).lower().replace("-", "_")
        if word not in KINDS:
            self.fail(f"{value} is no kind of body. There are: {', '.join(KINDS)}.", param, ctx)
        return BodyKind(word)


class Day(click.ParamType[dt.date]):
    """A day such as 2026-11-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day."""
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no day. Write it as 2026-11-22.", param, ctx)


@click.command()
@click.argument("kind", type=Kind())
@click.option("--term", "code", help="Code of the term; all active terms without it.")
@click.option("--on", "day", type=Day(), help="The day asked about; today without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def coverage(kind: BodyKind, code: str | None, day: dt.date | None, as_json: bool) -> None:
    """Count the members who sit in no, in one and in several bodies of KIND, and name those in none."""
    answer = asyncio.run(_ask(kind, code, day))
    found = _found(answer, code)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _sentences(found))


async def _ask(kind: BodyKind, code: str | None, day: dt.date | None) -> Coverage:
    async with at_work() as viewer:
        term = await Term.filter(code=code).first() if code else None
        if code and term is None:
            raise click.ClickException(f"There is no term with the code {code}. {await _known()}")
        return await covered(kind, day or viewer.today, term.id if term else None)


async def _known() -> str:
    codes = [term.code for term in await Term.all().order_by("code")]
    return f"There are: {', '.join(codes)}." if codes else "There is none yet; import people with --term first."


def _found(answer: Coverage, code: str | None) -> dict[str, Any]:
    """The answer of the contract."""
    figures = answer.figures
    return {
        "kind": answer.kind.value,
        "term": code,
        "on": answer.on.isoformat(),
        "of": answer.of,
        "members": figures.members,
        "none": figures.none,
        "one": figures.one,
        "more": figures.more,
        "pending": figures.pending,
        "without": [
            {"id": f"per_{one.person}", "name": _name(*answer.names[one.person]), "pending": one.pending}
            for one in answer.without
        ],
    }


def _name(name_zh: str, name_en: str) -> str:
    return name_zh or name_en


def _sentences(found: dict[str, Any]) -> str:
    head = (
        f"{found['members']} members on {found['on']}: {found['one']} in one {found['kind']}, {found['more']} in more, "
        f"{found['none']} in none ({found['pending']} of them pending)."
    )
    lines = [f"  {one['id']}  {one['name']}{'  (pending)' if one['pending'] else ''}" for one in found["without"]]
    return "\n".join([head, *lines])
