"""Document reading: who may see, read, download or manage a document, and why (RD-1)."""

import datetime as dt
import enum
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.errors import Problem
from server.words import Words, say


class Act(enum.Enum):
    """What is wanted with a document. Each of the first three carries those before it; managing carries none."""

    SEE = "see"
    READ = "read"
    DOWNLOAD = "download"
    MANAGE = "manage"

    def carries(self, other: "Act") -> bool:
        """Whether who may do this may do the other."""
        return self is other or (Act.MANAGE not in (self, other) and RANK[other] < RANK[self])


RANK = {act: place for place, act in enumerate(Act)}


class Level(enum.Enum):
    """How far a document may go. State secrets are none of these: they are refused."""

    PUBLIC = "public"
    INTERNAL = "internal"
    WORK_SENSITIVE = "work_sensitive"


class ReadMode(enum.Enum):
    """How it is read: page by page on a screen, in the reading room only, or as a file to keep."""

    ONLINE = "online"
    ROOM_ONLY = "room_only"
    DOWNLOAD = "download"


class Media(enum.Enum):
    """What a file is, as its bytes say."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TEXT = "text"
    MARKDOWN = "markdown"


class CatalogueAudience(enum.Enum):
    """Who may know that it exists without a grant, so that they can ask for it."""

    NOBODY = "nobody"
    SOME_BODIES = "some_bodies"
    EVERY_MEMBER = "every_member"


class DocumentState(enum.Enum):
    """What the office decided; that it expired follows from the day."""

    DRAFT = "draft"
    CHECKED = "checked"
    CATALOGUED = "catalogued"
    AVAILABLE = "available"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    DESTROYED = "destroyed"


BEFORE = frozenset({DocumentState.DRAFT, DocumentState.CHECKED, DocumentState.CATALOGUED})
"""Not available yet: whoever keeps it reads it to check it."""


class Effect(enum.Enum):
    """What a grant does."""

    ALLOW = "allow"
    DENY = "deny"


class GrantState(enum.Enum):
    """What was decided of a grant. Whether it has begun, is over or used up follows from time and use."""

    UNCONFIRMED = "unconfirmed"  # it waits for the second person
    DECLINED = "declined"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Grant:
    """A grant that reaches a reader. person: by name, else by a body or a term. used_up: opened as often as it may be.

    valid_until: the first moment at which it holds no more. overrides: lifts denies that come by bodies and terms.
    confirmed: by a second person, without which nothing work-sensitive is opened (RD-2). text: with the words of pages.
    """

    id: UUID
    effect: Effect
    act: Act
    valid_from: dt.datetime
    valid_until: dt.datetime
    state: GrantState = GrantState.ACTIVE
    person: bool = False
    overrides: bool = False
    confirmed: bool = False
    used_up: bool = False
    text: bool = True

    def holds(self, now: dt.datetime) -> bool:
        """Decided, begun and not over."""
        return self.state is GrantState.ACTIVE and self.valid_from <= now < self.valid_until

    def allows(self, act: Act, level: Level) -> bool:
        """An allow carries what it implies."""
        enough = self.confirmed or level is not Level.WORK_SENSITIVE
        return enough and self.effect is Effect.ALLOW and self.act.carries(act)

    def denies(self, act: Act) -> bool:
        """A deny denies what implies it, too."""
        return self.effect is Effect.DENY and act.carries(self.act)


@dataclass(frozen=True)
class Reader:
    """One who wants something, as they stand at this moment, as far as RD-1 looks at it.

    active: an account with a seat, a place or a role that holds today; a visitor has no account and none of the rest.
    custodian: manages the folder of the document. catalogued: belongs to those who may know that it exists.
    agreed: to the agreement as it is worded now. in_room: checked in where the document lies.
    """

    active: bool
    visitor: bool = False
    custodian: bool = False
    catalogued: bool = False
    agreed: bool = False
    in_room: bool = False


@dataclass(frozen=True)
class Paper:
    """A document as RD-1 looks at it. grants: those that concern the reader, whether they hold or not."""

    level: Level
    mode: ReadMode
    state: DocumentState
    available_from: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    agreement: bool = False
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer. code: closed list. rule: the number of the step that decided. may_request: asking makes sense."""

    allowed: bool
    code: str
    reason: Words
    rule: str
    grant: UUID | None = None
    may_request: bool = False

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class _Case:
    """What is decided, with the grants that hold now."""

    reader: Reader
    paper: Paper
    act: Act
    now: dt.datetime
    grants: tuple[Grant, ...]

    def allows(self) -> list[Grant]:
        """The allows that carry this action, the best first: one that can still be used, by name, the longest."""
        found = [grant for grant in self.grants if grant.allows(self.act, self.paper.level)]
        return sorted(found, key=lambda g: (g.used_up, not g.person, -g.valid_until.timestamp(), g.id))

    def told(self, moment: dt.datetime) -> dt.datetime:
        """The same moment by the clock by which it is asked."""
        return moment.astimezone(self.now.tzinfo)


Found = tuple[bool, str, Words] | None


