"""Every date that follows from the day of a hearing, each with its rule; and the first day that keeps them all (HE-1).

Days before the hearing are the last ones on which a thing can be done, days after it those by which it is due. What is
not known yet is reckoned from when it is due at the latest.
"""

import calendar as months
import datetime as dt
from collections.abc import Iterable, Iterator

from server.errors import Problem
from server.rules.calendar import DAY, Calendar, add_working_days, is_working
from server.rules.hearings.due import NAMES, Deadline, Due, Happened
from server.rules.hearings.profiles import OURS, Family, Profile, Selection
from server.rules.hearings.records import corrections_until, report_due
from server.words import Words, say

KNOWN_DAYS = 3
"""Days before the hearing by which delegates know that they are, where no rule names a day (ours)."""
OPEN_DAYS = 3
"""Days in which one can apply at least (ours)."""
CHOOSING = {Selection.FIFO: 1, Selection.LOTTERY: 2, Selection.COLLECTIVE: 3}
"""Working days from the close of applications until the delegates are known (ours); the draw is on the one before."""
ERASED_AFTER = 6
"""Months after the feedback in which what was left to reach an applicant by is erased (ours)."""
SEARCHED = 400
"""Days after which no day is looked for any more."""


Reckoned = tuple[Due, dt.date, Words, str, str]


def deadlines(
    profile: Profile, day: dt.date, calendar: Calendar, today: dt.date, happened: Happened | None = None
) -> list[Deadline]:
    """Every date that follows from a hearing on that day, in order of days."""
    reckoned = [*_before(profile, day, calendar), *_after(profile, day, calendar, happened or Happened())]
    found = [Deadline(*each, past=each[1] < today) for each in reckoned]
    return sorted(found, key=lambda each: (each.day, list(Due).index(each.due)))


def _before(profile: Profile, day: dt.date, calendar: Calendar) -> Iterator[Reckoned]:
    closes = _closing(profile, day, calendar)
    yield _notice(profile, day, closes[1])
    yield closes
    if profile.selection is Selection.LOTTERY:
        drawn = add_working_days(calendar, _known(profile, day), -1)
        yield Due.LOTTERY, drawn, say("The last working day before the delegates are known"), "HE-2", OURS
    for due, field, days in (
        (Due.DELEGATE_LIST, "list_days", profile.list_days),
        (Due.MATERIALS, "material_days", profile.material_days),
    ):
        if days is not None:
            yield due, day - days * DAY, _days_before(days), "HE-1", profile.source(field)
    if (hours := profile.statement_hours) is not None:
        how = say("Hours before the hearing: {n}", n=hours)
        yield Due.WRITTEN_STATEMENTS, day - -(-hours // 24) * DAY, how, "HE-1", profile.source("statement_hours")
    yield Due.HEARING, day, say("The day that was chosen"), "HE-1", OURS


def _notice(profile: Profile, day: dt.date, closes: dt.date) -> Reckoned:
    if (opens := closes - OPEN_DAYS * DAY) < day - profile.notice_days * DAY:
        return Due.NOTICE, opens, say("Days in which one can apply: {n}", n=OPEN_DAYS), "HE-1", OURS
    days = profile.notice_days
    return Due.NOTICE, day - days * DAY, _days_before(days), "HE-1", profile.source("notice_days")


def _closing(profile: Profile, day: dt.date, calendar: Calendar) -> Reckoned:
    if (days := profile.registration_days) is not None:
        last = day - days * DAY
        return Due.APPLICATIONS_CLOSE, last, _days_before(days), "HE-1", profile.source("registration_days")
    n = CHOOSING[profile.selection]
    how = say("Working days before the delegates are known: {n}", n=n)
    return Due.APPLICATIONS_CLOSE, add_working_days(calendar, _known(profile, day), -n), how, "HE-1", OURS


def _known(profile: Profile, day: dt.date) -> dt.date:
    """By when the delegates know that they are: for their list, for their materials, or in time to come."""
    return day - max(profile.list_days or KNOWN_DAYS, profile.material_days or KNOWN_DAYS) * DAY


def _after(profile: Profile, day: dt.date, calendar: Calendar, happened: Happened) -> Iterator[Reckoned]:
    day = happened.ended or day
    minutes = add_working_days(calendar, day, profile.minutes_working_days)
    how = say("Working days after the hearing: {n}", n=profile.minutes_working_days)
    yield Due.MINUTES, minutes, how, "HE-4", profile.source("minutes_working_days")
    if (answers := profile.answer_working_days) is not None:
        answered, how = add_working_days(calendar, day, answers), say("Working days after the hearing: {n}", n=answers)
        yield Due.ANSWERS, answered, how, "HE-1", profile.source("answer_working_days")
    until = corrections_until(happened.record_opened or minutes, profile.correction_days)
    how = say("Days after the record is open: {n}", n=profile.correction_days)
    yield Due.CORRECTIONS, until, how, "HE-4", profile.source("correction_days")
    report = report_due(calendar, happened.record_final or until, profile.report_working_days)
    how = say("Working days after the record is final: {n}", n=profile.report_working_days)
    yield Due.REPORT, report, how, "HE-4", profile.source("report_working_days")
    fed_back = add_working_days(calendar, happened.report_published or report, profile.feedback_working_days)
    how = say("Working days after the report is published: {n}", n=profile.feedback_working_days)
    yield Due.FEEDBACK, fed_back, how, "HE-4", profile.source("feedback_working_days")
    if profile.family is Family.PUBLIC:
        erased = months_later(happened.fed_back or fed_back, ERASED_AFTER)
        yield Due.ERASURE, erased, say("Months after the feedback: {n}", n=ERASED_AFTER), "RT-1", OURS


def _days_before(n: int) -> Words:
    return say("Days before the hearing: {n}", n=n)


def months_later(day: dt.date, n: int) -> dt.date:
    """The same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + n, 12)
    last = months.monthrange(day.year + years, month + 1)[1]
    return day.replace(day.year + years, month + 1, min(day.day, last))


BEFORE = tuple(Due)[: tuple(Due).index(Due.HEARING) + 1]
FATAL = frozenset({Due.HEARING, Due.APPLICATIONS_CLOSE})
"""No good cause helps: nobody could apply any more."""


def day_problems(found: Iterable[Deadline], *, good_cause: str = "") -> Iterator[Problem]:
    """What speaks against the day that was chosen, as `deadlines` reckoned it: refused, or a good cause is demanded."""
    missed = [each for each in found if each.past and each.due in BEFORE]
    for each in missed:
        if each.due in FATAL:
            yield Problem("TOO_SOON", say("Nobody could apply any more. Choose a later day."), "day", each.rule)
            return
    if missed and not good_cause.strip():
        first = missed[0]
        words = say(
            "{day} is past, the last day for: {what}. Take a later day, or say the good cause.",
            day=first.day,
            what=NAMES[first.due],
        )
        yield Problem("NEEDS_GOOD_CAUSE", words, "good_cause", "HE-1")


def earliest(profile: Profile, calendar: Calendar, today: dt.date) -> dt.date | None:
    """The first working day that keeps every deadline if notice is given today; None where none is near."""
    days = (today + n * DAY for n in range(1, SEARCHED))
    return next((day for day in days if is_working(calendar, day) and _keeps(profile, day, calendar, today)), None)


def _keeps(profile: Profile, day: dt.date, calendar: Calendar, today: dt.date) -> bool:
    return all(last >= today for _, last, *_ in _before(profile, day, calendar))
