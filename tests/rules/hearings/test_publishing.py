"""What is published of a draw: the rule and a script that anyone can run find the same in it (HE-2)."""

import json
import random
import runpy
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from server.rules.hearings import Applicant, Capacity, Position, Publication, commitment, draw, publication, verify

PUBLIC = Capacity.PUBLIC
PRO, CON, _ = Position
ZEROS = bytes(32)
DRAWN_ON = "2026-11-29 03 11 17"
FIFTH = Fraction(1, 5)
SCRIPT = Path(__file__).parents[3] / "web" / "static" / "lottery.py"


def applicants(*kinds: tuple[Capacity, Position]) -> list[Applicant]:
    return [Applicant(serial, *kind) for serial, kind in enumerate(kinds, 1)]


def told(
    list_of: Sequence[Applicant], places: dict[Capacity, int], tolerance: Fraction | None, seed: bytes
) -> Publication:
    given = {"seed": seed, "committed": commitment(seed), "public": DRAWN_ON, "tolerance": tolerance}
    made = draw(list_of, places, **given)
    return publication(made, list_of, **given)


def made_up(case: int) -> Publication:
    """The same for the same number: up to 24 applications, with gaps where some were rejected."""
    chance = random.Random(case)
    serials = sorted(chance.sample(range(1, 60), chance.randint(0, 24)))
    capacities = list(Capacity)[:5]
    list_of = [Applicant(each, chance.choice(capacities), chance.choice(list(Position))) for each in serials]
    places = {capacity: chance.randint(0, 6) for capacity in chance.sample(capacities, chance.randint(0, 5))}
    return told(list_of, places, chance.choice([None, Fraction(0), FIFTH, Fraction(1, 3)]), chance.randbytes(32))


def test_the_script_that_anyone_can_run_draws_the_same_in_200_cases() -> None:
    script = runpy.run_path(str(SCRIPT))

    for case in range(200):
        published = made_up(case)
        read = json.loads(json.dumps(published.as_json()))
        assert script["draw"](read) == {"drawn": list(published.drawn), "reserve": list(published.reserve)}, case
        assert script["right"](read), case
        assert verify(published) == [], case


PUBLISHED = told(applicants(*[(PUBLIC, PRO)] * 6, *[(PUBLIC, CON)] * 6), {PUBLIC: 4}, FIFTH, ZEROS)
LAST_CHANGED = (*PUBLISHED.applicants[:-1], Applicant(12, PUBLIC, PRO))


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"seed": bytes(31) + b"\1"}, ["SEED_NOT_COMMITTED"]),
        ({"applicants": PUBLISHED.applicants[::-1]}, ["BAD_LIST"]),
        ({"listed": "0" * 64}, ["LIST_CHANGED"]),
        ({"drawn": PUBLISHED.drawn[::-1]}, ["OTHERS_DRAWN"]),
        ({"reserve": PUBLISHED.reserve[1:]}, ["OTHER_RESERVE"]),
        ({"public": "other"}, ["OTHERS_DRAWN", "OTHER_RESERVE"]),
    ],
)
def test_whoever_recomputes_a_published_draw_finds_what_is_wrong(change: dict[str, object], codes: list[str]) -> None:
    changed = replace(PUBLISHED, **change)

    assert [each.code for each in verify(changed)] == codes
    if codes != ["BAD_LIST"]:
        assert runpy.run_path(str(SCRIPT))["right"](changed.as_json()) is (codes == [])


def test_a_list_that_was_changed_after_closing_is_noticed() -> None:
    found = verify(replace(PUBLISHED, applicants=LAST_CHANGED))

    assert "LIST_CHANGED" in [each.code for each in found]


def test_the_script_runs_alone_and_says_what_it_found(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(PUBLISHED.as_json()), encoding="utf-8")
    bad.write_text(json.dumps(replace(PUBLISHED, drawn=(1, 2, 3, 4)).as_json()), encoding="utf-8")

    runs = [
        subprocess.run([sys.executable, "-I", "-X", "utf8", SCRIPT, file], capture_output=True, check=False)
        for file in (good, bad)
    ]

    assert [run.returncode for run in runs] == [0, 1]
    assert [run.stdout.decode()[:2] for run in runs] == ["相符", "不符"]
