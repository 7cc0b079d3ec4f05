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
NESTED = ("organization", "on_behalf_of", "parent")


class Unfit(Exception):
    """The file must not be read further. found: what to tell of it."""

    def __init__(self, found: Message) -> None:
        super().__init__(str(found.words))
        self.found = found


class Survey:
    """What was found so far. form: "array", "map" or "" where neither stands at the top."""

    def __init__(self) -> None:
        self.form = ""
        self.tops: set[str] = set()
        self.nested = False
        self.name, self.row = "", 0
        self._depth, self._key = 0, ""

    def take(self, file: Any) -> None:
        """Look at the file from where it stands. Raises Unfit, and what ijson raises where it breaks off."""
        for event, value in ijson.basic_parse(file):
            if event == "map_key":
                self._meet(str(value))
                continue
            if event in ("start_array", "start_map"):
                self._open(event)
            elif event in ("end_array", "end_map"):
                self._depth -= 1
            self._key = ""

    def _meet(self, key: str) -> None:
        if len(key) > LONGEST_KEY:
            said = say("A key here has more than {longest} letters. Nothing of the file was read.", longest=LONGEST_KEY)
            raise self._unfit(said)
        if self._depth == 1 and self.form == "map":
            self.name, self.row = key, 0
            self.tops.add(key)
        self._key = key

    def _open(self, event: str) -> None:
        if self._depth == 0:
            self.form = "array" if event == "start_array" else "map"
            self.name = "persons" if self.form == "array" else ""
        elif event == "start_map":
            self.row += self._depth == (1 if self.form == "array" else 2)
            self.nested = self.nested or self._key in NESTED
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
