"""Who may do what: the whole table on one screen, and the one function that reads it."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

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


DERIVED = frozenset({Role.MEMBER, Role.GROUP_LEADER, Role.CONVENER})


class Action(enum.Enum):
    """What can be done, named by room and verb; the value is the verb phrase people read."""

    READ_REGISTER = "see members and bodies"
    READ_FILE = "read the guarded fields of a member's file"
    READ_SENSITIVE = "see sensitive bodies"
    MANAGE_MEMBERS = "add and correct people and seats"
    MERGE_PEOPLE = "merge two entries of one person"
    MANAGE_BODIES = "add and change bodies and who sits in them"
    READ_COVERAGE = "see who is covered and who is not"
    MANAGE_LEARNING = "manage learning groups"
    IMPORT_PEOPLE = "import people"
    EXPORT_PEOPLE = "export people"
    READ_PERMISSIONS = "see who may do what"
    MANAGE_ACCOUNTS = "manage accounts and roles"
    ISSUE_TOKEN = "issue API tokens of one's own"
    READ_AUDIT = "read the audit trail"


class Reach(enum.Enum):
    """How far a permission goes."""

    ALL = "all"
    OWN_BODY = "own body"


ALL, OWN = Reach.ALL, Reach.OWN_BODY
M, L, V, S, C, H, D, U, A = Role

ALLOWED: dict[Action, dict[Role, Reach]] = {
    Action.READ_REGISTER: {M: ALL, L: ALL, V: ALL, S: ALL, C: ALL, H: ALL, D: ALL, U: ALL, A: ALL},
    Action.READ_FILE: {S: ALL, H: ALL, A: ALL},
    Action.READ_SENSITIVE: {S: ALL, A: ALL},
    Action.MANAGE_MEMBERS: {S: ALL, A: ALL},
    Action.MERGE_PEOPLE: {S: ALL, A: ALL},
    Action.MANAGE_BODIES: {S: OWN, A: ALL},
    Action.READ_COVERAGE: {L: OWN, V: OWN, S: ALL, C: ALL, H: ALL, U: ALL, A: ALL},
    Action.MANAGE_LEARNING: {L: OWN, S: OWN, A: ALL},
    Action.IMPORT_PEOPLE: {S: ALL, A: ALL},
    Action.EXPORT_PEOPLE: {S: ALL, A: ALL},
    Action.READ_PERMISSIONS: {C: ALL, U: ALL, A: ALL},
    Action.MANAGE_ACCOUNTS: {A: ALL},
    Action.ISSUE_TOKEN: {S: ALL, A: ALL},
    Action.READ_AUDIT: {U: ALL, A: ALL},
}
"""A role held for all bodies reaches all of them even where the table says own body."""

WRITES = frozenset(
    {
        Action.MANAGE_MEMBERS,
        Action.MERGE_PEOPLE,
        Action.MANAGE_BODIES,
        Action.MANAGE_LEARNING,
        Action.IMPORT_PEOPLE,
        Action.MANAGE_ACCOUNTS,
        Action.ISSUE_TOKEN,
    }
)

ROOM: dict[Action, str] = {
    Action.READ_REGISTER: "members",
    Action.READ_FILE: "members",
    Action.READ_SENSITIVE: "members",
    Action.MANAGE_MEMBERS: "members",
    Action.MERGE_PEOPLE: "members",
    Action.MANAGE_BODIES: "bodies",
    Action.READ_COVERAGE: "learning",
    Action.MANAGE_LEARNING: "learning",
    Action.IMPORT_PEOPLE: "imports",
    Action.EXPORT_PEOPLE: "members",
    Action.READ_PERMISSIONS: "accounts",
    Action.MANAGE_ACCOUNTS: "accounts",
    Action.ISSUE_TOKEN: "accounts",
    Action.READ_AUDIT: "audit",
}
"""The room whose scope a token needs: ROOM:read, or ROOM:write for the actions in WRITES."""

SCOPES = tuple(
    f"{room}:{verb}" for room in ("all", *dict.fromkeys(ROOM.values())) for verb in ("read", "write")
)


@dataclass(frozen=True)
class HeldRole:
    """A role someone holds now. body: None for all. since, until: None where open. source: why it is held."""

    role: Role
    body: UUID | None = None
    body_name: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    source: str = "given"


@dataclass(frozen=True)
class Decision:
    """An answer that explains itself."""

    allowed: bool
    code: str
    reason: Words
    rule: str = "the permission table"
    by: HeldRole | None = None


def may(
    roles: Iterable[HeldRole], action: Action, *, body: UUID | None = None, scopes: frozenset[str] | None = None
) -> Decision:
    """May the holder of these roles do this (to this body)?

    body: the body concerned, or None for "anywhere at all", as a menu asks. scopes: those of a token; None
    for a person in a browser. A token may what its owner may *and* its scopes allow.
    """
    if scopes is not None and not _in_scope(action, scopes):
        needed = f"{ROOM[action]}:{'write' if action in WRITES else 'read'}"
        return Decision(False, "SCOPE", say("This token lacks the scope {scope}.", scope=needed))
    held = tuple(roles)
    for role in held:
        reach = ALLOWED[action].get(role.role)
        if reach and (role.body is None or reach is Reach.ALL or body is None or role.body == body):
            return Decision(True, "ALLOWED", say("Your role {role} allows this.", role=_named(role)), by=role)
    needs = ", ".join(r.value.replace("_", " ") for r in ALLOWED[action])
    if not held:
        return Decision(False, "SIGNED_OUT", say("Sign in first."))
    return Decision(
        False,
        "ROLE",
        say(
            "Your roles do not allow you to {action}. It needs one of: {roles}. Ask an administrator.",
            action=say(action.value),
            roles=needs,
        ),
    )


def _in_scope(action: Action, scopes: frozenset[str]) -> bool:
    verb = "write" if action in WRITES else "read"
    wanted = {f"{ROOM[action]}:{verb}", f"all:{verb}"}
    if verb == "read":
        wanted |= {f"{ROOM[action]}:write", "all:write"}
    return bool(scopes & wanted)


def _named(role: HeldRole) -> str:
    name = role.role.value.replace("_", " ")
    return f"{name} ({role.body_name})" if role.body_name else name
