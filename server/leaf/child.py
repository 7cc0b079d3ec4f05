"""The process that opens one file: it is asked in lines of JSON, and answers with one and with bytes. Started by
`leaves.py`, never imported.

Its bounds are set before it reads a byte of the file. It writes no file, and of all files of the house it has this one.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NICE = 10


def bound(memory: int) -> None:
    """After all others, no more memory than that, and no file written."""
    os.nice(NICE)
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def main() -> None:
    """Arguments: the bound of its memory in bytes, how many seconds it may work for an answer, the open file."""
    memory, seconds, number = map(int, sys.argv[1:4])
    bound(memory)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    with os.fdopen(number, "rb") as file:
        leaf = Leaf(file)
        for line in sys.stdin.buffer:
            signal.setitimer(signal.ITIMER_PROF, seconds)  # whose signal ends this process, whatever it does
            head, body = leaf.answer(json.loads(line))
            signal.setitimer(signal.ITIMER_PROF, 0)
            sys.stdout.buffer.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n" + body)
            sys.stdout.buffer.flush()


class Leaf:
    """The file, opened when it is first asked for."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.pdf: Any = None

    def answer(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """What was asked for, or under "no" the code that says why not."""
        from server.leaf.looked import Not

        try:
            return self._look(asked["name"]) if asked["do"] == "look" else ({}, self._page(asked))
        except Not as error:
            return {"no": str(error)}, b""
        except MemoryError:
            return {"no": "TOO_HEAVY"}, b""

    def _look(self, name: str) -> tuple[dict[str, Any], bytes]:
        from server.leaf.looked import looked

        found = looked(self.file, name)
        head = {"media": found.media, "pages": found.pages, "texts": found.texts, "made": found.pdf is not None}
        return head, found.pdf or b""

    def _page(self, asked: Mapping[str, Any]) -> bytes:
        import pypdfium2

        from server.leaf.looked import Not, opened
        from server.leaf.rendered import picture, words

        try:
            self.pdf = self.pdf or opened(self.file)
            if not 1 <= asked["n"] <= len(self.pdf):
                raise Not("NO_SUCH_PAGE")
            if asked["do"] == "words":
                return words(self.pdf, asked["n"]).encode("utf-8", "replace")
            return picture(self.pdf, asked["n"], asked["width"], asked["stamp"])
        except pypdfium2.PdfiumError as error:
            raise Not("BROKEN") from error


if __name__ == "__main__":
    main()
