"""Sentences that exist in both languages: an English msgid with facts, turned into words where they are shown.

The catalogue is `server/locale/zh/LC_MESSAGES/luzhi.po`, read as it is: there is no compiled copy to forget.
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel.dates import format_date
from babel.messages.pofile import read_po

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")
BABEL = {"zh": "zh_Hans_CN", "en": "en_GB"}
"""Whose days and numbers each language writes."""
DAY = {"zh": "y年M月d日", "en": "d MMMM y"}
WEEKDAY = {"zh": "y年M月d日 EEEE", "en": "EEEE d MMMM y"}
CATALOGUES = Path(__file__).parent / "locale"


@cache
def catalogue(locale: Locale) -> dict[str, str]:
    """msgid -> translation; English is its own translation."""
    if locale == "en":
        return {}
    with (CATALOGUES / locale / "LC_MESSAGES" / "luzhi.po").open("rb") as file:
        messages = read_po(file, locale=locale)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not isinstance(m.id, tuple)}


def translate(msgid: str, locale: Locale) -> str:
    """The sentence in that language, or the English one where the translation is missing."""
    return catalogue(locale).get(msgid, msgid)


@dataclass(frozen=True)
class Words:
    """A sentence that has not chosen its language yet. facts: what stands in its braces."""

    msgid: str
    facts: dict[str, object] = field(default_factory=dict)

    def into(self, locale: Locale) -> str:
        """The sentence in that language, its days written as that language writes them."""
        facts = {name: shown(fact, locale) for name, fact in self.facts.items()}
        return translate(self.msgid, locale).format(**facts)

    def __str__(self) -> str:
        return self.into("en")


@dataclass(frozen=True)
class Name(Words):
    """The name of a person or body as a fact of a sentence: in the script of the language, where it is known in it."""

    def into(self, locale: Locale) -> str:
        """As it is written."""
        zh, en = str(self.facts["zh"]), str(self.facts["en"])
        return (zh or en) if locale == "zh" else (en or zh)


@dataclass(frozen=True)
class Lines(Words):
    """Several sentences, each in a line of its own."""

    def into(self, locale: Locale) -> str:
        """All of them in that language."""
        return "\n".join(str(shown(each, locale)) for each in self.facts.values())


def lines(*sentences: Words) -> Lines:
    """These sentences as one text."""
    return Lines("", {str(n): sentence for n, sentence in enumerate(sentences)})


def name(row: Any) -> Name:
    """The name of a row that has name_zh and name_en."""
    return both_names(row.name_zh, row.name_en)


def both_names(zh: str, en: str) -> Name:
    """The same of the two names themselves."""
    return Name("{en}", {"zh": zh, "en": en})


def say(msgid: str, **facts: object) -> Words:
    """A sentence of the product. The msgid is found by the extraction, so it must be a literal."""
    return Words(msgid, facts)


def day_text(value: dt.date, locale: Locale, *, weekday: bool = False) -> str:
    """2026年11月22日 (星期日), or (Sunday) 22 November 2026: on pages and in sentences alike."""
    return format_date(value, (WEEKDAY if weekday else DAY)[locale], locale=BABEL[locale])


def shown(fact: object, locale: Locale) -> object:
    """A fact of a sentence as that language writes it: words, several things, days; anything else as it is."""
    if isinstance(fact, Words):
        return fact.into(locale)
    if isinstance(fact, tuple):
        return ("、" if locale == "zh" else ", ").join(str(shown(each, locale)) for each in fact)
    if isinstance(fact, dt.datetime):  # by the clock it carries
        return f"{day_text(fact, locale)} {fact:%H:%M}"
    if isinstance(fact, dt.date):
        return day_text(fact, locale)
    return fact
