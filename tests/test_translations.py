"""The check of the catalogue finds what is missing, wrong, double or not said any more."""

from pathlib import Path

import pytest

from tools.translations import gaps, sentences, sentences_of, wrong

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.mark.parametrize(
    ("sentence", "chinese", "why"),
    [
        ("{count} people", "{count}名人员", ""),
        ("Add", "", "has no Chinese"),
        ("{count} people", "{number}名人员", "names other facts in Chinese"),
        ("{count} people", "{count名人员", "cannot be filled (expected '}' before end of string)"),
        ("Add, then go on.", "添加,然后继续。", "has Latin punctuation or an exclamation mark at '加,'"),
        ("Done.", "完成！", "has Latin punctuation or an exclamation mark at '！'"),
        ("Save it as “CSV UTF-8”.", "请另存为“CSV UTF-8”。", ""),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(sentence: str, chinese: str, why: str):
    assert wrong(sentence, chinese) == why


def test_gaps_are_named_with_their_place(tmp_path: Path):
    catalogue = tmp_path / "luzhi.po"
    catalogue.write_text(PO + 'msgid "Add"\nmsgstr "添加"\n\nmsgid "Add"\nmsgstr "添"\n\nmsgid "Old"\nmsgstr "旧"\n')
    assert gaps({"Add": "web/x.py:1", "Save": "web/x.py:2"}, catalogue) == [
        "web/x.py:2: has no Chinese: 'Save'",
        "luzhi.po: nobody says this any more: 'Old'",
        "luzhi.po: stands there 2 times: 'Add'",
    ]


def test_sentences_are_found_in_python_in_templates_and_in_what_a_form_says_after_success(tmp_path: Path):
    code, page = tmp_path / "x.py", tmp_path / "x.html"
    code.write_text('form("/x", "x", "X", done="It is saved.")\nraise Invalid(say("Not so."))\n')
    page.write_text("{{ _('Add') }}\n{% if x %}{{ _(\"{count} people\", count=3) }}{% endif %}\n")
    assert sorted(sentences_of(code)) == [(1, "It is saved."), (2, "Not so.")]
    assert list(sentences_of(page)) == [(1, "Add"), (2, "{count} people")]


def test_a_template_that_cannot_be_read_ends_the_search_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "x.html"
    page.write_text("{% if %}")
    monkeypatch.setattr("tools.translations.ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"x\.html:1: "):
        list(sentences_of(page))


def test_the_sentences_of_the_product_have_their_place():
    assert sentences()["Sign in first."].startswith("server/rules/permissions.py:")
