import itertools
from uuid import UUID

import pytest

from server.errors import Invalid
from server.rules.permissions import (
    ALLOWED,
    DERIVED,
    GUARDED_FIELDS,
    REACH_NAMES,
    ROLE_NAMES,
    ROOM,
    SCOPES,
    WRITES,
    Action,
    HeldRole,
    Reach,
    Role,
    explain,
    may,
    may_read_field,
    opened,
    parse_scopes,
    where,
)
from server.words import say

HERE, THERE = UUID(int=1), UUID(int=2)

# . never, a everywhere, w everywhere if held for all bodies, o own body.
# member, leader, convener, secretary, custodian, chair, department, auditor, administrator
TABLE = {
    Action.READ_REGISTER: "aaaaaaaaa",
    Action.READ_FILE: "...w.w..a",
    Action.READ_SENSITIVE: "...w....a",
    Action.MANAGE_MEMBERS: "...w....a",
    Action.SEND_REQUEST: "aaaaaaaaa",
    Action.MANAGE_TERM_YEARS: "...w....a",
    Action.RENEW: "...w....a",
    Action.MERGE_PEOPLE: "...w....a",
    Action.MANAGE_BODIES: "...o....a",
    Action.READ_COVERAGE: ".ooaaa.aa",
    Action.MANAGE_LEARNING: ".o.o....a",
    Action.IMPORT_PEOPLE: "...w....a",
    Action.EXPORT_PEOPLE: "...w....a",
    Action.READ_CALENDAR: "aaaaaaaaa",
    Action.MANAGE_CALENDAR: "...w....a",
    Action.MANAGE_ASSEMBLY: "........a",
    Action.READ_PERMISSIONS: "....a..aa",
    Action.MANAGE_ACCOUNTS: "........a",
    Action.INVITE: "...w....a",
    Action.ISSUE_TOKEN: "...a....a",
    Action.EXPLORE_API: "...a...aa",
    Action.REGISTER_APPS: "........a",
    Action.KEEP_PROGRAMS: "aaaaaaaaa",
    Action.READ_MESSAGES: "aaaaaaaaa",
    Action.KEEP_MESSAGES: "aaaaaaaaa",
    Action.SEND_MESSAGES: "...w....a",
    Action.READ_DOCUMENTS: "aaaaaaaaa",
    Action.ASK_ABOUT_DOCUMENTS: "aaaaaaaaa",
    Action.ANSWER_EXPLANATIONS: "......o..",
    Action.DELIVER_MATERIALS: "......o..",
    Action.MANAGE_DOCUMENTS: "....o....",
    Action.HAND_OVER_FOLDERS: "...wa...a",
    Action.CONFIRM_GRANTS: "...wow...",
    Action.BOOK_READING: "aaaaaaaaa",
    Action.KEEP_ROOMS: "....w...a",
    Action.READ_READINGS: "...wow.a.",
    Action.REMIND_READERS: "...wo....",
    Action.READ_ACTIVITIES: "aaaaaaaaa",
    Action.ANSWER_INVITATIONS: "aaaaaaaaa",
    Action.FOLLOW_ACTIVITIES: ".ooo.o...",
    Action.MANAGE_ACTIVITIES: ".ooo.o...",
    Action.APPROVE_ACTIVITIES: ".oow.o...",
    Action.DECIDE_LEAVE: ".oow.o...",
    Action.OVERRIDE_MAJORITY: ".....w...",
    Action.READ_HEARINGS: "aaaaaaaaa",
    Action.APPLY_FOR_HEARINGS: "aaaaaaaaa",
    Action.FOLLOW_HEARINGS: "..oo.o...",
    Action.MANAGE_HEARINGS: "..oo.o...",
    Action.READ_AUDIT: ".......aa",
    Action.PURGE_AUDIT: "........a",
    Action.READ_JOBS: ".......aa",
    Action.KEEP_BACKUPS: "........a",
}
CELLS = [(action, role, cell) for action, row in TABLE.items() for role, cell in zip(Role, row, strict=True)]
ANSWERS = {
    # cell: held for all, asked for a body | held here, asked here | held here, asked there | held here, asked anywhere
    ".": ("ROLE", "ROLE", "ROLE", "ROLE"),
    "a": ("ALLOWED", "ALLOWED", "ALLOWED", "ALLOWED"),
    "w": ("ALLOWED", "REACH", "REACH", "REACH"),
    "o": ("ALLOWED", "ALLOWED", "REACH", "ALLOWED"),
}


