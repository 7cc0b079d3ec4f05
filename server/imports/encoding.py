"""Which letters a CSV file is written in: UTF-8 with or without its mark, or GB18030. Anything else is an error."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from server.imports.values import Wrong
from server.words import say

COMMON = 0.5
"""Share of the characters beyond ASCII that must be everyday Chinese before bytes are believed to be GB18030."""


LONGEST = 1 << 20
"""Bytes of a line, and of a row that goes over several lines."""
TOO_LONG = say("A row is longer than a megabyte, which no list of people is. Nothing of the file was taken.")


def detect(path: Path) -> str:
    """The codec's name. Raises Wrong where the whole file is in no encoding that is read."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start:
        raise Wrong(
            say("This is no JSON, no XLSX, and no CSV in UTF-8 or GB18030. Save it as “CSV UTF-8” and try again.")
        )
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return _by_counting(path)


def lines(path: Path, encoding: str) -> Iterator[tuple[str, bool, int]]:
    """(line, could it be decoded, bytes) one after the other. What could not be decoded is replaced."""
    for number, raw in enumerate(_raw(path)):
        codec = "utf-8" if number and encoding == "utf-8-sig" else encoding
        try:
            yield raw.decode(codec), True, len(raw)
        except UnicodeDecodeError:
            yield raw.decode(codec, "replace"), False, len(raw)


def _raw(path: Path) -> Iterator[bytes]:
    """The lines. Raises Wrong at one that is too long to be kept in memory."""
    with path.open("rb") as file:
        while raw := file.readline(LONGEST + 1):
            if len(raw) > LONGEST:
                raise Wrong(TOO_LONG)
            yield raw


def _by_counting(path: Path) -> str:
    utf, gb, common, foreign = 0, 0, 0, 0
    for raw in _raw(path):
        if raw.isascii():
            continue
        utf += _decodes(raw, "utf-8")
        if _decodes(raw, "gb18030"):
            gb += 1
            beyond = [c for c in raw.decode("gb18030") if not c.isascii()]
            foreign += len(beyond)
            common += sum(_everyday(c) for c in beyond)
    believable = gb > utf and common >= COMMON * foreign
    return "gb18030" if believable else "utf-8"


def _decodes(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _everyday(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
