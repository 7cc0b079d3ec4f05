"""Who may do what: the whole table on one screen, and the one function that reads it."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol
from uuid import UUID

from server.errors import Invalid, Problem
from server.words import Words, say


class Role(enum.Enum):
    """What someone is to the assembly. Those marked derived follow from bodies and are never stored."""

    MEMBER = "member"  # derived: a seat that is active today
    GROUP_LEADER = "group_leader"  # derived: head or co-head of a learning group
    CONVENER = "convener"  # derived: convener of a sector or sector group
    SECRETARY = "secretary"
    CUSTODIAN = "custodian"
    CHAIR = "chair"  # derived for the head of a body; given for the chair's meeting
    DEPARTMENT = "department"  # derived: contact of a department
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: dict[Role, Words] = {
    Role.MEMBER: say("member"),
    Role.GROUP_LEADER: say("group leader"),
    Role.CONVENER: say("convener"),
    Role.SECRETARY: say("secretary"),
    Role.CUSTODIAN: say("custodian"),
    Role.CHAIR: say("chair"),
    Role.DEPARTMENT: say("department contact"),
    Role.AUDITOR: say("auditor"),
    Role.ADMINISTRATOR: say("administrator"),
}

DERIVED: dict[Role, Words] = {
    Role.MEMBER: say("It follows from an active seat: link the account to a person and give that person a seat."),
    Role.GROUP_LEADER: say("It follows from the register: make the person head or co-head of a learning group."),
    Role.CONVENER: say("It follows from the register: make the person convener of a sector or sector group."),
}
"""Roles that can only follow from the register, and what to do instead of giving them."""

WHOLE_ONLY = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that make no sense for one body."""


class Action(enum.Enum):
    """What can be done, named by room and verb; the value is the verb phrase people read, in English."""

    READ_REGISTER = say("see members and bodies").msgid
    READ_FILE = say("read the guarded fields of a member's file").msgid
    READ_SENSITIVE = say("see sensitive bodies").msgid
    MANAGE_MEMBERS = say("add and correct people and seats").msgid
    SEND_REQUEST = say("ask the office to change what is stored about oneself").msgid
    MANAGE_TERM_YEARS = say("divide a term into years").msgid
    RENEW = say("change to the next term").msgid
    MERGE_PEOPLE = say("merge two entries of one person").msgid
    MANAGE_BODIES = say("add and change bodies and who sits in them").msgid
    READ_COVERAGE = say("see who is covered and who is not").msgid
    MANAGE_LEARNING = say("manage learning groups").msgid
    IMPORT_PEOPLE = say("import people").msgid
    EXPORT_PEOPLE = say("export people").msgid
    READ_CALENDAR = say("see the working calendar").msgid
    MANAGE_CALENDAR = say("change the working calendar").msgid
    MANAGE_ASSEMBLY = say("say what the assembly is called and whom to ask").msgid
    READ_PERMISSIONS = say("see who may do what").msgid
    MANAGE_ACCOUNTS = say("manage accounts and roles").msgid
    INVITE = say("invite people and issue codes for forgotten passwords").msgid
    ISSUE_TOKEN = say("issue API tokens of one's own").msgid
    EXPLORE_API = say("explore what the API can be asked").msgid
    REGISTER_APPS = say("register apps that people can connect").msgid
    KEEP_PROGRAMS = say("connect apps, and look after tokens of one's own").msgid
    READ_MESSAGES = say("read messages to oneself").msgid
    KEEP_MESSAGES = say("mark messages as read, and choose how they come").msgid
    SEND_MESSAGES = say("send messages to members, and see what became of them").msgid
    READ_DOCUMENTS = say("read the documents that one was given").msgid
    ASK_ABOUT_DOCUMENTS = say("ask to read documents, and ask the departments they come from").msgid
    ANSWER_EXPLANATIONS = say("answer for a department what is asked about its documents").msgid
    DELIVER_MATERIALS = say("deliver what one's department is asked for").msgid
    MANAGE_DOCUMENTS = say("keep documents, and say who may read them").msgid
    HAND_OVER_FOLDERS = say("hand the keeping of folders over, and name a deputy for days away").msgid
    CONFIRM_GRANTS = say("confirm, as the second person, who may read what is work-sensitive").msgid
    BOOK_READING = say("book a time in a reading room").msgid
    KEEP_ROOMS = say("keep reading rooms, their times and their desk").msgid
    READ_READINGS = say("see who has read a document and who has not").msgid
    REMIND_READERS = say("remind people of documents that they have not read").msgid
    READ_ACTIVITIES = say("see activities that one is invited to, or that are for all members").msgid
    ANSWER_INVITATIONS = say("answer invitations, ask for leave, and check in").msgid
    FOLLOW_ACTIVITIES = say("see what one's bodies prepare, who is invited and who came").msgid
    MANAGE_ACTIVITIES = say("plan activities, invite people and note who came").msgid
    APPROVE_ACTIVITIES = say("approve that an activity is held").msgid
    DECIDE_LEAVE = say("decide who has leave from an activity").msgid
    OVERRIDE_MAJORITY = say("let an activity go on where members are not the majority").msgid
    READ_HEARINGS = say("see hearings").msgid
    APPLY_FOR_HEARINGS = say("enrol for hearings, or apply to be heard").msgid
    FOLLOW_HEARINGS = say("see who applied for hearings that one's bodies hold").msgid
    MANAGE_HEARINGS = say("prepare hearings, choose who is heard, and hold them").msgid
    READ_AUDIT = say("read the audit trail").msgid
    PURGE_AUDIT = say("empty audit entries whose retention is over").msgid
    READ_JOBS = say("see what runs by itself").msgid
    KEEP_BACKUPS = say("keep backups").msgid

    @property
    def phrase(self) -> Words:
        """The verb phrase, for both languages."""
        return Words(self.value)


