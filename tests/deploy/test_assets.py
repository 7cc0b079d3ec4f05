"""`luzhi assets`: copies for a closed network, each the very file that we know, wherever it came from."""

import http.server
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from server import app, assets
from server.cli import luzhi
from server.settings import Settings, SettingsError
from tests.browser.windows import SCRIPTS

NAMES = sorted(assets.wanted())


def run(*words: object) -> Result:
    return CliRunner().invoke(luzhi, ["assets", *map(str, words)])


@pytest.fixture
def cdn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is served where the network would be, with every file under its own name."""
    folder = tmp_path / "cdn"
    for name in NAMES:
        package, _, rest = name.partition("@")
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((SCRIPTS / package / rest.partition("/")[2]).read_bytes())
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(assets, "GRAPHIQL_URL", url)
    monkeypatch.setattr(assets, "HTMX_URL", f"{url}/{assets.HTMX_FILE}")
    yield folder
    server.shutdown()
    server.server_close()


def test_all_files_are_fetched_checked_and_the_setting_is_printed(cdn: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "assets")

    assert done.exit_code == 0, done.output
    assert done.stdout == f"LUZHI_ASSETS_DIR={tmp_path / 'assets'}\n"
    assert assets.missing(tmp_path / "assets") == []
    assert (
        sorted(
            str(file.relative_to(tmp_path / "assets")) for file in (tmp_path / "assets").rglob("*.*") if file.is_file()
        )
        == NAMES
    )


def test_a_second_time_nothing_is_fetched(cdn: Path, tmp_path: Path) -> None:
    run(tmp_path / "assets")
    for file in cdn.rglob("*.*"):
        if file.is_file():
            file.unlink()

    assert run(tmp_path / "assets").exit_code == 0


def test_a_changed_file_is_not_kept_and_named(cdn: Path, tmp_path: Path) -> None:
    changed = cdn / assets.HTMX_FILE
    changed.write_bytes(changed.read_bytes() + b"\n")

    done = run(tmp_path / "assets")

    assert done.exit_code == 1
    assert f"These were not as they should be: {assets.HTMX_FILE}." in done.stderr
    assert "npm pack htmx.org@4.0.1" in done.stderr
    assert assets.missing(tmp_path / "assets") == [assets.HTMX_FILE]


def test_where_the_network_is_closed_it_says_how_to_bring_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "HTMX_URL", "http://127.0.0.1:9/htmx.min.js")

    done = run(tmp_path / "assets")

    assert done.exit_code == 1
    packages = "graphiql@3.9.0 htmx.org@4.0.1 react-dom@18.3.1 react@18.3.1"
    assert f"On a machine that reaches npm: npm pack {packages}. Bring the files, then use --from." in done.stderr


def test_files_fetched_elsewhere_are_known_by_their_hash_in_folders_and_archives(cdn: Path, tmp_path: Path) -> None:
    brought = tmp_path / "stick"
    brought.mkdir()
    for number, name in enumerate(NAMES[:2]):
        (brought / f"copy-{number}").write_bytes((cdn / name).read_bytes())
    with tarfile.open(brought / "rest.tgz", "w:gz") as archive:
        for name in NAMES[2:]:
            archive.add(cdn / name, f"package/{name}")

    done = run(tmp_path / "assets", "--from", brought)

    assert done.exit_code == 0, done.output
    assert assets.missing(tmp_path / "assets") == []


def test_what_was_not_brought_is_named(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()

    done = run(tmp_path / "assets", "--from", tmp_path / "stick")

    assert done.exit_code == 1
    assert all(name in done.stderr for name in NAMES)


async def test_luzhi_serves_its_copies_and_pages_ask_for_them(cdn: Path, tmp_path: Path, db: str) -> None:
    run(tmp_path / "assets")
    chosen = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_ASSETS_DIR": str(tmp_path / "assets")}
    house = app.create(Settings.from_environment(chosen))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(house), base_url="http://luzhi.test") as browser:
        page = (await browser.get("/login")).text
        copy = await browser.get(f"/assets/{assets.HTMX_FILE}")

    assert f'src="/assets/{assets.HTMX_FILE}" integrity="{assets.wanted()[assets.HTMX_FILE]}"' in page
    assert assets.hash_of(copy.content) == assets.wanted()[assets.HTMX_FILE]
    assert copy.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "cdn" not in copy.headers["Content-Security-Policy"]
    assert house.state.settings.graphiql_url == "/assets"


def test_a_folder_that_is_not_there_stops_the_server(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LUZHI_DATA_DIR": str(tmp_path), "LUZHI_ASSETS_DIR": str(tmp_path / "none")})

    with pytest.raises(SettingsError, match="LUZHI_ASSETS_DIR: there is no folder"):
        app.create(settings)
