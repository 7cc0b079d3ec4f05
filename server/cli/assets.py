"""`luzhi assets FOLDER`: copies of what browsers fetch from elsewhere, for a network that reaches nobody else."""

from pathlib import Path

import click
import httpx2

from server.assets import addresses, found_in, hash_of, keep, missing, wanted

WAIT_S = 30


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "place",
    type=click.Path(exists=True, path_type=Path),
    help="Folder or .tgz of npm that was brought from elsewhere. Nothing is fetched from the network then.",
)
def assets(folder: Path, place: Path | None) -> None:
    """Put htmx and GraphiQL's files into FOLDER, each checked against its hash, and print the setting to put."""
    lacking = missing(folder)
    found = _brought(place, lacking) if place else _fetched(lacking)
    for name, content in found.items():
        keep(folder, name, content)
        click.echo(f"{name}: good", err=True)
    if lacking := missing(folder):
        source = f"{place} does not hold" if place else "These were not as they should be:"
        raise click.ClickException(f"{source} {', '.join(lacking)}. {_where_from(lacking)}")
    click.echo(f"{len(wanted())} files are in {folder}, each as it should be. Set this and restart:", err=True)
    click.echo(f"LUZHI_ASSETS_DIR={folder.absolute()}")


def _brought(place: Path, lacking: list[str]) -> dict[str, bytes]:
    return found_in(place, {name: wanted()[name] for name in lacking})


def _fetched(lacking: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with httpx2.Client(timeout=WAIT_S, follow_redirects=True) as client:
        for name in lacking:
            try:
                answer = client.get(addresses()[name]).raise_for_status()
            except httpx2.HTTPError as error:
                raise click.ClickException(f"{addresses()[name]}: {error}. {_where_from(lacking)}") from error
            if hash_of(answer.content) == wanted()[name]:  # another file is not kept, and named at the end
                found[name] = answer.content
    return found


def _where_from(names: list[str]) -> str:
    """What to do on another machine."""
    packages = sorted({name.split("/")[0] for name in names})
    return f"On a machine that reaches npm: npm pack {' '.join(packages)}. Bring the files, then use --from."
