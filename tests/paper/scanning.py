"""QR codes of a PDF, read as a phone reads them, of what is drawn: by ISO 18004, with no repair of what is damaged."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ContentStream
from segno import consts, encoder

Squares = list[list[bool]]
"""Row by row, whether each is dark."""
MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
LEVELS = "MLHQ"
FORMAT_MASK = 0b10101
TIMING = 6
BYTES = 0b0100
FREE = 2
"""Where neither a pattern nor what says the form stands."""


def scanned(pdf: bytes) -> list[tuple[str, str]]:
    """(what the code says, its words for those who do not see it) of each code, page by page."""
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    return [(text_of(squares), words) for page in reader.pages for words, squares in _drawn(page, reader)]


def _drawn(page, reader: PdfReader) -> Iterator[tuple[str, Squares]]:
    words, dark, start = "", set(), (0.0, 0.0)
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"BDC" and "/Alt" in operands[1]:
            words, dark = str(operands[1]["/Alt"]), set()
        elif operator == b"m":
            start = tuple(float(place) for place in operands)
        elif operator == b"l" and words and start[1] == float(operands[1]) and start[1] % 1 == 0.5:
            dark |= {(int(start[1]), across) for across in range(int(start[0]), int(operands[0]))}
        elif operator == b"EMC" and words:
            yield words, _without_margin(dark)
            words = ""


def _without_margin(dark: set[tuple[int, int]]) -> Squares:
    edge, end = min(dark)[0], max(dark)[0] + 1
    return [[(down, across) in dark for across in range(edge, end)] for down in range(edge, end)]


def text_of(squares: Squares) -> str:
    """What it says, where that is one run of bytes."""
    said = int("".join("01"[squares[8][across]] for across in range(5)), 2) ^ FORMAT_MASK
    version, level, mask = (len(squares) - 17) // 4, LEVELS[said >> 3], said & 7
    bits = "".join(_bits(squares, mask))
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _in_order(words, version, level))
    assert (int(data[:4], 2), version < 10) == (BYTES, True)
    return bytes(int(data[12 + 8 * at : 20 + 8 * at], 2) for at in range(int(data[4:12], 2))).decode()


def _bits(squares: Squares, mask: int) -> Iterator[str]:
    """Up and down in columns of two, from the right, where no pattern stands."""
    side, up = len(squares), True
    patterns = encoder.make_matrix(side, side)
    encoder.add_finder_patterns(patterns, side, side)
    encoder.add_alignment_patterns(patterns, side, side)
    for right in [place for place in range(side - 1, 0, -2) if place > TIMING] + [5, 3, 1]:
        for down in range(side - 1, -1, -1) if up else range(side):
            for across in (right, right - 1):
                if patterns[down][across] == FREE:
                    yield "01"[squares[down][across] ^ (MASKS[mask](down, across) == 0)]
        up = not up


def _in_order(words: list[int], version: int, level: str) -> list[int]:
    """Those that carry data, of one block after the other; they are dealt out to the blocks like cards."""
    kinds = consts.ECC[version][consts.ERROR_MAPPING[level]]
    lengths = [kind.num_data for kind in kinds for _ in range(kind.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    dealt = iter(words)
    for turn in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if turn < length:
                block.append(next(dealt))
    return [word for block in blocks for word in block]
