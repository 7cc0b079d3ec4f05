"""Lists of who came, as others write them: which line means whom of those on the list of an activity (AT-3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.rules.attendance import Presence
from server.rules.names import fold
from server.words import Words, say


@dataclass(frozen=True)
class Line:
    """A line of a list. row: as a spreadsheet shows it. no: a card number. Either name or number may be empty."""

    row: int
    name: str
    no: str
    presence: Presence


@dataclass(frozen=True)
class Listed:
    """Someone on the list of an activity. numbers: of their cards, one for each term."""

    person: UUID
    name_zh: str
    name_en: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """Whom a line means; nobody, and why."""

    line: Line
    person: UUID | None
    why: Words | None = None


def matches(lines: Iterable[Line], people: Sequence[Listed]) -> list[Matched]:
    """Each line with whom it means. A number goes before a name, and both have to mean the same; nobody is guessed."""
    found: list[Matched] = []
    seen: dict[UUID, int] = {}
    for line in lines:
        one = _match(line, people)
        if one.person in seen:
            said = say("The same person stands in row {row} already.", row=seen[one.person])
            one = Matched(line, None, said)
        elif one.person:
            seen[one.person] = line.row
        found.append(one)
    return found


def _match(line: Line, people: Sequence[Listed]) -> Matched:
    named = [one for one in people if line.name and _plain(line.name) in (_plain(one.name_zh), _plain(one.name_en))]
    if not line.no:
        return _by_name(line, named)
    numbered = [one for one in people if line.no in one.numbers]
    if len(numbered) != 1:
        return Matched(line, None, say("Nobody on the list has the card number {no}.", no=line.no))
    if line.name and numbered[0] not in named:
        return Matched(line, None, say("The card number {no} is not that of {name}.", no=line.no, name=line.name))
    return Matched(line, numbered[0].person)


def _by_name(line: Line, named: Sequence[Listed]) -> Matched:
    if len(named) == 1:
        return Matched(line, named[0].person)
    if named:
        said = say("{count} people on the list are called so: give the card number.", count=len(named))
        return Matched(line, None, said)
    return Matched(line, None, say("Nobody on the list is called so."))


def _plain(name: str) -> str:
    """As it is compared: without spaces and dots, whatever their width."""
    return "".join(letter for letter in fold(name) if letter.isalnum())
