"""What a page of a PDF is: a picture with its watermark, or its words. Only the process of a file imports the rest."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image

WIDTHS = (600, 900, 1300, 1800, 2600)
"""Of the picture of a page, in pixels: the steps of its zoom."""
MOST_PIXELS = 20_000_000
"""Of such a picture: a page as long as a street is shown smaller."""
QUALITY = 85
LETTERS = 200_000
"""Of the words of one page."""
FONT = Path(__file__).parents[1] / "paper" / "fonts" / "LuzhiPrint-Regular.otf"
GREY, FAINT = (128, 128, 128), 0.3
"""Of a watermark: it is seen on paper and on black, and what is under it can be read."""
TURN = 24
"""Degrees by which it rises."""


def picture(pdf: "pypdfium2.PdfDocument", n: int, width: int, stamp: Sequence[str]) -> bytes:
    """Page n, from 1, as JPEG of that width. stamp: lines that are drawn over all of it."""
    page = pdf[n - 1]
    wide, high = page.get_size()
    scale = min(width / wide, (MOST_PIXELS / (wide * high)) ** 0.5)
    shown = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    page.close()
    if stamp:
        _stamp(shown, stamp)
    into = io.BytesIO()
    shown.save(into, "JPEG", quality=QUALITY)
    return into.getvalue()


def words(pdf: "pypdfium2.PdfDocument", n: int) -> str:
    """What stands on page n, as far as it is text."""
    page = pdf[n - 1]
    text = page.get_textpage()
    try:
        return str(text.get_text_bounded())[:LETTERS]
    finally:
        text.close()
        page.close()


def _stamp(page: "Image.Image", lines: Sequence[str]) -> None:
    """In rows over the whole page, so close that no part of it worth taking is without."""
    mask = _mask(lines, max(14, page.width // 48))
    across, down = mask.width + mask.width // 8, int(mask.height * 0.8)
    for row, y in enumerate(range(-mask.height // 2, page.height, down)):
        for x in range(-(across // 2) * (row % 2) - across // 4, page.width, across):
            page.paste(GREY, (x, y), mask)


def _mask(lines: Sequence[str], size: int) -> "Image.Image":
    from PIL import Image, ImageDraw, ImageFont

    font, text = ImageFont.truetype(FONT, size), "\n".join(lines)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), text, font=font)
    drawn = Image.new("L", (int(right - left) + size, int(bottom - top) + size))
    ImageDraw.Draw(drawn).multiline_text((size // 2 - left, size // 2 - top), text, font=font, fill=int(255 * FAINT))
    return drawn.rotate(TURN, Image.Resampling.BICUBIC, expand=True)
