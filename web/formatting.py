"""Named filters of the templates: days, hours, names and numbers as people of each language write them."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from server.words import BABEL, Locale, Words, day_text, say, translate
from web.fields import FIELDS
from web.labels import label_of, tone

BETWEEN = {"zh": " ", "en": ", "}
"""What stands between a day and its hour."""
NEAR = dt.timedelta(days=7)
"""Within this, a time is said by its distance; beyond, the day alone tells more."""
HAN = "\u3400-\u9fff"
RUN = re.compile(f"([{HAN}](?:[{HAN}\\d\\s·・、，。；：（）《》“”]*[{HAN}）》”。])?)")
"""Words in Chinese, with the marks and figures between them."""
CHINESE = Markup('<span lang="zh-Hans">{}</span>')


def hour_text(value: dt.datetime, locale: Locale) -> str:
    """2026年11月22日 星期日 14:30, or Sunday 22 November 2026, 14:30. value: aware, in the zone to be shown."""
    return f"{day_text(value, locale, weekday=True)}{BETWEEN[locale]}{value:%H:%M}"


def distance_text(value: dt.datetime, now: dt.datetime, locale: Locale) -> str:
    """How people say a near time: "tomorrow 14:30, in 18 hours"; a far one is its day. Both in the zone to be shown."""
    if abs(value - now) > NEAR:
        return hour_text(value, locale)
    if abs(value - now) < dt.timedelta(minutes=1):
        return say("just now").into(locale)
    away = format_timedelta(value - now, threshold=1.2, add_direction=True, locale=BABEL[locale])
    near = {-1: say("yesterday {hour}"), 0: say("today {hour}"), 1: say("tomorrow {hour}")}
    words = near.get((value.date() - now.date()).days)
    said = words.msgid if words else "{hour}"
    hour = f"{value:%H:%M}" if words else hour_text(value, locale)
    return Words(
        "{said}{comma}{away}", {"said": Words(said, {"hour": hour}), "comma": COMMA[locale], "away": away}
    ).into(locale)


UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"), (1, "B"))
COMMA = {"zh": "，", "en": ", "}


@pass_context
def day(context: Context, value: dt.date | str | None, missing: str = "", weekday: bool = False) -> Markup:
    """A day, with the exact one in the markup. missing: what is said where there is none."""
    if not value:
        return _text(missing)
    date = dt.date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if isinstance(date, dt.datetime):
        date = _local(context, date).date()
    return _time(date.isoformat(), day_text(date, context["locale"], weekday=weekday))


@pass_context
def hour(context: Context, value: dt.datetime | str | None, missing: str = "") -> Markup:
    """A day with its weekday and hour, where the assembly sits."""
    if not value:
        return _text(missing)
    local = _local(context, value)
    return _time(local.isoformat(), hour_text(local, context["locale"]))


@pass_context
def clock(context: Context, value: dt.datetime | str) -> Markup:
    """The hour alone, where the day is said beside it."""
    local = _local(context, value)
    return _time(local.isoformat(), f"{local:%H:%M}")


@pass_context
def moment(context: Context, value: dt.datetime | str | None) -> str:
    """A time as the field of a form takes it, where the assembly sits; empty where there is none."""
    return f"{_local(context, value):%Y-%m-%dT%H:%M}" if value else ""


@pass_context
def ago(context: Context, value: dt.datetime | str | None, missing: str = "") -> Markup:
    """A time as people say it, the exact one as its title. Measured from the viewer's now."""
    if not value:
        return _text(missing)
    local, locale = _local(context, value), context["locale"]
    said = distance_text(local, _local(context, context["viewer"]["now"]), locale)
    return _time(local.isoformat(), said, title=hour_text(local, locale))


@pass_context
def span(context: Context, row: Mapping[str, Any]) -> Markup:
    """From when until when a row holds, as one phrase; reads its startsOn and endsOn."""
    locale = context["locale"]
    starts, ends = day(context, row["startsOn"]), day(context, row["endsOn"])
    if starts and ends:
        return Markup(translate(say("{start} to {end}").msgid, locale)).format(start=starts, end=ends)
    if starts or ends:
        words = say("since {day}") if starts else say("until {day}")
        return Markup(translate(words.msgid, locale)).format(day=starts or ends)
    return _text(say("no dates recorded").into(locale))


@pass_context
def person(context: Context, value: Mapping[str, Any]) -> Markup:
    """The whole name, first in the reader's language; a name in the other script says so to screen readers."""
    return _in_its_language(name(context, value), context["locale"])


@pass_context
def name(context: Context, value: Mapping[str, Any]) -> str:
    """The name of a person or body as plain text: in the reader's language where it is known."""
    first, second = ("nameZh", "nameEn") if context["locale"] == "zh" else ("nameEn", "nameZh")
    return str(value.get(first) or value.get(second) or value.get("name") or "")


