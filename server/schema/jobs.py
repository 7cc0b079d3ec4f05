"""What the system does by itself, as those may see it who answer for the system: each job, and its runs."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.jobs import job as known
from server.jobs.known import JOBS
from server.models.jobs import WRONG, JobOutcome
from server.models.jobs import JobRun as Run
from server.models.reads import Columns
from server.rules.permissions import Action
from server.schema.arguments import spread, with_texts
from server.schema.declared import DESCRIBED, Ref
from server.schema.guard import needs
from server.schema.making import made, makes, picked
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, column, computed, reads, shows
from server.viewer import Viewer

TITLES = {job.name: job.words for job in JOBS}
Newest = tuple[UUID | None, JobOutcome | None, dt.datetime | None, dt.datetime | None]
NEVER: Newest = (None, None, None, None)
SEEN = ("job", "id", "outcome", "retry_at", "succeeded_at")

OfJob = Annotated[str | None, strawberry.argument(description="Only runs of the job with this name.")]
Troubled = Annotated[bool, strawberry.argument(description="Only runs that failed or were lost.")]


def _visible(viewer: Viewer) -> Q:
    return Q() if viewer.may(Action.READ_JOBS) else Q(id__in=[])


@strawberry.type(description="One time that a job was due, and what came of it.")
@reads(Run, _visible)
class JobRun(Node):
    """A run; with its tries, where it failed at first."""

    job: str = column("The name of the job.")
    due_at: dt.datetime = column("When it was due.")
    started_at: dt.datetime = column("When its last try began.")
    ended_at: dt.datetime | None = column("When that ended; null while it is under way.")
    outcome: JobOutcome = column("What became of it.")
    tries: int = column("How often it was begun.")
    retry_at: dt.datetime | None = column("When it is tried again; null for not before the job is due anyway.")
    holder: str = column("The process that had it last: machine, number of the process, number of the claim.")
    error: str = column("The number under which the log says what went wrong, or empty.")

    @computed("The job in words; its name where there is no such job any more.", "job")
    def title(root: strawberry.Parent[Run], info: Answer) -> str:
        """In the viewer's language."""
        return TITLES[root.job].into(info.context.viewer.locale) if root.job in TITLES else root.job

    @computed("What it did, or why it could not, in words; empty where there is nothing to say.", "said")
    def said(root: strawberry.Parent[Run], info: Answer) -> str:
        """In the viewer's language."""
        return known.told(root.said).into(info.context.viewer.locale)


@strawberry.type(description="Something that the system does by itself.")
class Job:
    """A job as it stands now."""

    name: str = strawberry.field(description="Stable, for programs and the command line.")
    title: str = strawberry.field(description="What it does, in words.")
    rhythm: str = strawberry.field(description="When it is due, in words.")
    next_at: dt.datetime = strawberry.field(description="When it is begun or tried next, by when it was last looked.")
    succeeded_at: dt.datetime | None = strawberry.field(description="When it last went well; null for never.")
    troubled: bool = strawberry.field(description="Whether its newest run failed or was lost.")
    last_run: JobRun | None = picked("runs", "Its newest run; null where it never ran.")


@strawberry.type
class JobQuery:
    """Root fields of this room."""

    @makes("Everything that the system does by itself.", kind=list[Job], extensions=needs(Action.READ_JOBS))
    async def jobs(self, info: Answer) -> Any:
        """In the order of the list in the code. One statement."""
        viewer = info.context.viewer
        rows = Run.filter(_visible(viewer), newest=True)

        def make(facts: Mapping[str, Any]) -> list[Job]:
            found = {run[0]: run[1:] for run in facts["newest"]}
            return [_shown(job, found.get(job.name), rows, viewer) for job in JOBS]

        return await made(info.context, {"newest": Columns(rows.order_by("job"), SEEN)}, make, runs=rows)

    @strawberry.field(
        description="The runs of all jobs, the last due first.",
        graphql_type=Connection[JobRun],
        extensions=needs(Action.READ_JOBS),
        metadata=DESCRIBED,
    )
    @spread
    async def job_runs(self, info: Answer, job: OfJob = None, troubled: Troubled = False, *, part: Slice) -> Any:
        """One statement."""
        rows = Run.filter(_visible(info.context.viewer))
        if job:
            rows = rows.filter(with_texts(Run, job=job))
        if troubled:
            rows = rows.filter(outcome__in=WRONG)
        return await connect(info.context, rows, ("-due_at", "-id"), part)


def _shown(job: known.Job, run: Newest | None, rows: QuerySet[Run], viewer: Viewer) -> Job:
    due = job.rhythm.next(viewer.now, viewer.zone)
    key, outcome, retry_at, succeeded_at = run or NEVER
    return shows(
        Job,
        name=job.name,
        title=job.words.into(viewer.locale),
        rhythm=job.rhythm.words.into(viewer.locale),
        next_at=min(due, retry_at) if retry_at else due,
        succeeded_at=succeeded_at,
        troubled=outcome in WRONG,
        last_run=Ref(key, rows) if key else None,
    )
