"""Attendance: who is expected, what counts, checking in, and leave asked for (AT-1, AT-2, AT-3)."""

import datetime as dt
import enum
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

EARLY = dt.timedelta(minutes=30)
"""How long before a session begins people check in."""
STEP = 30
"""Seconds for which a code stands on the screen; the one before it is taken, too, for who is slow to lift a phone."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of a code: nothing that is read for something else."""
LENGTH = 6


class Rsvp(enum.Enum):
    """What someone answered. LEAVE: they asked for leave, whatever became of that."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    LEAVE = "leave"
    WAITING = "waiting"


class Presence(enum.Enum):
    """What was seen of one person at one session."""

    PRESENT = "present"
    REMOTE = "remote"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    EXEMPT = "exempt"


CAME = frozenset({Presence.PRESENT, Presence.REMOTE, Presence.LATE, Presence.LEFT_EARLY})
IN_PART = frozenset({Presence.LATE, Presence.LEFT_EARLY})


class Method(enum.Enum):
    """How attendance became known."""

    QR = "qr"
    SELF = "self"
    STAFF = "staff"
    IMPORT = "import"


class LeaveState(enum.Enum):
    """Where a request for leave stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LeaveScope(enum.Enum):
    """For all of it, or for some of its sessions."""

    FULL = "full"
    PART = "part"


@dataclass(frozen=True)
class Rates:
    """Over sessions at which someone was expected (AT-2). None for a rate: nothing was expected."""

    expected: int
    came: Fraction
    excused: int

    @property
    def attendance(self) -> Fraction | None:
        """The share at which they were there, 0 to 1."""
        return self.came / self.expected if self.expected else None

    @property
    def commitment(self) -> Fraction | None:
        """The share at which they were there or validly excused, 0 to 1."""
        return (self.came + self.excused) / self.expected if self.expected else None


def rates(seen: Iterable[Presence], *, weight: Fraction = Fraction(1)) -> Rates:
    """Of what was seen at sessions held while the seat was active. weight: of who came late or left early."""
    counted = [one for one in seen if one is not Presence.EXEMPT]
    came = sum((weight if one in IN_PART else Fraction(1) for one in counted if one in CAME), Fraction(0))
    return Rates(len(counted), came, counted.count(Presence.EXCUSED))


Spans = Mapping[UUID, Sequence[tuple[UUID | None, dt.date | None, dt.date | None]]]
"""By person: what held in which span of days, such as the sector that their seat stood for."""


def by_group(
    seen: Iterable[tuple[UUID, dt.date, Presence]], seats: Spans, groups: Spans
) -> dict[UUID | None, list[Presence]]:
    """What was seen of people at sessions held while their seat was active, by the group of that day (AT-2).

    seen: who, on which day, what. seats: spans in which seats were active. None: of no group on that day.
    """
    found: dict[UUID | None, list[Presence]] = {}
    for person, day, presence in seen:
        if any(counts(day, starts, ends) for _, starts, ends in seats.get(person, ())):
            held = (group for group, starts, ends in groups.get(person, ()) if counts(day, starts, ends))
            found.setdefault(next(held, None), []).append(presence)
    return found


def counts(day: dt.date, starts_on: dt.date | None, ends_on: dt.date | None) -> bool:
    """Whether a session of that day counts for a seat of that span: not before it began, nor once it has ended."""
    return (starts_on is None or starts_on <= day) and (ends_on is None or day < ends_on)


def window_open(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether people check in by themselves now (AT-3)."""
    return starts_at - EARLY <= now <= ends_at


def on_arrival(starts_at: dt.datetime, now: dt.datetime, *, grace: dt.timedelta = dt.timedelta(0)) -> Presence:
    """What checking in now makes of someone."""
    return Presence.LATE if now > starts_at + grace else Presence.PRESENT


def code_at(key: bytes, session: UUID, moment: dt.datetime) -> str:
    """The code on the screen at that moment: of no use half a minute later, nor for another session. key: secret."""
    turn = int(moment.timestamp()) // STEP
    digest = hmac.digest(key, b"check-in:" + session.bytes + turn.to_bytes(8, "big"), "sha256")
    value = int.from_bytes(digest[:8], "big")
    found = []
    for _ in range(LENGTH):
        value, at = divmod(value, len(LETTERS))
        found.append(LETTERS[at])
    return "".join(found)


def code_holds(key: bytes, session: UUID, code: str, now: dt.datetime) -> bool:
    """Whether that code is on the screen, or was a moment ago."""
    said = code.strip().upper().encode("ascii", "replace")
    steps = (now, now - dt.timedelta(seconds=STEP))
    return any(hmac.compare_digest(said, code_at(key, session, one).encode()) for one in steps)


def check_in_key(secret_key: str) -> bytes:
    """The key of the codes, made of the house's own."""
    return hmac.digest(secret_key.encode(), b"codes of check-in", "sha256")


def keyed_phone(number: str, secret_key: str) -> str:
    """What is kept of a phone that checks in; empty where it says no number."""
    return hmac.new(secret_key.encode(), f"phone {number}".encode(), "sha256").hexdigest() if number else ""


def turns_at(moment: dt.datetime) -> dt.datetime:
    """When the next code comes."""
    turn = int(moment.timestamp()) // STEP + 1
    return dt.datetime.fromtimestamp(turn * STEP, dt.UTC)


def is_late(submitted_on: dt.date, leave_by: dt.date) -> bool:
    """Whether leave was asked for after its deadline: it is decided all the same, and said to be late (AT-1)."""
    return submitted_on > leave_by
