"""What the two databases say differently when they write JSON."""

from typing import Protocol


class Dialect(Protocol):
    """Every method takes and gives SQL. What it gives is JSON as text, unless said otherwise.

    at_once: whether lists within a list are read faster for all of its rows at once than for one after the other.
    deep: within how many brackets a statement is read whatever is in them; None for any number.
    """

    at_once: bool
    deep: int | None

    def text(self, cell: str) -> str:
        """Of a text that is not null."""

    def flag(self, cell: str) -> str:
        """Of a boolean that is not null."""

    def day(self, cell: str) -> str:
        """Of a day that is not null, as Python's isoformat writes it."""

    def moment(self, cell: str) -> str:
        """Of a time that is not null, as Python's isoformat writes it in UTC."""

    def joined(self, objects: str, order: str) -> str:
        """All rows in that order, with commas between them; empty for none."""

    def cursor(self, texts: list[str]) -> str:
        """The place of a row, from the plain texts of its values in the order of the list."""

    def plain(self, cell: str, kind: str) -> str:
        """The plain text of a cell as Python's str gives it."""

    def keyed(self, cell: str, prefix: str) -> tuple[str, str]:
        """Whether a text is an ID of that kind, and the key in it; neither is JSON."""

    def parameter(self, number: int, kind: str) -> str:
        """The place of a parameter, from 1. kind: its type where its surroundings do not tell."""

    def bytes(self, text: str) -> str:
        """The bytes of a text in UTF-8: no process in between reads them only to write them again."""


class Postgres:
    """PostgreSQL."""

    at_once = True
    deep: int | None = None

    def text(self, cell: str) -> str:
        """Of a text that is not null."""
        return f"to_json({cell}::text)::text"

    def flag(self, cell: str) -> str:
        """Of a boolean that is not null."""
        return f"({cell})::text"

    def day(self, cell: str) -> str:
        """Of a day that is not null, as Python's isoformat writes it; its first and last day are kept as infinite."""
        ends = "WHEN 'infinity' THEN '9999-12-31' WHEN '-infinity' THEN '0001-01-01'"
        return f"'\"' || CASE {cell} {ends} ELSE {cell}::text END || '\"'"

    def moment(self, cell: str) -> str:
        """Of a time that is not null, as Python's isoformat writes it in UTC."""
        return f"'\"' || {_utc(cell, 'T')} || '\"'"

    def joined(self, objects: str, order: str) -> str:
        """All rows in that order, with commas between them; empty for none."""
        return f"coalesce(string_agg({objects}, ','{' ORDER BY ' + order if order else ''}), '')"

    def cursor(self, texts: list[str]) -> str:
        """The place of a row, from the plain texts of its values in the order of the list."""
        inner = " || ',' || ".join(self.text(text) for text in texts)
        coded = f"encode(convert_to('[' || {inner} || ']', 'UTF8'), 'base64')"
        return f"'\"' || rtrim(translate({coded}, E'+/\\n', '-_'), '=') || '\"'"

    def plain(self, cell: str, kind: str) -> str:
        """The plain text of a cell as Python's str gives it."""
        return f"({_utc(cell, ' ')})" if kind == "DateTime" else f"({cell})::text"

    def keyed(self, cell: str, prefix: str) -> tuple[str, str]:
        """Whether a text is an ID of that kind, and the key in it; neither is JSON."""
        return f"{cell} ~ '^{prefix}_[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'", f"substr({cell}, 5)::uuid"

    def parameter(self, number: int, kind: str) -> str:
        """The place of a parameter, from 1. kind: its type where its surroundings do not tell."""
        return f"${number}::{kind}" if kind else f"${number}"

    def bytes(self, text: str) -> str:
        """The bytes of a text in UTF-8."""
        return f"convert_to({text}, 'UTF8')"


def _utc(cell: str, between: str) -> str:
    """Millionths of a second stand there only where there are some."""
    form = f"'YYYY-MM-DD\"{between}\"HH24:MI:SS.US'"
    return f"replace(to_char({cell} AT TIME ZONE 'UTC', {form}), '.000000', '') || '+00:00'"


class Sqlite:
    """SQLite, which keeps times as texts in UTC with a blank where ISO has a T."""

    at_once = False
    deep: int | None = 15  # its parser keeps a hundred things that are begun and not ended

    def text(self, cell: str) -> str:
        """Of a text that is not null."""
        return f"json_quote({cell})"

    def flag(self, cell: str) -> str:
        """Of a boolean that is not null."""
        return f"CASE WHEN {cell} THEN 'true' ELSE 'false' END"

    def day(self, cell: str) -> str:
        """Of a day that is not null, as Python's isoformat writes it."""
        return f"'\"' || {cell} || '\"'"

    def moment(self, cell: str) -> str:
        """Of a time that is not null, as Python's isoformat writes it in UTC."""
        return f"'\"' || replace({cell}, ' ', 'T') || '\"'"

    def joined(self, objects: str, order: str) -> str:
        """All rows with commas between them; they must come in their order."""
        return f"coalesce(group_concat({objects}, ','), '')"

    def cursor(self, texts: list[str]) -> str:
        """The place of a row, by a function that every connection of ours knows."""
        return f"'\"' || luzhi_cursor({', '.join(texts)}) || '\"'"

    def plain(self, cell: str, kind: str) -> str:
        """The cell as it is kept."""
        return cell

    def keyed(self, cell: str, prefix: str) -> tuple[str, str]:
        """Whether a text is an ID of that kind, and the key in it; neither is JSON."""
        return f"substr({cell}, 1, 4) = '{prefix}_'", f"substr({cell}, 5)"

    def parameter(self, number: int, kind: str) -> str:
        """The place of a parameter, from 1."""
        return f"?{number}"

    def bytes(self, text: str) -> str:
        """The bytes of a text in UTF-8."""
        return f"CAST({text} AS BLOB)"
