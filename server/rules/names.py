"""Names as people look for them and as rosters order them: sort keys and the text that search runs over.

A stored name stays whole and as it was given. Everything here is derived from it and compared bytewise, so that
SQLite (BINARY) and PostgreSQL (COLLATE "C") put the same names in the same order.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path

from server.rules.surnames import COMPOUND, COMPOUND_READINGS, GIVEN_TOO, SURNAMES

KEY_LENGTH = 500
"""Longest sort key in characters; what comes after it no longer orders."""
QUERY_WORDS = 8
QUERY_LETTERS = 1000
"""Of a word that is looked for, what comes after them no longer counts: SQLite takes no pattern of any length."""
VARIANTS = 24
"""Most ways of reading one name that search knows; all readings of the surname come first."""

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAS_HAN = re.compile(f"[{_HAN}]")
_TOKEN = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_DOT = "·"
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．", _DOT))
_SILENT = str.maketrans(dict.fromkeys("'’‘ʼʻ`´\u200b\u200c\u200d\ufeff"))
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_STROKES = Path(__file__).with_name("strokes.txt")
ROW, UNKNOWN = 64, 99
_DIGITS = "-123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def split_script(name: str) -> tuple[str, str]:
    """(name_zh, name_en): a name with a Han character is a Chinese one. Never splits family from given name."""
    name = name.strip()
    return (name, "") if _HAS_HAN.search(name) else ("", name)


def split_pair(text: str) -> tuple[str, str]:
    """(name_zh, name_en) of one line: both parted by a slash, or one of them."""
    zh, slash, en = text.partition("/")
    return (zh.strip(), en.strip()) if slash and split_script(zh)[0] else split_script(text)


def sort_pinyin(name_zh: str, name_en: str, family_name: str, given_name: str) -> str:
    """The key for the order of a Chinese dictionary, such as "shan4单 xiao3小 ming2明".

    Character by character: syllable, tone, character, so that 张 and 章 do not mix. Latin names come by their
    letters among the syllables ("smith john"), family name first where it was given.
    """
    family, rest = _ordered(name_zh, name_en, family_name, given_name)
    readings = [*_family_readings(family), *(_readings(token)[0] for token in rest)]
    return _key([*family, *rest], readings)


def sort_strokes(name_zh: str, name_en: str, family_name: str, given_name: str) -> str:
    """The key for the order of rosters by strokes, such as "08单 03小 08明"; Latin names ("~smith ~john") come last.

    Character by character: strokes, then the character, so that one surname stays together. A character whose
    strokes are unknown counts 99.
    """
    family, rest = _ordered(name_zh, name_en, family_name, given_name)
    return " ".join(_by_strokes(token) for token in (*family, *rest))[:KEY_LENGTH]


def search_text(name_zh: str, name_en: str, family_name: str, given_name: str) -> str:
    """All that a person may be looked for by, in lower case without accents, in forms parted by spaces.

    Hanzi without dots and spaces; pinyin joined, with tone numbers and without, family first and family last;
    its initials; Latin names by word and joined. All readings of the surname, the usual ones of the given name.
    """
    names = (name_zh, name_en, family_name, given_name, f"{family_name} {given_name}")
    return _forms(names, *_ordered(name_zh, name_en, family_name, given_name))


def sort_title(name_zh: str, name_en: str) -> str:
    """The pinyin key of what is no person, such as a body: the first character is no surname."""
    tokens = _tokens(name_zh or name_en)
    return _key(tokens, [_readings(token)[0] for token in tokens])


def search_title(name_zh: str, name_en: str) -> str:
    """What a body may be looked for by, in the forms of `search_text`."""
    return _forms((name_zh, name_en), [], _tokens(name_zh))


class Searched(str):
    """A text whose words are known already."""

    words: tuple[str, ...]


def search_words(query: str) -> list[str]:
    """The words of a query, at most 8: a person is found when the search text contains each of them.

    Tone marks and accents are dropped, hanzi and letters parted. Nothing is escaped: the query layer does that.
    """
    if isinstance(query, Searched):
        return list(query.words)
    return [word[:QUERY_LETTERS] for word in _WORD.findall(fold(query))[:QUERY_WORDS]]


def fold(text: str) -> str:
    """Lower case without accents, apostrophes and the variants of width, of the middle dot and of one letter."""
    if text.isascii():  # as cursors are, each of which is folded once
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", text.translate(_SILENT).translate(_DOTS)).casefold().translate(_SILENT)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)).casefold()
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def _key(tokens: list[str], readings: list[str]) -> str:
    spelled = (
        reading if token == reading else reading + token for token, reading in zip(tokens, readings, strict=True)
    )
    return " ".join(spelled)[:KEY_LENGTH]


def _forms(names: Iterable[str], family: list[str], rest: list[str]) -> str:
    """The names by word and joined, then how they are spoken where they are hanzi; each form once."""
    forms: list[str] = []
    for name in names:
        words = _WORD.findall(fold(name))
        forms += [*words, "".join(words)]
    if _HAS_HAN.search("".join((*family, *rest))):
        forms += _spoken_forms(family, rest)
    return " ".join(dict.fromkeys(form for form in forms if form))


def _ordered(name_zh: str, name_en: str, family_name: str, given_name: str) -> tuple[list[str], list[str]]:
    """(tokens of the family name, the others). A token is one Han character or one word of letters."""
    name = name_zh or name_en or f"{family_name} {given_name}"
    tokens, family = _tokens(name), _tokens(family_name)
    if name_zh and not _HAS_HAN.search(family_name):
        length = _surname_length(name_zh, tokens)
        return tokens[:length], tokens[length:]
    for at in range(len(tokens) - len(family) + 1):
        if tokens[at : at + len(family)] == family:
            return family, tokens[:at] + tokens[at + len(family) :]
    return family, _tokens(given_name) or tokens


def _tokens(name: str) -> list[str]:
    return _TOKEN.findall(fold(name))


def _surname_length(name: str, tokens: list[str]) -> int:
    """How many characters are read as a surname: none where a middle dot shows a name from another language."""
    if _DOT in fold(name):
        return 0
    return 2 if len(tokens) > 2 and "".join(tokens[:2]) in COMPOUND else 1


def _family_readings(family: list[str]) -> list[str]:
    single = [SURNAMES.get(token) or _readings(token)[0] for token in family]
    return list(COMPOUND_READINGS.get("".join(family), single))


@cache
def _readings(token: str) -> tuple[str, ...]:
    """All readings of a Han character with tone numbers, the usual one first; anything else reads as itself.

    The library is loaded here, when first needed, and without its phrases: 12 MB instead of 57 MB.
    """
    if not _HAS_HAN.match(token):
        return (token,)
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, pinyin

    found = pinyin(token, style=Style.TONE3, heteronym=True, errors="ignore", neutral_tone_with_five=True)
    return tuple(dict.fromkeys(fold(reading) for reading in found[0])) if found else ("",)


def _by_strokes(token: str) -> str:
    if not _HAS_HAN.match(token):
        return f"~{token}"
    row, place = divmod(ord(token), ROW)
    known = _DIGITS.index(_strokes().get(row, "-" * ROW)[place])
    return f"{known or UNKNOWN:02d}{token}"


@cache
def _strokes() -> dict[int, str]:
    """Row of 64 characters -> one digit for each; the rows are kept as the file has them, to stay small."""
    lines = (line.split() for line in _STROKES.read_text("ascii").splitlines() if not line.startswith("#"))
    return {int(start, 16) // ROW: digits for start, digits in lines}


def _spoken_forms(family: list[str], rest: list[str]) -> Iterator[str]:
    """Pinyin with and without tones, both orders, and initials, for each way of reading the name."""
    surnames = list(islice(_surnames(family), VARIANTS))
    given = list(islice(product(*(_given_readings(token) for token in rest)), VARIANTS))
    for last, first in islice(product(given, surnames), VARIANTS):
        for one, other in ((first, last), (_toneless(first), _toneless(last))):
            yield from _with_u("".join(one + other))
            yield from _with_u("".join(other + one))
        yield "".join(syllable[:1] for syllable in first + last)


def _surnames(family: list[str]) -> Iterator[tuple[str, ...]]:
    yield tuple(_family_readings(family))
    yield from product(*(_readings(token) for token in family))


def _given_readings(token: str) -> tuple[str, ...]:
    usual = _readings(token)[0]
    return (usual, GIVEN_TOO[token]) if token in GIVEN_TOO else (usual,)


def _toneless(syllables: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(syllable.rstrip("12345") for syllable in syllables)


def _with_u(form: str) -> tuple[str, ...]:
    """ü as people type it: v, u, and yu as passports do."""
    return (form, form.replace("v", "u"), form.replace("v", "yu"))
