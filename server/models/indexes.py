"""Every index, unique rule and trigger of the database, in one list for both databases.

Tortoise rebuilds SQLite tables by copying and dropping them, which loses all of these. So models and migrations
declare none; `declare` runs after each migration and makes what is missing. A changed definition gets a new name:
what stands in the database under our prefixes and not in the list is dropped.
"""

from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

from server.models import touching

PREFIXES = ("ix_", "ux_", "tr_")


@dataclass(frozen=True)
class Index:
    """An index. columns: names, or expressions with parentheses. where: for which rows, in SQL of both databases."""

    table: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    suffix: str = ""

    @property
    def name(self) -> str:
        """`ix_` or `ux_`, the table, the columns; within PostgreSQL's 63 bytes."""
        words = [c.replace("(", "_").replace(")", "") for c in self.columns]
        return "_".join(["ux" if self.unique else "ix", self.table, *words, *filter(None, [self.suffix])])

    @property
    def sql(self) -> str:
        """The statement that makes it."""
        columns = ", ".join(c if "(" in c else f'"{c}"' for c in self.columns)
        where = f" WHERE {self.where}" if self.where else ""
        kind = "UNIQUE INDEX" if self.unique else "INDEX"
        return f'CREATE {kind} IF NOT EXISTS "{self.name}" ON "{self.table}" ({columns}){where}'


def _unique(table: str, *columns: str, where: str = "", suffix: str = "") -> Index:
    return Index(table, columns, unique=True, where=where, suffix=suffix)


def _index(table: str, *columns: str) -> Index:
    return Index(table, columns)


DATED = ("membership_status", "membership_post", "body_relation", "body_membership", "role_assignment")
"""The tables of dated facts: each names who recorded and who voided."""

GRANTED = ("document_id", "folder_id", "person_id", "body_id", "term_id", "activity_id", "renews_id")
"""Of a grant: on what it is, whose, and which one it gives once more."""

ASKED = "state IN ('submitted', 'more_info', 'in_review')"
"""A wish to read that waits: one at a time of each person for a document."""

