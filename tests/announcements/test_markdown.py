"""What is typed in Markdown becomes a few elements and text, whatever it is."""

import pytest

from web.markdown import html_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Where\n\nThree *new* **schools**", "<h2>Where</h2>\n<p>Three <em>new</em> <strong>schools</strong></p>\n"),
        ("###### Small", "<h6>Small</h6>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick=x>y</b>", "<p>&lt;b onclick=x&gt;y&lt;/b&gt;</p>\n"),
        ("![x](https://elsewhere.example/pixel.png)", "<p>!<a LINK>x</a></p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>\n"),
        ("[x](//elsewhere.example)", '<p><a href="//elsewhere.example" rel="noopener noreferrer">x</a></p>\n'),
        ("[x](/documents)", '<p><a href="/documents" rel="noopener noreferrer">x</a></p>\n'),
        ("县情 & <", "<p>县情 &amp; &lt;</p>\n"),
        ("", ""),
    ],
)
def test_only_what_is_known_becomes_html(text: str, html: str) -> None:
    link = 'href="https://elsewhere.example/pixel.png" rel="noopener noreferrer"'
    assert html_of(text) == html.replace("LINK", link)


def test_a_table_has_no_styles_of_its_own() -> None:
    html = html_of("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert "<td>1</td>" in html
    assert "style" not in html
