"""The stylesheet keeps its promises: contrast in both themes, its size, and nothing from elsewhere."""

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "web" / "static" / "style.css").read_text("utf-8")
TEXTS, GROUNDS = ("ink", "quiet", "accent", "info"), ("paper", "leaf", "wash")


def colours(selector: str) -> dict[str, str]:
    """Name -> #rrggbb of the first rule of that selector."""
    rule = SHEET.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b", rule))


LIGHT, DARK = colours(":root"), colours(":root[data-theme=dark]")


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_seven_to_one_and_the_lines_of_controls_three_to_one(theme: dict[str, str]) -> None:
    weak = [(text, ground) for text, ground in product(TEXTS, GROUNDS) if contrast(theme[text], theme[ground]) < 7]

    assert weak == []
    assert min(contrast(theme["edge"], theme[ground]) for ground in GROUNDS) >= 3
    assert contrast({**LIGHT, **theme}["seal"], LIGHT["on-seal"]) >= 7


def test_the_device_and_the_switch_give_the_same_dark_theme() -> None:
    assert colours(":root:not([data-theme=light])") == DARK


def test_the_stylesheet_is_small_and_asks_nobody_else() -> None:
    assert len(SHEET.encode()) < 25_000
    assert re.findall(r"@import|url\(|http", SHEET) == []
