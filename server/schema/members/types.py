"""The register as the world may ask it: terms, people, their seats, and what was true on a day."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from server.models import bodies, members
from server.models.members import PersonIdentifier, PostKind, Sex, Status
from server.rules.permissions import Action
from server.schema.declared import DESCRIBED, READS, Guarded
from server.schema.making import makes
from server.schema.members.corrections import Correction, wrong_entries
from server.schema.members.readings import FileReading, opens, read_by
from server.schema.node import Node
from server.schema.paging import After, Before, Connection, First, Last, Slice
from server.schema.reading import Answer, chosen, column, computed, current, guarded, many, many_on, one, reads
from server.schema.rows import RIGHT, everyone, right

if TYPE_CHECKING:
    from server.schema.bodies import Body, BodyMembership

SomeBody = Annotated["Body", strawberry.lazy("server.schema.bodies")]
Place = Annotated["BodyMembership", strawberry.lazy("server.schema.bodies")]
Seat = Annotated["Membership", strawberry.lazy("server.schema.members.types")]
Earlier = Annotated["Term", strawberry.lazy("server.schema.members.types")]
Other = Annotated["Person", strawberry.lazy("server.schema.members.types")]


FEW = 5
"""Posts of one seat."""


@strawberry.type(description="The n-th year of a term, from plenary to plenary.")
@reads(members.TermYear, everyone)
class TermYear:
    """A year of a term."""

    n: int = column("1, 2, 3 ...")
    starts_on: dt.date = column("First day.")
    ends_on: dt.date = column("The day from which it no longer holds.")


@strawberry.type(description="One assembly between two renewals (届).")
@reads(members.Term, everyone)
class Term(Node):
    """A term."""

    years = many(members.TermYear, "term", TermYear, "Its years, in order.", order=("n",))

    code: str = column("Short name used by programs and imports, such as 15.")
    name: str = chosen("name", "Its name in your language.")
    name_zh: str = column("Its name in Chinese, or empty.")
    name_en: str = column("Its name in English, or empty.")
    starts_on: dt.date | None = column("First day; null where not known.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")
    status: members.TermStatus = column("Draft, active or closed.")
    follows = one(members.Term, "follows", Earlier | None, "The term that it takes over from, where that was said.")


@strawberry.type(description="What another system calls this person.")
@reads(PersonIdentifier, everyone)
class Identifier:
    """An identifier in a scheme."""

    scheme: str = column("Whose identifier it is; `source` for the ids of imported files.")
    value: str = column("The identifier itself.")


@strawberry.type(description="The status of a seat in a span of days.")
@reads(members.MembershipStatus, right)
class MembershipStatus(Node):
    """One row of the status history."""

    membership = one(members.Membership, "membership", Seat | None, "The seat it is about.")
    status: Status = column("What the seat is in these days.")
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")

    @strawberry.field(
        description="Why, as recorded, or empty. Guarded: empty unless the seat is yours or you may "
        f"{Action.READ_FILE.value}; reading is logged.",
        metadata={READS: Guarded("reason", logged="status_reason", through="membership")},
    )
    async def reason(root: strawberry.Parent[members.MembershipStatus], info: Answer) -> str:
        """One statement for all of an answer, none where nothing was recorded."""
        told = root.reason and await opens(info.context, root.membership_id, "status_reason")
        return root.reason if told else ""


@strawberry.type(description="What a seat stands for in a span of days.")
@reads(members.MembershipPost, right)
class MembershipPost(Node):
    """One row of the history of office, sector and unit."""

    membership = one(members.Membership, "membership", Seat | None, "The seat it is about.")
    kind: PostKind = column("The office held within the assembly.")
    sector = one(bodies.Body, "sector", SomeBody | None, "The sector (界别) it stands for.")
    unit: str = column("The unit its holder works in.")
    residence_area: str = column("Where its holder lives, as the assembly groups members.")
    starts_on: dt.date | None = column("First day; null means since ever or unknown.")
    ends_on: dt.date | None = column("The day from which it no longer holds; null where open.")


@strawberry.type(description="Someone the assembly deals with: a public card, and a guarded file.")
@reads(members.Person, members.visible_people)
class Person(Node):
    """A person; see `guarded` for what the file asks."""

    name: str = chosen("name", "The whole name, in your language where it is known.")
    name_zh: str = column("The whole name in Chinese, or empty.")
    name_en: str = column("The whole name in Latin letters, or empty.")
    family_name: str = column("Family name, only where it was given apart.")
    given_name: str = column("Given name, only where it was given apart.")
    sort_pinyin: str = column("Key of the order by pinyin.")
    sort_strokes: str = column("Key of the order by strokes of the surname.")
    sex: Sex | None = column("As the register states it.")
    education: str = column("Highest education, as given.")
    professional_title: str = column("Professional title (职称), or empty.")
    expertise: list[str] = column("Fields of expertise.")
    focus_topics: list[str] = column("Topics this person follows.")
    image: str = column("Address of a portrait, or empty.")
    updated_at: dt.datetime = column("When this entry last changed.")
    birth_date = guarded("birth_date", dt.date | None, "Day of birth.")
    political_affiliation = guarded("political_affiliation", str | None, "Party, or none.")
    email = guarded("email", str | None, "E-mail address.")
    phone = guarded("phone", str | None, "Telephone number.")
    identifiers = many(
        PersonIdentifier, "person", Identifier, "What other systems call this person.", order=("scheme", "value")
    )
    memberships = many(members.Membership, "person", Seat, "A seat in each term.", order=("term__code", "id"))
    body_memberships = many_on(
        bodies.BodyMembership,
        "person",
        Place,
        "Bodies this person sits in, one entry for each title.",
        order=("body__kind", "body__sort", "starts_on", "id"),
    )
    merged_into = one(members.Person, "merged_into", Other | None, "The entry that stays, where this one was a double.")

    @computed("Whether you may read the guarded fields of this file.", "id")
    def file_readable(root: strawberry.Parent[members.Person], info: Answer) -> bool:
        """Own file, or the permission."""
        viewer = info.context.viewer
        return viewer.person == root.pk or viewer.may(Action.READ_FILE).allowed

    @makes(
        "Entries of seats and of places in bodies that were found to be wrong, the last correction first. "
        f"Empty unless you may {Action.MANAGE_MEMBERS.value}.",
        "id",
        kind=list[Correction],
    )
    async def corrections(root: strawberry.Parent[members.Person], info: Answer) -> Any:
        """See `Telling`."""
        return await wrong_entries(info.context, root.pk)

    @strawberry.field(
        description="Who read the guarded fields of this file, the last reading first. For the person concerned, and "
        f"for those who may {Action.READ_AUDIT.value}; refused to others.",
        graphql_type=Connection[FileReading] | None,
        metadata=DESCRIBED,
    )
    async def readings(
        root: strawberry.Parent[members.Person],
        info: Answer,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        """One statement, and one more for all who read."""
        return await read_by(info.context, root, Slice(first, after, last, before))


@strawberry.type(description="One person's seat in one term. Never deleted; its history says when it held.")
@reads(members.Membership, members.visible_seats)
class Membership(Node):
    """A seat."""

    person = one(members.Person, "person", Person | None, "Whose seat it is.")
    term = one(members.Term, "term", Term | None, "In which term.")
    no: str = column("Number of the member's card, or empty.")
    updated_at: dt.datetime = column("When this seat last changed.")
    statuses = many(
        members.MembershipStatus, "membership", MembershipStatus, "Its history.", order=("starts_on", "id"), where=RIGHT
    )
    posts = many(
        members.MembershipPost,
        "membership",
        MembershipPost,
        "Its posts through time.",
        order=("starts_on", "id"),
        where=RIGHT,
        counted=FEW,
    )

    status = current(
        members.MembershipStatus,
        "membership",
        Status | None,
        "What the seat is on a day; null before its history begins.",
        pick="status",
    )
    post = current(members.MembershipPost, "membership", MembershipPost | None, "Office, sector and unit on a day.")
