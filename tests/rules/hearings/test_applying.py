"""Who may apply to be heard, and who has a place in order of arrival."""

import datetime as dt
from uuid import UUID

import pytest

from server.rules.hearings import PROFILES, Capacity
from server.rules.hearings.applying import Applying, applying_problems, conflict_words, reaching_problems
from server.rules.hearings.lottery import Why
from server.rules.hearings.notice import NoticePart, told
from server.rules.hearings.panel import HearingDuty, duty_problems, presiding_problems
from server.rules.hearings.queue import Placed, Queued, queue

TODAY = dt.date(2026, 11, 22)
ARTS, LAW = UUID(int=1), UUID(int=2)
C = Capacity


@pytest.mark.parametrize(
    ("profile", "who", "codes"),
    [
        ("members_hear", Applying(C.MEMBER, seated=True), []),
        ("members_hear", Applying(C.MEMBER), ["MEMBERS_ONLY"]),
        ("members_hear", Applying(C.EXPERT, seated=True), ["MEMBERS_ONLY"]),
        ("members_hear", Applying(C.MEMBER, seated=True, hears=True), ["PANEL_SPEAKS"]),
        ("light", Applying(C.AFFECTED, "it is far"), []),
        ("light", Applying(C.AFFECTED, " "), ["SUMMARY_MISSING"]),
        ("light", Applying(C.AFFECTED, "it is far", civil_servant=True), ["CIVIL_SERVANT"]),
        ("prefecture", Applying(C.AFFECTED, "it is far", civil_servant=True), []),
        ("light", Applying(C.MEMBER, "it is far"), ["NO_SEAT"]),
        ("light", Applying(C.MEMBER, "it is far", seated=True), []),
        ("light", Applying(C.LAWYER, "it is far"), ["NO_PLACES"]),
        ("light", Applying(C.INVITED, "it is far"), ["NO_PLACES"]),
    ],
)
def test_who_may_apply_as_what(profile: str, who: Applying, codes: list[str]):
    places = {C.AFFECTED, C.PUBLIC, C.MEMBER, C.INVITED}
    found = applying_problems(PROFILES[profile], who, places=places, until=TODAY, today=TODAY)
    assert [problem.code for problem in found] == codes


def test_one_applies_until_the_end_of_the_last_day():
    who, tomorrow = Applying(C.MEMBER, seated=True), TODAY + dt.timedelta(days=1)
    found = applying_problems(PROFILES["members_hear"], who, places={C.MEMBER}, until=TODAY, today=tomorrow)
    assert [problem.code for problem in found] == ["APPLICATIONS_OVER"]


@pytest.mark.parametrize(
    ("reached", "codes"),
    [
        (("Dan", "dan@example.org", ""), []),
        (("Dan", "", "1234"), []),
        ((" ", "", "1234"), ["NAME_MISSING"]),
        (("Dan", "dan", ""), ["BAD_EMAIL"]),
        (("Dan", " ", ""), ["CONTACT_MISSING"]),
    ],
)
def test_who_applies_without_an_account_says_who_they_are_and_can_be_reached(
    reached: tuple[str, str, str], codes: list[str]
):
    assert [problem.code for problem in reaching_problems(*reached)] == codes


def test_what_may_speak_against_someone_is_said():
    assert conflict_words(hears=False, heard=False, civil_servant=False) == []
    assert [str(words) for words in conflict_words(hears=True, heard=True, civil_servant=True)] == [
        "on the panel, too",
        "belongs to the department that is heard",
        "civil servant in service",
    ]


def test_places_go_in_order_of_arrival_and_the_rest_is_in_reserve():
    found = queue([Queued(4, C.PUBLIC), Queued(2, C.PUBLIC), Queued(7, C.EXPERT)], {C.PUBLIC: 1})
    assert found == [
        Placed(2, 1, 1, Why.RANK),
        Placed(4, 2, 1, Why.CLASS_FULL),
        Placed(7, 1, 0, Why.NO_PLACES),
    ]


def test_of_one_sector_at_most_so_many_while_others_want_to_come():
    arts = [Queued(n, C.MEMBER, ARTS) for n in (1, 2, 3)]
    law, none = Queued(4, C.MEMBER, LAW), [Queued(n, C.MEMBER) for n in (5, 6)]
    of_three = queue([*arts, law, *none], {C.MEMBER: 3}, per_sector=1)
    assert [each.serial for each in of_three if each.why is Why.RANK] == [1, 4, 5]
    of_five = queue([*arts, law, *none], {C.MEMBER: 5}, per_sector=1)
    assert [each.serial for each in of_five if each.why is Why.RANK] == [1, 2, 4, 5, 6], "one place was left"


def test_what_a_notice_says_is_what_was_written_and_what_every_hearing_has():
    empty = dict.fromkeys(("contact", "purpose", "matter", "basis", "conditions", "complaints", "public_draw"), " ")
    least = {NoticePart.ORGANISER, NoticePart.TIME, NoticePart.DEADLINE, NoticePart.METHOD, NoticePart.COMMITMENT}
    assert told(empty, place="", numbers=0) == least
    more = told(empty | {"contact": "1234"}, place="Hall 1", numbers=3)
    assert more == least | {NoticePart.CONTACT, NoticePart.PLACE, NoticePart.NUMBER}


def test_one_presides_and_nobody_is_on_the_panel_twice():
    lin, mei = UUID(int=3), UUID(int=4)
    presides, hears, writes = HearingDuty.PRESIDING, HearingDuty.PANEL, HearingDuty.RECORDER
    assert not list(duty_problems([(lin, presides), (mei, hears), (mei, writes)]))
    assert [each.code for each in duty_problems([(lin, presides), (mei, presides)])] == ["TWO_PRESIDE"]
    assert [each.code for each in duty_problems([(lin, presides), (lin, hears)])] == ["TWICE"]
    assert [each.code for each in duty_problems([(lin, writes), (lin, writes)])] == ["TWICE"]
    assert [each.code for each in presiding_problems([hears])] == ["NOBODY_PRESIDES"]
    assert not list(presiding_problems([presides]))
