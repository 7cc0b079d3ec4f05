"""What of a page belongs on paper."""

import re
from pathlib import Path

import pytest

from server.paper.elements import SCREEN_CLASSES
from server.paper.tree import on_paper

SHEET = (Path(__file__).parents[2] / "web" / "static" / "style.css").read_text("utf-8")


def body(html: str) -> list[dict]:
    return on_paper(f'<html><header>head</header><main id="main">{html}</main><footer>foot</footer></html>')["body"]


def paragraph(*runs: object, quiet: bool = False) -> dict:
    return {"kind": "paragraph", "body": list(runs), "quiet": quiet}


@pytest.mark.parametrize(
    ("html", "nodes"),
    [
        ("<p>a  <b>b</b>\n c </p>", [paragraph("a b c")]),
        ("loose <a href='/x'>words</a><p>next</p>", [paragraph("loose words"), paragraph("next")]),
        ("<p>one<br>two</p>", [paragraph("one"), paragraph("two")]),
        ('<p class="hint">a</p>', [paragraph("a", quiet=True)]),
        ('<p>of <span lang="zh-Hans">春</span></p>', [paragraph("of ", {"lang": "zh", "words": "春"})]),
        ("<p>&lt;b&gt; &amp; #x[*]</p>", [paragraph("<b> & #x[*]")]),
        ("<p>  </p><div></div>", []),
        ("<nav>a</nav><form>b<button>c</button></form><script>d</script><svg><text>e</text></svg>", []),
        ('<p hidden>a</p><p class="hidden">b</p><span aria-hidden="true">●</span><a class="quiet" href="/x">c</a>', []),
        ("<details><summary>a</summary>b</details>", []),
        ("<details open><summary>a</summary>b</details>", [paragraph("a"), paragraph("b")]),
        (
            "<ul><li>a</li><li><p>b</p><p>c</p></li></ul>",
            [{"kind": "list", "numbered": False, "items": [[["a"]], [["b"], ["c"]]]}],
        ),
        ("<ol><li>a</li></ol>", [{"kind": "list", "numbered": True, "items": [[["a"]]]}]),
        ('<ol class="timeline"><li>a</li></ol>', [{"kind": "list", "numbered": False, "items": [[["a"]]]}]),
        (
            "<dl><div><dt>a</dt><dd>b</dd></div><div><dt>c</dt><dd> </dd></div></dl>",
            [{"kind": "facts", "rows": [(["a"], [["b"]])]}],
        ),
    ],
)
def test_a_page_becomes_what_is_printed(html: str, nodes: list[dict]) -> None:
    assert body(html) == nodes


def test_headings_go_down_one_level_at_a_time_and_the_first_is_the_title() -> None:
    page = on_paper('<main id="main"><h1>甲</h1><h3>b</h3><h2>c</h2><h6>d</h6></main>')

    assert page["title"] == "甲"
    assert [(node["level"], node["body"]) for node in page["body"]] == [(1, ["甲"]), (2, ["b"]), (2, ["c"]), (3, ["d"])]


def test_a_table_has_its_heads_its_rows_and_the_room_that_nine_of_ten_cells_need() -> None:
    (table,) = body(
        "<table><caption>x</caption><thead><tr><th>Name</th><th class='number'>People</th><th class='does'>do</th></tr>"
        "</thead><tbody><tr><th><a href='/x'>王小明一二三</a></th><td>1<br>2</td><td class='does'>go</td></tr>"
        "<tr><td>b</td></tr></tbody></table>"
    )

    assert table == {
        "kind": "table",
        "heads": [["Name"], ["People"]],
        "rows": [[[["王小明一二三"]], [["1"], ["2"]]], [[["b"]], []]],
        "widths": [12, 6],
        "ends": [False, True],
        "tall": False,
    }


def test_a_column_in_which_people_sign_is_wide_and_its_rows_are_tall() -> None:
    (table,) = body(
        "<table><thead><tr><th>Name</th><th class='sign'>Signature</th></tr></thead>"
        "<tbody><tr><td>b</td><td></td></tr></tbody></table>"
    )

    assert (table["widths"], table["tall"], table["rows"]) == ([5, 26], True, [[[["b"]], []]])


