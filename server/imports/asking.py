"""What only a person can say of a file, and how it is said: by an option on the command line, by a choice elsewhere.

A message that asks something tells the trouble alone; the remedy is added in the words of where it is read.
"""

import difflib
from collections.abc import Container, Mapping
from typing import Any, Literal

from server.imports.columns import HEADINGS, plain
from server.words import Words, say

Asks = Literal["", "column", "kind", "term"]
"""What a heading means, what kind of body a classification is, which term it is; or nothing."""


LETTERS, HANZI = 0.8, 0.6
"""How alike two headings must be, from 0 to 1: English words share many letters by chance (party, parent)."""


def likely(heading: str, taken: Container[str]) -> str:
    """The field that this heading probably means, of those that are free; "" where none is alike."""
    free = {name: column.field for name, column in HEADINGS.items() if column.field not in taken}
    known = plain(heading)
    close = difflib.get_close_matches(known, free, n=1, cutoff=LETTERS if known.isascii() else HANZI)
    return free[close[0]] if close else ""


def by_option(asks: Asks, facts: Mapping[str, Any]) -> Words | None:
    """What to type on the command line. facts: those of the message."""
    if asks == "column" and facts.get("nearest"):
        return say(
            'If it is {nearest}, say --column "{name}={nearest}"; leave it out with --column "{name}=ignore".',
            name=facts["name"],
            nearest=facts["nearest"],
        )
    if asks == "column":
        return say(
            'Say what it is with --column "{name}=FIELD", or leave it out with --column "{name}=ignore".',
            name=facts["name"],
        )
    if asks == "kind":
        return say('Say what they are with --map "{name}=KIND".', name=facts["name"])
    return say("Say which with --term CODE, or leave them out with --column.") if asks == "term" else None


def by_choice(asks: Asks) -> Words | None:
    """What to do on the page of the import, or with `importAgain`."""
    if asks == "column":
        return say("Choose what it means, or leave it out, and look again.")
    if asks == "kind":
        return say("Choose what they are, and look again.")
    return say("Write the code of the term, and look again.") if asks == "term" else None
