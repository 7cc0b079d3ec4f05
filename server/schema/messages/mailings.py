"""What the office writes to many: a draft, who gets it by which way and who cannot be reached, and what came of it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models import accounts, bodies, members, messages
from server.models.members.queries import NOTHING
from server.models.messages.wishes import Wishes, wished, wishing
from server.models.reads import Columns, Count
from server.rules import messages as rules
from server.rules.messages import EMAIL, SLIP, DeliveryState, Mode, Topic
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.declared import COUNTED, DESCRIBED, Ref
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes, picked
from server.schema.members import Person
from server.schema.members.queries import term_key
from server.schema.messages.choices import channel_name
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, chosen, column, computed, many, one, reads, shows
from server.schema.rows import row_of, seen
from server.viewer import Viewer
from server.words import Locale, Words, say

if TYPE_CHECKING:
    from server.schema.accounts import Account  # it knows this room already

Writer = Annotated["Account", strawberry.lazy("server.schema.accounts")]
Other = Annotated["Mailing", strawberry.lazy("server.schema.messages.mailings")]
CAP = 1000
"""Readers that a list of them shows."""


def visible(viewer: Viewer) -> Q:
    """For whoever sends messages."""
    return Q() if viewer.may(Action.SEND_MESSAGES) else NOTHING


@strawberry.type(description="By which ways one reader gets a message as things are.")
class MailingReader:
    """One line of the check before a message is sent."""

    person: Person | None = picked("people", "Who; null where you may not see people.")
    ways: list[str] = strawberry.field(description="By which ways it leaves the house, in words.")
    account: bool = strawberry.field(description="Whether this person can sign in and read it here.")
    read: bool = strawberry.field(description="Whether this person has confirmed it, or a reminder of it.")
    on_paper: bool = strawberry.field(description="Whether only the office itself reaches this person.")
    why: str = strawberry.field(description="Why nothing leaves the house for this person, or empty.")
    came_back_at: dt.datetime | None = strawberry.field(
        description="When a letter to the e-mail address came back from there last; null where none did."
    )


@strawberry.type(description="How many of the readers get a message by one way.")
class MailingWay:
    """One way."""

    channel: str = strawberry.field(description="The way.")
    name: str = strawberry.field(description="The same in words.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="Who gets a message by which way as things are; nothing is sent by looking.")
class MailingReach:
    """The check before a message is sent."""

    count: int = strawberry.field(description="How many readers.")
    inside: int = strawberry.field(description="How many of them can sign in and read it here.")
    ways: list[MailingWay] = strawberry.field(description="How many get it by each way out of the house.")
    readers: list[MailingReader] = strawberry.field(
        description="Those whom the office has to reach itself, then those from whom letters came back, then by name; "
        "at most 1,000.",
        metadata={COUNTED: CAP},
    )


@strawberry.type(description="What became of a message that was sent.")
class MailingOutcome:
    """In numbers."""

    read: int = strawberry.field(description="How many said that they have read it, or a reminder of it.")
    waiting: int = strawberry.field(description="How many deliveries are on their way, or tried again by themselves.")
    sent: int = strawberry.field(description="How many arrived, or were handed over.")
    troubled: int = strawberry.field(description="How many did not arrive.")
    on_paper: int = strawberry.field(description="How many wait for the office's own hands.")
    handed_over: int = strawberry.field(description="How many of those that arrived the office handed over itself.")


@strawberry.type(description="What the office said at one moment that it had handed over itself.")
class Handing:
    """Many slips at once, or one."""

    at: dt.datetime = strawberry.field(description="When.")
    by: str = strawberry.field(description="Who: the name of the account.")
    count: int = strawberry.field(description="How many people.")


@strawberry.type(description="A message that the office writes to many.")
@reads(messages.Mailing, visible)
class Mailing(Node):
    """A draft, or sent."""

    title: str = chosen("title", "Its title, in your language.")
    title_zh: str = column("The same in Chinese.")
    title_en: str = column("The same in English.")
    text_zh: str = column("Its text in Chinese, or empty.")
    text_en: str = column("Its text in English, or empty.")
    outside: bool = column("Whether the text leaves the house; else only title and link do.")
    urgent: bool = column("Whether it waits for no quiet hours and no digest.")
    to: str = chosen("to", "To whom, in words.")
    written_at: dt.datetime = column("When it was written.")
    written_by = one(accounts.Account, "written_by", Writer | None, "Who wrote it.")
    sent_at: dt.datetime | None = column("When it was sent; null while it is a draft.")
    reminds = one(
        messages.Mailing, "reminds", Other | None, "The message of which it reminds those who have not confirmed it."
    )
    reminders = many(
        messages.Mailing, "reminds", Other, "Messages that remind of it, the first first.", order=("written_at", "id")
    )

    @computed("Whether this house has a mail server; without one, messages are copied or printed.")
    def by_email(self, info: Answer) -> bool:
        """As it is set up."""
        return EMAIL in info.context.ways

    @makes("How many readers it has.", "id")
    async def count(root: strawberry.Parent[messages.Mailing], info: Answer) -> int:
        """As they were chosen."""
        rows = {"count": Count(messages.MailingReader.filter(mailing_id=root.pk))}
        return await made(info.context, rows, lambda found: found["count"])

    @makes("Who gets it by which way as things are.", "id", kind=MailingReach)
    async def reach(root: strawberry.Parent[messages.Mailing], info: Answer) -> Any:
        """Nothing is sent by looking."""
        people = _readers(root.pk)
        seen = people.filter(members.visible_people(info.context.viewer))
        make = partial(_reach, info.context.viewer, info.context.ways, seen)
        lost = messages.Delivery.filter(came_back_at__isnull=False, person_id__in=Subquery(people.values("id")))
        rows = wishing(people) | {
            "read": Columns(messages.confirmed(root.pk).order_by("id"), ("person_id",)),
            "lost": Columns(lost.order_by("came_back_at", "id"), ("person_id", "address", "came_back_at")),
        }
        return await made(info.context, rows, make, people=seen)

    @makes("What became of it.", "id", kind=MailingOutcome)
    async def outcome(root: strawberry.Parent[messages.Mailing], info: Answer) -> Any:
        """In numbers."""
        out = messages.Delivery.filter(mailing_id=root.pk)
        waiting = out.filter(state__in=rules.OPEN)
        rows = {
            "read": Count(_confirmed(root.pk)),
            "waiting": Count(waiting.exclude(channel=SLIP)),
            "sent": Count(out.filter(state=DeliveryState.SENT)),
            "troubled": Count(out.filter(state__in=rules.LOST)),
            "on_paper": Count(waiting.filter(channel=SLIP)),
            "handed_over": Count(_handed(root.pk)),
        }
        return await made(info.context, rows, lambda found: MailingOutcome(**found))

    @makes("What the office handed over itself, the last first.", "id", kind=list[Handing])
    async def handings(root: strawberry.Parent[messages.Mailing], info: Answer) -> Any:
        """By when it said so."""
        rows = {"marks": Columns(_handed(root.pk).order_by("-marked_at", "id"), ("marked_at", "marked_by__name"))}
        return await made(info.context, rows, _handings)


def _handed(mailing: Any) -> QuerySet[messages.Delivery]:
    return messages.Delivery.filter(mailing_id=mailing, state=DeliveryState.SENT, was__isnull=False)


def _handings(found: Mapping[str, Any]) -> list[Handing]:
    return [Handing(at=at, by=by or "", count=count) for (at, by), count in Counter(found["marks"]).items()]


def _readers(mailing: Any) -> QuerySet[members.Person]:
    keys: Any = Subquery(messages.MailingReader.filter(mailing_id=mailing).values("person_id"))
    return members.Person.filter(id__in=keys)


def _confirmed(mailing: Any) -> QuerySet[members.Person]:
    keys: Any = Subquery(messages.confirmed(mailing).values("person_id"))
    return members.Person.filter(id__in=keys)


def _reach(
    viewer: Viewer, known: tuple[str, ...], people: QuerySet[members.Person], found: Mapping[str, Any]
) -> MailingReach:
    wishes, read, by_email = wished(found), {person for (person,) in found["read"]}, EMAIL in known
    ways = {person: list(wish.ways(Topic.OFFICE, by_email=by_email)) for person, wish in wishes.items()}
    paper = {person for person, wish in wishes.items() if wish.on_paper(Topic.OFFICE, by_email=by_email)}
    emails = {person: email for person, _, _, email in found["people"]}
    lost = {person: at for person, address, at in found["lost"] if address == emails[person]}
    counted = Counter(channel for chosen_ways in ways.values() for channel, _ in chosen_ways)
    counted[SLIP] = len(paper)
    lines = [
        shows(
            MailingReader,
            person=Ref(person, people),
            ways=[_way(channel, mode, viewer.locale) for channel, mode in ways[person]],
            account=wish.account,
            read=person in read,
            on_paper=person in paper,
            why="" if ways[person] else _why(wish, by_email=by_email, on_paper=person in paper).into(viewer.locale),
            came_back_at=lost.get(person),
        )
        for person, wish in sorted(wishes.items(), key=lambda one: (one[0] not in paper, one[0] not in lost))[:CAP]
    ]
    named = [
        MailingWay(channel=channel, name=channel_name(channel, viewer.locale), count=count)
        for channel, count in sorted(counted.items())
        if count
    ]
    inside = sum(wish.account for wish in wishes.values())
    return MailingReach(count=len(wishes), inside=inside, ways=named, readers=lines)


def _way(channel: str, mode: Mode, locale: Locale) -> str:
    name = channel_name(channel, locale)
    return say("{way}, in the next digest", way=name).into(locale) if mode is Mode.DIGEST else name


def _why(wish: Wishes, *, by_email: bool, on_paper: bool) -> Words:
    if not on_paper:
        return say("Chose to read messages here only.")
    if not wish.address:
        return say("No e-mail address is known.")
    return say("Wants no e-mail, and cannot sign in.") if by_email else say("This house has no mail server.")


@strawberry.type(description="The message as it is now.")
class MailingPayload:
    """Success."""

    mailing: Mailing = strawberry.field(description="The message.")


@strawberry.type(description="The draft is thrown away.")
class MailingDiscarded:
    """Success."""

    id: strawberry.ID = strawberry.field(description="The ID that it had.")


MailingResult = Annotated[
    MailingPayload | Problems, strawberry.union("MailingResult", description="The message, or why not.")
]
MailingDiscardResult = Annotated[
    MailingDiscarded | Problems, strawberry.union("MailingDiscardResult", description="Done, or why not.")
]
TitleZh = Annotated[str, strawberry.argument(description="Its title in Chinese; it holds nothing confidential.")]
TitleEn = Annotated[str, strawberry.argument(description="Its title in English; it holds nothing confidential.")]
TextZh = Annotated[str, strawberry.argument(description="Its text in Chinese; empty for none in either language.")]
TextEn = Annotated[str, strawberry.argument(description="Its text in English; empty for none in either language.")]
Outside = Annotated[
    bool, strawberry.argument(description="Whether the text may leave the house; else only a link does.")
]
Urgent = Annotated[bool, strawberry.argument(description="Whether it waits for no quiet hours and no digest.")]
People = Annotated[list[strawberry.ID], strawberry.argument(description="These people.")]
NOBODY: list[strawberry.ID] = []
"""Named by themselves: those of a body or a term are meant."""
OfBody = Annotated[strawberry.ID | None, strawberry.argument(description="Who sits in this body today.")]
OfTerm = Annotated[str | None, strawberry.argument(description="Who has an active seat in the term with this code.")]


@strawberry.type
class MailingQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="What the office wrote to many, the newest first.",
        graphql_type=Connection[Mailing],
        extensions=needs(Action.SEND_MESSAGES),
        metadata=DESCRIBED,
    )
    @spread
    async def mailings(self, info: Answer, *, part: Slice) -> Any:
        """Drafts too."""
        return await connect(info.context, messages.Mailing.all(), ("-written_at", "id"), part)

    @strawberry.field(
        description="One of them, null where there is none.",
        graphql_type=Mailing | None,
        extensions=needs(Action.SEND_MESSAGES),
        metadata=DESCRIBED,
    )
    async def mailing(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, messages.Mailing, key_of(id, messages.Mailing))


@strawberry.type
class MailingMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Writes a message to people, to a body or to all members of a term. Nobody gets it yet.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def mailing_draft(
        self,
        info: Answer,
        title_zh: TitleZh,
        title_en: TitleEn,
        text_zh: TextZh = "",
        text_en: TextEn = "",
        outside: Outside = False,
        urgent: Urgent = False,
        people: People = NOBODY,
        body: OfBody = None,
        term: OfTerm = None,
    ) -> MailingResult:
        """Each person once, as they are today."""
        asking = info.context
        audience = messages.Audience(
            tuple(key_of(one, members.Person, field="people") for one in people),
            await seen(asking, bodies.Body, body, "body") if body else None,
            await term_key(asking, term) if term else None,
        )
        said = {"title_zh": title_zh, "title_en": title_en, "text_zh": text_zh, "text_en": text_en}
        row = await messages.draft(asking.viewer, audience=audience, **said, outside=outside, urgent=urgent)
        return shows(MailingPayload, mailing=row)

    @strawberry.mutation(
        description="Writes a reminder to those readers who have not confirmed a message that was sent, with its text. "
        "Nobody gets it yet. Of a reminder it writes another one of the first message.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def mailing_remind(self, info: Answer, id: Id) -> MailingResult:
        """Who they are is kept with it, as of now."""
        row = await messages.remind(info.context.viewer, mailing=key_of(id, messages.Mailing))
        return shows(MailingPayload, mailing=row)

    @strawberry.mutation(description="Changes what a draft says.", extensions=needs(Action.SEND_MESSAGES))
    async def mailing_redraft(
        self,
        info: Answer,
        id: Id,
        title_zh: TitleZh,
        title_en: TitleEn,
        text_zh: TextZh = "",
        text_en: TextEn = "",
        outside: Outside = False,
        urgent: Urgent = False,
    ) -> MailingResult:
        """Its readers stay."""
        said = {"title_zh": title_zh, "title_en": title_en, "text_zh": text_zh, "text_en": text_en}
        key = key_of(id, messages.Mailing)
        row = await messages.redraft(info.context.viewer, mailing=key, **said, outside=outside, urgent=urgent)
        return shows(MailingPayload, mailing=row)

    @strawberry.mutation(
        description="Sends a draft to its readers, once; it cannot be called back.",
        extensions=needs(Action.SEND_MESSAGES),
    )
    async def mailing_send(self, info: Answer, id: Id) -> MailingResult:
        """All of them, or nobody."""
        key, by_email = key_of(id, messages.Mailing), EMAIL in info.context.ways
        row = await messages.send(info.context.viewer, mailing=key, by_email=by_email)
        return shows(MailingPayload, mailing=row)

    @strawberry.mutation(description="Throws a draft away.", extensions=needs(Action.SEND_MESSAGES))
    async def mailing_discard(self, info: Answer, id: Id) -> MailingDiscardResult:
        """One that was not sent."""
        await messages.discard(info.context.viewer, mailing=key_of(id, messages.Mailing))
        return MailingDiscarded(id=id)
