"""A hearing begins where enough people are there; else it is postponed, and notice is given anew (HE-3)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.errors import Invalid
from server.models import audit
from server.models.activities import Activity, majority_of
from server.models.activities.moving import keep_majority
from server.models.database import transaction
from server.models.hearings.applying import PLACED, applications_of, step
from server.models.hearings.moving import moved, put_off, stepping
from server.models.hearings.tables import Hearing, HearingOfficer
from server.models.history import not_there
from server.rules.activities import MajorityStage
from server.rules.hearings import (
    ApplicationState,
    ApplicationStep,
    HearingState,
    HearingStep,
    Standing,
    conflicts,
    outcome,
    profile_of,
)
from server.rules.hearings.panel import PANEL
from server.viewer import Viewer
from server.words import Words


async def hearing_start(
    viewer: Viewer, *, hearing: UUID, delegates: Sequence[UUID] = (), panel: Sequence[UUID] = ()
) -> Hearing:
    """It begins with those who are here. delegates: their applications; panel: people, where the quorum is of those.

    Where too few are here and nothing else stands in the way, it is postponed: the hearing that is returned says so.
    Raises Invalid on another day, and where someone on the panel would speak; NotThere for whoever has no place.
    """
    async with transaction():
        row, activity = await stepping(viewer, hearing, HearingStep.START)
        placed = await applications_of(hearing, list(PLACED))
        hears = await HearingOfficer.filter(hearing_id=hearing, duty__in=list(PANEL)).values_list(
            "person_id", flat=True
        )
        _must_have_a_place([each.id for each in placed], delegates, "delegates")
        _must_have_a_place(hears, panel, "panel")
        day = activity.starts_at.astimezone(viewer.zone).date()
        quorum = profile_of(row.profile).quorum
        here, expected = (panel, hears) if quorum.panel else (delegates, placed)
        now = Standing(
            days_left=(day - viewer.today).days,
            quorum=quorum,
            present=len(set(here)),
            expected=len(expected),
            both=len(conflicts(hears, {each.person_id for each in placed})),
        )
        found = outcome(row.state, HearingStep.START, now)
        if found.state is HearingState.POSTPONED:
            return await put_off(viewer, row, activity, _said(found.problems[0].message))
        if found.problems:
            raise Invalid(*found.problems)
        for each in placed:
            if each.state is ApplicationState.SELECTED:
                await step(viewer, each, ApplicationStep.CONFIRM)
            await step(viewer, each, ApplicationStep.COME if each.id in delegates else ApplicationStep.MISS)
        await _look(viewer, row, activity, day)
        about: dict[str, Any] = {"present": now.present, "expected": now.expected}
        await audit.record(viewer, "hearings.quorum", f"hea_{hearing}", about)
        return await moved(viewer, row, activity, HearingStep.START)


def _must_have_a_place(known: Sequence[Any], named: Sequence[UUID], field: str) -> None:
    if set(named) - set(known):
        raise not_there(field)


def _said(words: Words) -> str:
    """In both languages: it stands as the reason for which it was postponed."""
    return f"{words.into('zh')} {words.into('en')}"


async def _look(viewer: Viewer, row: Hearing, activity: Activity, day: Any) -> None:
    if profile_of(row.profile).majority:
        found = await majority_of(activity, MajorityStage.START, day)
        await keep_majority(viewer, activity, MajorityStage.START, found)
