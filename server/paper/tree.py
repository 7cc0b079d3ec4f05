"""What of a page belongs on paper, as headings, paragraphs, lists, facts, tables, labels, letters and slips.

What only works on a screen stays off, by the same classes that the stylesheet hides in print. A body is a list of
paragraphs, a paragraph a list of runs: words, or {lang, words} in another language than the page.
"""

import re
from collections.abc import Iterator
from typing import Any

from server.paper.codes import code
from server.paper.elements import HEADINGS, Element, Reader

Run = str | dict[str, str]
Paragraph = list[Run]
Node = dict[str, Any]

QUIET_CLASSES = frozenset({"hint", "label", "quiet", "when", "count-line", "empty", "narrowed"})
SPACE = re.compile(r"[ \t\r\n\f]+")
LANGUAGES = {"zh-Hans": "zh", "zh": "zh", "en": "en"}
WIDEST, NARROWEST, SIGNED = 44, 5, 26
"""Of a column, in letters of which a Chinese one counts two; of one in which people sign, by its class `sign`."""


def on_paper(html: str) -> Node:
    """{title, body, labels} of a page: the title is its first heading, or where that is not for paper, what the page
    is called. labels: how the sheet is cut, or None.
    """
    reader = Reader()
    reader.feed(html)
    reader.close()
    main = reader.main or reader.page
    labels = next((one for one in main.all("ul") if "labels" in one.classes), None)
    heading = next(main.all("h1"), None) or next(reader.page.all("title"), None)
    title = plain(words_of(heading)) if heading else ""
    if labels:
        items = [{"kind": "list", "items": [paragraphs(item)]} for item in labels.all("li")]
        return {"title": title, "body": items, "labels": _cut(labels)}
    return {"title": title, "body": list(_in_steps(_nodes(main))), "labels": None}


def _cut(labels: Element) -> dict[str, float]:
    """From data-across and its like, in millimetres."""
    return {name: float(labels.facts[f"data-{name}"]) for name in ("width", "height", "left", "top")} | {
        name: int(labels.facts[f"data-{name}"]) for name in ("across", "down", "free")
    }


def _in_steps(nodes: Iterator[Node]) -> Iterator[Node]:
    """Headings go down one level at a time, as readers of tagged documents expect."""
    last = 0
    for node in nodes:
        if node["kind"] == "heading":
            last = node["level"] = min(node["level"], last + 1)
        yield node


def _nodes(within: Element) -> Iterator[Node]:
    loose: list[Element | str] = []
    for one in [*within.inside, Element("p")]:
        if isinstance(one, Element) and one.block:
            yield from _paragraphs_of(Element("p", inside=loose))
            loose = []
            if not one.on_screen:
                yield from _block(one)
        else:
            loose.append(one)


def _block(one: Element) -> Iterator[Node]:
    if arranged := one.classes & set(ARRANGED):
        yield ARRANGED[arranged.pop()](one)
    elif one.tag in HEADINGS:
        yield {"kind": "heading", "level": HEADINGS[one.tag], "body": words_of(one)}
    elif one.tag == "table":
        yield _table(one)
    elif one.tag == "dl":
        yield {"kind": "facts", "rows": list(_facts(one))}
    elif one.tag in ("ul", "ol"):
        items = [found for item in one.all("li") if (found := paragraphs(item))]
        if items:
            numbered = one.tag == "ol" and not one.classes
            yield {"kind": "list", "numbered": numbered, "items": items}
    elif one.tag in ("p", "figcaption", "summary"):
        yield from _paragraphs_of(one)
    else:
        yield from _nodes(one)


def _letter(one: Element) -> Node:
    """A page of its own, in its own language, its headings those of a whole."""
    lang = LANGUAGES.get(one.facts.get("lang", ""), "")
    return {"kind": "letter", "lang": lang, "body": list(_in_steps(_nodes(one)))}


def _slip(one: Element) -> Node:
    """What is cut off and handed over."""
    return {"kind": "slip", "body": list(_in_steps(_nodes(one)))}


