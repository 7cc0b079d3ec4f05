"""A PDF read back: its words by page, its fonts, what it says of itself."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, PdfObject


@dataclass(frozen=True)
class Printed:
    """pages: the words of each. fonts: name -> whether it is embedded as a subset. outline: its bookmarks, in order.

    ua: whether it claims to be PDF/UA. languages: those that the whole or parts of it are marked with.
    """

    pages: list[str]
    fonts: dict[str, bool]
    title: str
    author: str
    lang: str
    languages: set[str]
    tagged: bool
    ua: bool
    outline: list[str]
    size: list[tuple[float, float]]

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join(self.pages)

    def order(self, words: list[str]) -> list[str]:
        """Those of the words that are there, each as often as it is, in the order of the pages."""
        either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        return re.findall(either, self.text)


def read(pdf: bytes) -> Printed:
    """Read by another hand than printed it."""
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    root = reader.root_object
    said = reader.metadata
    return Printed(
        pages=[page.extract_text() for page in reader.pages],
        fonts={name: embedded for page in reader.pages for name, embedded in _fonts(page["/Resources"])},
        title=said.title or "",
        author=said.author or "",
        lang=str(root.get("/Lang", "")),
        languages={str(root.get("/Lang", "")), *_languages(root["/StructTreeRoot"])},
        tagged=bool(root.get("/MarkInfo", {}).get("/Marked")) and "/StructTreeRoot" in root,
        ua=b"pdfuaid:part" in root["/Metadata"].get_object().get_data(),
        outline=_titles(reader.outline),
        size=[(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages],
    )


def _languages(tag: PdfObject) -> Iterator[str]:
    """Of a tag, and of those in it."""
    tag = tag.get_object()
    if isinstance(tag, DictionaryObject):
        yield from [str(tag["/Lang"])] if "/Lang" in tag else []
        yield from _languages(tag.get("/K", NullObject()))
    for one in tag if isinstance(tag, ArrayObject) else ():
        yield from _languages(one)


def _fonts(resources: DictionaryObject) -> list[tuple[str, bool]]:
    fonts = [font.get_object() for font in resources.get("/Font", {}).values()]
    return [(_name(font), _embedded(font)) for font in fonts]


def _name(font: DictionaryObject) -> str:
    return str(font["/BaseFont"])


def _embedded(font: DictionaryObject) -> bool:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = inner["/FontDescriptor"].get_object()
    whole = {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
    return bool(whole) and bool(re.match(r"/[A-Z]{6}\+", _name(font)))


def _titles(outline: list) -> list[str]:
    found: list[str] = []
    for item in outline:
        found += _titles(item) if isinstance(item, list) else [item.title]
    return found
