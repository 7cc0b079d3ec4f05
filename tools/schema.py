"""Writes server/schema.graphql, so that each change of the API shows in review; `--check` compares instead."""

import sys
from pathlib import Path

from server.schema import api

FILE = Path(__file__).parent.parent / "server" / "schema.graphql"


def main(*arguments: str) -> None:
    """Exit code 1 if `--check` finds a difference."""
    printed = api.as_str() + "\n"
    if "--check" not in arguments:
        FILE.write_text(printed, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != printed:
        sys.exit("server/schema.graphql is not the schema of the code. Run: make schema, and commit the difference.")


if __name__ == "__main__":
    main(*sys.argv[1:])
