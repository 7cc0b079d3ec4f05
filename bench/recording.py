"""The product as an operator starts it, but that pages are drawn already: what Q5 measures is that they were looked at.

`python -m bench.recording serve --port 8000`. Everything else is done as ever: who asks, the decision, the ledger.
"""

from unittest.mock import patch

from server.cli import luzhi
from server.leaf import Leaves, Stamp
from server.leaf.leaves import Fetch

PICTURE = b"\xff\xd8\xff\xd9"
"""Begins and ends as a JPEG does."""


async def drawn(_: Leaves, sha256: str, fetch: Fetch, n: int, *, width: int, stamp: Stamp) -> bytes:
    """The same for each page; no file is opened."""
    return PICTURE


if __name__ == "__main__":
    with patch.object(Leaves, "picture", drawn):
        luzhi()
