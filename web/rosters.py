"""People as a roster has them: each once, with the seat of that day, under the headings that a reader looks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from server.words import Words, say
from web.labels import label_of

Row = dict[str, Any]
Group = tuple[str, list[Row]]
UNKNOWN_STROKES = 99


@pass_context
def rostered(
    context: Context, people: Sequence[Mapping[str, Any]], by: str, sectors: Iterable[str] = ()
) -> list[Group]:
    """[(heading, [{person, seat, post, sector}])], in the order in which the people come.

    by: sector, strokes or pinyin; anything else makes one group without a heading. sectors: names, in their order.
    Sensitive sectors stay off a roster: whoever stands for one is with those of no sector.
    """
    groups: dict[str, list[Row]] = {name: [] for name in sectors} if by == "sector" else {}
    for person in people:
        row = _row(person)
        heading = HEADINGS[by](row).into(context["locale"]) if by in HEADINGS else ""
        groups.setdefault(heading, []).append(row)
    filled = [(heading, rows) for heading, rows in groups.items() if rows]
    none = NO_SECTOR.into(context["locale"])
    return sorted(filled, key=lambda group: group[0] == none)


NO_SECTOR = say("In no sector")


def _row(person: Mapping[str, Any]) -> Row:
    seats = person["memberships"]
    seat = next((seat for seat in seats if seat["status"] == "ACTIVE"), None)
    post = seat["post"] if seat else None
    sector = post["sector"] if post and post["sector"] and not post["sector"]["sensitive"] else None
    return {"person": person, "seat": seat, "post": post, "sector": sector["name"] if sector else ""}


@pass_context
def signing(
    context: Context, people: Sequence[Mapping[str, Any]], sectors: Iterable[str]
) -> list[tuple[str, list[Row]]]:
    """[(heading, [{part, person, seat, post, sector}])] of participations: members by sector, all others by what they
    are. sectors: names, in their order. Whose name one may not see has a line without one.
    """
    groups: dict[str, list[Row]] = {name: [] for name in sectors}
    for part in people:
        row = {"part": part, **(_row(part["person"]) if part["person"] else NOBODY)}
        of_sector = part["role"] == "MEMBER" and part["person"]
        heading = (
            _sector(row).into(context["locale"])
            if of_sector
            else label_of(part["role"], "participant", context["locale"])
        )
        groups.setdefault(heading, []).append(row)
    return [(heading, rows) for heading, rows in groups.items() if rows]


NOBODY: Row = {"person": None, "seat": None, "post": None, "sector": ""}


def _sector(row: Row) -> Words:
    return Words("{it}", {"it": row["sector"]}) if row["sector"] else NO_SECTOR


def _initial(row: Row) -> Words:
    """The first letter of the key by which it stands where it stands."""
    letter = row["person"]["sortPinyin"][:1].upper()
    return Words("{it}", {"it": letter}) if letter.isalpha() else say("Others")


def _strokes(row: Row) -> Words:
    count = row["person"]["sortStrokes"][:2]
    if not count.isdecimal():
        return say("Names in Latin letters")
    return say("{count} strokes", count=int(count)) if int(count) < UNKNOWN_STROKES else say("Others")


HEADINGS: dict[str, Callable[[Row], Words]] = {"sector": _sector, "pinyin": _initial, "strokes": _strokes}
FILTERS: dict[str, Callable[..., Any]] = {"rostered": rostered, "signing": signing}