class Reach(enum.Enum):
    """How far a role carries an action. Held for all bodies, a role reaches all of them whatever stands here."""

    ALL = "everywhere, even where the role is held for one body"
    WHOLE = "everywhere, and only where the role is held for all bodies"
    OWN_BODY = "the body for which the role is held"


REACH_NAMES: dict[Reach, Words] = {
    Reach.ALL: say("everywhere"),
    Reach.WHOLE: say("everywhere, if the role is held for all bodies"),
    Reach.OWN_BODY: say("in the body for which the role is held"),
}

ALL, WHOLE, OWN = Reach.ALL, Reach.WHOLE, Reach.OWN_BODY
M, L, V, S, C, H, D, U, A = Role

ALLOWED: dict[Action, dict[Role, Reach]] = {
    Action.READ_REGISTER: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.READ_FILE: {S: WHOLE, H: WHOLE, A: ALL},
    Action.READ_SENSITIVE: {S: WHOLE, A: ALL},
    Action.MANAGE_MEMBERS: {S: WHOLE, A: ALL},
    Action.SEND_REQUEST: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.MANAGE_TERM_YEARS: {S: WHOLE, A: ALL},
    Action.RENEW: {S: WHOLE, A: ALL},
    Action.MERGE_PEOPLE: {S: WHOLE, A: ALL},
    Action.MANAGE_BODIES: {S: OWN, A: ALL},
    Action.READ_COVERAGE: {L: OWN, V: OWN, S: ALL, C: ALL, H: ALL, U: ALL, A: ALL},
    Action.MANAGE_LEARNING: {L: OWN, S: OWN, A: ALL},
    Action.IMPORT_PEOPLE: {S: WHOLE, A: ALL},
    Action.EXPORT_PEOPLE: {S: WHOLE, A: ALL},
    Action.READ_CALENDAR: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.MANAGE_CALENDAR: {S: WHOLE, A: ALL},
    Action.MANAGE_ASSEMBLY: {A: ALL},
    Action.READ_PERMISSIONS: {C: ALL, U: ALL, A: ALL},
    Action.MANAGE_ACCOUNTS: {A: ALL},
    Action.INVITE: {S: WHOLE, A: ALL},
    Action.ISSUE_TOKEN: {S: ALL, A: ALL},
    Action.EXPLORE_API: {S: ALL, U: ALL, A: ALL},
    Action.REGISTER_APPS: {A: ALL},
    Action.KEEP_PROGRAMS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.READ_MESSAGES: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.KEEP_MESSAGES: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.SEND_MESSAGES: {S: WHOLE, A: ALL},
    Action.READ_DOCUMENTS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.ASK_ABOUT_DOCUMENTS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.ANSWER_EXPLANATIONS: {D: OWN},
    Action.DELIVER_MATERIALS: {D: OWN},
    Action.MANAGE_DOCUMENTS: {C: OWN},
    Action.HAND_OVER_FOLDERS: {S: WHOLE, C: ALL, A: ALL},
    Action.CONFIRM_GRANTS: {S: WHOLE, C: OWN, H: WHOLE},
    Action.BOOK_READING: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.KEEP_ROOMS: {C: WHOLE, A: ALL},
    Action.READ_READINGS: {S: WHOLE, C: OWN, H: WHOLE, U: ALL},
    Action.REMIND_READERS: {S: WHOLE, C: OWN},
    Action.READ_ACTIVITIES: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.ANSWER_INVITATIONS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.FOLLOW_ACTIVITIES: {L: OWN, V: OWN, S: OWN, H: OWN},
    Action.MANAGE_ACTIVITIES: {L: OWN, V: OWN, S: OWN, H: OWN},
    Action.APPROVE_ACTIVITIES: {L: OWN, V: OWN, S: WHOLE, H: OWN},
    Action.DECIDE_LEAVE: {L: OWN, V: OWN, S: WHOLE, H: OWN},
    Action.OVERRIDE_MAJORITY: {H: WHOLE},
    Action.READ_HEARINGS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.APPLY_FOR_HEARINGS: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.FOLLOW_HEARINGS: {V: OWN, S: OWN, H: OWN},
    Action.MANAGE_HEARINGS: {V: OWN, S: OWN, H: OWN},
    Action.READ_AUDIT: {U: ALL, A: ALL},
    Action.PURGE_AUDIT: {A: ALL},
    Action.READ_JOBS: {U: ALL, A: ALL},
    Action.KEEP_BACKUPS: {A: ALL},
}
"""The permission table. A secretary or chair of one body only (a committee's) is not one of the whole assembly."""

