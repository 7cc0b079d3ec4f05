"""The calendar through the API: a year, deadlines that say what they do not know, and what awaits the office."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from server.models.audit import AuditEntry
from server.models.calendar import CalendarChange, change_day, import_days
from server.rules.calendar import DayMark, Said
from server.rules.permissions import Role
from tests import make

YEAR = "query($year: Int) { calendar(year: $year) { year known source workingDays days { date kind working name } } }"
DUE = "query($after: Date!, $n: Int!) { workingDay(after: $after, n: $n) { date known } }"
BETWEEN = "query($after: Date!, $until: Date!) { workingDays(after: $after, until: $until) { count known } }"
ON = "query($day: Date) { calendarDate(day: $day) { date kind working name } }"
CHANGE = """mutation($day: Date!, $mark: DayMark!, $reason: String!) {
  calendarDayChange(day: $day, mark: $mark, nameZh: "庆典", nameEn: "Fair", reason: $reason) {
    ... on CalendarPayload { change { id reason days { day mark nameEn } years { year } by { name } undoneAt } }
    ... on Problems { kind problems { field code } } } }"""
UNDO = """mutation($id: ID!) { calendarChangeUndo(id: $id) {
  ... on CalendarPayload { change { undoneBy { name } } } ... on Problems { kind problems { code } } } }"""
PREVIEW = """query($content: String!, $replace: Boolean! = false) {
  calendarPreview(content: $content, replace: $replace) {
    years differences { date before beforeName after afterName } leftOut { title reason } content } }"""
IMPORT = """mutation($content: String!) { calendarImport(content: $content, reason: "notice", fileName: "a.csv") {
  ... on CalendarPayload { change { source years { year } } } ... on Problems { kind problems { code } } } }"""
CHANGES = "query($day: Date) { calendarChanges(day: $day) { totalCount edges { node { reason } } } }"
CARDS = "{ viewer { awaits { code title address urgent } } }"


async def test_a_year_is_told_day_by_day(ask, everyone):
    found = (await ask("member", YEAR, year=2026))["data"]["calendar"]

    assert (found["year"], found["known"], found["workingDays"], len(found["days"])) == (2026, True, 248, 365)
    assert found["source"] == "As announced for mainland China (chinesecalendar 1.11.0)."
    days = {day["date"]: day for day in found["days"]}
    assert days["2026-02-14"] == {
        "date": "2026-02-14",
        "kind": "MAKE_UP",
        "working": True,
        "name": "Spring Festival",
    }
    assert days["2026-02-21"]["kind"] == "HOLIDAY"
    assert days["2026-11-22"] == {"date": "2026-11-22", "kind": "WEEKEND", "working": False, "name": ""}


async def test_this_year_is_told_where_none_is_asked_and_in_the_language_of_who_asks(ask, everyone):
    zh = make.viewer(Role.MEMBER, locale="zh")

    found = (await ask(zh, YEAR))["data"]["calendar"]

    assert found["year"] == 2026
    assert next(day["name"] for day in found["days"] if day["date"] == "2026-10-10") == "国庆节"


async def test_a_year_that_nobody_knows_says_so(ask, everyone):
    found = (await ask("member", YEAR, year=2090))["data"]["calendar"]

    assert (found["known"], found["workingDays"]) == (False, 260)
    assert found["source"].startswith("Weekends only")
    elsewhere = make.viewer(Role.MEMBER, zone=ZoneInfo("Europe/Zurich"))
    assert (await ask(elsewhere, YEAR, year=2026))["data"]["calendar"]["known"] is False


@pytest.mark.parametrize(
    ("after", "n", "date", "known"),
    [
        ("2026-09-30", 1, "2026-10-08", True),
        ("2026-10-12", -4, "2026-09-30", True),
        ("2026-12-24", 15, "2027-01-14", False),
        ("2026-12-31", 0, "2026-12-31", True),
    ],
)
async def test_a_deadline_says_whether_every_year_on_the_way_is_known(ask, everyone, after, n, date, known):
    found = (await ask("member", DUE, after=after, n=n))["data"]["workingDay"]

    assert found == {"date": date, "known": known}


async def test_working_days_are_counted_between_two_days(ask, everyone):
    asked = {"after": "2026-09-30", "until": "2026-10-11"}

    assert (await ask("member", BETWEEN, **asked))["data"]["workingDays"] == {"count": 3, "known": True}
    back = {"after": "2027-01-05", "until": "2026-12-31"}
    assert (await ask("member", BETWEEN, **back))["data"]["workingDays"] == {"count": -3, "known": False}


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        (YEAR, {"year": 1066}, "Choose a year from 1900 to 2100."),
        (DUE, {"after": "2026-01-01", "n": 1001}, "At most 1000 days at a time."),
        (DUE, {"after": "9999-12-31", "n": 1000}, "Choose a year from 1900 to 2100."),
        (BETWEEN, {"after": "0001-01-01", "until": "2026-01-01"}, "Choose a year from 1900 to 2100."),
        (ON, {"day": "0001-01-01"}, "Choose a year from 1900 to 2100."),
        (
            PREVIEW,
            {"content": "nothing"},
            "The first row must name the columns date and kind. Others are name_zh and name_en.",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused(ask, everyone, text, given, words):
    (error,) = (await ask("secretary", text, **given))["errors"]

    code = "MANY_DAYS" if words.startswith("At most") else "INVALID"
    assert (error["extensions"]["code"], error["message"]) == (code, words)


async def test_a_day_is_changed_and_the_change_taken_back(ask, everyone):
    day = {"day": "2026-11-23"}
    done = (await ask("secretary", CHANGE, mark="OFF", reason="fair", **day))["data"]["calendarDayChange"]["change"]
    there = (await ask("member", ON, **day))["data"]["calendarDate"]
    undone = (await ask("admin", UNDO, id=done["id"]))["data"]["calendarChangeUndo"]
    again = (await ask("admin", UNDO, id=done["id"]))["data"]["calendarChangeUndo"]

    assert done == {
        "id": done["id"],
        "reason": "fair",
        "days": [{"day": "2026-11-23", "mark": "OFF", "nameEn": "Fair"}],
        "years": [],
        "by": {"name": "secretary"},
        "undoneAt": None,
    }
    assert there == {"date": "2026-11-23", "kind": "HOLIDAY", "working": False, "name": "Fair"}
    assert undone == {"change": {"undoneBy": {"name": "admin"}}}
    assert again == {"kind": "CONFLICT", "problems": [{"code": "UNDONE"}]}
    assert (await ask("member", ON, **day))["data"]["calendarDate"]["kind"] == "WORKING"


@pytest.mark.parametrize("name", ["member", "chair", "custodian", "auditor", "visitor"])
async def test_others_may_look_and_change_nothing(ask, everyone, name):
    changed = await ask(name, CHANGE, day="2026-11-23", mark="OFF", reason="fair")

    assert changed["data"]["calendarDayChange"] == {
        "kind": "REFUSED",
        "problems": changed["data"]["calendarDayChange"]["problems"],
    }
    assert "errors" in await ask(name, PREVIEW, content="date,kind\n2027-01-01,off\n")
    assert ("errors" in await ask(name, YEAR)) is (name == "visitor")
    assert await CalendarChange.all().count() == 0


async def test_a_file_is_looked_at_then_taken(ask, everyone):
    content = "date,kind,name\n2027-01-01,off,New Year\n2027-01-02,worked,New Year\n2027-01-03,by_weekday,\n"

    seen = (await ask("secretary", PREVIEW, content=content))["data"]["calendarPreview"]
    taken = (await ask("secretary", IMPORT, content=seen["content"]))["data"]["calendarImport"]

    names = {"beforeName": "", "afterName": "New Year"}
    assert seen["differences"] == [
        {"date": "2027-01-01", "before": "WORKING", "after": "HOLIDAY", **names},
        {"date": "2027-01-02", "before": "WEEKEND", "after": "MAKE_UP", **names},
    ]
    assert (seen["years"], seen["leftOut"]) == ([2027], [])
    assert taken == {"change": {"source": "a.csv", "years": [{"year": 2027}]}}
    assert (await ask("member", YEAR, year=2027))["data"]["calendar"]["source"] == "Said here for the whole year."
    nothing = (await ask("secretary", PREVIEW, content=content))["data"]["calendarPreview"]
    assert nothing["differences"] == []


async def test_a_preview_of_a_whole_file_shows_what_goes(ask, everyone):
    content = "date,kind\n2026-10-01,off\n"

    seen = (await ask("secretary", PREVIEW, content=content, replace=True))["data"]["calendarPreview"]["differences"]

    assert len(seen) == 39
    assert {"2026-02-14": "WEEKEND", "2026-10-02": "WORKING"}.items() <= {
        one["date"]: one["after"] for one in seen
    }.items()
    assert await AuditEntry.all().count() == 0


async def test_changes_are_listed_those_of_one_day_too(ask, everyone):
    secretary = everyone["secretary"]
    await change_day(secretary, make.TODAY, mark=DayMark.WORKED, reason="first")
    await import_days(secretary, {dt.date(2027, 1, 1): Said(DayMark.OFF)}, reason="second")

    whole, one = await ask("member", CHANGES), await ask("member", CHANGES, day="2026-11-22")

    assert [edge["node"]["reason"] for edge in whole["data"]["calendarChanges"]["edges"]] == ["second", "first"]
    assert one["data"]["calendarChanges"] == {"totalCount": 1, "edges": [{"node": {"reason": "first"}}]}


async def test_the_next_year_is_missed_by_the_office_from_october_on(ask, everyone):
    def at(month):
        now = make.NOW.replace(month=month)
        return make.viewer(Role.SECRETARY, now=now), make.viewer(Role.CUSTODIAN, now=now)

    async def cards(viewer):
        found = (await ask(viewer, CARDS))["data"]["viewer"]["awaits"]
        return [card for card in found if card["code"] == "CALENDAR"]

    september, october, custodian = at(9)[0], *at(10)
    card = {
        "code": "CALENDAR",
        "title": "The working calendar of 2027 is missing",
        "address": "/calendar?year=2027",
        "urgent": False,
    }
    assert [await cards(one) for one in (september, october, custodian)] == [[], [card], []]
    elsewhere = make.viewer(Role.SECRETARY, zone=ZoneInfo("Europe/Zurich"))
    (urgent,) = await cards(elsewhere)
    assert (urgent["title"], urgent["urgent"]) == ("The working calendar of 2026, 2027 is missing", True)

    await import_days(october, {dt.date(2027, 1, 1): Said(DayMark.OFF)}, reason="notice")
    assert await cards(october) == []