def test_the_table_speaks_of_every_action_and_every_room():
    assert set(TABLE) == set(ALLOWED) == set(ROOM) == set(Action)
    assert set(ROLE_NAMES) == set(Role)
    assert set(REACH_NAMES) == set(Reach)
    assert set(Action) > WRITES


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_each_role_may_what_the_table_says(action: Action, role: Role, cell: str):
    everywhere, here = [HeldRole(role)], [HeldRole(role, HERE, "Sector 1")]

    asked = (
        may(everywhere, action, body=HERE),
        may(here, action, body=HERE),
        may(here, action, body=THERE),
        may(here, action),
    )

    assert tuple(decision.code for decision in asked) == ANSWERS[cell]
    assert [bool(decision) for decision in asked] == [code == "ALLOWED" for code in ANSWERS[cell]]


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_where_agrees_with_may(action: Action, role: Role, cell: str):
    bodies = {".": frozenset(), "a": None, "w": frozenset(), "o": frozenset({HERE})}[cell]

    assert where([HeldRole(role)], action) == (frozenset() if cell == "." else None)
    assert where([HeldRole(role, HERE, "Sector 1")], action) == bodies


def test_two_own_bodies_add_up_and_a_role_for_all_wins():
    leads = [HeldRole(Role.GROUP_LEADER, HERE, "A"), HeldRole(Role.GROUP_LEADER, THERE, "B")]

    assert where(leads, Action.MANAGE_LEARNING) == {HERE, THERE}
    assert may([*leads, HeldRole(Role.SECRETARY)], Action.MANAGE_LEARNING, body=HERE).by == HeldRole(Role.SECRETARY)
    assert may(leads, Action.MANAGE_LEARNING, body=THERE).by == leads[1]


@pytest.mark.parametrize(
    ("decision", "en"),
    [
        (may([HeldRole(Role.AUDITOR)], Action.READ_AUDIT), "Your role auditor allows this."),
        (
            may([HeldRole(Role.SECRETARY, HERE, "Culture")], Action.MANAGE_BODIES, body=HERE),
            "Your role secretary of Culture allows this.",
        ),
        (
            may([HeldRole(Role.SECRETARY, HERE, "Culture")], Action.IMPORT_PEOPLE),
            "You hold the role secretary of Culture for that body only, which is not enough to import people here.",
        ),
        (
            may([HeldRole(Role.MEMBER)], Action.READ_FILE),
            "Your roles do not allow you to read the guarded fields of a member's file. "
            "It needs one of: secretary, chair, administrator.",
        ),
        (may([], Action.READ_REGISTER, signed_in=False), "Sign in first."),
        (
            may([HeldRole(Role.ADMINISTRATOR)], Action.MANAGE_ACCOUNTS, scopes=frozenset({"members:read"})),
            "This token lacks the scope accounts:write.",
        ),
    ],
)
def test_every_answer_says_why(decision, en: str):
    assert str(decision.reason) == en


def test_someone_signed_in_without_a_role_is_not_told_to_sign_in():
    assert may([], Action.READ_REGISTER).code == "ROLE"
    assert may([], Action.READ_REGISTER, signed_in=False).code == "SIGNED_OUT"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_may_what_its_scope_carries(action: Action, scope: str):
    room, verb = scope.split(":")

    allowed = may(map(HeldRole, Role), action, scopes=frozenset({scope})).allowed

    carried = room in ("all", ROOM[action]) and (verb == "write" or action not in WRITES)
    assert allowed is (carried or action is Action.EXPLORE_API)


def test_a_scope_gives_nothing_that_the_owner_may_not():
    assert may([HeldRole(Role.MEMBER)], Action.IMPORT_PEOPLE, scopes=frozenset({"all:write"})).code == "ROLE"


def test_every_token_may_explore_the_api_whoever_owns_it():
    decision = may([HeldRole(Role.MEMBER)], Action.EXPLORE_API, scopes=frozenset({"members:read"}))

    assert (decision.allowed, decision.code, str(decision.reason)) == (True, "TOKEN", "Every token allows this.")
    assert may([HeldRole(Role.MEMBER)], Action.EXPLORE_API).code == "ROLE"


@pytest.mark.parametrize("field", sorted(GUARDED_FIELDS))
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("role", Role)
def test_a_guarded_field_is_for_its_owner_and_for_readers_of_files(field: str, own: bool, role: Role):
    decision = may_read_field([HeldRole(role)], own, field)

    assert decision.allowed is (own or role in (Role.SECRETARY, Role.CHAIR, Role.ADMINISTRATOR))
    assert (decision.code == "OWN") is own


