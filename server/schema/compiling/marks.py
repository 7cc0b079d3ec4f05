"""Marks: values that stand for those of a request while its statement is written.

A resolver is run once with marks in place of IDs, texts, days and times. Where they turn up among the parameters of
the rows it describes, the values of each later request are bound. A mark refuses to be looked into: a resolver that
would decide by its value cannot be compiled.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from tortoise.fields import CharField, DateField, DatetimeField, Field, IntField, UUIDField
from tortoise.filters import escape_like

from server.rules.names import Searched, search_words
from server.viewer import NOWHERE, Viewer

T = TypeVar("T")
FIRST_DAY = dt.date(9000, 1, 1)
FIRST_NUMBER = 1_000_000_000
FIRST_KEY = secrets.randbits(64) << 64
KEY = str(UUID(int=FIRST_KEY))[:18]
"""How a marked key begins: so that nobody can write one into a document."""
WORD = "zqx" + "".join(chr(ord("a") + int(digit)) for digit in str(secrets.randbelow(10**12)))
"""How a word of a marked text begins; nobody writes one by chance, nor on purpose."""


class NotCompiled(Exception):
    """This operation takes the ordinary road; the text says why."""


@dataclass(frozen=True)
class Given:
    """What a request brings: its variables, as the schema reads them, and who asks."""

    variables: Mapping[str, Any]
    viewer: Viewer


@dataclass(frozen=True)
class Bind:
    """From a request to one value of the statement. tells: where it comes from, in words, for `luzhi explain`."""

    tells: str
    of: Callable[[Given], Any]
    fixed: bool = False
    """The same for every request of a plan."""

    def __call__(self, given: Given) -> Any:
        """The value for that request."""
        return self.of(given)

    def then(self, act: Callable[[Any], Any], *, tells: str = "") -> "Bind":
        """The same value, turned into what the database takes. tells: what is more to be said of it."""
        return Bind(self.tells + tells, lambda given: act(self.of(given)))


@dataclass(frozen=True)
class Around:
    """A column of the row of an object around; level: which object.

    prefix: not the cell, but the key in the ID that stands there, where it is of the kind with these letters.
    """

    level: int
    column: str
    field: Field[Any]
    prefix: str = ""


def always(tells: str, value: object) -> Bind:
    """The same value for every request of a plan."""
    return Bind(tells, lambda _: value, fixed=True)


def _closed(*_: object) -> NoReturn:
    raise NotCompiled("its resolver looks into a value")


class Key(UUID):
    """A marked key: it can be bound, and is told from all others by nothing that a resolver may see."""

    __slots__ = ()
    __hash__ = UUID.__hash__

    def __eq__(self, other: object) -> bool:
        """Itself only; whoever compares it with another key would decide by its value."""
        return self is other or (isinstance(other, UUID) and _closed())


class Day(dt.date):
    """A marked day: it can be bound, not compared or counted from."""

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = _closed


class Moment(dt.datetime):
    """A marked time, already in UTC."""

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = _closed

    def astimezone(self, tz: dt.tzinfo | None = None) -> "Moment":
        """Itself: the value bound is turned."""
        return self


class Number(int):
    """A marked whole number; another of the same value is none."""

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = _closed


class Text(Searched):
    """A marked text: it can be handed on whole or as words of a search, and searched for; it is never empty.

    turned: another mark, for what a pure function makes of the text.
    """

    turned: "Callable[[Callable[[str], str]], Text]"
    __iter__ = __getitem__ = __contains__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = _closed
    upper = casefold = strip = partition = replace = startswith = endswith = _closed

    def lower(self) -> "Text":
        """The text in small letters, marked again."""
        return self.turned(str.lower)


@dataclass
class Marks:
    """The marks of one plan. behind: value -> what is bound in its place."""

    behind: dict[Any, Bind] = field(default_factory=dict)
    cells: dict[Any, "Around"] = field(default_factory=dict)
    """Mark -> the cell of a row around that it stands for."""
    made: int = 0

    def key(self, bind: Bind) -> UUID:
        """A marked key; databases see its text."""
        mark = Key(int=FIRST_KEY + self._next())
        self.behind[str(mark)] = bind.then(str)
        return mark

    def day(self, bind: Bind) -> Day:
        """A marked day."""
        mark = FIRST_DAY + dt.timedelta(self._next())
        return self._keep(Day(mark.year, mark.month, mark.day), bind)

    def moment(self, bind: Bind) -> Moment:
        """A marked time."""
        mark = FIRST_DAY + dt.timedelta(self._next())
        return self._keep(Moment(mark.year, mark.month, mark.day, tzinfo=dt.UTC), bind)

    def number(self, bind: Bind) -> Number:
        """A marked whole number."""
        return self._keep(Number(FIRST_NUMBER + self._next()), bind)

    def text(self, bind: Bind, words: int = 0) -> Text:
        """A marked text that is not empty; words: of how many a search for it has."""
        number = _letters(self._next())
        mark = Text(f" {WORD.title()}{number} ")  # whoever cuts or folds it, makes it unknown
        mark.words = tuple(f"{WORD}{number}{_letters(n)}" for n in range(words))
        for n, word in enumerate(mark.words):
            self.behind[f"%{word}%"] = _pattern(bind, n)
        mark.turned = lambda act: self.text(bind.then(act))
        return self._keep(mark, bind)

    def cell(self, level: int, column: str, field: Field[Any]) -> Any:
        """A marked cell of a row around: where it lands, that cell stands."""
        return self._around(self._part(field, Bind("", _closed)), Around(level, column, field))

    def key_in(self, cell: str, prefix: str) -> UUID:
        """The marked key in the ID in a marked cell; null where that is none of the kind with these letters.

        When values are made the cell is no mark any more, and nothing is read by its key.
        """
        around = self.cells.get(cell)
        return self._around(self.key(Bind("", _closed)), replace(around, prefix=prefix)) if around else NOWHERE

    def place(self, cursor: str, columns: Sequence[Field[Any]], typed: Callable[[str], list[Any]]) -> list[Any]:
        """Marked values of these columns for a marked cursor. typed: reads a real one."""
        bind = self.behind.get(cursor)
        if bind is None:
            return typed(cursor)
        once = lru_cache(1)(typed)  # of all its values, one after the other
        return [self._part(column, _item(bind, once, n)) for n, column in enumerate(columns)]

    def _part(self, column: Field[Any], bind: Bind) -> Any:
        match column:
            case UUIDField():
                return self.key(bind)
            case DatetimeField():
                return self.moment(bind)
            case DateField():
                return self.day(bind)
            case CharField():
                return self.text(bind)
            case IntField():
                return self.number(bind)
        raise NotCompiled(f"there is no mark for {type(column).__name__}")

    def bound(self, value: object) -> Bind:
        """What is bound for a value found in a statement: behind its mark, or the value itself."""
        if isinstance(value, dt.date) and not isinstance(value, Day | Moment):
            return always("", value)  # a day of the document, which may be the same as a marked one
        if isinstance(value, Bind):
            return value
        if isinstance(value, str | dt.date | Number) and value in self.behind:
            return self.behind[value]
        if isinstance(value, str) and value.strip("%") in self.behind:
            return _within(value, value.strip("%"), self.behind[value.strip("%")])
        if isinstance(value, str) and any(part in str.lower(value) for part in (WORD, KEY)):
            raise NotCompiled("a value of the request was changed before it was used")
        return always("", value)

    def _around(self, mark: T, around: Around) -> T:
        found = str(mark) if isinstance(mark, UUID) else mark
        del self.behind[found]
        self.cells[found] = around
        return mark

    def _keep(self, mark: T, bind: Bind) -> T:
        self.behind[mark] = bind
        return mark

    def _next(self) -> int:
        self.made += 1
        return self.made


def _item(bind: Bind, typed: Callable[[str], list[Any]], place: int) -> Bind:
    return bind.then(lambda cursor: typed(cursor)[place], tells=f", its value {place + 1}")


def _letters(number: int) -> str:
    """A number in letters: names are searched by words, and a digit would part one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _within(pattern: str, mark: str, bind: Bind) -> Bind:
    """A pattern with the text in place of its mark."""
    before, after = pattern.split(mark)
    return bind.then(lambda text: f"{before}{escape_like(text)}{after}", tells=f", as {before}...{after}")


def _pattern(bind: Bind, place: int) -> Bind:
    return bind.then(lambda text: f"%{escape_like(search_words(text)[place])}%", tells=f", word {place + 1}")