INDEXES: tuple[Index, ...] = (
    # members
    _unique("term", "code"),
    _index("term", "follows_id"),
    _unique("term_year", "term_id", "n"),
    _index("person", "sort_pinyin", "id"),
    _index("person", "sort_strokes", "id"),
    # of almost everybody it is null, and a planner without figures would walk them all
    Index("person", ("merged_into_id",), where="merged_into_id IS NOT NULL", suffix="set"),
    _index("person", "name_zh"),
    _index("person", "name_en"),
    _unique("person_identifier", "scheme", "value"),
    _index("person_identifier", "person_id"),
    _unique("membership", "person_id", "term_id"),
    _index("membership", "term_id"),
    _index("membership_status", "membership_id", "id"),  # in this order the one that holds is looked for
    _index("membership_post", "membership_id", "id"),
    _index("membership_post", "sector_id"),
    _index("tombstone", "collection", "removed_at"),
    # bodies
    _index("body", "kind", "sort", "id"),
    _index("body", "term_id"),
    _index("body", "parent_id"),
    _unique("body_identifier", "scheme", "value"),
    _index("body_identifier", "body_id"),
    _index("body_relation", "source_id"),
    _index("body_relation", "target_id"),
    _index("body_membership", "body_id", "person_id"),
    _index("body_membership", "person_id", "id"),
    _index("body_membership", "membership_id"),
    _index("body_membership", "on_behalf_of_id"),
    # accounts
    _unique("account", "lower(name)"),
    _unique("account", "oidc_issuer", "oidc_subject", where="oidc_subject <> ''"),
    _index("account", "person_id"),
    _unique(
        "role_assignment",
        "account_id",
        "role",
        "body_id",
        where="voided_at IS NULL AND ends_on IS NULL AND body_id IS NOT NULL",
    ),
    _unique(
        "role_assignment",
        "account_id",
        "role",
        where="voided_at IS NULL AND ends_on IS NULL AND body_id IS NULL",
        suffix="everywhere",
    ),
    _index("role_assignment", "account_id"),
    _index("role_assignment", "body_id"),
    _index("role_assignment", "deputy_for_id"),
    _unique("invitation", "secret_hash"),
    _unique("invitation", "account_id", where="used_at IS NULL AND ended_at IS NULL", suffix="open"),
    _index("invitation", "account_id", "created_at"),
    _index("invitation", "issued_by_id"),
    _unique("session", "token_hash"),
    _index("session", "account_id"),
    _index("session", "expires_at"),
    _unique("api_client", "token_hash"),
    _index("api_client", "owner_id"),
    _index("api_client", "replaced_by_id"),
    _index("app", "name_zh"),
    _index("app", "created_by_id"),
    _unique("consent", "account_id", "app_id", where="ended_at IS NULL"),
    _index("consent", "account_id"),
    _index("consent", "app_id"),
    _unique("app_code", "code_hash"),
    _index("app_code", "consent_id"),
    _index("app_code", "expires_at"),
    _unique("app_token", "token_hash"),
    _index("app_token", "consent_id"),
    _index("app_token", "line"),
    _index("app_token", "expires_at"),
    _index("sign_in_failure", "account_name", "at"),
    _index("sign_in_failure", "address_hash", "at"),
    _index("sign_in_failure", "at"),
    # requests to the office
    _index("request", "state", "due_on", "id"),
    _index("request", "person_id", "created_at"),
    _index("request", "account_id"),
    _index("request", "decided_by_id"),
    # imports and what they wrote
    _index("import_run", "started_by_id"),
    _index("import_row", "run_id", "list_name", "row"),
    _unique("import_change", "run_id", "seq"),
    _index("import_change", "object_id"),
    # renewal: what becomes of bodies with the next term, and changes that were decided
    _unique("term_body", "term_id", "body_id"),
    _index("term_body", "body_id"),
    _unique("renewal", "term_id", where="undone_at IS NULL"),
    _index("renewal", "term_id"),
    _index("renewal", "former_id"),
    _index("renewal", "applied_by_id"),
    # the working calendar
    _unique("calendar_change", "serial"),
    _index("calendar_change", "by_id"),
    _index("calendar_change", "undone_by_id"),
    _index("calendar_year", "change_id"),
    _index("calendar_day", "day"),
    _index("calendar_day", "change_id"),
    # keys of changes
    _index("kept_answer", "at"),
    # jobs: each run once; each job has one newest run
    _unique("job_run", "job", "due_at"),
    _unique("job_run", "job", where="newest", suffix="newest"),
    _index("job_run", "newest", "job"),
    _index("job_run", "due_at", "id"),
    # changes: what is known of a thing; what is told in its order
    _unique("change", "thing", "audience"),
    _index("change", "audience", "serial", "id"),
    # messages: what someone has not read; what is on its way, in the order in which it leaves
    _index("mailing", "written_at", "id"),
    _index("mailing", "written_by_id"),
    _index("mailing", "reminds_id"),
    _unique("mailing_reader", "mailing_id", "person_id"),
    _index("mailing_reader", "person_id"),
    _index("message", "person_id", "created_at", "id"),
    _index("message", "account_id", "created_at", "id"),
    Index("message", ("person_id",), where="read_at IS NULL", suffix="unread"),
    _index("message", "mailing_id"),
    _index("message", "invitation_id"),
    _index("forgotten_password", "address_hash", "asked_at"),
    Index("forgotten_password", ("asked_at",), where="done_at IS NULL", suffix="open"),
    _index("delivery", "message_id"),
    _index("delivery", "person_id"),
    _index("delivery", "mailing_id"),
    _index("delivery", "marked_by_id"),
    Index(
        "delivery",
        ("urgency", "created_at", "id"),
        where="state = 'waiting' OR state = 'sending' OR state = 'failed'",
        suffix="open",
    ),
    _unique("message_choice", "person_id", "topic", "channel", where="ended_at IS NULL"),
    _unique("message_choice", "account_id", "topic", "channel", where="ended_at IS NULL"),
    _index("message_choice", "person_id"),
    _index("message_choice", "account_id"),
    _unique("message_hours", "person_id"),
    _unique("message_hours", "account_id"),
    # documents: who was given what is found by whom it is given to
    _index("folder", "parent_id", "sort", "id"),
    _index("folder", "body_id"),
    _unique("folder_path", "folder_id", "above_id"),
    _index("folder_path", "above_id", "folder_id"),
    _index("document", "folder_id"),
    _index("document", "created_at", "id"),
    _index("document", "origin_id"),
    _index("document", "agreement_id"),
    _unique("document_audience", "document_id", "body_id"),
    _index("document_audience", "body_id"),
    *(Index("access_grant", (column,), where=f"{column} IS NOT NULL", suffix="set") for column in GRANTED),
    *(_index("access_grant", column) for column in ("granted_by_id", "granted_for_id", "second_id", "decided_by_id")),
    _unique("grant_use", "person_id", "grant_id"),
    _index("grant_use", "grant_id"),
    _unique("reading_agreement", "n"),
    _index("reading_agreement", "published_by_id"),
    _unique("agreement_acceptance", "person_id", "agreement_id"),
    _index("agreement_acceptance", "agreement_id"),
    _index("document", "material_id"),
    _index("document", "explainer_id"),
    _unique("document_version", "document_id", "n"),
    _unique("document_version", "document_id", where='"current"', suffix="current"),
    _index("document_version", "sha256"),
    _index("document_version", "pages_sha256"),
    _index("document_version", "added_by_id"),
    _index("material_request", "department_id", "state"),
    _index("material_request", "folder_id", "state"),
    _index("material_request", "asked_by_id"),
    _index("grant_template", "folder_id"),
    _index("grant_template", "body_id"),
    _index("grant_template", "created_by_id"),
    _unique("access_request", "document_id", "person_id", where=ASKED, suffix="asked"),
    _index("access_request", "document_id"),
    _index("access_request", "person_id"),
    _index("access_request", "state", "due_on", "id"),
    *(_index("access_request", column) for column in ("decided_by_id", "decided_for_id", "grant_id", "reviewer_id")),
    _unique("explanation", "document_id", "person_id", where="state = 'asked'", suffix="asked"),
    _index("explanation", "document_id"),
    _index("explanation", "person_id"),
    _index("explanation", "state", "due_on", "id"),
    _index("explanation", "department_id", "state"),
    _index("explanation", "replied_by_id"),
    # reading
    _unique("reading_session", "number"),
    _index("reading_session", "document_id", "opened_at"),
    _index("reading_session", "person_id", "opened_at"),
    *(_index("reading_session", column) for column in ("version_id", "account_id", "grant_id")),
    Index("reading_session", ("last_seen_at",), where="closed_at IS NULL", suffix="open"),
    _unique("reading_progress", "document_id", "person_id"),
    _index("reading_progress", "person_id", "last_opened_at"),
    _index("reading_progress", "version_id"),
    _unique("read_receipt", "version_id", "person_id"),
    _index("read_receipt", "document_id", "person_id"),
    _index("read_receipt", "person_id"),
    _unique("reading_note", "document_id", "person_id"),
    _index("reading_note", "person_id"),
    # rooms
    _index("reading_slot", "room_id", "starts_at"),
    _unique("booking", "slot_id", "person_id", "document_id", where="state IN ('booked', 'checked_in')", suffix="held"),
    _index("booking", "slot_id", "state"),
    _index("booking", "person_id", "state"),
    _index("booking", "document_id"),
    _index("booking", "checked_in_by_id"),
    _unique("paper_copy", "document_id", "copy_no"),
    _unique("loan", "copy_id", where="returned_at IS NULL", suffix="out"),
    _index("loan", "copy_id"),
    _index("loan", "person_id"),
    _index("loan", "out_by_id"),
    _index("loan", "checked_by_id"),
    # activities
    _index("activity", "starts_at", "id"),
    _index("activity", "state", "starts_at"),
    _index("activity", "created_by_id"),
    _unique("activity_organiser", "activity_id", "body_id"),
    _index("activity_organiser", "body_id"),
    _unique("activity_session", "activity_id", "n"),
    _index("invited_group", "activity_id"),
    _index("invited_group", "body_id"),
    _index("invited_group", "term_id"),
    _unique("participation", "activity_id", "person_id"),
    _index("participation", "person_id", "activity_id"),
    _index("participation", "group_id"),
    _unique("leave_request", "participation_id", where="state = 'submitted'", suffix="asked"),
    _index("leave_request", "participation_id"),
    _index("leave_request", "state", "submitted_at"),
    _index("leave_request", "decided_by_id"),
    _unique("leave_session", "leave_id", "session_id"),
    _index("leave_session", "session_id"),
    _unique("attendance", "participation_id", "session_id"),
    _unique("attendance", "session_id", "device", where="device <> ''", suffix="phone"),
    _index("attendance", "session_id"),
    _index("attendance", "noted_by_id"),
    _index("attendance_correction", "participation_id"),
    _index("attendance_correction", "session_id"),
    _index("attendance_correction", "corrected_by_id"),
    _unique("majority_check", "activity_id", "stage"),
    _index("majority_check", "overridden_by_id"),
    _unique("activity_document", "activity_id", "document_id"),
    _index("activity_document", "document_id"),
    # hearings
    _unique("hearing", "activity_id"),
    _index("hearing", "department_id"),
    _unique("hearing_officer", "hearing_id", "person_id", "duty"),
    _index("hearing_officer", "person_id"),
    _unique("hearing_places", "hearing_id", "capacity"),
    _unique("hearing_notice", "hearing_id", "n"),
    _unique("hearing_application", "notice_id", "serial"),
    _unique("hearing_application", "notice_id", "person_id", where="state <> 'withdrawn'", suffix="stands"),
    _unique("hearing_application", "token_hash", where="token_hash <> ''", suffix="given"),
    Index("hearing_application", ("address_hash", "submitted_at"), where="address_hash <> ''", suffix="lately"),
    _index("hearing_application", "hearing_id", "serial"),
    _index("hearing_application", "person_id"),
    _index("hearing_application", "sector_id"),
    _index("hearing_application", "decided_by_id"),
    # audit
    _unique("audit_entry", "prev_hash"),
    _index("audit_entry", "at"),
    _index("audit_entry", "actor", "serial"),
    _index("audit_entry", "object", "serial"),
    _index("audit_entry", "action", "serial"),
    *(_index(table, column) for table in DATED for column in ("recorded_by_id", "voided_by_id")),
)

