"""The database: to it, through it in one transaction, and up to today's tables."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext, require_context, set_global_context
from tortoise.migrations.executor import MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.models import Model
from tortoise.transactions import in_transaction

from server.models.committing import Act, GroupCommit
from server.models.indexes import declare
from server.models.steps import Steps

APP = "luzhi"
CONNECTION = "default"
MIGRATIONS = "server.migrations"
LATEST = "__latest__"
ROOMS = (
    "members.tables",
    "bodies.tables",
    "renewal.tables",
    "accounts.tables",
    "requests",
    "messages.tables",
    "documents.tables",
    "reading.tables",
    "rooms.tables",
    "activities.tables",
    "hearings.tables",
    "imports",
    "audit",
    "repeating",
    "changes",
    "jobs",
    "calendar.tables",
    "assembly",
)
MODULES = [f"server.models.{room}" for room in ROOMS]
BUSY_MS = 15_000
"""How long a writer on SQLite waits for another process's transaction."""
BATCH = 500
"""Rows in one statement, which takes 32,766 values on SQLite and one more on PostgreSQL: so no wider table than 65."""

MIGRATION_LOCK = 0x6C757A6869 + 1
AUDIT_LOCK = 0x6C757A6869 + 2
MESSAGES_LOCK = 0x6C757A6869 + 5
"""Keys of PostgreSQL's advisory locks: "luzhi" in ASCII, then one number each."""
CHANNEL = "luzhi"
"""Of PostgreSQL's NOTIFY: on it every process hears that the audit trail grew. On SQLite they look."""

_along: ContextVar[tuple[Act, Any] | None] = ContextVar("along", default=None)
"""What is to be done in the transaction of the change that this task makes, wherever that is."""

_checks: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("checks", default=None)
"""What every transaction of this task asks before it commits."""

_due: ContextVar[list[tuple[Act, Any]] | None] = ContextVar("due", default=None)
"""What the transaction of this task still has to do before it commits; None outside of one."""


def config(url: str) -> dict[str, Any]:
    """Tortoise's settings. url: `sqlite:///path` or `postgres://user:password@host:port/name`."""
    connection = expand_db_url(url)
    if connection["engine"] == "tortoise.backends.sqlite":
        connection["engine"] = "server.models.sqlite"
        connection["credentials"].setdefault("busy_timeout", BUSY_MS)
    if connection["engine"] == "tortoise.backends.asyncpg":
        connection["engine"] = "server.models.postgres"
    return {"connections": {CONNECTION: connection}, "apps": apps_config()}


def apps_config(migrations: str = MIGRATIONS) -> dict[str, dict[str, Any]]:
    """The one app: its models and its migrations."""
    return {APP: {"models": MODULES, "migrations": migrations, "default_connection": CONNECTION}}


async def connect(url: str) -> None:
    """Make the database known to this process, for every task of it. Close it before the event loop ends."""
    if url.startswith("sqlite:"):
        _make(Path(expand_db_url(url)["credentials"]["file_path"]))
    EXECUTOR_CACHE.clear()  # it remembers statements by table, whichever database they were written for
    context = TortoiseContext()
    set_global_context(context)
    try:
        await context.init(config(url))
    except BaseException:
        await context.close_connections()
        raise


def _make(path: Path) -> None:
    """An empty file for its owner alone; SQLite gives the files beside it the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


async def close() -> None:
    """Give all connections back, once everything that was handed in for writing is written."""
    await settle()
    await require_context().close_connections()


def connection() -> BaseDBAsyncClient:
    """The connection of this task: inside a transaction, the transaction's own."""
    return require_context().db(CONNECTION)


def file_of() -> str:
    """The whole path of the database's file on SQLite, empty on PostgreSQL."""
    if is_postgres():
        return ""
    path = Path(cast(SqliteClient, connection()).filename).absolute()
    return f"/{str(path).lstrip('/')}"  # two slashes at the beginning may stay where an address had four


def is_postgres() -> bool:
    """True on PostgreSQL, False on SQLite."""
    return connection().capabilities.dialect == "postgres"


async def measured(portions: int, *models: type[Model]) -> None:
    """Lets PostgreSQL look at tables after 1, 2, 4 ... portions: it plans badly for rows that it never saw."""
    if is_postgres() and portions.bit_count() == 1:
        tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
        await connection().execute_query(f"ANALYZE {tables}")


@asynccontextmanager
async def transaction() -> AsyncIterator[BaseDBAsyncClient]:
    """All or nothing: `async with transaction():`. Inside another one it is a savepoint of it.

    Whatever happens on its way in or out, a second cancelling too, this task sees the connection of before again.
    """
    outer = _due.get()
    due: list[tuple[Act, Any]] = [] if outer is None else outer
    before = len(due)
    token, connected = _due.set(due), get_connections().set(CONNECTION, connection())
    try:
        async with in_transaction(CONNECTION) as client:
            yield client
            if outer is None:
                await _do(due)
                if check := _checks.get():
                    await check()
    except BaseException:
        del due[before:]
        raise
    finally:
        get_connections().reset(connected)
        _due.reset(token)


def before_commit(act: Act, item: object) -> bool:
    """Have `act` called once with all its items when the transaction is about to commit. False outside of one."""
    due = _due.get()
    if due is None:
        return False
    due.append((act, item))
    return True