GUARDED_FIELDS = frozenset({"birth_date", "political_affiliation", "email", "phone", "status_reason"})
"""What only the person and holders of READ_FILE see: fields of a person, and why their seat has its status."""

WRITES = frozenset(
    {
        Action.MANAGE_MEMBERS,
        Action.SEND_REQUEST,
        Action.MANAGE_TERM_YEARS,
        Action.RENEW,
        Action.MERGE_PEOPLE,
        Action.MANAGE_BODIES,
        Action.MANAGE_LEARNING,
        Action.IMPORT_PEOPLE,
        Action.MANAGE_CALENDAR,
        Action.MANAGE_ASSEMBLY,
        Action.MANAGE_ACCOUNTS,
        Action.INVITE,
        Action.ISSUE_TOKEN,
        Action.REGISTER_APPS,
        Action.KEEP_PROGRAMS,
        Action.KEEP_MESSAGES,
        Action.SEND_MESSAGES,
        Action.ASK_ABOUT_DOCUMENTS,
        Action.ANSWER_EXPLANATIONS,
        Action.DELIVER_MATERIALS,
        Action.MANAGE_DOCUMENTS,
        Action.HAND_OVER_FOLDERS,
        Action.CONFIRM_GRANTS,
        Action.BOOK_READING,
        Action.KEEP_ROOMS,
        Action.REMIND_READERS,
        Action.ANSWER_INVITATIONS,
        Action.MANAGE_ACTIVITIES,
        Action.APPROVE_ACTIVITIES,
        Action.DECIDE_LEAVE,
        Action.OVERRIDE_MAJORITY,
        Action.APPLY_FOR_HEARINGS,
        Action.MANAGE_HEARINGS,
        Action.PURGE_AUDIT,
    }
)