BYTEWISE = (
    ("person", "sort_pinyin"),
    ("person", "sort_strokes"),
    ("body", "sort"),
)
"""Columns that sort by their bytes on both databases, whatever language the PostgreSQL cluster speaks."""

KEPT = ("serial", "at", "actor", "on_behalf_of", "action", "object", "digest", "request_id", "prev_hash", "hash")
_CHANGED = " OR ".join(f'NEW."{c}" <> OLD."{c}"' for c in KEPT)
_NOT_A_PURGE = f"NEW.payload IS NOT NULL OR NEW.salt <> '' OR OLD.action = 'audit.purge' OR {_CHANGED}"
_NOT_NEXT = (
    "NEW.serial <> COALESCE((SELECT MAX(serial) FROM audit_entry), 0) + 1 OR NEW.prev_hash <> "
    "COALESCE((SELECT hash FROM audit_entry ORDER BY serial DESC LIMIT 1), '" + "0" * 64 + "')"
)
_SAYS = {
    "delete": "the audit trail keeps every entry",
    "update": "the audit trail lets nothing be changed; a purge empties payload and salt",
    "insert": "the audit trail only grows at its end",
}
_REFUSED = {"delete": "", "update": _NOT_A_PURGE, "insert": _NOT_NEXT}


def _sqlite_trigger(event: str) -> str:
    when = f"WHEN {_REFUSED[event]} " if _REFUSED[event] else ""
    return (
        f"CREATE TRIGGER IF NOT EXISTS tr_audit_entry_{event} BEFORE {event.upper()} ON audit_entry "
        f"FOR EACH ROW {when}BEGIN SELECT RAISE(ABORT, '{_SAYS[event]}'); END"
    )