def test_instead_of_a_picture_stands_its_table() -> None:
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"

    caption, found = body(
        "<figure><figcaption>By sector</figcaption><ul class='legend'><li>x</li></ul><svg><path/></svg>"
        f"<details><summary>The same as a table</summary>{table}</details></figure>"
    )

    assert (caption, found["rows"]) == (paragraph("By sector"), [[[["b"]]]])


def test_labels_are_cut_as_the_page_says() -> None:
    cut = {"across": 3, "down": 8, "free": 2, "width": 70, "height": 37, "left": 0, "top": 0.5}
    said = " ".join(f'data-{name}="{value}"' for name, value in cut.items())

    page = on_paper(f'<main id="main"><h1>L</h1><ul class="labels" {said}><li><p>a</p><p>b</p></li></ul></main>')

    assert page == {"title": "L", "body": [{"kind": "list", "items": [[["a"], ["b"]]]}], "labels": cut}


LINES = '<path transform="scale(4)" stroke="#000" d="M2 2.5h7m1 0h1"/>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">'


def letter(drawn: str = LINES, lang: str = "zh-Hans") -> str:
    """As web/templates/invitations/_letter.html has it."""
    picture = f'<svg viewBox="0 0 44 44"><title>a &amp; b</title>{drawn}</svg>'
    beside = f'<div class="opens"><ol><li>one</li></ol><div class="qr">{picture}</div></div>'
    return f'<article class="letter" lang="{lang}"><h2>甲</h2>{beside}<h4>c</h4></article>'


def test_a_letter_is_a_page_in_its_language_and_its_code_is_drawn_beside_its_steps() -> None:
    (node,) = body(letter())

    steps, code = node["body"][1]["parts"]
    assert (node["kind"], node["lang"]) == ("letter", "zh")
    assert [part["level"] for part in node["body"] if part["kind"] == "heading"] == [1, 2]
    assert (node["body"][1]["kind"], steps[0]["items"]) == ("beside", [[["one"]]])
    assert code == [
        {
            "kind": "code",
            "svg": f'{SVG}<path d="M2 2.5h7m1 0h1" transform="scale(4)" stroke="#000"/></svg>',
            "alt": "a & b",
        }
    ]


@pytest.mark.parametrize(
    "drawn",
    [
        '<image href="http://127.0.0.1/x"/>',
        '<path transform="url(#x)" d="M2 2.5h7"/>',
        '<path transform="scale(4)" d="M2 2.5h7&quot;/>&lt;image href=&quot;/etc/passwd"/>',
        '<path transform="scale(4)" d=""/>',
    ],
)
def test_what_is_not_drawn_as_a_code_is_not_drawn_at_all(drawn: str) -> None:
    with pytest.raises(ValueError, match="not drawn as a QR code"):
        body(letter(drawn))


def test_beside_a_code_nothing_of_its_picture_is_taken_over() -> None:
    more = f'{LINES}<image href="http://127.0.0.1/x"/><style>@import "http://127.0.0.1/y"</style>'

    assert body(letter(more)) == body(letter())


def test_a_slip_stays_whole_under_its_name_each_text_in_its_language() -> None:
    slip = '<section class="slip"><h2>张三</h2><p class="unprinted">sent</p><p lang="en">Come</p></section>'

    assert body(slip) == [
        {
            "kind": "slip",
            "body": [
                {"kind": "heading", "level": 1, "body": ["张三"]},
                paragraph({"lang": "en", "words": "Come"}),
            ],
        }
    ]


def test_a_page_whose_heading_is_for_the_screen_is_called_by_its_title() -> None:
    page = on_paper('<title>信 – 履职</title><main id="main"><div class="unprinted"><h1>x</h1></div><p>a</p></main>')

    assert (page["title"], page["body"]) == ("信 – 履职", [paragraph("a")])


def test_what_the_stylesheet_hides_on_paper_stays_off_it() -> None:
    print_rules = SHEET.split("@media print {", 1)[1]
    hidden = next(rule for rule in re.findall(r"([^{}]+)\{ display: none !important; \}", print_rules))

    last = {selector.split(".")[-1].strip() for selector in hidden.split(",")}
    assert last - {"quiet"} <= SCREEN_CLASSES
