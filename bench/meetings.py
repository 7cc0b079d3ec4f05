"""The activities of the data set: thirty people on the list of each, what they answered, and whether they came."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.papers import NOW
from server.models.activities.tables import Activity, ActivityOrganiser, ActivitySession, Attendance, Participation
from server.models.bodies.tables import BodyKind
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import Method, Presence, Rsvp

if TYPE_CHECKING:
    from bench.dataset import Assembly, Row

ACTIVITIES, PEOPLE = 200, 30
"""At scale 1. Activities grow with the scale; how many people come to each does not."""
KINDS = (ActivityKind.CONSULTATION, ActivityKind.INSPECTION, ActivityKind.STUDY_SESSION, ActivityKind.RESEARCH)


@dataclass
class Meetings:
    """Makes the rows, each after what it points to. viewer: who is on the list of one in twenty of them."""

    assembly: "Assembly"
    viewer: UUID
    activities: list[UUID] = field(default_factory=list)
    mine: list[UUID] = field(default_factory=list)
    """Those to which that member comes."""

    def rows(self) -> Iterator["Row"]:
        """All of them."""
        for number in range(ACTIVITIES * self.assembly.scale):
            yield from self._activity(number)

    def _activity(self, number: int) -> Iterator["Row"]:
        """Two begin at the same moment; all but the last tenth were held."""
        key, session = self.assembly.key(), self.assembly.key()
        self.activities.append(key)
        held = number < ACTIVITIES * self.assembly.scale * 9 // 10
        begins = NOW - dt.timedelta(days=number // 2 % 400 if held else -30, minutes=number // 2)
        span = {"starts_at": begins, "ends_at": begins + dt.timedelta(hours=3)}
        said = {"title_zh": f"活动{number}", "title_en": f"Activity {number}", "venue": "Hall"}
        due = {"materials_by": begins.date(), "leave_by": begins.date(), "announced_at": begins - dt.timedelta(days=9)}
        facts: dict[str, Any] = {
            "kind": KINDS[number % len(KINDS)],
            "state": ActivityState.LOCKED if held else ActivityState.OPEN,
            "audience": ActivityAudience.INVITED,
        }
        yield Activity, {"id": key, **facts, **said, **span, **due}
        committees = self.assembly.bodies[BodyKind.SPECIAL_COMMITTEE]
        by = {"body_id": committees[number % len(committees)], "n": 0}
        yield ActivityOrganiser, {"id": self.assembly.key(), "activity_id": key, **by}
        yield ActivitySession, {"id": session, "activity_id": key, "n": 1, **span}
        for person in self._people(number):
            yield from self._participation(key, session, person, number, held=held)

    def _people(self, number: int) -> Iterator[UUID]:
        """Spread over all members; the viewer among them in one of twenty."""
        people = self.assembly.people
        found = [people[(number * 7919 + nth * 131) % len(people)] for nth in range(PEOPLE)]
        if number % 20 == 0 and self.viewer not in found:
            found[0] = self.viewer
        yield from dict.fromkeys(found)

    def _participation(
        self, activity: UUID, session: UUID, person: UUID, number: int, *, held: bool
    ) -> Iterator["Row"]:
        key, nth = self.assembly.key(), self.assembly.chance.randrange(10)
        if person == self.viewer:
            self.mine.append(activity)
        rsvp = Rsvp.YES if nth or person == self.viewer else Rsvp.NO
        when = {"added_at": NOW, "invited_at": NOW, "rsvp_at": NOW, "rsvp": rsvp}
        role = ParticipantRole.MEMBER if nth else ParticipantRole.EXPERT
        yield Participation, {"id": key, "activity_id": activity, "person_id": person, "role": role, **when}
        if held:
            seen = {"presence": Presence.LATE if nth == 1 else Presence.PRESENT if nth else Presence.ABSENT}
            of = {"participation_id": key, "session_id": session, "method": Method.STAFF, "noted_at": NOW}
            yield Attendance, {"id": self.assembly.key(), **of, **seen}
