"""The process that prints one sheet: JSON comes in, a PDF goes out. Started by `press.py`, never imported.

Its bounds are set before it reads a word. It writes no file. What is printed is data, and `sheet.typ` reads no file,
loads no package and evaluates nothing, so no name can make it fetch anything.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
NICE = 10


def bound(memory: int, seconds: int) -> None:
    """After all others, no more memory and processor time than that, and no file written."""
    os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))  # at the soft bound there is a signal that says which it was


def main() -> None:
    """The bounds are the two arguments."""
    bound(int(sys.argv[1]), int(sys.argv[2]))
    sys.path.insert(0, str(HERE.parents[1]))
    from server.paper.tree import on_paper

    sheet = json.load(sys.stdin.buffer)
    words = json.dumps(sheet | on_paper(sheet.pop("html")), ensure_ascii=False)
    try:
        import typst
    except ImportError as error:
        sys.exit(f"NO_ENGINE {error}")
    try:
        pdf = printed(words, "ua-1")
    except typst.TypstError as error:  # where no font has some character: a box is printed, and the PDF claims nothing
        print(error, file=sys.stderr)
        pdf = printed(words, None)
    sys.stdout.buffer.write(pdf)


def printed(words: str, standard: Literal["ua-1"] | None) -> bytes:
    """The PDF. Raises TypstError where it would not keep the standard."""
    import typst

    fonts, layout = [HERE / "fonts"], HERE / "sheet.typ"
    return typst.compile(layout, root=HERE, font_paths=fonts, sys_inputs={"sheet": words}, pdf_standards=standard)


if __name__ == "__main__":
    main()
