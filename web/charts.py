"""Pictures of figures, laid out by pygal and written as bare SVG: no style, no script, lengths that follow the page.

pygal says where each bar stands on a canvas 100 wide. Across, its numbers become per cent; downwards, em. So one
picture serves a phone and a desk, its words keep the size of the text, and colours and patterns come from style.css.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from xml.etree import ElementTree as ET

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from server.words import say

ROOM = 84
"""Of a hundred parts of the width, those for bars; the figures stand in the rest."""
PITCH = 3.0
"""Height of one row in em: a line of words and its bar."""
BAR = 0.9
PATTERNS = {"pending": "hatch", "more": "dots"}
"""The parts drawn with a pattern; it is named in the picture itself, where every browser finds it."""
SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Part:
    """One part of every bar. kind: its class in style.css, bar-<kind>. values: one for each row."""

    kind: str
    words: str
    values: Sequence[int]


@dataclass(frozen=True)
class Picture:
    """An SVG with its title, and what its patterns mean: (kind, words) each."""

    title: str
    svg: Markup
    legend: list[tuple[str, str]]


def stacked_bars(
    title: str, description: str, rows: Sequence[str], parts: Sequence[Part], figures: Sequence[str]
) -> Picture:
    """One bar for each row, made of its parts; figures: what stands in words after each bar."""
    shown = [part for part in parts if any(part.values)]
    svg = _frame(title, description, len(rows))
    boxes = _boxes(shown, len(rows))
    for place, (row, figure) in enumerate(zip(rows, figures, strict=True)):
        top = place * PITCH
        _text(svg, "0", top + 1.2, row, "name")
        ET.SubElement(
            svg, "line", {"class": "rail", "x1": "0", "x2": "0", "y1": _em(top + 1.5), "y2": _em(top + 1.7 + BAR)}
        )
        for part in shown:
            _bar(svg, part, boxes.get((part.kind, place)), top + 1.6)
        _text(svg, "100%", top + 1.6 + BAR * 0.85, figure, "value").set("text-anchor", "end")
    return Picture(title, Markup(ET.tostring(svg, "unicode")), [(part.kind, part.words) for part in shown])


@pass_context
def coverage_bars(context: Context, rows: Sequence[Mapping[str, Any]], title: str) -> Picture:
    """Who is covered in each body, of rows with name, members, one, none, pending and more.

    `pending` is part of `none` and is drawn apart from it.
    """
    words, locale = context["_"], context["locale"]
    parts = [
        Part("covered", words("in one group"), [row["one"] for row in rows]),
        Part("pending", words("within the time allowed"), [row["pending"] for row in rows]),
        Part("none", words("in no group"), [row["none"] - row["pending"] for row in rows]),
        Part("more", words("in more than one group"), [row["more"] for row in rows]),
    ]
    members, covered = sum(row["members"] for row in rows), sum(row["one"] for row in rows)
    said = say("Of {members} members, {covered} are in exactly one group.", members=members, covered=covered)
    figures = [f"{row['one']}/{row['members']}" for row in rows]
    return stacked_bars(title, said.into(locale), [row["name"] for row in rows], parts, figures)


@pass_context
def reader_bars(context: Context, rows: Sequence[Mapping[str, Any]], title: str) -> Picture:
    """How far those came who may read a document, of rows with name and figures; the figure is who has confirmed."""
    words, locale = context["_"], context["locale"]
    figures = [row["figures"] for row in rows]
    parts = [
        Part("covered", words("confirmed"), [one["understood"] for one in figures]),
        Part("more", words("read to the end"), [one["readThrough"] for one in figures]),
        Part("pending", words("opened, not finished"), [one["begun"] for one in figures]),
        Part("none", words("not opened"), [one["unopened"] for one in figures]),
    ]
    said = say("Bars of those who confirmed, read to the end, opened, and did not open. After each: confirmed of all.")
    values = [f"{one['understood']}/{one['people']}" for one in figures]
    return stacked_bars(title, said.into(locale), [row["name"] for row in rows], parts, values)


@pass_context
def announcement_bars(context: Context, rows: Sequence[Mapping[str, Any]], title: str) -> Picture:
    """How many have read an announcement, of rows with name and figures; the figure is who has, of all."""
    locale, figures = context["locale"], [row["figures"] for row in rows]
    parts = [
        Part("covered", say("read").into(locale), [one["read"] for one in figures]),
        Part("pending", say("read before it was amended").into(locale), [one["earlier"] for one in figures]),
        Part("none", say("not read").into(locale), [one["unread"] for one in figures]),
    ]
    said = say("Bars of those who have read it, read an earlier version, and have not. After each: read of all.")
    values = [f"{one['read']}/{one['people']}" for one in figures]
    return stacked_bars(title, said.into(locale), [row["name"] for row in rows], parts, values)


@pass_context
def timeliness_bars(context: Context, rows: Sequence[Mapping[str, Any]], title: str) -> Picture:
    """Days from what happened to publication, and on to the first reading, as they usually are (AD-2)."""
    locale = context["locale"]
    told = [row["toPublication"]["typical"] for row in rows]
    read = [row["toReading"]["typical"] if row["toReading"] else None for row in rows]
    further = [max((days or 0) - until, 0) for until, days in zip(told, read, strict=True)]
    parts = [
        Part("covered", say("days until it is told").into(locale), told),
        Part("pending", say("days more until it is read").into(locale), further),
    ]
    said = say("Bars of days from what happened until it was told, and until it was first read. After each: both.")
    values = [f"{until}/{'–' if days is None else days}" for until, days in zip(told, read, strict=True)]
    return stacked_bars(title, said.into(locale), [row["name"] for row in rows], parts, values)


@pass_context
def majority_bar(context: Context, counts: Mapping[str, Any]) -> Picture:
    """Members beside everyone else who counts, of members, everyone and words (MJ-1)."""
    locale, members, everyone = context["locale"], counts["members"], counts["everyone"]
    parts = [
        Part("covered", say("Members").into(locale), [members]),
        Part("pending", say("All others who count").into(locale), [everyone - members]),
    ]
    title, row = say("Members and all others").into(locale), say("On the list").into(locale)
    return stacked_bars(title, counts["words"], [row], parts, [f"{members}/{everyone}"])


def reader_choice(row: Mapping[str, Any]) -> tuple[str, str, int]:
    """A row of that picture as a filter: the ID of its body, its name, how many."""
    return row["body"]["id"], row["name"], row["figures"]["people"]


FILTERS = {
    "announcement_bars": announcement_bars,
    "timeliness_bars": timeliness_bars,
    "coverage_bars": coverage_bars,
    "majority_bar": majority_bar,
    "reader_bars": reader_bars,
    "reader_choice": reader_choice,
}


def _boxes(parts: Sequence[Part], rows: int) -> dict[tuple[str, int], tuple[float, float]]:
    """Left edge and width of each part of each bar, in hundredths of the width, as pygal lays them out."""
    if not parts or not rows:
        return {}
    chart = _plain_bars()(
        width=100, height=100, margin=0, spacing=0, show_legend=False, show_x_labels=False, show_y_labels=False,
        show_x_guides=False, show_y_guides=False, js=(), margin_right=100 - ROOM,
        range=(0, max(map(sum, zip(*(part.values for part in parts), strict=True)))),
    )  # fmt: skip
    for part in parts:
        chart.add(part.kind, list(part.values))
    tree = chart.render_tree()
    boxes = {
        (part.kind, place): (float(box.get("x", 0)), float(box.get("width", 0)))
        for number, part in enumerate(parts)
        for place, box in enumerate(_drawn(tree, number))
    }
    edge = min(left for left, _ in boxes.values())
    return {key: (left - edge, width) for key, (left, width) in boxes.items()}


def _plain_bars() -> type[Any]:
    """pygal's chart, loaded when a picture is drawn, not when the server starts. Its hook into imports is removed.

    That hook is of a kind that Python no longer knows, and each later import would warn of it.
    """
    from pygal import HorizontalStackedBar

    sys.meta_path[:] = [hook for hook in sys.meta_path if type(hook).__module__ != "pygal"]
    return cast(type[Any], HorizontalStackedBar)


def _drawn(tree: Any, number: int) -> list[Any]:
    """The rectangles of one series, in the order of its values."""
    plots = [node for node in tree.iter() if str(node.get("class", "")).startswith(f"series serie-{number} ")]
    return [box for box in plots[0].iter() if str(box.tag).endswith("rect")]


def _frame(title: str, description: str, rows: int) -> ET.Element:
    svg = ET.Element(
        "svg", {"xmlns": SVG, "class": "chart", "role": "img", "height": _em(rows * PITCH + 0.3), "width": "100%"}
    )
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "desc").text = description
    defs = ET.SubElement(svg, "defs")
    tile = {"width": "7", "height": "7", "patternUnits": "userSpaceOnUse"}
    hatch = ET.SubElement(defs, "pattern", {"id": "hatch", **tile})
    ET.SubElement(hatch, "path", {"d": "M-1 1L1 -1M0 7L7 0M6 8L8 6"})
    dots = ET.SubElement(defs, "pattern", {"id": "dots", **tile})
    ET.SubElement(dots, "circle", {"cx": "3.5", "cy": "3.5", "r": "1.8"})
    return svg


def _bar(svg: ET.Element, part: Part, box: tuple[float, float] | None, top: float) -> None:
    if box is None or not box[1]:
        return
    left, width = box
    place = {"x": f"{left:.2f}%", "y": _em(top), "width": f"{width:.2f}%", "height": _em(BAR)}
    pattern = {"fill": f"url(#{PATTERNS[part.kind]})"} if part.kind in PATTERNS else {}
    ET.SubElement(svg, "rect", {"class": f"bar-{part.kind}", **pattern, **place})


def _text(svg: ET.Element, across: str, down: float, words: str, kind: str) -> ET.Element:
    node = ET.SubElement(svg, "text", {"class": kind, "x": across, "y": _em(down)})
    node.text = words
    return node


def _em(length: float) -> str:
    return f"{length:.2f}em"
