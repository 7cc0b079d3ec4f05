"""A statement laid out over lines, for people: each clause and each key of an object begins one."""

import re
from dataclasses import dataclass, field

WORD = re.compile(r"""\s+|E?'(?:[^']|'')*'|"(?:[^"]|"")*"|\|\||[(),]|[^\s(),'"|]+|.""")
CLAUSES = ("SELECT", "FROM", "LEFT", "INNER", "CROSS", "JOIN", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION")
JOINING = ("LEFT", "INNER", "CROSS", "OUTER")
"""Words before JOIN, which begin the clause in its place."""
CONDITIONS = ("AND", "OR", "ON")
STEP = "  "
SHORT, LONG = 90, 100
"""Letters of a SELECT that stays on its line, and of a line that is parted where it can be."""


def laid_out(sql: str) -> str:
    """The same statement over lines: only its blanks are others, and none of those within texts."""
    words = WORD.findall(sql)
    return "\n".join(_Page(words).written())


@dataclass
class _Page:
    """bases: how far each SELECT around is indented; None for a bracket that holds none, or a short one."""

    words: list[str]
    lines: list[str] = field(default_factory=list)
    line: str = ""
    indent: int = 0
    bases: list[int | None] = field(default_factory=lambda: [0])

    def written(self) -> list[str]:
        for place, word in enumerate(self.words):
            self._write(place, word)
        self._end(0)
        return self.lines

    def _write(self, place: int, word: str) -> None:
        base = self.bases[-1]
        if word == ")":
            self.bases.pop()
            if base is not None:
                self._end(base - 1)
        elif base is not None and self._begins(place, word):
            self._end(base + (word not in CLAUSES))
        elif (word == "||" and self._at(place + 2).startswith("',")) or (word == "WHEN" and len(self.line) > LONG):
            self._end(self._base() + 1)
        self.line += " " if word.isspace() else word
        if word == "(":
            opens = (self._at(place + 1).strip() or self._at(place + 2)) == "SELECT" and self._length(place) > SHORT
            self.bases.append(self.indent + 1 if opens else None)
            if opens:
                self._end(self.indent + 1)
        elif word == "," and base is not None and len(self.line) > LONG:
            self._end(base + 1)

    def _begins(self, place: int, word: str) -> bool:
        """Whether a clause or a condition of one begins here."""
        return word in CONDITIONS or (word in CLAUSES and self._at(place - 2) not in JOINING)

    def _base(self) -> int:
        return next(base for base in reversed(self.bases) if base is not None)

    def _at(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""

    def _length(self, opening: int) -> int:
        """Letters from a bracket to the one that closes it."""
        depth, length = 0, 0
        for word in self.words[opening:]:
            depth += (word == "(") - (word == ")")
            length += len(word)
            if depth == 0 or length > SHORT:
                break
        return length

    def _end(self, indent: int) -> None:
        """The line ends; the next one stands so far in."""
        if self.line.strip():
            self.lines.append(STEP * self.indent + self.line.strip())
            self.line, self.indent = "", indent
        else:
            self.indent = indent
