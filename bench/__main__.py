"""`python -m bench`: the whole comparison. SCALE=50 for a data set fifty times as large."""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import asyncpg

from bench import needs, report
from bench.asking import look
from bench.equal import Different, compare
from bench.figures import item_name, line, ratios
from bench.loading import load
from bench.machine import described, memory_mb, parent_of
from bench.pages import page
from bench.recorded import alike, kept, openings
from bench.rounds import Wrong, measure
from bench.servers import OUT, PEER, NotStarted, Server, bare_sqlite, ours, postgraphile, raw, running
from bench.statements import captured
from bench.work import ITEMS, WRITES, Places, looks, peer_variables, places, requests, variables, whose, written
from tests.postgres.cluster import NoPostgres, cluster

OPTIONS = ("shared_buffers=1GB", "max_connections=60")
"""Of our own PostgreSQL: the data set stays in memory, all else is as it comes. A commit waits for the disk."""
NAME = "luzhi_bench"
RECORD = Path(__file__).parent / "record.sql"
"""How the limit and the peer record a look at a page."""


def main() -> None:
    """Measures, prints, and writes RESULTS.md. Exit code 1 with what is missing or wrong."""
    asked = _arguments()
    try:
        needs.gather()
        with cluster(OPTIONS) as url:
            asyncio.run(_bench(url, asked))
    except (needs.Missing, NoPostgres, NotStarted, Different, Wrong) as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--scale", type=int, default=int(os.environ.get("SCALE") or 1))
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", default=",".join(ITEMS), help="such as q1,q3")
    parser.add_argument("--only", default="postgres,sqlite,page", help="such as postgres")
    asked = parser.parse_args()
    asked.quick = any(
        getattr(asked, name) != parser.get_default(name) for name in ("seconds", "rounds", "items", "only")
    )
    return asked


async def _bench(url: str, asked: argparse.Namespace) -> None:
    how = f"{asked.rounds} rounds of {asked.seconds} s for each server in turn, 16 connections."
    run = report.Run(asked.scale, report.today(), await _versions(url), described(), how)
    only = asked.only.split(",")
    if "postgres" in only or "page" in only:
        await _on_postgres(url, run, asked, only)
    if "sqlite" in only:
        await _on_sqlite(run, asked)
    if asked.quick:
        print(f"\nA quick look: {report.RESULTS.name} stays as it is.")
        return
    run.keep(OUT)
    report.write(report.kept(OUT))
    print(f"\nWritten to {report.RESULTS.name}.")


async def _on_postgres(url: str, run: report.Run, asked: argparse.Namespace, only: Sequence[str]) -> None:
    server = await asyncpg.connect(url)
    await server.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    await server.execute(f'CREATE DATABASE "{NAME}"')
    process = parent_of(await server.fetchval("SELECT pg_backend_pid()"))
    await server.close()
    database = url.rpartition("/")[0] + f"/{NAME}"
    tokens = await load(database, run.scale)
    if "postgres" in only:
        await _peer_views(database)
        _compare(
            run,
            asked,
            [ours(database, OUT), raw(database), postgraphile(database)],
            tokens,
            process,
            await places(database),
        )
        if WRITES in asked.items.split(","):
            servers = [ours(database, OUT, drawn=True), raw(database), postgraphile(database)]
            await _record(run, asked, servers, tokens, process, database)
    if "page" in only:
        run.page = await page(database, OUT)
        print(report.page_lines(run.page))
        print(line(item_name("page", run.scale, "postgres"), {"template": run.page.ratio}))


async def _on_sqlite(run: report.Run, asked: argparse.Namespace) -> None:
    path, statements = OUT / "bench.sqlite3", OUT / "statements.json"
    for name in OUT.glob("bench.sqlite3*"):
        name.unlink()
    database = f"sqlite:///{path}"
    tokens = await load(database, run.scale)
    found = await places(database)
    bodies = {item: _bodies(item, found) for item in _reads(asked)}
    _keep(statements, await captured(database, OUT, tokens, bodies))
    _compare(run, asked, [ours(database, OUT), bare_sqlite(path, statements)], tokens, 0, found)


def _keep(path: Path, statements: object) -> None:
    path.write_text(json.dumps(statements, default=str), "utf-8")


def _compare(
    run: report.Run,
    asked: argparse.Namespace,
    servers: Sequence[Server],
    tokens: Mapping[str, str],
    process: int,
    found: Places,
) -> None:
    """Starts the servers, checks that they say the same, and measures. process: of the database, 0 for none."""
    kind = "postgres" if process else "sqlite"
    with running(*servers) as started:
        for item in _reads(asked):
            token = whose(item, tokens)
            bodies = {server.name: _bodies(item, found, server, token) for server in started}
            print(f"{item}: {ITEMS[item]}; {compare(started, bodies, token)} answers are equal.", flush=True)
            files = {server.name: written(item, server, bodies[server.name]) for server in started}
            rounds = measure(started, files, token, database=process, seconds=asked.seconds, rounds=asked.rounds)
            name = item_name(item, run.scale, kind)
            run.add(name, rounds, ratios(rounds))
            print(line(name, run.ratios[name]), flush=True)
        for server in started:
            run.memory[server.name if process else f"{server.name}@sqlite"] = memory_mb(server.pid)
    print(report.figures_table(run))


async def _record(
    run: report.Run,
    asked: argparse.Namespace,
    servers: Sequence[Server],
    tokens: Mapping[str, str],
    process: int,
    url: str,
) -> None:
    """The same for what is written: what each left behind is compared, before it is measured and after that."""
    token = whose(WRITES, tokens)
    with running(*servers) as started:
        keys = await openings(url)
        lines = {server.name: looks(server, keys[server.name]) for server in started}
        for server in started:
            for said in lines[server.name]:
                look(server, said, token)
        print(f"{WRITES}: {ITEMS[WRITES]}; {await alike(url)} entries of each are equal.", flush=True)
        files = {server.name: written(WRITES, server, lines[server.name]) for server in started}
        rounds = measure(started, files, token, database=process, seconds=asked.seconds, rounds=asked.rounds)
    name = item_name(WRITES, run.scale, "postgres")
    run.add(name, rounds, ratios(rounds))
    print(f"The chain holds, with {await kept(url, rounds)} entries: every answer is told of in it.")
    print(line(name, run.ratios[name]), flush=True)
    print(report.figures_table(run))


def _reads(asked: argparse.Namespace) -> list[str]:
    return [item for item in asked.items.split(",") if item != WRITES]


def _bodies(item: str, found: Places, server: Server | None = None, token: str = "") -> list[dict[str, object]]:
    if server is None or server.dialect == "ours":
        return requests(item, "ours", variables(item, found))
    return requests(item, server.dialect, peer_variables(item, found, server, token))


async def _peer_views(url: str) -> None:
    connection = await asyncpg.connect(url)
    for file in (RECORD, PEER / "views.sql"):
        await connection.execute(file.read_text("utf-8"))
    await connection.close()


async def _versions(url: str) -> dict[str, str]:
    server = await asyncpg.connect(url)
    found = await server.fetchval("SHOW server_version")
    await server.close()
    said = {"PostgreSQL": str(found).split()[0], "Python": platform.python_version()}
    return said | {name: version(name) for name in ("uvicorn", "asyncpg", "tortoise-orm")} | needs.versions()


if __name__ == "__main__":
    main()