def _postgres_function(event: str) -> str:
    refused = _REFUSED[event] or "TRUE"
    row = "NULL" if event == "delete" else "NEW"
    return (
        f"CREATE OR REPLACE FUNCTION tr_audit_entry_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{_SAYS[event]}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {row}; END $$"
    )


SQLITE_TRIGGERS = {f"tr_audit_entry_{event}": _sqlite_trigger(event) for event in _SAYS} | touching.SQLITE_TRIGGERS
POSTGRES_FUNCTIONS = (*(_postgres_function(event) for event in _SAYS), *touching.POSTGRES_FUNCTIONS)
POSTGRES_TRIGGERS = {
    **touching.POSTGRES_TRIGGERS,
    **{
        f"tr_audit_entry_{event}": f"CREATE TRIGGER tr_audit_entry_{event} BEFORE {event.upper()} ON audit_entry "
        f"FOR EACH ROW EXECUTE FUNCTION tr_audit_entry_{event}()"
        for event in _SAYS
    },
    "tr_audit_entry_truncate": "CREATE TRIGGER tr_audit_entry_truncate BEFORE TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION tr_audit_entry_delete()",
}


async def declare(client: BaseDBAsyncClient) -> None:
    """Make what is missing and drop what is ours but no longer declared."""
    if client.capabilities.dialect == "postgres":
        await _sort_bytewise(client)
        for function in POSTGRES_FUNCTIONS:
            await client.execute_query(function)
    triggers = POSTGRES_TRIGGERS if client.capabilities.dialect == "postgres" else SQLITE_TRIGGERS
    wanted = {index.name: index.sql for index in INDEXES} | triggers
    present = await _present(client)
    for name, (kind, table) in present.items():
        if name not in wanted:
            await client.execute_query(_drop(client, kind, name, table))
    for name, sql in wanted.items():
        if name not in present:
            await client.execute_query(sql)