def _beside(one: Element) -> Node:
    """Its elements, one beside the other."""
    return {"kind": "beside", "parts": [list(_block(part)) for part in one.inside if isinstance(part, Element)]}


def _code(one: Element) -> Node:
    """The one picture that is on paper, too."""
    return next(code(drawn) for drawn in one.inside if isinstance(drawn, Element))


ARRANGED = {"letter": _letter, "slip": _slip, "opens": _beside, "qr": _code}
"""By class: what lies on paper in a way of its own."""


def _paragraphs_of(one: Element) -> Iterator[Node]:
    for body in paragraphs(one):
        yield {"kind": "paragraph", "body": body, "quiet": bool(one.classes & QUIET_CLASSES)}


def _facts(one: Element) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    term: Paragraph = []
    for part in one.all("dt", "dd"):
        if part.tag == "dt":
            term = words_of(part)
        elif found := paragraphs(part):
            yield term, found


def _table(one: Element) -> Node:
    head = next(one.all("thead"), Element("thead"))
    heads = list(head.all("th", "td"))
    body = [row for part in one.all("tbody") for row in part.all("tr")]
    rows = [[paragraphs(cell) for cell in row.all("th", "td")] for row in body]
    rows = [[*row, *([[]] * len(heads))][: len(heads)] for row in rows]
    columns = [[words_of(cell)] for cell in heads]
    widths = [_width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    widths = [SIGNED if "sign" in cell.classes else width for cell, width in zip(heads, widths, strict=True)]
    ends = ["number" in cell.classes for cell in heads]
    tall = any("sign" in cell.classes for cell in heads)
    named = [column[0] for column in columns]
    return {"kind": "table", "heads": named, "rows": rows, "widths": widths, "ends": ends, "tall": tall}


def _width(head: list[Paragraph], cells: list[list[Paragraph]]) -> int:
    """What nine of ten cells need."""
    needs = sorted(max((_length(paragraph) for paragraph in cell), default=0) for cell in cells)
    usual = needs[len(needs) * 9 // 10] if needs else 0
    return min(WIDEST, max(NARROWEST, usual, _length(head[0])))


def _length(paragraph: Paragraph) -> int:
    return sum(2 if letter > "\u2e7f" else 1 for letter in plain(paragraph))


def plain(paragraph: Paragraph) -> str:
    """Its words alone."""
    return "".join(run if isinstance(run, str) else run["words"] for run in paragraph)


def words_of(one: Element) -> Paragraph:
    """All its words as one paragraph."""
    found: Paragraph = []
    for paragraph in paragraphs(one):
        found += [" ", *paragraph] if found else paragraph
    return found


def paragraphs(one: Element) -> list[Paragraph]:
    """Its words, a new paragraph for each block in it and after each break; empty ones are left out."""
    lines: list[list[tuple[str, str]]] = [[]]
    _gather(one, LANGUAGES.get(one.facts.get("lang", ""), ""), lines)
    return [paragraph for line in lines if (paragraph := _tidy(line))]


def _gather(one: Element, lang: str, lines: list[list[tuple[str, str]]]) -> None:
    for part in one.inside:
        if isinstance(part, str):
            lines[-1].append((lang, part))
        elif part.tag == "br":
            lines.append([])
        elif not part.on_screen:
            if part.block:
                lines.append([])
            _gather(part, LANGUAGES.get(part.facts.get("lang", ""), lang), lines)
            if part.block:
                lines.append([])


def _tidy(line: list[tuple[str, str]]) -> Paragraph:
    """Spaces as a browser shows them: one between words, none at the ends."""
    found: list[tuple[str, str]] = []
    for lang, given in line:
        words = SPACE.sub(" ", given)
        words = words.lstrip(" ") if not found or found[-1][1].endswith(" ") else words
        if words and found and found[-1][0] == lang:
            found[-1] = (lang, found[-1][1] + words)
        elif words:
            found.append((lang, words))
    if found:
        found[-1] = (found[-1][0], found[-1][1].rstrip(" "))
    return [{"lang": lang, "words": words} if lang else words for lang, words in found if words]
