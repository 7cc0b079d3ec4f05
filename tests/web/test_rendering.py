"""Sentences of templates, with facts that are text and facts that are markup."""

from markupsafe import Markup

from web.rendering import said


def test_a_fact_that_is_markup_stays_markup_and_the_others_are_escaped():
    day = Markup('<time datetime="2026-11-22">2026年11月22日</time>')
    assert said("{start} to {end}", "zh", start=day, end="<x>") == f"{day}至&lt;x&gt;"
    assert isinstance(said("until {day}", "en", day=day), Markup)


def test_a_sentence_of_plain_facts_is_left_to_the_template_to_escape():
    words = said("Change {name}", "en", name="O'Brien <x>")
    assert (words, isinstance(words, Markup)) == ("Change O'Brien <x>", False)
