"""What can be changed in the register. Each answer is the thing changed, or the problems and nothing changed."""

import datetime as dt
from typing import Annotated, Any

import strawberry

from server.models import bodies, members
from server.models.members import PostKind, Sex, Status, TermStatus
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.members.types import Membership, Person, Term
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows

Why = Annotated[str, strawberry.argument(description="Why; kept in the audit trail and shown in the history.")]
FromDay = Annotated[dt.date, strawberry.argument(description="From this day on.")]


@strawberry.input(description="Facts about a person; what is left out stays as it is, an empty text clears.")
class PersonChange:
    """See `server.models.members.PersonFacts`."""

    name_zh: str | None = strawberry.field(default=strawberry.UNSET, description="The whole name in Chinese.")
    name_en: str | None = strawberry.field(default=strawberry.UNSET, description="The whole name in Latin letters.")
    family_name: str | None = strawberry.field(default=strawberry.UNSET, description="Family name, where known apart.")
    given_name: str | None = strawberry.field(default=strawberry.UNSET, description="Given name, where known apart.")
    sort_pinyin: str | None = strawberry.field(default=strawberry.UNSET, description="Order by pinyin, set by hand.")
    sort_strokes: str | None = strawberry.field(default=strawberry.UNSET, description="Order by strokes, set by hand.")
    sex: Sex | None = strawberry.field(default=strawberry.UNSET, description="As the register states it.")
    birth_date: dt.date | None = strawberry.field(default=strawberry.UNSET, description="Day of birth.")
    political_affiliation: str | None = strawberry.field(default=strawberry.UNSET, description="Party, or none.")
    education: str | None = strawberry.field(default=strawberry.UNSET, description="Highest education.")
    expertise: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Fields of expertise.")
    focus_topics: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Topics followed.")
    email: str | None = strawberry.field(default=strawberry.UNSET, description="E-mail address.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number.")
    image: str | None = strawberry.field(default=strawberry.UNSET, description="Address of a portrait.")


@strawberry.input(description="What a seat stands for; what is left out stays as it is.")
class PostChange:
    """See `server.models.members.PostFacts`."""

    kind: PostKind | None = strawberry.field(default=strawberry.UNSET, description="The office held.")
    sector: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The sector; null for none.")
    unit: str | None = strawberry.field(default=strawberry.UNSET, description="The unit its holder works in.")
    residence_area: str | None = strawberry.field(default=strawberry.UNSET, description="Where its holder lives.")


@strawberry.input(description="The right days of an entry; what is left out was right already, null means open.")
class Days:
    """A span, half open."""

    starts_on: dt.date | None = strawberry.field(default=strawberry.UNSET, description="First day.")
    ends_on: dt.date | None = strawberry.field(
        default=strawberry.UNSET, description="The day from which it no longer holds."
    )


@strawberry.input(description="Facts about a term; what is left out stays as it is.")
class TermChange:
    """See `server.models.members.TermFacts`."""

    code: str | None = strawberry.field(default=strawberry.UNSET, description="Short name, such as 15.")
    name_zh: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in Chinese.")
    name_en: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in English.")
    starts_on: dt.date | None = strawberry.field(default=strawberry.UNSET, description="First day.")
    ends_on: dt.date | None = strawberry.field(
        default=strawberry.UNSET, description="The day from which it no longer holds."
    )
    status: TermStatus | None = strawberry.field(default=strawberry.UNSET, description="Draft, active or closed.")


@strawberry.type(description="The person as they are now.")
class PersonPayload:
    """Success."""

    person: Person = strawberry.field(description="The person.")


@strawberry.type(description="The seat as it is now.")
class MembershipPayload:
    """Success."""

    membership: Membership = strawberry.field(description="The seat.")


@strawberry.type(description="The term as it is now.")
class TermPayload:
    """Success."""

    term: Term = strawberry.field(description="The term.")