def decide(reader: Reader, paper: Paper, act: Act, now: dt.datetime) -> Verdict:
    """May this reader do this with this document at this moment? The first step that has an answer gives it (RD-1).

    now: aware; the moments of the answer are told by its clock, so pass that of where the assembly sits.
    """
    grants = tuple(grant for grant in paper.grants if grant.holds(now))
    case = _Case(reader, paper, act, now, grants)
    number, (allowed, code, reason) = next(
        (number, found) for number, step in enumerate(STEPS, 1) if (found := step(case)) is not None
    )
    grant = case.allows()[0].id if code == "GRANT" else None
    asks = code in ASKABLE and _lifts(paper, act) and bool(decide(reader, paper, Act.SEE, now))
    return Verdict(allowed, code, reason, f"RD-1 ({number})", grant, asks)


def _lifts(paper: Paper, act: Act) -> bool:
    """Whether a grant would let someone do this: what is not given out as a file is given to nobody."""
    return act is Act.READ or (act is Act.DOWNLOAD and paper.mode is ReadMode.DOWNLOAD)


def _inactive(case: _Case) -> Found:
    if case.reader.active or (case.reader.visitor and case.paper.level is Level.PUBLIC):
        return None
    return False, "INACTIVE", say("No seat, place or role of yours holds today.")


def _custodian(case: _Case) -> Found:
    if not case.reader.custodian:
        return None
    checks = case.act is Act.READ and case.paper.state in BEFORE
    if case.act in (Act.MANAGE, Act.SEE) or checks:
        return True, "CUSTODIAN", say("You keep the folder in which it lies.")
    return None


def _state(case: _Case) -> Found:
    if case.paper.state is DocumentState.AVAILABLE:
        return None
    return False, "STATE", say("It is not available.")


def _embargo(case: _Case) -> Found:
    starts = case.paper.available_from
    if starts is None or starts <= case.now:
        return None
    return False, "EMBARGO", say("It will be available from {moment}.", moment=case.told(starts))


def _expired(case: _Case) -> Found:
    ends = case.paper.expires_at
    if ends is None or case.now < ends:
        return None
    return False, "EXPIRED", say("It was available until {moment}.", moment=case.told(ends))


def _person_deny(case: _Case) -> Found:
    if any(grant.person and grant.denies(case.act) for grant in case.grants):
        return False, "PERSON_DENY", say("It was closed to you by name.")
    return None


def _group_deny(case: _Case) -> Found:
    if any(grant.person and grant.overrides for grant in case.allows()):
        return None
    if any(not grant.person and grant.denies(case.act) for grant in case.grants):
        return False, "GROUP_DENY", say("It was closed to a body to which you belong.")
    return None


def _public(case: _Case) -> Found:
    keeps = case.act is Act.DOWNLOAD and case.paper.mode is ReadMode.DOWNLOAD
    if case.paper.level is Level.PUBLIC and (case.act in (Act.SEE, Act.READ) or keeps):
        return True, "PUBLIC", say("It is public.")
    return None


def _catalogue(case: _Case) -> Found:
    if case.act is Act.SEE and case.reader.catalogued:
        return True, "CATALOGUE", say("You may know that it exists, so that you can ask for it.")
    return None


def _no_grant(case: _Case) -> Found:
    if case.allows():
        return None
    return False, "NO_GRANT", say("Nobody has given you permission for this.")


def _agreement(case: _Case) -> Found:
    if case.act is Act.SEE or not case.paper.agreement or case.reader.agreed:
        return None
    return False, "AGREEMENT", say("Read and accept the agreement first.")


def _room_only(case: _Case) -> Found:
    if case.act is Act.SEE or case.paper.mode is not ReadMode.ROOM_ONLY or case.reader.in_room:
        return None
    return False, "ROOM_ONLY", say("It is read in the reading room only: book a time, and check in there.")


def _exhausted(case: _Case) -> Found:
    if case.act is Act.SEE or not case.allows()[0].used_up:
        return None
    return False, "EXHAUSTED", say("You have opened it as often as you were allowed to.")


def _no_download(case: _Case) -> Found:
    if case.act is not Act.DOWNLOAD or case.paper.mode is ReadMode.DOWNLOAD:
        return None
    return False, "NO_DOWNLOAD", say("It is read here, and not given out as a file.")


def _granted(case: _Case) -> Found:
    until = case.allows()[0].valid_until
    return True, "GRANT", say("You have permission until {moment}.", moment=case.told(until))


STEPS: tuple[Callable[[_Case], Found], ...] = (
    _inactive,
    _custodian,
    _state,
    _embargo,
    _expired,
    _person_deny,
    _group_deny,
    _public,
    _catalogue,
    _no_grant,
    _agreement,
    _room_only,
    _exhausted,
    _no_download,
    _granted,
)
"""In the order of RD-1; the place of each is its number."""

ASKABLE = frozenset({"NO_GRANT", "EXHAUSTED"})
"""Refusals that a grant would lift."""


