# ruff: noqa: S608  # what is put together here are names of ours
"""Triggers that note which things of the register a statement touched, whoever wrote it: see `changes.py`."""

TOUCHED = (
    ("term", "trm", "id"),
    ("term_year", "trm", "term_id"),
    ("person", "per", "id"),
    ("person_identifier", "per", "person_id"),
    ("membership", "mem", "id"),
    ("membership_status", "mem", "membership_id"),
    ("membership_post", "mem", "membership_id"),
    ("body", "bod", "id"),
    ("body_identifier", "bod", "body_id"),
    ("body_relation", "bod", "source_id"),
    ("body_relation", "bod", "target_id"),
    ("body_membership", "bdm", "id"),
)
"""Table, the letters of a thing, the column with its key: a row that is written there touches that thing."""
ROWS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}
"""The rows that an event has."""


def name_of(table: str, column: str, event: str) -> str:
    """Of a trigger, and of its function."""
    return f"tr_{table}_{column}_{event}_touches"


def sqlite(table: str, letters: str, column: str, event: str) -> str:
    """Once for each row."""
    noted = " UNION ".join(f"SELECT '{letters}', {row.upper()}.\"{column}\"" for row in ROWS[event])
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name_of(table, column, event)} AFTER {event.upper()} ON {table} "
        f"FOR EACH ROW BEGIN INSERT INTO touched (listed, key) {noted}; END"
    )


def postgres(table: str, column: str, event: str) -> str:
    """Once for each statement, however many rows it writes."""
    given = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in ROWS[event])
    name = name_of(table, column, event)
    return (
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {given} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def function(table: str, letters: str, column: str, event: str) -> str:
    """What that does."""
    noted = " UNION ".join(f'SELECT "{column}" AS key FROM {row}_rows' for row in ROWS[event])
    return (
        f"CREATE OR REPLACE FUNCTION {name_of(table, column, event)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO touched (listed, key) SELECT '{letters}', key FROM ({noted}) t; RETURN NULL; END $$"
    )


SQLITE_TRIGGERS = {name_of(t, c, event): sqlite(t, letters, c, event) for t, letters, c in TOUCHED for event in ROWS}
POSTGRES_TRIGGERS = {name_of(t, c, event): postgres(t, c, event) for t, _, c in TOUCHED for event in ROWS}
POSTGRES_FUNCTIONS = tuple(function(*touched, event) for touched in TOUCHED for event in ROWS)
