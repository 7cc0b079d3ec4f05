"""Texts that were written in Markdown, as HTML: CommonMark and tables, but no HTML of their own and no pictures.

Whatever is typed becomes text, or one of these elements without attributes, but for links, which lead to http, https,
mailto or a page of ours. The content policy would stop the rest once more.
"""

from collections.abc import Callable, Sequence
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from web.formatting import RUN

LOWEST = 6
WRITTEN = Markup('<div class="written">{}</div>')
CHINESE = Markup('<div class="written" lang="zh-Hans">{}</div>')
FOLLOWED = ("http:", "https:", "mailto:", "/", "#")


def html_of(text: str) -> Markup:
    """The text as HTML. Its headings begin below that of the page."""
    tokens = PARSER.parse(text)
    return Markup(PARSER.renderer.render(_tamed(tokens), PARSER.options, {}))  # noqa: S704  # html is off: see above


@pass_context
def markdown(context: Context, text: str) -> Markup:
    """The same within a page, saying so where it is in Chinese on an English page."""
    chinese = context["locale"] == "en" and RUN.search(text)
    return (CHINESE if chinese else WRITTEN).format(html_of(text))


def _tamed(tokens: Sequence[Token]) -> list[Token]:
    """Headings one level lower, no styles, and links that take nothing of us along."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST)}"
        token.attrs.pop("style", None)
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["rel"] = "noopener noreferrer"
    return list(tokens)


def _valid_link(url: str) -> bool:
    return url.strip().lower().startswith(FOLLOWED)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = _valid_link  # type: ignore[method-assign]
    return parser


PARSER = _parser()
FILTERS: dict[str, Callable[..., Any]] = {"markdown": markdown}
