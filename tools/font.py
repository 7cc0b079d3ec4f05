"""Cuts the font of paper from Noto Sans CJK: `python -m tools.font NotoSansCJK-Regular.ttc`.

One weight, simplified Chinese shapes, and the characters that names and sentences are written with: see
docs/decisions/paper.md. It gets a name of its own, so that it is never mistaken for a font of the machine.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

TARGET = Path(__file__).parent.parent / "server" / "paper" / "fonts" / "LuzhiPrint-Regular.otf"
FACE, FAMILY, POSTSCRIPT = "Noto Sans CJK SC", "Luzhi Print", "LuzhiPrint-Regular"
SPANS = (
    (0x20, 0x24F),  # Latin
    (0x2B0, 0x3FF),  # tone marks, Greek
    (0x400, 0x4FF),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin with more marks
    (0x2000, 0x27BF),  # punctuation, arrows, marks
    (0x2E80, 0x2FDF),  # radicals
    (0x3000, 0x30FF),  # Chinese punctuation, kana
    (0x3200, 0x33FF),  # circled and squared
    (0x3400, 0x4DBF),  # hanzi, extension A
    (0x4E00, 0x9FFF),  # hanzi
    (0xF900, 0xFAFF),  # hanzi for compatibility
    (0xFE10, 0xFE6F),
    (0xFF00, 0xFFEF),  # full width
    (0x20000, 0x323AF),  # hanzi, the other extensions, as far as the font has them
)
NAMES = {1: FAMILY, 3: f"{POSTSCRIPT};2.004", 4: FAMILY, 6: POSTSCRIPT, 16: None, 17: None}
"""By their number in the table of names; None takes one out."""


def main() -> None:
    """Reads the collection, writes the font into the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    font = _face(TTCollection(parser.parse_args().collection))
    options = subset.Options(layout_features=["ccmp", "kern", "mark"], desubroutinize=False, name_IDs=["*"])
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in SPANS for code in range(first, last + 1)])
    cutter.subset(font)
    _rename(font)
    TARGET.parent.mkdir(exist_ok=True)
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


def _face(collection: TTCollection) -> TTFont:
    return next(font for font in collection.fonts if font["name"].getDebugName(4) == FACE)


def _rename(font: TTFont) -> None:
    for record in list(font["name"].names):
        if record.nameID not in NAMES:
            continue
        words = NAMES[record.nameID]
        if words is None:
            font["name"].names.remove(record)
        else:
            record.string = words
    cff = font["CFF "].cff
    cff.fontNames = [POSTSCRIPT]
    cff.topDictIndex[0].FullName, cff.topDictIndex[0].FamilyName = FAMILY, FAMILY


if __name__ == "__main__":
    main()