ROOM: dict[Action, str] = {
    Action.READ_REGISTER: "members",
    Action.READ_FILE: "members",
    Action.READ_SENSITIVE: "members",
    Action.MANAGE_MEMBERS: "members",
    Action.SEND_REQUEST: "members",
    Action.MANAGE_TERM_YEARS: "members",
    Action.RENEW: "members",
    Action.MERGE_PEOPLE: "members",
    Action.MANAGE_BODIES: "bodies",
    Action.READ_COVERAGE: "learning",
    Action.MANAGE_LEARNING: "learning",
    Action.IMPORT_PEOPLE: "imports",
    Action.EXPORT_PEOPLE: "members",
    Action.READ_CALENDAR: "calendar",
    Action.MANAGE_CALENDAR: "calendar",
    Action.MANAGE_ASSEMBLY: "assembly",
    Action.READ_PERMISSIONS: "accounts",
    Action.MANAGE_ACCOUNTS: "accounts",
    Action.INVITE: "accounts",
    Action.ISSUE_TOKEN: "accounts",
    Action.EXPLORE_API: "accounts",
    Action.REGISTER_APPS: "accounts",
    Action.KEEP_PROGRAMS: "accounts",
    Action.READ_MESSAGES: "messages",
    Action.KEEP_MESSAGES: "messages",
    Action.SEND_MESSAGES: "messages",
    Action.READ_DOCUMENTS: "documents",
    Action.ASK_ABOUT_DOCUMENTS: "documents",
    Action.ANSWER_EXPLANATIONS: "documents",
    Action.DELIVER_MATERIALS: "documents",
    Action.MANAGE_DOCUMENTS: "documents",
    Action.HAND_OVER_FOLDERS: "accounts",
    Action.CONFIRM_GRANTS: "documents",
    Action.BOOK_READING: "documents",
    Action.KEEP_ROOMS: "documents",
    Action.READ_READINGS: "documents",
    Action.REMIND_READERS: "documents",
    Action.READ_ACTIVITIES: "activities",
    Action.ANSWER_INVITATIONS: "activities",
    Action.FOLLOW_ACTIVITIES: "activities",
    Action.MANAGE_ACTIVITIES: "activities",
    Action.APPROVE_ACTIVITIES: "activities",
    Action.DECIDE_LEAVE: "activities",
    Action.OVERRIDE_MAJORITY: "activities",
    Action.READ_HEARINGS: "hearings",
    Action.APPLY_FOR_HEARINGS: "hearings",
    Action.FOLLOW_HEARINGS: "hearings",
    Action.MANAGE_HEARINGS: "hearings",
    Action.READ_AUDIT: "audit",
    Action.PURGE_AUDIT: "audit",
    Action.READ_JOBS: "jobs",
    Action.KEEP_BACKUPS: "backups",
}
"""The room whose scope a token needs: ROOM:read, or ROOM:write for the actions in WRITES."""

EVERY_TOKENS = frozenset({Action.EXPLORE_API})
"""What every token may, whatever its scopes and its owner's roles: a program learns from the API how to ask it."""

VERBS = ("read", "write")
SCOPES = tuple(f"{room}:{verb}" for room in ("all", *dict.fromkeys(ROOM.values())) for verb in VERBS)
"""All that a token can be given. `write` carries `read`; `all` carries every room."""


GIVEN = say("given by an administrator")


@dataclass(frozen=True)
class HeldRole:
    """A role someone holds now. body: None for all. since, until: None where open. source: why it is held.

    deputy_for: the account in whose place it is held, by a deputy.
    """

    role: Role
    body: UUID | None = None
    body_name: Words | str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    source: Words = GIVEN
    deputy_for: UUID | None = None

    @property
    def words(self) -> Words:
        """The role, with its body where it has one."""
        name = ROLE_NAMES[self.role]
        return say("{role} of {body}", role=name, body=self.body_name) if self.body_name else name


@dataclass(frozen=True)
class Decision:
    """An answer that explains itself; it counts as true where it allows."""

    allowed: bool
    code: str
    reason: Words
    rule: str = say("the permission table").msgid
    by: HeldRole | None = None

    def __bool__(self) -> bool:
        return self.allowed


def may(
    roles: Iterable[HeldRole],
    action: Action,
    *,
    body: UUID | None = None,
    scopes: frozenset[str] | None = None,
    signed_in: bool = True,
) -> Decision:
    """May the holder of these roles do this (to this body)?

    body: the body concerned, or None for "anywhere at all", as a menu asks; see `where`. scopes: those of a token;
    None for a person in a browser. A token may what its owner may *and* its scopes allow.
    Whoever may by a role of their own does not act for another.
    Codes: ALLOWED, TOKEN, SIGNED_OUT, SCOPE, REACH (the role is held, but not for this body), ROLE.
    """
    if scopes is not None and action in EVERY_TOKENS:
        return Decision(True, "TOKEN", say("Every token allows this."))
    held = tuple(roles)
    if not held and not signed_in:
        return Decision(False, "SIGNED_OUT", say("Sign in first."))
    if not _in_scope(action, scopes):
        return Decision(False, "SCOPE", say("This token lacks the scope {scope}.", scope=_scope(action)))
    carrying = [role for role in held if role.role in ALLOWED[action]]
    for role in sorted(carrying, key=lambda role: (role.deputy_for is not None, not _everywhere(role, action))):
        if _everywhere(role, action) or _here(role, action, body):
            return Decision(True, "ALLOWED", say("Your role {role} allows this.", role=role.words), by=role)
    return _too_narrow(carrying[0], action) if carrying else _no_role(action)


