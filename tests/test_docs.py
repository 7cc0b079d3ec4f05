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
        "ChangedPeople",
        "ChangedSeats",
        "ChangedBodies",
        "OnADay",
        "WhoSatThere",
        "Coverage",
        "Move",
    ]


def test_the_codes_of_errors_are_those_of_the_program():
    assert API.read_text(encoding="utf-8") == api(), "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_in_the_documents_leads_to_a_file(page: Path):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_in_the_documents_exists(page: Path):
    assert [name for name in COMMAND.findall(page.read_text(encoding="utf-8")) if name not in COMMANDS] == []