PersonResult = Annotated[
    PersonPayload | Problems, strawberry.union("PersonResult", description="The person, or why not.")
]
SeatResult = Annotated[
    MembershipPayload | Problems, strawberry.union("MembershipResult", description="The seat, or why not.")
]
TermResult = Annotated[TermPayload | Problems, strawberry.union("TermResult", description="The term, or why not.")]


def post_facts(change: Any) -> dict[str, Any]:
    """What was given of a post, its sector as a key."""
    facts = given(change, members.MembershipPost)
    if facts.get("sector"):
        facts["sector"] = key_of(facts["sector"], bodies.Body, field="sector")
    return facts


async def _seat(row: Any) -> Any:
    return shows(MembershipPayload, membership=await members.Membership.get(id=row.membership_id))


def change(description: str, action: Action = Action.MANAGE_MEMBERS) -> Any:
    """A mutation with its guard."""
    return strawberry.mutation(description=description, extensions=needs(action))


ThePersonChange = Annotated[PersonChange, strawberry.argument(description="The facts; a name in one script at least.")]
NewFacts = Annotated[PersonChange, strawberry.argument(description="What is other now.")]
TheScheme = Annotated[str, strawberry.argument(description="Whose name for the person it is.")]
TheValue = Annotated[str, strawberry.argument(description="The name, or number, itself.")]
TheKeep = Annotated[strawberry.ID, strawberry.argument(description="The entry that stays.")]
TheDrop = Annotated[strawberry.ID, strawberry.argument(description="The double, whose everything moves.")]
ThePerson = Annotated[strawberry.ID, strawberry.argument(description="Whose seat.")]
TheTerm = Annotated[strawberry.ID, strawberry.argument(description="In which term.")]
TheStartsOn = Annotated[dt.date | None, strawberry.argument(description="First day; null where unknown.")]
TheNo = Annotated[str, strawberry.argument(description="Number of the card, or empty.")]
TheStatus = Annotated[Status, strawberry.argument(description="What the seat is from that day.")]
ThePostChange = Annotated[PostChange | None, strawberry.argument(description="What it stands for.")]
NewStatus = Annotated[Status, strawberry.argument(description="What became of it.")]
NewPost = Annotated[
    PostChange, strawberry.argument(description="What it stands for now; for a correction, what is right.")
]
TheDays = Annotated[Days, strawberry.argument(description="The right days.")]
RightStatus = Annotated[Status | None, strawberry.argument(description="The right status, where that was wrong.")]
TheYear = Annotated[int, strawberry.argument(description="Which year, from 1.")]
TheFirstDay = Annotated[dt.date, strawberry.argument(description="Its first day.")]
TheEnd = Annotated[dt.date, strawberry.argument(description="The day from which it no longer holds.")]
TheTermChange = Annotated[TermChange, strawberry.argument(description="The facts; a code at least.")]
NewTermFacts = Annotated[TermChange, strawberry.argument(description="What is other now.")]