MOVES: dict[DocumentState, tuple[DocumentState, ...]] = {
    DocumentState.DRAFT: (DocumentState.CHECKED, DocumentState.ARCHIVED),
    DocumentState.CHECKED: (DocumentState.DRAFT, DocumentState.CATALOGUED, DocumentState.AVAILABLE),
    DocumentState.CATALOGUED: (DocumentState.AVAILABLE, DocumentState.WITHDRAWN),
    DocumentState.AVAILABLE: (DocumentState.WITHDRAWN, DocumentState.ARCHIVED),
    DocumentState.WITHDRAWN: (DocumentState.AVAILABLE, DocumentState.ARCHIVED),
    DocumentState.ARCHIVED: (DocumentState.DESTROYED,),
    DocumentState.DESTROYED: (),
}
"""What may become of a document, by what it is."""


def takes_away(state: DocumentState, to: DocumentState) -> bool:
    """Whether that move takes it away from readers, or what was kept of it: then it needs a reason."""
    return state is DocumentState.AVAILABLE or to in (DocumentState.WITHDRAWN, DocumentState.DESTROYED)


GRANT_MOVES: dict[GrantState, tuple[GrantState, ...]] = {
    GrantState.UNCONFIRMED: (GrantState.DECLINED, GrantState.REVOKED),
    GrantState.ACTIVE: (GrantState.SUSPENDED, GrantState.REVOKED),
    GrantState.SUSPENDED: (GrantState.ACTIVE, GrantState.REVOKED),
    GrantState.REVOKED: (),
    GrantState.DECLINED: (),
}
"""What may be decided of a grant by whoever keeps the folder. To undo a revocation is to give the same anew (RD-2)."""

USUAL = dt.timedelta(days=7)
"""How long a grant holds where nothing else is said; see facts.md, R4."""
SECRET = re.compile("(?:绝\\s*密|机\\s*密|秘\\s*密)\\s*[★☆]|[★☆]\\s*(?:绝\\s*密|机\\s*密|秘\\s*密)")
"""How a state secret is marked on paper."""


def marked_secret(text: str) -> bool:
    """Whether a text bears the marking of a state secret: such a paper has no place in this system (RD-2)."""
    return SECRET.search(text) is not None


SCANNER = re.compile(r"^.*(?:CamScanner|扫描全能王|Scanned (?:by|with|using)).*$", re.IGNORECASE | re.MULTILINE)
"""What programs that scan write on each page by themselves: by that nobody has read the page."""


def is_legible(page: str) -> bool:
    """Whether there is a word on a page that could be read: on a scan, or in a picture, there is none."""
    return any(letter.isalnum() for letter in SCANNER.sub("", page))


def declaration_problems(pages: Sequence[str], declared: bool) -> list[Problem]:
    """Nobody here could look for a marking on a page without words: who brings it declares that there is none (RD-2).

    pages: the words of those that were looked at.
    """
    if declared or all(is_legible(page) for page in pages):
        return []
    message = say(
        "On some of its pages no words can be read: it is a scan or a picture. Look yourself whether any page bears "
        "the marking of a state secret, declare below that none does, and send it again."
    )
    return [Problem("NOT_DECLARED", message, "declared", "RD-2")]


def until_by_default(
    now: dt.datetime, expires_at: dt.datetime | None, lives_until: dt.datetime | None = None
) -> dt.datetime:
    """When a grant ends if nothing is said: a week from now, or later where the paper is for an activity; and no later
    than the document (RD-2). lives_until: the end of the tenth working day after that activity."""
    until = max(now + USUAL, lives_until) if lives_until else now + USUAL
    return min(until, expires_at) if expires_at else until


def grant_problems(
    *, valid_from: dt.datetime, valid_until: dt.datetime, max_opens: int | None, expires_at: dt.datetime | None
) -> list[Problem]:
    """What is wrong with the terms of a grant, each beside its field (RD-2)."""
    found = []
    if valid_until <= valid_from:
        found.append(Problem("ENDS_FIRST", say("It ends before it begins."), "valid_until", "RD-2"))
    if expires_at is not None and valid_until > expires_at:
        said = say("The document itself is there until {moment} only.", moment=expires_at)
        found.append(Problem("AFTER_DOCUMENT", said, "valid_until", "RD-2"))
    if max_opens is not None and max_opens < 1:
        found.append(Problem("NO_OPENS", say("At least once, or leave it empty."), "max_opens", "RD-2"))
    return found


LONGEST_DAYS = 366
"""A template gives for no longer at once."""


def template_problems(*, name: str, act: Act, days: int, max_opens: int | None) -> list[Problem]:
    """What is wrong with terms that are kept to be given often, each beside its field (RD-2)."""
    found = []
    if not name:
        found.append(Problem("NAME_MISSING", say("Give it a name."), "name"))
    if act is Act.MANAGE:
        found.append(Problem("NOT_GRANTED", say("To manage is a role, which an administrator gives."), "act"))
    if not 1 <= days <= LONGEST_DAYS:
        found.append(Problem("DAYS", say("Between one and {most} days.", most=LONGEST_DAYS), "days", "RD-2"))
    if max_opens is not None and max_opens < 1:
        found.append(Problem("NO_OPENS", say("At least once, or leave it empty."), "max_opens", "RD-2"))
    return found