@pass_context
def written(context: Context, value: object) -> Any:
    """Words as they were entered: on an English page, what is Chinese says so. Markup and numbers stay as they are."""
    if context["locale"] == "zh" or not isinstance(value, str) or isinstance(value, Markup):
        return value
    parts = RUN.split(value)  # what is not Chinese and what is, by turns
    return Markup().join(CHINESE.format(part) if turn % 2 else part for turn, part in enumerate(parts))


@pass_context
def titled(context: Context, place: Mapping[str, Any]) -> Markup:
    """What someone is in a body: the title as it was entered, and in English, where that is Chinese, the role first."""
    title, role = place["title"], label(context, place["role"])
    if context["locale"] == "zh" or not RUN.search(title) or place["role"] == "OTHER":
        return Markup("{}").format(written(context, title) or role)
    return Markup('{} <span class="quiet">{}</span>').format(role, written(context, title))


@pass_context
def names(context: Context, values: list[str]) -> str:
    """Several things in one sentence: 甲、乙、丙 or a, b, c."""
    return _text("、" if context["locale"] == "zh" else ", ").join(written(context, value) for value in values)


@pass_context
def number(context: Context, value: int | float | Decimal | None) -> str:
    """A number with its groups of digits; nothing where there is none."""
    return "" if value is None else format_decimal(value, locale=BABEL[context["locale"]])


def size(count: int) -> str:
    """A number of bytes as people say it, the same in both languages: 200 MB, 1.5 MB, 64 kB."""
    unit, name = next(((unit, name) for unit, name in UNITS if count >= unit), UNITS[-1])
    return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"


@pass_context
def percent(context: Context, part: float | Decimal, whole: float | Decimal | None = None) -> str:
    """A share of 1, or of a whole, as a whole percentage, rounded down: 100 % means all. Of nothing: a dash."""
    if whole == 0:
        return "–"
    share = Decimal(part) / Decimal(whole if whole is not None else 1)
    return format_percent(int(share * 100) / 100, format="#,##0%", locale=BABEL[context["locale"]])


@pass_context
def label(context: Context, value: str, of: str = "") -> str:
    """The assembly's word for a value of the schema, such as LEARNING_GROUP; of: the kind of thing that is meant."""
    return label_of(value, of, context["locale"])


@pass_context
def told(context: Context, problem: Mapping[str, Any]) -> str:
    """A problem away from its field: the field in words, where it has some, and what is wrong with it."""
    field, message = FIELDS.get(problem["field"] or ""), problem["message"]
    said = say("{field}: {message}", field=field, message=message) if field else Words("{it}", {"it": message})
    return said.into(context["locale"])


def _local(context: Context, value: dt.datetime | str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(context["viewer"]["zone"])


def _time(exact: str, said: str, title: str = "") -> Markup:
    if title and title != said:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, title, said)
    return Markup('<time datetime="{}">{}</time>').format(exact, said)


def _text(words: str) -> Markup:
    return Markup("{}").format(words)


def _in_its_language(text: str, locale: Locale) -> Markup:
    tongue = "zh-Hans" if RUN.search(text) else "en"
    if tongue.startswith(locale):
        return _text(text)
    return Markup('<span lang="{}">{}</span>').format(tongue, text)


def pair(value: Mapping[str, Any], key: str, words: str) -> tuple[str, str]:
    """A choice of a list: its value and its words."""
    return value[key], value[words]


@pass_context
def choice(context: Context, value: Mapping[str, Any]) -> tuple[str, str]:
    """A person or body as a choice of a list: its ID and its name."""
    return value["id"], name(context, value)


@pass_context
def labelled(context: Context, value: str, of: str = "") -> tuple[str, str]:
    """A choice among values of the schema: the value and the assembly's word for it. of: see `label`."""
    return value, label(context, value, of)


@pass_context
def scope(context: Context, value: str) -> tuple[str, str, str]:
    """A scope of a program as a choice: itself, the room and what may be done there, and itself again as a hint."""
    room, _, verb = value.partition(":")
    said = say("{field}: {message}", field=label(context, room), message=label(context, verb))
    return value, said.into(context["locale"]), value


def by_body(places: list[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Places grouped by their body, in the order they came: two titles in one body are shown once."""
    found: dict[str, tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = {}
    for place in places:
        if place["body"]:
            found.setdefault(place["body"]["id"], (place["body"], []))[1].append(place)
    return list(found.values())


def qr(link: str, locale: Locale) -> Markup:
    """The QR code of an address, as SVG; black on white, for paper and for cameras."""
    import segno  # few pages need it

    drawn = segno.make_qr(link, error="m")
    title = say("QR code to scan with a phone").into(locale)
    svg = drawn.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None, title=title)
    return Markup(svg)  # noqa: S704  # segno writes it, its only text is the title, which it escapes


@pass_context
def scanned(context: Context, link: str) -> Markup:
    """The same on a page, in its language."""
    return qr(link, context["locale"])


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        scanned,
        day,
        hour,
        moment,
        clock,
        ago,
        span,
        person,
        name,
        names,
        written,
        titled,
        number,
        size,
        percent,
        label,
        tone,
        pair,
        choice,
        labelled,
        told,
        scope,
        by_body,
    )
}
