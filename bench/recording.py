"""The product as an operator starts it, but that pages are drawn already: what Q5 measures is that they were looked at.

`python -m bench.recording serve --port 8000`. Everything else is done as ever: who asks, the decision, the ledger.
"""

from server import leaf
from server.cli import luzhi

PICTURE = b"\xff\xd8\xff\xd9"
"""Begins and ends as a JPEG does."""


class Drawn(leaf.Leaves):
    """No file is opened."""

    async def picture(self, sha256: str, fetch: leaf.leaves.Fetch, n: int, *, width: int, stamp: leaf.Stamp) -> bytes:
        """The same for each page."""
        return PICTURE


if __name__ == "__main__":
    leaf.leaves.Leaves.picture = Drawn.picture  # type: ignore[method-assign]
    luzhi()