@contextmanager
def with_the_change(act: Act, item: object) -> Iterator[None]:
    """Within: have `act` called with the item when the transaction that writes an audit entry is about to commit."""
    token = _along.set((act, item))
    try:
        yield
    finally:
        _along.reset(token)


def is_the_change() -> None:
    """Says that this transaction is the one that `with_the_change` waits for."""
    due, along = _due.get(), _along.get()
    if due is not None and along is not None and along not in due:
        due.append(along)


@contextmanager
def committed_only_if(check: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Within: each transaction of this task calls `check` before it commits, and is undone by what that raises."""
    token = _checks.set(check)
    try:
        yield
    finally:
        _checks.reset(token)


async def with_next_commit(act: Act, item: object) -> None:
    """Outside of a transaction: have `act` called with the next shared commit of this process; returns after it.

    It has the append lock already. See `GroupCommit`.
    """
    await _shared.write(act, item)


def write_soon(act: Act, item: object) -> None:
    """The same, but nobody waits for it except `settle` and `close`."""
    _shared.leave(act, item)


async def settle() -> None:
    """Wait until everything that was handed in for writing is written."""
    await _shared.settle()


async def _do(due: list[tuple[Act, Any]]) -> None:
    for act in dict.fromkeys(act for act, _ in due):
        await act([item for other, item in due if other is act])


async def append_lock(*, tell: bool = False) -> None:
    """Let one transaction at a time append to the audit chain, until it ends. SQLite has one writer anyway.

    tell: who listens hears of it, once this transaction commits.
    """
    if is_postgres():
        told = f", pg_notify('{CHANNEL}', '')" if tell else ""
        await connection().execute_query(f"SELECT pg_advisory_xact_lock({AUDIT_LOCK}){told}")


async def migration_lock() -> None:
    """Let one transaction at a time change tables, until it ends, and no backup be read meanwhile."""
    if is_postgres():
        await connection().execute_query(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


@asynccontextmanager
async def _appending() -> AsyncIterator[None]:
    """A transaction that has its turn at the audit chain. Who waits for that lock first waits for no row of others."""
    async with transaction():
        await append_lock()
        yield


_shared = GroupCommit(_appending)
"""The shared commits of this process."""


async def migrate(to: str = LATEST, migrations: str = MIGRATIONS) -> list[str]:
    """Bring the tables, indexes and triggers up to date; the names of the migrations applied.

    All in one transaction: a step that fails leaves the database as it was. Raises Broken where rows would point
    to nothing. to: the name of an earlier migration, for drills: its indexes are not today's, so none are made.
    migrations: the package they are in.
    """
    target = MigrationTarget(APP, to)
    async with references_aside():
        return await _migrate(target, migrations)


@asynccontextmanager
async def references_aside() -> AsyncIterator[None]:
    """Within, SQLite lets rows point to nothing: copying a table drops it. Have them looked at before the end.

    Within a transaction, which it has to surround, it does nothing. PostgreSQL needs none of it.
    """
    if is_postgres():
        yield
        return
    await connection().execute_query("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        await connection().execute_query("PRAGMA foreign_keys = ON")


async def known_migrations() -> list[str]:
    """The names of all migrations that this program brings, in their order."""
    executor = await _without_database()
    steps = executor._migration_plan([MigrationTarget(APP, LATEST)], set(), executor.loader.graph)
    return [step.migration.name for step in steps]


async def tables_of(applied: Iterable[str]) -> frozenset[str]:
    """The names of the tables that these migrations together make. What of them is not known here makes none."""
    executor = await _without_database()
    state = await executor._project_state({MigrationKey(app_label=APP, name=name) for name in applied})
    return frozenset(model.table for model in state.models.values())


async def migrations_applied() -> bool:
    """Does the database have every migration that this program brings?"""
    return not await _pending(Steps(connection(), apps_config()), MigrationTarget(APP, LATEST))


async def health() -> None:
    """Raise the driver's error if the database does not answer."""
    await connection().execute_query("SELECT 1")


class Broken(Exception):
    """A migration would leave rows pointing to nothing. Says which, and what to do."""


async def _migrate(target: MigrationTarget, migrations: str) -> list[str]:
    async with transaction() as client:
        await migration_lock()
        executor = Steps(client, apps_config(migrations))
        await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
        names = await _pending(executor, target)
        if names:
            await executor.migrate([target], direction="forward")
        if target.name == LATEST:
            await declare(client)
        if not is_postgres():
            await _check_references(client)
    return names


async def _without_database() -> Steps:
    """For what the program itself knows of its migrations. Asked what was applied, it says nothing."""
    executor = Steps(cast(BaseDBAsyncClient, None), apps_config())
    await executor.loader.build_graph()
    return executor


async def _pending(executor: Steps, target: MigrationTarget) -> list[str]:
    return [step.migration.name for step in await executor.plan([target])]


async def _check_references(client: BaseDBAsyncClient) -> None:
    _, rows = await client.execute_query("PRAGMA foreign_key_check")
    if rows:
        where = sorted({f"{row['table']} (to {row['parent']})" for row in rows})
        raise Broken(
            f"{len(rows)} rows point to rows that do not exist, in {', '.join(where)}. Nothing was changed. "
            "Restore the last backup, or mend these rows (`PRAGMA foreign_key_check` lists them), then migrate again."
        )
