"""Writes docs/settings.md from the one table of settings. A test compares the two."""

from pathlib import Path

from server.settings import reference

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
OPENING = """# Settings

All settings come from the environment. A name that begins with `LUZHI_` and is not listed here is an error, which names
the nearest one that is; an empty value counts as not set. `luzhi check` says whether they make sense.

This page is made by `make docs` from `server/settings.py`.

"""


def page() -> str:
    """The whole page, in Markdown."""
    return OPENING + reference()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
