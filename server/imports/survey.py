"""A first look at a JSON file as a whole: what stands at the top, and whether it can be read at all.

The events that ijson gives with a prefix hold the whole path in memory once for each level, so a file of nothing but
brackets would take the square of its size. The look is taken without prefixes; only what passes it is read with them.
"""

from typing import Any

import ijson

from server.imports.records import Message
from server.words import Words, say

DEEPEST = 32
"""Levels of lists and objects; Popolo with all that is embedded in it needs ten."""
LONGEST_KEY = 200
"""Letters: a key is copied into the path of all that stands below it."""
VALUES = 500_000
"""Keys and values in one item, which stands in memory as a whole; a body with 10,000 memberships has 150,000."""
KEYS = 10_000
"""Different keys of a file."""
MOST = 1 << 20
"""Items of a list, or rows of a table: as many as a sheet has."""
NESTED = ("organization", "on_behalf_of", "parent")


class Unfit(Exception):
    """The file must not be read further. found: what to tell of it."""

    def __init__(self, found: Message) -> None:
        super().__init__(str(found.words))
        self.found = found


class Survey:
    """What was found so far. form: "array", "map" or "" where neither stands at the top.

    tops: the keys at the top. filled: those whose list or object is not empty. values: keys and values of all.
    """

    def __init__(self) -> None:
        self.form = ""
        self.tops: set[str] = set()
        self.filled: set[str] = set()
        self.values = 0
        self.nested = False
        self.name, self.row = "", 0
        self._depth, self._key = 0, ""
        self._keys: set[str] = set()
        self._deep, self._before = 0, 0

    def take(self, file: Any) -> None:
        """Look at the file from where it stands. Raises Unfit, and what ijson raises where it breaks off."""
        for event, value in ijson.basic_parse(file):
            if event not in ("end_array", "end_map"):
                self._count()
            if event == "map_key":
                self._meet(str(value))
                continue
            if event in ("start_array", "start_map"):
                self._open(event)
            elif event in ("end_array", "end_map"):
                self._depth -= 1
            self._key = ""

    def _count(self) -> None:
        """One key or value more, in the item or, between two of them, towards the next."""
        if self._depth == 2 and self.form == "map":
            self.filled.add(self.name)
        if self._depth <= self._deep:
            self._before = self.values
        self.values += 1
        if self.values - self._before > VALUES:
            said = say("One item holds more than {most} values. Nothing of the file was read.", most=VALUES)
            raise self._unfit(said)

    def _meet(self, key: str) -> None:
        if len(key) > LONGEST_KEY:
            said = say("A key here has more than {longest} letters. Nothing of the file was read.", longest=LONGEST_KEY)
            raise self._unfit(said)
        if self._depth == 1 and self.form == "map":
            self.name, self.row = key, 0
            self.tops.add(key)
        self._key = key
        self._keys.add(key)
        if len(self._keys) > KEYS:
            said = say("The file has more than {most} different keys. Nothing of it was read.", most=KEYS)
            raise self._unfit(said)

    def _open(self, event: str) -> None:
        if self._depth == 0:
            self.form = "array" if event == "start_array" else "map"
            self.name = "persons" if self.form == "array" else ""
            self._deep = 1 if self.form == "array" else 2
        elif event == "start_map":
            self.row += self._depth == self._deep
            self.nested = self.nested or self._key in NESTED
            if self.row > MOST:
                said = say("The list {list} has more than {most} items. Split the file.", list=self.name, most=MOST)
                raise self._unfit(said)
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._unfit(
                say(
                    "Lists and objects stand more than {deepest} levels inside each other here. Nothing of the file "
                    "was read.",
                    deepest=DEEPEST,
                )
            )

    def _unfit(self, said: Words) -> Unfit:
        return Unfit(Message(self.name or "file", max(self.row, 1), "", said))
