"""A QR code as its page draws it, the one picture that is on paper, too."""

import re
from typing import Any

from server.paper.elements import Element

BOX = re.compile(r"0 0 \d+ \d+")
LINES = re.compile(r"[Mmh0-9. -]+")
SCALE = re.compile(r"scale\(\d+\)")


def code(drawn: Element) -> dict[str, Any]:
    """{svg, alt}: its path drawn anew, of which only numbers are taken over, and its title.

    It is one path of lines through the middle of each row, as segno writes it. Raises ValueError for anything else.
    """
    path, title = _inside(drawn, "path"), _inside(drawn, "title")
    box = _only(BOX, drawn.facts.get("viewbox"))  # the reader of pages writes all names in small letters
    lines, scale = _only(LINES, path.facts.get("d")), _only(SCALE, path.facts.get("transform"))
    path_alone = f'<path d="{lines}" transform="{scale}" stroke="#000"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{path_alone}</svg>'
    return {"kind": "code", "svg": svg, "alt": "".join(word for word in title.inside if isinstance(word, str)).strip()}


def _inside(drawn: Element, tag: str) -> Element:
    return next((one for one in drawn.inside if isinstance(one, Element) and one.tag == tag), Element(tag))


def _only(form: re.Pattern[str], given: str | None) -> str:
    if not form.fullmatch(given or ""):
        raise ValueError(f"not drawn as a QR code: {given!r:.80}")
    return str(given)
