"""The register: terms, people, their seats in a term, and what was true of a seat on which day."""

from server.models.members.tables import (
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    PersonIdentifier,
    PostKind,
    Sex,
    Status,
    Term,
    TermStatus,
    TermYear,
    Tombstone,
)

# isort: split
from server.models.members.corrections import correct_post, correct_status
from server.models.members.merging import merge_people
from server.models.members.people import PersonFacts, change_person, create_person, identifier_add
from server.models.members.queries import (
    active_on,
    active_seats,
    in_sector,
    matching,
    of_term,
    posts_on,
    visible_people,
    visible_seats,
    visible_terms,
)
from server.models.members.readings import EXPORTED, fields_read, readings_of
from server.models.members.seats import PostFacts, change_post, change_status, seat_person
from server.models.members.terms import TermFacts, add_term_year, change_term, create_term, named_by_code

__all__ = [
    "EXPORTED",
    "Membership",
    "MembershipPost",
    "MembershipStatus",
    "Person",
    "PersonFacts",
    "PersonIdentifier",
    "PostFacts",
    "PostKind",
    "Sex",
    "Status",
    "Term",
    "TermFacts",
    "TermStatus",
    "TermYear",
    "Tombstone",
    "active_on",
    "active_seats",
    "add_term_year",
    "change_person",
    "change_post",
    "change_status",
    "change_term",
    "correct_post",
    "correct_status",
    "create_person",
    "create_term",
    "fields_read",
    "identifier_add",
    "in_sector",
    "matching",
    "merge_people",
    "named_by_code",
    "of_term",
    "posts_on",
    "readings_of",
    "seat_person",
    "visible_people",
    "visible_seats",
    "visible_terms",
]
