"""`luzhi jobs`: what the system does by itself, how it went the last time, and doing it now."""

import asyncio
import datetime as dt
import json
import os
from typing import Any

import click

from server.cli.system import at_work
from server.jobs.carrying import carry_out, new_holder
from server.jobs.job import Job, told
from server.jobs.known import JOBS
from server.models.jobs import LEASE, JobOutcome, JobRun, claim_now, newest_runs
from server.settings import Settings
from server.viewer import Viewer

KNOWN = {job.name: job for job in JOBS}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """List what the system does by itself, with the last run of each."""
    if context.invoked_subcommand is None:
        found = asyncio.run(_listed())
        click.echo(json.dumps({"jobs": found}, ensure_ascii=False) if as_json else "\n".join(map(_line, found)))


@jobs.command("run")
@click.argument("name", type=click.Choice(list(KNOWN)))
@click.pass_context
def run(context: click.Context, name: str) -> None:
    """Run the job NAME now, whenever it is due. Exit code 1 where it fails, or is running already."""
    found = asyncio.run(_run(KNOWN[name]))
    click.echo(
        found["said"] or f"It failed; the log above has it under {found['error']}.", err=found["outcome"] != "done"
    )
    if found["outcome"] != "done":
        context.exit(1)


async def _run(job: Job) -> dict[str, Any]:
    async with at_work() as viewer:
        settings = Settings.from_environment(os.environ)
        claimed = await claim_now(job.name, holder=new_holder(), lease=LEASE)
        outcome = await carry_out(job, claimed, settings, lease=LEASE, name=viewer.name)
        run = await JobRun.get(id=claimed.id)
        said = "Another process took it over." if outcome is JobOutcome.LOST else _said(run)
        return {"outcome": outcome.value, "said": said, "error": run.error}


async def _listed() -> list[dict[str, Any]]:
    async with at_work() as viewer:
        newest = await newest_runs(KNOWN)
        return [_found(job, newest.get(job.name), viewer) for job in JOBS]


def _found(job: Job, run: JobRun | None, viewer: Viewer) -> dict[str, Any]:
    moments = {name: getattr(run, name, None) for name in ("due_at", "started_at", "ended_at", "succeeded_at")}
    return {
        "name": job.name,
        "title": str(job.words),
        "rhythm": str(job.rhythm.words),
        "next": _told(job.rhythm.next(viewer.now, viewer.zone), viewer),
        "outcome": run.outcome.value if run else None,
        "said": _said(run) if run else "",
        "error": run.error if run else "",
        **{name: at and _told(at, viewer) for name, at in moments.items()},
    }


def _told(at: dt.datetime, viewer: Viewer) -> str:
    """By the clock where the assembly sits."""
    return at.astimezone(viewer.zone).isoformat(timespec="seconds")


def _said(run: JobRun) -> str:
    return str(told(run.said))


def _line(found: dict[str, Any]) -> str:
    last = f"{found['outcome']} at {found['started_at']}" if found["outcome"] else "never ran"
    more = found["said"] or (f"see {found['error']} in the log" if found["error"] else "")
    return "  ".join(filter(None, [f"{found['name']:12}", f"{found['rhythm']:14}", last, more]))
