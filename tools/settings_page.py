"""Writes docs/settings.md from the one table of settings, and the codes in docs/api.md. Tests compare them."""

import re
from pathlib import Path

from server.schema.codes import reference as codes
from server.settings import reference

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
API = PAGE.with_name("api.md")
CODES = re.compile(r"\| code \| status \|.*?(?=\n\n)", re.DOTALL)
OPENING = """# Settings

All settings come from the environment. A name that begins with `LUZHI_` and is not listed here is an error, which names
the nearest one that is; an empty value counts as not set. `luzhi check` says whether they make sense.

This page is made by `make docs` from `server/settings/`.

"""


def page() -> str:
    """The whole page, in Markdown."""
    return OPENING + reference()


def api() -> str:
    """The page of the API, its table of codes made anew."""
    return CODES.sub(lambda _: codes().rstrip(), API.read_text("utf-8"), count=1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    API.write_text(api(), encoding="utf-8")