def test_the_head_of_one_committee_reads_no_files():
    assert may_read_field([HeldRole(Role.CHAIR, HERE, "Culture")], False, "phone").code == "REACH"


def test_other_fields_are_for_all_who_see_the_register():
    assert may_read_field([HeldRole(Role.MEMBER)], False, "education").allowed
    assert not may_read_field([], True, "education").allowed


def test_ones_own_file_needs_the_scope_too():
    scopes = frozenset({"audit:read"})

    assert may_read_field([HeldRole(Role.MEMBER)], True, "phone", scopes=scopes).code == "SCOPE"
    assert may_read_field([HeldRole(Role.MEMBER)], True, "phone", scopes=frozenset({"members:read"})).code == "OWN"


def test_the_guarded_fields_are_the_marked_ones_the_contact_and_why_a_seat_is_what_it_is():
    assert {"birth_date", "political_affiliation", "email", "phone", "status_reason"} == GUARDED_FIELDS


class Asker:
    def may(self, action, body=None):
        return may([HeldRole(Role.AUDITOR)], action, body=body)


def test_what_may_i_do_here_answers_for_each_action():
    answers = explain(Asker())

    assert [action for action, _ in answers] == list(Action)
    assert [action for action, decision in answers if decision] == [
        Action.READ_REGISTER,
        Action.SEND_REQUEST,
        Action.READ_COVERAGE,
        Action.READ_CALENDAR,
        Action.READ_PERMISSIONS,
        Action.EXPLORE_API,
        Action.KEEP_PROGRAMS,
        Action.READ_MESSAGES,
        Action.KEEP_MESSAGES,
        Action.READ_DOCUMENTS,
        Action.ASK_ABOUT_DOCUMENTS,
        Action.BOOK_READING,
        Action.READ_READINGS,
        Action.READ_ACTIVITIES,
        Action.ANSWER_INVITATIONS,
        Action.READ_HEARINGS,
        Action.APPLY_FOR_HEARINGS,
        Action.READ_AUDIT,
        Action.READ_JOBS,
    ]


def test_a_role_opens_what_not_everybody_may_and_less_for_one_body():
    whole, one = (opened(Role.SECRETARY, whole=whole) for whole in (True, False))

    assert [str(words) for words in one] == [
        "add and change bodies and who sits in them",
        "see who is covered and who is not",
        "manage learning groups",
        "issue API tokens of one's own",
        "explore what the API can be asked",
        "see what one's bodies prepare, who is invited and who came",
        "plan activities, invite people and note who came",
        "see who applied for hearings that one's bodies hold",
        "prepare hearings, choose who is heard, and hold them",
    ]
    assert {str(words) for words in whole} > {str(words) for words in one}
    assert [str(words) for words in opened(Role.DEPARTMENT, whole=False)] == [
        "answer for a department what is asked about its documents",
        "deliver what one's department is asked for",
    ]
    assert opened(Role.MEMBER, whole=True) == ()


def test_the_derived_roles_say_where_they_come_from():
    assert set(DERIVED) == {Role.MEMBER, Role.GROUP_LEADER, Role.CONVENER}
    assert "head or co-head of a learning group" in str(DERIVED[Role.GROUP_LEADER])


def test_scopes_are_kept_once_and_in_order():
    assert parse_scopes(["members:write", " All:Read ", "members:write"]) == ["all:read", "members:write"]


def test_no_scope_at_all_is_refused():
    with pytest.raises(Invalid, match="at least one scope"):
        parse_scopes([])


def test_an_unknown_scope_is_refused_with_the_nearest_one():
    with pytest.raises(Invalid) as no:
        parse_scopes(["member:read", "members:read", "xyz"])

    assert [problem.code for problem in no.value.problems] == ["NO_SUCH_SCOPE"] * 2
    assert str(no.value.problems[0].message) == "There is no scope member:read. Did you mean members:read?"
    assert str(no.value.problems[1].message) == f"There is no scope xyz. Known are {', '.join(SCOPES)}."


def test_a_list_of_facts_is_written_as_the_language_writes_lists():
    words = say("{roles}", roles=(say("nothing to translate"), 2))

    assert (words.into("en"), words.into("zh")) == ("nothing to translate, 2", "nothing to translate、2")


def test_scopes_are_every_room_twice_and_all():
    assert list(SCOPES) == [
        f"{room}:{verb}"
        for room, verb in itertools.product(
            (
                *("all", "members", "bodies", "learning", "imports", "calendar", "assembly", "accounts", "messages"),
                *("documents", "activities", "hearings", "audit", "jobs", "backups"),
            ),
            ("read", "write"),
        )
    ]