async def _present(client: BaseDBAsyncClient) -> dict[str, tuple[str, str]]:
    """Name -> (index or trigger, its table), of those whose name is ours."""
    postgres = (
        "SELECT 'index' AS type, indexname AS name, tablename AS tbl_name FROM pg_indexes "
        "WHERE schemaname = current_schema() UNION ALL SELECT 'trigger', t.tgname, c.relname FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
        "AND c.relnamespace = current_schema()::regnamespace"
    )
    sqlite = "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('index', 'trigger')"
    _, rows = await client.execute_query(postgres if client.capabilities.dialect == "postgres" else sqlite)
    return {r["name"]: (r["type"], r["tbl_name"]) for r in rows if r["name"].startswith(PREFIXES)}


def _drop(client: BaseDBAsyncClient, kind: str, name: str, table: str) -> str:
    on_table = f' ON "{table}"' if kind == "trigger" and client.capabilities.dialect == "postgres" else ""
    return f'DROP {kind.upper()} "{name}"{on_table}'


async def _sort_bytewise(client: BaseDBAsyncClient) -> None:
    _, rows = await client.execute_query(
        "SELECT table_name, column_name, collation_name, character_maximum_length AS length "
        "FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    for row in rows:
        if (row["table_name"], row["column_name"]) in BYTEWISE and row["collation_name"] != "C":
            await client.execute_query(
                f'ALTER TABLE "{row["table_name"]}" ALTER COLUMN "{row["column_name"]}" '
                f'TYPE varchar({row["length"]}) COLLATE "C"'
            )
