"""Sentences of templates, with facts that are text and facts that are markup."""

import threading
from functools import wraps

import pytest
from markupsafe import Markup

from tests.cast import Cast
from tests.web.visitors import SignIn
from web.rendering import said, templates


def test_a_fact_that_is_markup_stays_markup_and_the_others_are_escaped():
    day = Markup('<time datetime="2026-11-22">2026年11月22日</time>')
    assert said("{start} to {end}", "zh", start=day, end="<x>") == f"{day}至&lt;x&gt;"
    assert isinstance(said("until {day}", "en", day=day), Markup)


def test_a_sentence_of_plain_facts_is_left_to_the_template_to_escape():
    words = said("Change {name}", "en", name="O'Brien <x>")
    assert (words, isinstance(words, Markup)) == ("Change O'Brien <x>", False)


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/members/roster"), ("GET", "/members/labels"), ("POST", "/invitations/letters")],
)
async def test_others_are_answered_while_a_page_of_hundreds_is_rendered(
    sign_in: SignIn, everyone: Cast, monkeypatch: pytest.MonkeyPatch, method: str, address: str
) -> None:
    office, threads = await sign_in("secretary"), set()
    number = templates.filters["number"]

    @wraps(number)
    def noted(*facts: object) -> object:
        threads.add(threading.current_thread())
        return number(*facts)

    monkeypatch.setitem(templates.filters, "number", noted)
    answer = await office.request(method, address)

    assert answer.status_code == 200
    assert threads
    assert threading.main_thread() not in threads