def where(roles: Iterable[HeldRole], action: Action) -> frozenset[UUID] | None:
    """The bodies in which these roles carry the action; None for everywhere."""
    carrying = [role for role in roles if role.role in ALLOWED[action]]
    if any(_everywhere(role, action) for role in carrying):
        return None
    return frozenset(role.body for role in carrying if role.body and ALLOWED[action][role.role] is OWN)


def may_read_field(
    roles: Iterable[HeldRole], own: bool, field: str, *, scopes: frozenset[str] | None = None
) -> Decision:
    """May the holder of these roles read this field of a person? own: it is the holder's own file."""
    if field not in GUARDED_FIELDS:
        return may(roles, Action.READ_REGISTER, scopes=scopes)
    if own and _in_scope(Action.READ_FILE, scopes):
        return Decision(True, "OWN", say("This is your own file."))
    return may(roles, Action.READ_FILE, scopes=scopes)


class Asks(Protocol):
    """Whoever can be asked what they may: a Viewer."""

    def may(self, action: Action, body: UUID | None = None) -> Decision:
        """The table's answer."""


def explain(viewer: Asks) -> list[tuple[Action, Decision]]:
    """What may I do here: each action, in the order of the table, with the answer and its reason."""
    return [(action, viewer.may(action)) for action in Action]


def parse_scopes(words: Iterable[str]) -> list[str]:
    """The scopes, each once, in the order of SCOPES. Raises Invalid, naming the nearest, for one that is not known."""
    given = {word.strip().lower() for word in words}
    if not given:
        raise Invalid(Problem("SCOPES_MISSING", say("Give at least one scope, such as members:read."), "scopes"))
    unknown = sorted(given - set(SCOPES))
    if unknown:
        raise Invalid(*(Problem("NO_SUCH_SCOPE", _nearest(word), "scopes") for word in unknown))
    return [scope for scope in SCOPES if scope in given]


def carried(scopes: Iterable[str]) -> frozenset[str]:
    """Every scope of a room that these carry, with `all` and what `write` carries spelled out."""
    held = frozenset(scopes)
    return frozenset(
        f"{room}:{verb}" for room in dict.fromkeys(ROOM.values()) for verb in VERBS if _carries(held, room, verb)
    )


def together(*several: Iterable[str]) -> frozenset[str]:
    """What all of these carry, each by itself."""
    return frozenset.intersection(*map(carried, several))


def within(scopes: Iterable[str], *several: Iterable[str]) -> list[str]:
    """Those of the scopes of which all the others carry the whole."""
    limits = [carried(others) for others in several]
    return [scope for scope in scopes if all(carried([scope]) <= limit for limit in limits)]


def _nearest(word: str) -> Words:
    near = get_close_matches(word, SCOPES, 1)
    if near:
        return say("There is no scope {scope}. Did you mean {nearest}?", scope=word, nearest=near[0])
    return say("There is no scope {scope}. Known are {known}.", scope=word, known=SCOPES)


def _scope(action: Action) -> str:
    return f"{ROOM[action]}:{'write' if action in WRITES else 'read'}"


def _in_scope(action: Action, scopes: frozenset[str] | None) -> bool:
    return scopes is None or _carries(scopes, ROOM[action], "write" if action in WRITES else "read")


def _carries(scopes: frozenset[str], room: str, verb: str) -> bool:
    verbs = ("write",) if verb == "write" else VERBS
    return any(f"{place}:{given}" in scopes for place in ("all", room) for given in verbs)


def _everywhere(role: HeldRole, action: Action) -> bool:
    return role.body is None or ALLOWED[action][role.role] is ALL


def _here(role: HeldRole, action: Action, body: UUID | None) -> bool:
    return ALLOWED[action][role.role] is OWN and body in (None, role.body)


def _too_narrow(role: HeldRole, action: Action) -> Decision:
    reason = say(
        "You hold the role {role} for that body only, which is not enough to {action} here.",
        role=role.words,
        action=action.phrase,
    )
    return Decision(False, "REACH", reason)


def _no_role(action: Action) -> Decision:
    reason = say(
        "Your roles do not allow you to {action}. It needs one of: {roles}.",
        action=action.phrase,
        roles=tuple(ROLE_NAMES[role] for role in ALLOWED[action]),
    )
    return Decision(False, "ROLE", reason)


def opened(role: Role, *, whole: bool) -> tuple[Words, ...]:
    """What a role allows that not everybody inside may: verb phrases. whole: it is held for all bodies."""
    found = (action for action, roles in ALLOWED.items() if role in roles and len(roles) < len(Role))
    return tuple(action.phrase for action in found if whole or ALLOWED[action][role] is not Reach.WHOLE)
