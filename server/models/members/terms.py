"""Terms: begun, changed and closed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy, unique
from server.models.history import locked
from server.models.members.tables import Membership, Term, TermStatus, TermYear
from server.rules.names import split_script
from server.rules.permissions import Action
from server.rules.spans import Span, backwards
from server.viewer import Viewer
from server.words import say


class TermFacts(TypedDict, total=False):
    """What can be said of a term; what is absent stays as it is."""

    code: str
    name_zh: str
    name_en: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    status: TermStatus


async def create_term(viewer: Viewer, **facts: Unpack[TermFacts]) -> Term:
    """A new term. Raises Conflict if its code is taken."""
    viewer.must(Action.MANAGE_MEMBERS)
    said = sound({"code": "", **facts})
    async with transaction():
        with unique(code_taken(said["code"])):
            term = await Term.create(**said)
        await audit.record(viewer, "members.create_term", f"trm_{term.id}", said)
    return term


async def change_term(viewer: Viewer, term: UUID, **facts: Unpack[TermFacts]) -> Term:
    """Other words, days or another status."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        row = await locked(Term, term, "term")
        now = {name: getattr(row, name) for name in TermFacts.__annotations__}
        changed = differing(row, sound(now | dict(facts)))
        if "status" in changed and row.follows_id and row.status is TermStatus.DRAFT:
            said = say("This is the plan for the next term. Decide it on the page of the change to the next term.")
            raise Invalid(Problem("BY_RENEWAL", said, "status"))
        if changed:
            with unique(code_taken(str(facts.get("code")))):
                await Term.filter(id=term).update(**changed, updated_at=viewer.now)
            if TermStatus.DRAFT in (row.status, changed.get("status")):  # what is shown of its seats may be another
                await Membership.filter(term_id=term).update(updated_at=viewer.now)
            await audit.record(viewer, "members.change_term", f"trm_{term}", before_and_after(row, changed))
    return await Term.get(id=term)


async def add_term_year(viewer: Viewer, term: UUID, *, n: int, starts_on: dt.date, ends_on: dt.date) -> Term:
    """The n-th year of a term. Raises Conflict if it has that year, or its days meet those of another."""
    viewer.must(Action.MANAGE_TERM_YEARS)
    days = Span(starts_on, ends_on)
    if n < 1:
        raise Invalid(Problem("YEAR_NUMBER", say("Count the years from 1."), "n"))
    if days.empty:
        raise Invalid(backwards("ends_on"))
    async with transaction():
        row = await locked(Term, term, "term")
        for year in await TermYear.filter(term_id=term):
            if year.n == n or Span(year.starts_on, year.ends_on).overlaps(days):
                said = say(
                    "Year {n} of this term is from {start} until {end}.",
                    n=year.n,
                    start=year.starts_on,
                    end=year.ends_on,
                )
                raise Conflict(Problem("YEAR_TAKEN", said, "n" if year.n == n else "starts_on"))
        await TermYear.create(term_id=term, n=n, starts_on=starts_on, ends_on=ends_on)
        payload = {"n": n, "starts_on": starts_on, "ends_on": ends_on}
        await audit.record(viewer, "members.add_term_year", f"trm_{term}", payload)
    return row


def named_by_code(code: str) -> dict[str, str]:
    """The names of a term that nobody gave a name: its code, so that every list has something to show."""
    zh, en = split_script(code)
    return {"name_zh": zh, "name_en": en}


def sound(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a term, trimmed, with a name. Raises Invalid without a code, or for days that run backwards."""
    said = tidy(Term, facts)
    if not said["code"]:
        raise Invalid(Problem("CODE_MISSING", say("Give the term a short code, such as 15."), "code"))
    if Span(said.get("starts_on"), said.get("ends_on")).empty:
        raise Invalid(backwards("ends_on"))
    return said if said.get("name_zh") or said.get("name_en") else said | named_by_code(said["code"])


def code_taken(code: str) -> Problem:
    """Another term has it."""
    return Problem("CODE_TAKEN", say("There is a term with the code {code} already.", code=code), "code")
