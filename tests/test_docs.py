"""The documents say what is so: their operations are valid, their links lead somewhere, their names exist."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from server import schema
from server.cli import COMMANDS
from tools.settings_page import API, api

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], key=str)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^ {4}(?:\.venv/bin/)?luzhi ([a-z]+)", re.MULTILINE)


def blocks(language: str) -> list[tuple[str, str]]:
    """(page, text) of every block of that language."""
    return [
        (page.name, text)
        for page in PAGES
        for found, text in BLOCK.findall(page.read_text(encoding="utf-8"))
        if found == language
    ]


@pytest.mark.parametrize(("page", "text"), blocks("graphql"))
def test_each_operation_in_the_documents_is_valid(page: str, text: str):
    assert [error.message for error in validate(schema.api._schema, parse(text))] == []


def test_the_page_of_the_api_shows_what_integrators_need():
    texts = [text for page, text in blocks("graphql") if page == "api.md"]
    assert [re.split(r"[ ({]", text)[1] for text in texts] == [
        "WhoAmI",
        "Members",
        "Find",
        "Changes",
        "ChangedPeople",
        "ChangedSeats",
        "ChangedBodies",
        "Watching",
        "WhatAwaitsMe",
        "OnADay",
        "WhoSatThere",
        "Coverage",
        "Move",
        "AddMany",
        "AddOnce",
    ]


def test_the_codes_of_errors_are_those_of_the_program():
    assert API.read_text(encoding="utf-8") == api(), "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_in_the_documents_leads_to_a_file(page: Path):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def requirements(text: str) -> set[str]:
    """The numbers of ASVS in a text: 3.3.1, 3.3.2 of "3.3.1–3.3.2", and of a test's name."""
    found = set(re.findall(r"\d+\.\d+\.\d+", text))
    for first, last in re.findall(r"(\d+\.\d+\.\d+)–(\d+\.\d+\.\d+)", text):
        head, _, number = first.rpartition(".")
        found |= {f"{head}.{n}" for n in range(int(number), int(last.rpartition(".")[2]) + 1)}
    return found


def named(file: Path) -> dict[str, set[str]]:
    """Each test of a file -> the requirements that it is named by."""
    tests = re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {test: requirements(re.sub(r"v(\d+)_(\d+)_(\d+)", r"\1.\2.\3 ", test)) for test in tests}


def test_the_page_of_asvs_and_the_tests_name_the_same_requirements():
    rows = re.findall(r"^\| (\d.*?) \| .* \| (.*?) \|$", (ROOT / "docs" / "asvs.md").read_text("utf-8"), re.MULTILINE)
    shown = {
        (number, place) for asked, by in rows for number in requirements(asked) for place in re.findall("`(.*?)`", by)
    }
    files = {ROOT / place.partition("::")[0] for _, place in shown}
    tests = {(file, test): numbers for file in files for test, numbers in named(file).items()}

    for number, place in shown:
        file, _, test = place.partition("::")
        assert (ROOT / file, test) in tests if test else number in set().union(*named(ROOT / file).values()), number
    assert set().union(*tests.values()) <= {number for number, _ in shown}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_in_the_documents_exists(page: Path):
    assert [name for name in COMMAND.findall(page.read_text(encoding="utf-8")) if name not in COMMANDS] == []
