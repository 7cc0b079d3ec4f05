"""The elements of a page, read by the standard library, and which of them belong on paper."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
SCREEN_TAGS = frozenset({"nav", "form", "script", "style", "svg", "button", "template", "select", "textarea"})
SCREEN_CLASSES = frozenset(
    {"switches", "side", "bar", "foot", "skip", "search", "choose", "filter", "exports", "pager", "trail", "actions"}
    | {"buttons", "does", "narrow-by", "done", "legend", "screen", "unprinted"}
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
    }
    | {"header", "li", "main", "ol", "p", "section", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    | set(HEADINGS)
)


@dataclass
class Element:
    """A node of the page."""

    tag: str
    facts: dict[str, str] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        """Its classes."""
        return set(self.facts.get("class", "").split())

    @property
    def on_screen(self) -> bool:
        """Whether it is of no use on paper."""
        hidden = "hidden" in self.facts or self.facts.get("aria-hidden") == "true"
        folded = self.tag == "details" and "open" not in self.facts
        aside = self.tag == "a" and "quiet" in self.classes
        unseen = "hidden" in self.classes and self.tag != "caption"
        return self.tag in SCREEN_TAGS or bool(self.classes & SCREEN_CLASSES) or hidden or folded or aside or unseen

    @property
    def block(self) -> bool:
        """Whether it begins on a line of its own."""
        return self.tag in BLOCKS or "why" in self.classes

    def all(self, *tags: str) -> Iterator["Element"]:
        """The elements of these tags in it that belong on paper, in order; none inside another."""
        for one in self.inside:
            if isinstance(one, Element) and not one.on_screen:
                if one.tag in tags:
                    yield one
                else:
                    yield from one.all(*tags)


class Reader(HTMLParser):
    """Reads a page into elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Element("page")
        self.open = [self.page]
        self.main: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag in ("details", "summary") and any(around.tag == "figure" for around in self.open):
            element.facts |= {"open": ""} if tag == "details" else {"hidden": ""}  # the table instead of its picture
        self.open[-1].inside.append(element)
        if element.facts.get("id") == "main":
            self.main = element
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without inside, as SVG writes it."""
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it those in it that were left open."""
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Words."""
        self.open[-1].inside.append(data)
