"""Which way, and when: quiet hours, digests and trying again as tables."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from server.rules.messages import (
    AGAIN,
    DAILY,
    EMAIL,
    Hours,
    Mode,
    Planned,
    Topic,
    Urgency,
    after_quiet,
    again,
    chosen,
    is_news,
    is_quiet,
    needs_slip,
    next_digest,
    planned,
    tells_all,
    ways,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT, NOON, NEVER = Hours(21, 7), Hours(12, 14), Hours(5, 5)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [
        (NIGHT, 20, False),
        (NIGHT, 21, True),
        (NIGHT, 23, True),
        (NIGHT, 0, True),
        (NIGHT, 6, True),
        (NIGHT, 7, False),
        (NOON, 11, False),
        (NOON, 12, True),
        (NOON, 13, True),
        (NOON, 14, False),
        (NEVER, 5, False),
        (NEVER, 4, False),
        (Hours(0, 23), 22, True),
        (Hours(0, 23), 23, False),
    ],
)
def test_an_hour_is_quiet_or_not(hours: Hours, hour: int, quiet: bool) -> None:
    assert is_quiet(hour, hours) is quiet


@pytest.mark.parametrize(
    ("hours", "moment", "then"),
    [
        (NIGHT, "2026-11-22T10:00", "2026-11-22T10:00"),
        (NIGHT, "2026-11-22T20:59:59", "2026-11-22T20:59:59"),
        (NIGHT, "2026-11-22T21:00", "2026-11-23T07:00"),
        (NIGHT, "2026-11-23T00:00", "2026-11-23T07:00"),
        (NIGHT, "2026-11-23T06:59:59", "2026-11-23T07:00"),
        (NIGHT, "2026-12-31T22:00", "2027-01-01T07:00"),
        (NOON, "2026-11-22T12:30", "2026-11-22T14:00"),
        (NEVER, "2026-11-22T05:30", "2026-11-22T05:30"),
    ],
)
def test_what_falls_into_quiet_hours_comes_at_their_end(hours: Hours, moment: str, then: str) -> None:
    assert after_quiet(at(moment), hours, SHANGHAI) == at(then)


def test_quiet_hours_are_those_of_the_clock_on_the_wall_when_it_is_set_forward() -> None:
    assert after_quiet(at("2026-03-29T01:30", BERLIN), NIGHT, BERLIN) == at("2026-03-29T07:00", BERLIN)
    assert after_quiet(at("2026-10-24T23:00", BERLIN), NIGHT, BERLIN) == at("2026-10-25T07:00", BERLIN)


@pytest.mark.parametrize(
    ("day", "hour", "moment", "then"),
    [
        # 22 November 2026 is a Sunday
        (0, 8, "2026-11-22T10:00", "2026-11-23T08:00"),
        (0, 8, "2026-11-23T07:59", "2026-11-23T08:00"),
        (0, 8, "2026-11-23T08:00", "2026-11-30T08:00"),
        (6, 8, "2026-11-22T10:00", "2026-11-29T08:00"),
        (6, 18, "2026-11-22T10:00", "2026-11-22T18:00"),
        (DAILY, 8, "2026-11-22T10:00", "2026-11-23T08:00"),
        (DAILY, 18, "2026-11-22T10:00", "2026-11-22T18:00"),
        (4, 0, "2026-12-31T23:00", "2027-01-01T00:00"),
    ],
)
def test_a_digest_comes_at_the_next_time_of_its_day(day: int, hour: int, moment: str, then: str) -> None:
    assert next_digest(at(moment), Hours(digest_day=day, digest_hour=hour), SHANGHAI) == at(then)


CHOICES = {(Topic.OFFICE, "sms"): Mode.NOW, (Topic.ACCOUNT, EMAIL): Mode.NEVER, (Topic.LEARNING, "sms"): Mode.NEVER}


@pytest.mark.parametrize(
    ("topic", "channel", "choices", "mode"),
    [
        (Topic.OFFICE, EMAIL, {}, Mode.NOW),
        (Topic.ACCOUNT, EMAIL, {}, Mode.NOW),
        (Topic.SEAT, EMAIL, {}, Mode.NOW),
        (Topic.BODIES, EMAIL, {}, Mode.DIGEST),
        (Topic.LEARNING, EMAIL, {}, Mode.DIGEST),
        (Topic.OFFICE, "sms", {}, Mode.NEVER),
        (Topic.OFFICE, "sms", CHOICES, Mode.NOW),
        (Topic.ACCOUNT, "sms", CHOICES, Mode.NEVER),
        (Topic.ACCOUNT, EMAIL, CHOICES, Mode.NEVER),
    ],
)
def test_without_a_choice_only_e_mail_comes(topic: Topic, channel: str, choices: dict, mode: Mode) -> None:
    assert chosen(topic, channel, choices) is mode


@pytest.mark.parametrize(
    ("topic", "choices", "address", "found"),
    [
        (Topic.OFFICE, {}, True, [(EMAIL, Mode.NOW)]),
        (Topic.OFFICE, {}, False, []),
        (Topic.OFFICE, CHOICES, True, [(EMAIL, Mode.NOW), ("sms", Mode.NOW)]),
        (Topic.OFFICE, CHOICES, False, [("sms", Mode.NOW)]),
        (Topic.ACCOUNT, CHOICES, True, []),
        (Topic.LEARNING, CHOICES, True, [(EMAIL, Mode.DIGEST)]),
    ],
)
def test_a_message_leaves_by_what_was_chosen(topic: Topic, choices: dict, address: bool, found: list) -> None:
    assert list(ways(topic, choices, address=address)) == found


@pytest.mark.parametrize(
    ("choices", "address", "account", "slip"),
    [
        ({}, True, False, False),
        ({}, False, False, True),
        ({}, False, True, True),
        ({(Topic.OFFICE, EMAIL): Mode.NEVER}, True, True, False),
        ({(Topic.OFFICE, EMAIL): Mode.NEVER}, True, False, True),
        ({(Topic.OFFICE, "sms"): Mode.NOW}, False, False, False),
    ],
)
def test_a_slip_is_for_whom_nothing_reaches_who_did_not_choose_that(
    choices: dict, address: bool, account: bool, slip: bool
) -> None:
    assert needs_slip(Topic.OFFICE, choices, address=address, account=account) is slip


@pytest.mark.parametrize(
    ("choices", "address", "account", "slip"),
    [
        ({}, True, True, True),
        ({(Topic.OFFICE, EMAIL): Mode.DIGEST}, True, True, True),
        ({(Topic.OFFICE, EMAIL): Mode.NEVER}, True, True, False),
        ({(Topic.OFFICE, EMAIL): Mode.NEVER}, True, False, True),
        ({(Topic.OFFICE, "sms"): Mode.NOW}, True, True, False),
        ({}, False, True, True),
    ],
)
def test_without_a_mail_server_a_slip_is_for_whom_it_would_have_reached(
    choices: dict, address: bool, account: bool, slip: bool
) -> None:
    assert needs_slip(Topic.OFFICE, choices, address=address, account=account, by_email=False) is slip


@pytest.mark.parametrize(
    ("mode", "urgency", "moment", "due", "digest"),
    [
        (Mode.NOW, Urgency.USUAL, "2026-11-22T10:00", "2026-11-22T10:00", False),
        (Mode.NOW, Urgency.USUAL, "2026-11-22T23:00", "2026-11-23T07:00", False),
        (Mode.NOW, Urgency.URGENT, "2026-11-22T23:00", "2026-11-22T23:00", False),
        (Mode.DIGEST, Urgency.USUAL, "2026-11-22T23:00", "2026-11-23T08:00", True),
        (Mode.DIGEST, Urgency.URGENT, "2026-11-22T23:00", "2026-11-22T23:00", False),
    ],
)
def test_what_is_urgent_waits_for_nothing(mode: Mode, urgency: Urgency, moment: str, due: str, digest: bool) -> None:
    found = planned(iter([(EMAIL, mode)]), Hours(), urgency, at(moment), SHANGHAI)

    assert found == [Planned(EMAIL, at(due), digest)]


def test_a_digest_does_not_come_in_quiet_hours() -> None:
    hours = Hours(21, 7, DAILY, 5)

    (found,) = planned(iter([(EMAIL, Mode.DIGEST)]), hours, Urgency.USUAL, at("2026-11-22T10:00"), SHANGHAI)

    assert found.due_at == at("2026-11-23T07:00")


def test_a_recipient_who_is_refused_is_tried_three_times_more_over_more_than_a_day() -> None:
    now = at("2026-11-22T10:00")

    assert [again(tries, now) for tries in (1, 2, 3, 4)] == [*(now + wait for wait in AGAIN), None]
    assert sum(AGAIN, dt.timedelta()) > dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "until", "news"),
    [
        ("2026-11-22", None, True),
        ("2027-01-01", "2027-01-02", True),
        ("2026-10-22", None, True),
        ("2026-10-21", None, False),
        ("2026-11-01", "2026-11-23", True),
        ("2026-11-01", "2026-11-22", False),
        (None, None, False),
        (None, "2027-01-01", False),
    ],
)
def test_what_began_long_ago_or_is_over_is_history(on: str | None, until: str | None, news: bool) -> None:
    days = [dt.date.fromisoformat(day) if day else None for day in (on, until)]

    assert is_news(days[0], dt.date(2026, 11, 22), days[1]) is news


def test_a_text_leaves_the_house_only_where_that_was_said() -> None:
    assert (tells_all("secret", outside=False), tells_all("open", outside=True)) == ("", "open")
