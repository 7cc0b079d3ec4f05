"""The real councillors of Tasmania: the main job on real input."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import luzhi
from tests.imports.bringing import brought
from tests.web.visitors import Asks, SignIn

pytestmark = pytest.mark.real
COUNTED = ("people", "bodies", "memberships", "term_memberships")
LEFT_OUT = [f"--column={name}=ignore" for name in ("council_website", "source", "ward")]


@pytest.fixture
def answer(db_url: str, monkeypatch: pytest.MonkeyPatch, real_data: Path) -> Any:
    """Runs an import of one of the files; its answer."""
    monkeypatch.setenv("LUZHI_DATABASE_URL", db_url)
    monkeypatch.setenv("LUZHI_SECRET_KEY", "s" * 40)

    def run(name: str, *options: str) -> dict[str, Any]:
        path = real_data / "au-councillors" / name
        done = CliRunner().invoke(luzhi, ["import", "people", str(path), "--json", *options])
        assert (done.exit_code, done.stderr) == (0, "")
        return dict(json.loads(done.stdout))

    return run


def test_the_councillors_come_in_once(answer: Any) -> None:
    first = answer("TAS_local_councillor_popolo.json", "--term", "au")
    second = answer("TAS_local_councillor_popolo.json", "--term", "au")

    assert [first[kind] for kind in COUNTED] == [
        {"new": n, "changed": 0, "same": 0, "error": 0} for n in (263, 33, 317, 263)
    ]
    assert [second[kind] for kind in COUNTED] == [
        {"new": 0, "changed": 0, "same": n, "error": 0} for n in (263, 33, 317, 263)
    ]


def test_their_table_finds_the_same_people_and_says_how_bodies_differ(answer: Any) -> None:
    answer("TAS_local_councillor_popolo.json", "--term", "au")

    columns = ["--column=council=body", "--column=executive=title", "--column=party=on_behalf_of"]
    full = answer("TAS_local_councillors.csv", "--dry-run", *columns, *LEFT_OUT)
    bare = answer("TAS_local_councillors.csv", "--column=council=body", "--column=executive=ignore",
                  "--column=party=ignore", *LEFT_OUT)  # fmt: skip

    same = {"new": 0, "changed": 0, "same": 263, "error": 0}
    assert (full["people"], full["bodies"]) == (same, {"new": 0, "changed": 0, "same": 29, "error": 0})
    beside = [said for said in full["warnings"] if "already, as councillor" in said["message"]]
    assert (full["memberships"]["new"], len(beside)) == (209, 209)
    assert full["memberships"]["changed"] == 6
    assert (bare["people"], bare["memberships"]) == (same, same)


async def test_who_sits_twice_in_a_body_is_shown_once_with_both_titles_and_counts_once(
    ask: Asks, sign_in: SignIn, real_data: Path
) -> None:
    path = real_data / "au-councillors" / "TAS_local_councillor_popolo.json"
    await brought(path, term="au", map=["legislature=reading_group"])

    asked = (
        "{ bodies(kind: READING_GROUP, first: 100) { edges { node { id memberCount members { places { title } } } } } }"
    )
    answer = await ask("secretary", asked)
    councils = [edge["node"] for edge in answer["data"]["bodies"]["edges"]]
    places = [len(member["places"]) for council in councils for member in council["members"]]
    assert (sum(council["memberCount"] for council in councils), Counter(places)) == (263, {1: 209, 2: 54})

    counted = await ask("secretary", '{ coverage(kind: READING_GROUP, term: "au") { members none one more } }')
    assert counted["data"]["coverage"] == {"members": 263, "none": 0, "one": 263, "more": 0}

    browser = await sign_in("secretary")
    for council in councils:
        page = (await browser.get(f"/bodies/{council['id']}")).text
        table = page[page.index("<tbody>") : page.index("</tbody>")]
        titles = [
            re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<td data-head="Titles">(.*?)</td>', table, re.S)
        ]
        assert sum("councillor" in cell for cell in titles) == council["memberCount"]
        assert sum("ayor" in cell for cell in titles) == sum(len(m["places"]) == 2 for m in council["members"])
