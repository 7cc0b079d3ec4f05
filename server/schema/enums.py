"""The values of the domain as the schema names them, each said in one sentence."""

import enum
from typing import cast

import strawberry
from strawberry.types.enum import WithStrawberryEnumDefinition

from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.changes import ChangeKind, RegisterCollection
from server.models.imports import ImportState
from server.models.jobs import JobOutcome
from server.models.members import PostKind, Sex, Status, TermStatus
from server.rules.permissions import ROLE_NAMES, Action, Role


def _said(kind: type[enum.Enum], description: str, values: dict[str, str]) -> None:
    """Makes an enum of the domain one of the schema. values: its members' names -> what each means."""
    strawberry.enum(kind, description=description)
    for value in cast(type[WithStrawberryEnumDefinition], kind).__strawberry_definition__.values:
        value.description = values[value.name]


_said(
    TermStatus,
    "Where a term stands.",
    {
        "DRAFT": "Being prepared.",
        "ACTIVE": "Running: its members count.",
        "CLOSED": "Over.",
    },
)
_said(
    Sex,
    "As the register states it.",
    {"FEMALE": "Female.", "MALE": "Male.", "OTHER": "Neither of the two."},
)
_said(
    Status,
    "What a seat is on a day; only ACTIVE binds and counts.",
    {
        "NOMINATED": "Named, not yet seated.",
        "ACTIVE": "Seated: its holder is a member.",
        "SUSPENDED": "Kept from its duties for a time.",
        "RESIGNED": "Given up by its holder.",
        "REMOVED": "Taken away by a decision.",
        "DECEASED": "Its holder has died.",
        "ENDED": "Over with its term.",
    },
)
_said(
    PostKind,
    "The office held within the assembly.",
    {
        "ORDINARY": "A member.",
        "STANDING": "A member of the standing committee.",
        "VICE_CHAIR": "A vice-chair of the assembly.",
        "CHAIR": "The chair of the assembly.",
        "SECRETARY_GENERAL": "The secretary-general.",
    },
)
_said(
    BodyKind,
    "What a body is.",
    {
        "PLENARY": "All members together.",
        "STANDING_COMMITTEE": "The standing committee.",
        "CHAIRS_MEETING": "The meeting of the chair and vice-chairs.",
        "SPECIAL_COMMITTEE": "A committee for one field.",
        "SECTOR": "A sector (界别) that members stand for.",
        "SECTOR_GROUP": "A group for activities of a sector.",
        "LEARNING_GROUP": "A learning group: every member is in exactly one (LC-1).",
        "PARTY_GROUP": "The leading party members' group.",
        "PARTY_BRANCH": "A branch of the party within the assembly.",
        "THEORY_STUDY_CENTRE": "The party group's centre for the study of theory.",
        "READING_GROUP": "A group that reads together.",
        "DEPARTMENT": "A department of the government.",
        "UNIT": "A work unit.",
        "OTHER": "Another one; it keeps the classification it came with.",
    },
)
_said(
    BodyRole,
    "What a person is in a body.",
    {
        "HEAD": "Leads it; a learning group needs exactly one (LC-2).",
        "CO_HEAD": "Leads it together with the head.",
        "DEPUTY": "Stands in for the head.",
        "CONVENER": "Convenes it.",
        "SECRETARY": "Keeps its papers.",
        "CONTACT": "Speaks for it.",
        "MEMBER": "Sits in it.",
    },
)
_said(
    RelationKind,
    "How one body is tied to another.",
    {
        "DERIVED_FROM": "Formed from the other, as a learning group from a sector.",
        "COUNTERPART": "Works with the other, as a sector with its committee.",
        "CATEGORY": "Belongs to the other as its category.",
    },
)
_said(
    RegisterCollection,
    "The collections of the register.",
    {
        "TERMS": "Terms, with their years.",
        "PEOPLE": "People, with what other systems call them.",
        "MEMBERS": "Seats, with the history of their status and posts.",
        "BODIES": "Bodies, learning groups included, with their ties.",
        "BODY_MEMBERSHIPS": "Places of people in bodies.",
    },
)
_said(
    ChangeKind,
    "What became of a thing.",
    {"CHANGED": "It is new, or something about it is.", "GONE": "It is no more, or not for you."},
)
_said(
    ImportState,
    "Where an import stands.",
    {
        "PREVIEWED": "Looked at, to be decided.",
        "APPLIED": "Done.",
        "UNDONE": "Taken back as a whole.",
        "DISCARDED": "Never done.",
    },
)
_said(
    JobOutcome,
    "What became of a run of a job.",
    {
        "RUNNING": "It is under way.",
        "DONE": "It went well.",
        "FAILED": "It did not; it is tried again some times.",
        "STOPPED": "Its process ended meanwhile; another one takes it up.",
        "LOST": "Its process died, or nobody heard of it for too long.",
    },
)
_said(
    Role,
    "What someone is to the assembly.",
    {role.name: f"{str(ROLE_NAMES[role]).capitalize()}." for role in Role},
)
_said(
    Action,
    "What can be done; the permission table says by whom.",
    {action.name: f"To {action.phrase}." for action in Action},
)
