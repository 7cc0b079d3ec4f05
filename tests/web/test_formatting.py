"""Days, hours, names and numbers read as people of each language write them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from server.words import LOCALES, Locale, say
from web.formatting import FILTERS, distance_text, hour_text, size

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
TEMPLATES = Environment(autoescape=True, undefined=StrictUndefined)
TEMPLATES.filters.update(FILTERS)


def shown(expression: str, locale: Locale, **facts: object) -> str:
    viewer = {"now": NOW, "zone": ZONE}
    return TEMPLATES.from_string("{{ " + expression + " }}").render(locale=locale, viewer=viewer, **facts)


@pytest.mark.parametrize(("locale", "words"), [("zh", "2026年11月22日"), ("en", "22 November 2026")])
def test_a_day_carries_its_exact_date(locale: Locale, words: str) -> None:
    expected = f'<time datetime="2026-11-22">{words}</time>'

    assert shown("day|day", locale, day=dt.date(2026, 11, 22)) == expected
    assert shown("day|day", locale, day="2026-11-22") == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_writes_its_days_as_a_page_does(locale: Locale) -> None:
    on = dt.date(2026, 11, 22)

    assert say("{day}", day=on).into(locale) in shown("day|day", locale, day=on)


HAN = '<span lang="zh-Hans">{}</span>'


@pytest.mark.parametrize(
    ("words", "shown_in_english"),
    [
        ("白鹭县文化馆", HAN.format("白鹭县文化馆")),
        ("for 文化委 & <others>", f"for {HAN.format('文化委')} &amp; &lt;others&gt;"),
        ("阿依努尔·图尔荪巴依, Aynur", f"{HAN.format('阿依努尔·图尔荪巴依')}, Aynur"),
        ("No. 7", "No. 7"),
        (Markup("<b>文</b>"), "<b>文</b>"),
        (7, "7"),
    ],
)
def test_what_is_chinese_says_so_on_an_english_page(words: object, shown_in_english: str) -> None:
    assert shown("words|written", "en", words=words) == shown_in_english
    assert shown("words|written", "zh", words=words) == str(escape(words))


@pytest.mark.parametrize(
    ("locale", "title", "role", "words"),
    [
        ("zh", "组长", "HEAD", "组长"),
        ("zh", "", "HEAD", "负责人"),
        ("en", "组长", "HEAD", f'head <span class="quiet">{HAN.format("组长")}</span>'),
        ("en", "Leader", "HEAD", "Leader"),
        ("en", "", "HEAD", "head"),
        ("en", "顾问", "OTHER", HAN.format("顾问")),
    ],
)
def test_a_title_is_kept_and_its_role_helps_who_does_not_read_it(
    locale: Locale, title: str, role: str, words: str
) -> None:
    assert shown("place|titled", locale, place={"title": title, "role": role}) == words


@pytest.mark.parametrize(
    ("locale", "field", "words"),
    [
        ("en", "startsOn", "From day: This is needed."),
        ("zh", "startsOn", "起始日期：此项必填。"),
        ("en", "unheardOf", "This is needed."),
        ("en", None, "This is needed."),
    ],
)
def test_a_problem_far_from_its_field_names_it_in_words(locale: Locale, field: str | None, words: str) -> None:
    assert shown("it|told", locale, it={"field": field, "message": say("This is needed.")}) == words


def test_a_problem_of_the_schema_is_in_its_language_already() -> None:
    assert shown("it|told", "zh", it={"field": "on", "message": "请选择{日期}。"}).endswith("：请选择{日期}。")


def test_the_day_of_a_time_is_that_of_the_assembly() -> None:
    late = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)

    assert shown("day|day", "zh", day=late) == '<time datetime="2026-11-23">2026年11月23日</time>'


@pytest.mark.parametrize(("locale", "words"), [("zh", "2026年11月22日 星期日"), ("en", "Sunday 22 November 2026")])
def test_a_day_can_say_its_weekday(locale: Locale, words: str) -> None:
    assert words in shown("day|day(weekday=true)", locale, day=dt.date(2026, 11, 22))


def test_a_missing_time_says_what_the_page_wants() -> None:
    assert shown("none|day", "en") == ""
    assert shown("none|day('<open>')", "en") == "&lt;open&gt;"
    assert shown("none|hour('never')", "en") == "never"
    assert shown("none|ago('never')", "en") == "never"


@pytest.mark.parametrize(
    ("locale", "words"),
    [("zh", "2026年11月22日 星期日 20:00"), ("en", "Sunday 22 November 2026, 20:00")],
)
def test_an_hour_is_told_where_the_assembly_sits(locale: Locale, words: str) -> None:
    assert shown("now|hour", locale, now=NOW) == f'<time datetime="2026-11-22T20:00:00+08:00">{words}</time>'
    assert shown("now|hour", locale, now=NOW.isoformat()) == shown("now|hour", locale, now=NOW)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (18, "tomorrow 14:00, in 18 hours"),
        (-22, "yesterday 22:00, 22 hours ago"),
        (2, "today 22:00, in 2 hours"),
        (0, "just now"),
        (48, "Tuesday 24 November 2026, 20:00, in 2 days"),
        (24 * 8, "Monday 30 November 2026, 20:00"),
    ],
)
def test_a_near_time_is_told_by_its_distance(hours: int, words: str) -> None:
    local = NOW.astimezone(ZONE)

    assert distance_text(local + dt.timedelta(hours=hours), local, "en") == words


def test_a_distance_keeps_the_exact_hour_as_its_title() -> None:
    soon = NOW + dt.timedelta(hours=18)

    assert f'title="{hour_text(soon.astimezone(ZONE), "en")}"' in shown("soon|ago", "en", soon=soon)
    assert "title" not in shown("far|ago", "en", far=NOW + dt.timedelta(days=30))


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("2023-03-01", "2025-01-01", "1 March 2023 to 1 January 2025"),
        ("2023-03-01", None, "since 1 March 2023"),
        (None, "2025-01-01", "until 1 January 2025"),
        (None, None, "no dates recorded"),
    ],
)
def test_a_span_is_one_phrase(starts: str | None, ends: str | None, words: str) -> None:
    said = shown("row|span|striptags", "en", row={"startsOn": starts, "endsOn": ends})

    assert said == words


def test_a_name_comes_in_the_reader_s_language_first() -> None:
    both = {"nameZh": "王·某某", "nameEn": "Wang Moumou"}

    assert shown("who|person", "zh", who=both) == "王·某某"
    assert shown("who|person", "en", who=both) == "Wang Moumou"


def test_a_name_in_the_other_script_says_its_language() -> None:
    assert shown("who|person", "en", who={"nameZh": "李芳", "nameEn": ""}) == '<span lang="zh-Hans">李芳</span>'
    assert shown("who|person", "zh", who={"name": "O'Brien <x>"}) == '<span lang="en">O&#39;Brien &lt;x&gt;</span>'
    assert shown("who|name", "zh", who={"nameZh": "", "nameEn": "Ann"}) == "Ann"


def test_lists_are_joined_as_each_language_joins_them() -> None:
    assert shown("['水利', '财税']|names", "zh") == "水利、财税"
    assert shown("['water', 'tax']|names", "en") == "water, tax"


@pytest.mark.parametrize(
    ("count", "words"),
    [(200_000_000, "200 MB"), (1_500_000, "1.5 MB"), (999_999_999, "1000 MB"), (10**9, "1 GB"), (999, "999 B")],
)
def test_sizes_have_their_unit(count: int, words: str) -> None:
    assert size(count) == words


def test_numbers_have_their_groups() -> None:
    assert shown("12345|number", "en") == "12,345"
    assert shown("none|number", "en") == ""


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(299, 300, "99%"), (300, 300, "100%"), (0, 0, "–"), (Decimal("0.5"), None, "50%")]
)
def test_a_share_says_all_only_when_it_is_all(part: int, whole: int | None, words: str) -> None:
    assert shown("part|percent(whole)", "en", part=part, whole=whole) == words


def test_values_of_the_schema_have_words_and_a_tone() -> None:
    assert shown("'VICE_CHAIR'|label", "en") == "vice-chair"
    assert shown("'Ward 7'|label", "en") == "Ward 7"
    assert [shown("value|tone", "en", value=value) for value in ("ACTIVE", "PENDING", "NONE", "ENDED")] == [
        "good",
        "waiting",
        "alarm",
        "past",
    ]
