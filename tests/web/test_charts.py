"""The pictures: what they say, how wide their bars are, and that they carry no style or script of their own."""

from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment

from web.charts import FILTERS, Part, Picture, stacked_bars

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> Picture:
    parts = [Part("covered", "in one group", [10, 5]), Part("pending", "pending", [0, 1]), Part("none", "none", [1, 3])]
    return stacked_bars("Coverage <by> sector", "In words.", ["经济界", "A & B"], parts, ["10/11", "5/9"])


def bars(picture: Picture, kind: str) -> list[tuple[str, str]]:
    rects = ET.fromstring(picture.svg).iter(f"{SVG}rect")
    return [(rect.get("x", ""), rect.get("width", "")) for rect in rects if rect.get("class") == f"bar-{kind}"]


def test_a_picture_has_a_role_a_title_and_a_description() -> None:
    svg = ET.fromstring(drawn().svg)

    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Coverage <by> sector"
    assert svg.findtext(f"{SVG}desc") == "In words."
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["经济界", "10/11", "A & B", "5/9"]


def test_bars_start_at_the_edge_and_follow_each_other() -> None:
    covered, none = bars(drawn(), "covered"), bars(drawn(), "none")

    assert [left for left, _ in covered] == ["0.00%", "0.00%"]
    assert none[0][0] == covered[0][1]
    assert float(covered[0][1][:-1]) == pytest.approx(2 * float(covered[1][1][:-1]), abs=0.02)


def test_a_part_of_nothing_is_not_drawn() -> None:
    assert len(bars(drawn(), "pending")) == 1
    assert drawn().legend == [("covered", "in one group"), ("pending", "pending"), ("none", "none")]
    assert bars(stacked_bars("t", "d", ["a"], [Part("more", "more", [0])], ["0/0"]), "more") == []


def test_a_picture_of_no_rows_is_empty() -> None:
    assert stacked_bars("t", "d", [], [Part("covered", "c", [])], []).legend == []


@pytest.mark.parametrize("forbidden", ["style", "script", "http://www.kozea", "href", "onclick"])
def test_a_picture_carries_nothing_that_a_strict_page_forbids(forbidden: str) -> None:
    assert forbidden not in drawn().svg


def test_coverage_draws_the_pending_apart_from_those_without_a_group() -> None:
    rows = [{"name": "a", "members": 10, "one": 5, "none": 3, "pending": 1, "more": 2}]
    filters = Environment(autoescape=True)
    filters.filters.update(FILTERS)
    page = filters.from_string("{{ (rows|coverage_bars('Coverage')).svg }}")

    svg = ET.fromstring(page.render(rows=rows, _=str, locale="en"))

    widths = {rect.get("class"): float(rect.get("width", "0")[:-1]) for rect in svg.iter(f"{SVG}rect")}
    unit = widths["bar-pending"]
    assert {kind: round(width / unit) for kind, width in widths.items()} == {
        "bar-covered": 5,
        "bar-pending": 1,
        "bar-none": 2,
        "bar-more": 2,
    }
    assert svg.findtext(f"{SVG}desc") == "Of 10 members, 5 are in exactly one group."
    assert "5/10" in [text.text for text in svg.iter(f"{SVG}text")]
