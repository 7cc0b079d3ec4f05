"""What every reader hands over, whatever the file was: plain records, with the place they came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from server.imports.asking import Asks
from server.words import Words

Kind = Literal["people", "bodies", "memberships", "term_memberships", "terms", "file"]
"""What a record or a message is about, by the name of its count. "file" is none of them."""

COUNTED: tuple[Kind, ...] = ("people", "bodies", "memberships", "term_memberships", "terms")


@dataclass(slots=True)
class Message:
    """Something to tell about one place of the file. field: as the file names it, or "" for the whole row.

    asks: what a person can answer to it, without another file.
    """

    list_name: str
    row: int
    field: str
    words: Words
    error: bool = True
    kind: Kind = "file"
    asks: Asks = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """Someone or something named elsewhere: by its id, by its name, or by a text that may be either."""

    id: str = ""
    name: str = ""
    text: str = ""

    def __str__(self) -> str:
        return self.id or self.name or self.text


@dataclass(slots=True)
class Record:
    """One thing that a file says. facts: canonical name -> value, only those that the file gives; empty ones clear.

    names: canonical name -> what the file calls it, for messages. person, body: whose seat or membership it is.
    repeats: the file may say the same again (a row for each membership repeats its person).
    """

    kind: Kind
    list_name: str
    row: int
    facts: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    id: str = ""
    person: "Record | Ref | None" = None
    body: "Record | Ref | None" = None
    repeats: bool = False
    messages: list[Message] = field(default_factory=list)
    key: Any = None

    def wrong(self, fact: str, words: Words) -> None:
        """An error in this record, at that fact."""
        self._tell(fact, words, True)

    def warn(self, fact: str, words: Words) -> None:
        """Something to look at, which does not keep the file from being applied."""
        self._tell(fact, words, False)

    @property
    def bad(self) -> bool:
        """It has an error."""
        return any(m.error for m in self.messages)

    def _tell(self, fact: str, words: Words, error: bool) -> None:
        self.messages.append(Message(self.list_name, self.row, self.names.get(fact, fact), words, error, self.kind))


class Reader(Protocol):
    """A file that can be read again and again. Everything streams.

    `bodies` gives the terms and bodies it describes; `people` all else, each person before what is said of them.
    Both also give messages about the file. read, size: over all passes, to show progress.
    """

    @property
    def read(self) -> int:
        """Bytes read so far."""

    @property
    def size(self) -> int:
        """About how many there are."""

    def bodies(self) -> Iterator[Record | Message]:
        """The first pass."""

    def people(self) -> Iterator[Record | Message]:
        """The second pass."""