@strawberry.type
class MemberMutation:
    """Root fields that change this room."""

    @change("Adds someone whom the register did not know.")
    async def person_create(
        self,
        info: Answer,
        person: ThePersonChange,
    ) -> PersonResult:
        """Needs a name in one of the two scripts."""
        return shows(
            PersonPayload, person=await members.create_person(info.context.viewer, **given(person, members.Person))
        )

    @change("Changes facts about a person.")
    async def person_change(
        self,
        info: Answer,
        id: Id,
        change: NewFacts,
    ) -> PersonResult:
        """New names make new sort keys."""
        row = await members.change_person(
            info.context.viewer, key_of(id, members.Person), **given(change, members.Person)
        )
        return shows(PersonPayload, person=row)

    @change("Another system's name for this person.")
    async def person_identifier_add(
        self,
        info: Answer,
        id: Id,
        scheme: TheScheme,
        value: TheValue,
    ) -> PersonResult:
        """A scheme gives each name once."""
        key = key_of(id, members.Person)
        await members.identifier_add(info.context.viewer, key, scheme=scheme, value=value)
        return shows(PersonPayload, person=await members.Person.get(id=key))

    @change("Joins two entries of one person: everything moves to the one that stays.", Action.MERGE_PEOPLE)
    async def person_merge(
        self,
        info: Answer,
        keep: TheKeep,
        drop: TheDrop,
        reason: Why,
    ) -> PersonResult:
        """The other keeps its address, which leads here."""
        keys = {"keep": key_of(keep, members.Person, field="keep"), "drop": key_of(drop, members.Person, field="drop")}
        return shows(PersonPayload, person=await members.merge_people(info.context.viewer, reason=reason, **keys))

    @change("Gives a person a seat in a term.")
    async def person_seat(
        self,
        info: Answer,
        person: ThePerson,
        term: TheTerm,
        starts_on: TheStartsOn = None,
        no: TheNo = "",
        status: TheStatus = Status.ACTIVE,
        post: ThePostChange = None,
    ) -> SeatResult:
        """One seat a person and term."""
        row = await members.seat_person(
            info.context.viewer,
            key_of(person, members.Person, field="person"),
            term=key_of(term, members.Term, field="term"),
            starts_on=starts_on,
            no=no,
            status=status,
            **post_facts(post),
        )
        return shows(MembershipPayload, membership=row)

    @change("Something became of a seat: it was suspended, given up, ended.")
    async def membership_status_change(
        self,
        info: Answer,
        id: Id,
        status: NewStatus,
        on: FromDay,
        reason: Why,
    ) -> SeatResult:
        """The running status ends on that day."""
        key = key_of(id, members.Membership)
        return await _seat(await members.change_status(info.context.viewer, key, status=status, on=on, reason=reason))

    @change("From a day on, a seat stands for another sector, office or unit.")
    async def membership_post_change(
        self,
        info: Answer,
        id: Id,
        on: FromDay,
        change: NewPost,
    ) -> SeatResult:
        """The running post ends on that day."""
        key = key_of(id, members.Membership)
        return await _seat(await members.change_post(info.context.viewer, key, on=on, **post_facts(change)))

    @change("An entry of a seat's status history was wrong: it is kept as wrong, the right one stands beside it.")
    async def membership_status_correct(
        self,
        info: Answer,
        id: Id,
        reason: Why,
        days: TheDays,
        status: RightStatus = None,
    ) -> SeatResult:
        """Its neighbours stretch or shrink, so that no day is lost or double."""
        right = given(days, members.MembershipStatus) | ({"status": status} if status else {})
        key = key_of(id, members.MembershipStatus)
        return await _seat(await members.correct_status(info.context.viewer, key, reason=reason, **right))

    @change("An entry of a seat's posts was wrong: it is kept as wrong, the right one stands beside it.")
    async def membership_post_correct(
        self,
        info: Answer,
        id: Id,
        reason: Why,
        days: TheDays,
        change: NewPost,
    ) -> SeatResult:
        """Its neighbours stretch or shrink, so that no day is lost or double."""
        right = given(days, members.MembershipStatus) | post_facts(change)
        key = key_of(id, members.MembershipPost)
        return await _seat(await members.correct_post(info.context.viewer, key, reason=reason, **right))

    @change("Adds a term.")
    async def term_create(self, info: Answer, term: TheTermChange) -> TermResult:
        """Needs a code."""
        return shows(TermPayload, term=await members.create_term(info.context.viewer, **given(term, members.Term)))

    @change("Changes facts about a term, or begins or closes it.")
    async def term_change(self, info: Answer, id: Id, change: NewTermFacts) -> TermResult:
        """Its code stays unique."""
        key = key_of(id, members.Term)
        return shows(
            TermPayload, term=await members.change_term(info.context.viewer, key, **given(change, members.Term))
        )

    @change("Adds a year of a term.", Action.MANAGE_TERM_YEARS)
    async def term_year_add(
        self, info: Answer, id: Id, n: TheYear, starts_on: TheFirstDay, ends_on: TheEnd
    ) -> TermResult:
        """Years of one term do not meet."""
        key = key_of(id, members.Term)
        row = await members.add_term_year(info.context.viewer, key, n=n, starts_on=starts_on, ends_on=ends_on)
        return shows(TermPayload, term=row)
