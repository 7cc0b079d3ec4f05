"""Makes server/rules/strokes.txt from kTotalStrokes of the Unicode Han database.

    python tools/strokes.py Unihan_IRGSources.txt > server/rules/strokes.txt

The file may be packed with bzip2, as Debian's package unicode-data brings it under /usr/share/unicode.
"""

import bz2
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

DIGITS = "-123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The digit at place n says n strokes; "-" says unknown. Beyond 61 strokes (five characters) "z" is close enough."""
ROW = 64
"""Characters per line; a line is left out where nothing is known of any of them."""


def strokes(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """(code point, strokes): where the field has two values, the first is that of simplified writing."""
    for line in lines:
        code, _, rest = line.partition("\tkTotalStrokes\t")
        if rest:
            yield int(code.removeprefix("U+"), 16), int(rest.split()[0])


def rows(counts: dict[int, int]) -> Iterator[str]:
    """Lines such as "4E00 1223...": the first code point of 64 and a digit for each."""
    for start in sorted({code - code % ROW for code in counts}):
        digits = "".join(DIGITS[min(counts.get(code, 0), len(DIGITS) - 1)] for code in range(start, start + ROW))
        yield f"{start:04X} {digits}"


def read(path: Path) -> list[str]:
    """The lines of the file, packed or not."""
    raw = path.read_bytes()
    return (bz2.decompress(raw) if path.suffix == ".bz2" else raw).decode("utf-8").splitlines()


if __name__ == "__main__":
    lines = read(Path(sys.argv[1]))
    version = next(line.removeprefix("# ") for line in lines if line.startswith("# Unicode version"))
    print("# Strokes of each Han character, derived by tools/strokes.py from the Unicode Han database (kTotalStrokes).")
    print(f"# {version} Copyright Unicode, Inc.; see NOTICE.")
    print(f"# Each digit is the count of one character, from: {DIGITS}")
    print("\n".join(rows(dict(strokes(lines)))))
