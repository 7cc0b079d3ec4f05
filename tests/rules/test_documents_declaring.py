"""A page on which nobody could read a word: who brings it declares that it bears no marking (RD-2)."""

import pytest

from server.rules.documents import declaration_problems, is_legible


@pytest.mark.parametrize(
    ("page", "legible"),
    [
        ("预算草案", True),
        ("1", True),
        ("", False),
        (" \r\n . — ", False),
        ("Scanned with CamScanner", False),
        ("扫描全能王 创建", False),
        ("预算草案\n扫描全能王 创建", True),
    ],
)
def test_a_page_is_legible_where_there_is_a_word(page: str, legible: bool) -> None:
    assert is_legible(page) is legible


@pytest.mark.parametrize(
    ("pages", "declared", "wrong"),
    [
        (["one", "two"], False, False),
        (["one", ""], False, True),
        ([""], True, False),
        (["one"], True, False),
    ],
)
def test_one_page_without_a_word_is_enough_to_ask(pages: list[str], declared: bool, wrong: bool) -> None:
    found = declaration_problems(pages, declared)

    assert [(one.code, one.field) for one in found] == ([("NOT_DECLARED", "declared")] if wrong else [])
