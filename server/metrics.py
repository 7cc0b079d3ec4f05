"""How many requests there were and how long they took, by route: measured here, read by Prometheus elsewhere."""

import datetime as dt
import os
import time
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The environment's name for the folder where several workers put their numbers together."""

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
REQUESTS = Histogram(
    "luzhi_request_seconds",
    "Time from a request to the end of its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

OPENED = Counter("luzhi_sockets_opened", "Sockets that were opened.")
CLOSED = Counter("luzhi_sockets_closed", "Sockets that ended, by the code of their end.", ["code"])
CODES = frozenset({1000, 1001, 1005, 1006, 1009, 1011, 1013, 4400, 4401, 4403, 4406, 4408, 4409, 4429})

JOBS = Histogram(
    "luzhi_job_seconds",
    "Time from the start of a job to its end, however it ended.",
    ["job"],
    buckets=(0.01, 0.1, 1, 10, 60, 600, 3600),
)
JOB_FAILURES = Counter("luzhi_job_failures", "Runs of a job that failed or were lost.", ["job"])
JOB_SUCCESS = Gauge(
    "luzhi_job_last_success_timestamp_seconds",
    "When a job last went well, in whichever process; 0 for never.",
    ["job"],
    multiprocess_mode="max",
)

BACKUP_LAST_GOOD = Gauge(
    "luzhi_backup_last_good_timestamp_seconds",
    "Of when the newest nightly backup is that is there, and as it was when it was last read whole; 0 for none.",
    multiprocess_mode="mostrecent",
)
BACKUPS_DAMAGED = Gauge(
    "luzhi_backups_damaged", "Nightly backups that cannot be restored.", multiprocess_mode="mostrecent"
)


class Measured:
    """Middleware: notes each HTTP request under its route's template, so that no name or id gets into the numbers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything through unchanged; a request that breaks counts as 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            note(scope["method"], getattr(scope.get("route"), "path", "none"), status, started)


def note(method: str, route: str, status: int, started: float) -> None:
    """Counts a request that is over. route: its template; started: what `time.perf_counter` said at its beginning."""
    seconds = time.perf_counter() - started
    _counter(method if method in METHODS else "other", route, status).observe(seconds)


def note_opened() -> None:
    """Counts a socket that begins."""
    OPENED.inc()


def note_closed(code: int) -> None:
    """Counts one that is over; a client may end it with codes of its own."""
    CLOSED.labels(str(code) if code in CODES else "other").inc()


def note_job(job: str, seconds: float, *, failed: bool) -> None:
    """Counts a run of this process that is over."""
    JOBS.labels(job).observe(seconds)
    JOB_FAILURES.labels(job).inc(int(failed))


def note_success(job: str, at: dt.datetime | None) -> None:
    """When a job last went well, as the database says it."""
    JOB_SUCCESS.labels(job).set(at.timestamp() if at else 0)


def note_backups(last_good: dt.datetime | None, damaged: int) -> None:
    """How the nightly backups stand on this machine."""
    BACKUP_LAST_GOOD.set(last_good.timestamp() if last_good else 0)
    BACKUPS_DAMAGED.set(damaged)


@cache
def _counter(method: str, route: str, status: int) -> Histogram:
    """Looked up once: finding it costs more than counting."""
    return REQUESTS.labels(method, route, str(status))


def offer(host: str, port: int) -> None:
    """Answers Prometheus from a thread of its own, for all workers together. Raises OSError if the port is taken."""
    registry = REGISTRY
    if SHARED in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    start_http_server(port, addr=host, registry=registry)
