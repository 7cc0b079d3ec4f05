"""`luzhi serve`: the pages and the API on one address, the measurements on another."""

import asyncio
import os
import sys
import tempfile
from ipaddress import ip_address
from urllib.parse import urlsplit

import click
import uvicorn

from server.cli.check import demo_names, demo_refusal, operations_run
from server.cli.sending import Brisk
from server.models import database
from server.models.health import unready
from server.rules.accounts import DEMO_PASSWORD
from server.rules.limits import MESSAGE_BYTES
from server.settings import Settings, is_loopback
from server.sockets import SocketProtocol

GOODBYE_S = 10
"""How long a request may still take after the server was told to stop."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Answer requests until it is told to stop."""
    os.environ["LUZHI_BASE_URL"] = os.environ.get("LUZHI_BASE_URL") or _address(host, port)  # the workers read it too
    settings = Settings.from_environment(os.environ)
    operations_run(settings)
    _warn_of_demo(asyncio.run(_demo(settings)), host, settings)
    with tempfile.TemporaryDirectory(prefix="luzhi-metrics-") as shared:
        _measure(settings, workers, shared)
        uvicorn.run(
            "server.app:create",
            factory=True,
            http=Brisk,
            host=host,
            port=port,
            workers=workers,
            log_level=settings.log,
            access_log=settings.log == "debug",  # addresses hold the names that people search for
            server_header=False,
            ws=SocketProtocol,
            ws_max_size=MESSAGE_BYTES,
            ws_per_message_deflate=False,  # a memory of its own for each socket, for messages of a few lines
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=GOODBYE_S,
        )


def _address(host: str, port: int) -> str:
    """What people type; an address that means "all of this machine's" cannot be typed."""
    name = "127.0.0.1" if _is_everywhere(host) else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _is_everywhere(host: str) -> bool:
    try:
        return not host or ip_address(host).is_unspecified
    except ValueError:  # a name
        return False


async def _demo(settings: Settings) -> list[str]:
    """The demo accounts. Ends the command where the database is not ready."""
    await database.connect(settings.database_url)
    try:
        if problem := await unready():
            raise click.ClickException(problem)
        return await demo_names()
    finally:
        await database.close()


def _warn_of_demo(names: list[str], host: str, settings: Settings) -> None:
    if not names:
        return
    for reachable in (host, urlsplit(settings.base_url).hostname or ""):
        if not is_loopback(reachable):
            raise click.ClickException(demo_refusal(reachable))
    click.echo("Warning: this database has demo accounts, whose password is public. Keep nothing real in it.", err=True)
    click.echo(f"Demo sign-ins at {settings.base_url}/login, all with the password {DEMO_PASSWORD}:")
    click.echo(f"  {', '.join(names)}")
    sys.stdout.flush()


def _measure(settings: Settings, workers: int, shared: str) -> None:
    """Offers the measurements. A taken port is an error only where somebody chose it: 9090 is Prometheus' own, too."""
    if settings.metrics_address is None:
        return
    if workers > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
    from server.metrics import offer  # how it counts is decided when it is imported

    host, port = settings.metrics_address
    try:
        offer(host, port)
    except OSError as error:
        message = f"LUZHI_METRICS_ADDRESS: {host}:{port} cannot be used ({error.strerror})."
        if os.environ.get("LUZHI_METRICS_ADDRESS"):
            raise click.ClickException(message) from error
        click.echo(f"Warning: {message} There are no measurements.", err=True)
