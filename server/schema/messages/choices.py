"""How one's own messages come: for each topic and way at once, together or not at all; quiet hours and digests."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from server.models import members, messages
from server.models.deadlines import works_in_the_office
from server.models.messages.choosing import Chosen
from server.models.messages.wishes import HOURS, holder
from server.models.reads import Columns
from server.rules.messages import EMAIL, SLIP, TOPIC_NAMES, Hours, Mode, Topic, chosen
from server.rules.permissions import Action
from server.schema.guard import needs
from server.schema.making import made, makes
from server.schema.problems import Problems
from server.schema.reading import Answer
from server.viewer import Viewer
from server.words import Locale, say


@strawberry.type(description="How messages of one topic come by one way.")
class MessageChoice:
    """One box of the page of choices."""

    topic: Topic = strawberry.field(description="What they are about.")
    topic_name: str = strawberry.field(description="The same in words.")
    channel: str = strawberry.field(description="By which way: email, or one that this house has.")
    channel_name: str = strawberry.field(description="The same in words.")
    mode: Mode = strawberry.field(description="How they come.")
    since: dt.datetime | None = strawberry.field(description="When you chose that; null where you have not chosen.")


@strawberry.type(description="What you chose of messages. Here they come always.")
class MessageChoices:
    """The page of choices."""

    choices: list[MessageChoice] = strawberry.field(description="For each topic of which you are told, and each way.")
    quiet_from: int = strawberry.field(description="The hour from which only what is urgent comes.")
    quiet_until: int = strawberry.field(description="The hour from which everything comes again; the same for never.")
    digest_day: int = strawberry.field(description="The day of a digest: 0 Monday to 6 Sunday, 7 each day.")
    digest_hour: int = strawberry.field(description="The hour of a digest.")
    has_address: bool = strawberry.field(description="Whether the register knows an e-mail address of yours.")
    by_email: bool = strawberry.field(description="Whether this house has a mail server.")


@strawberry.input(description="How messages of one topic are to come by one way.")
class MessageWish:
    """One box as it was chosen."""

    topic: Topic = strawberry.field(description="What they are about.")
    channel: str = strawberry.field(description="By which way.")
    mode: Mode = strawberry.field(description="How they are to come.")


@strawberry.type(description="What you chose is kept.")
class MessageChoosePayload:
    """Success."""

    count: int = strawberry.field(description="How many choices were said.")


MessageChooseResult = Annotated[
    MessageChoosePayload | Problems, strawberry.union("MessageChooseResult", description="Done, or why not.")
]
Wishes = Annotated[list[MessageWish], strawberry.argument(description="For each topic and way; others stay.")]
QuietFrom = Annotated[int, strawberry.argument(description="The hour from which only what is urgent comes, 0 to 23.")]
QuietUntil = Annotated[int, strawberry.argument(description="The hour from which everything comes again, 0 to 23.")]
DigestDay = Annotated[int, strawberry.argument(description="The day of a digest: 0 Monday to 6 Sunday, 7 each day.")]
DigestHour = Annotated[int, strawberry.argument(description="The hour of a digest, 0 to 23.")]


def channel_name(channel: str, locale: Locale) -> str:
    """A way in words; those that the operator named are called so."""
    names = {EMAIL: say("e-mail"), SLIP: say("on paper")}
    return names[channel].into(locale) if channel in names else channel


@strawberry.type
class ChoiceQuery:
    """Root fields of this room."""

    @makes("How your messages come.", kind=MessageChoices, extensions=needs(Action.READ_MESSAGES))
    async def message_choices(self, info: Answer) -> Any:
        """Your own."""
        viewer, ways = info.context.viewer, info.context.ways
        whose = holder(viewer)
        rows = messages.MessageChoice.filter(**whose, ended_at=None).order_by("id")
        mine = members.Person.filter(id__in=[viewer.person] if viewer.person else [])
        reads = {
            "choices": Columns(rows, ("topic", "channel", "mode", "consent_at")),
            "hours": Columns(messages.MessageHours.filter(**whose).order_by("id"), HOURS),
            "address": Columns(mine.order_by("id"), ("email",)),
        }
        return await made(info.context, reads, partial(_choices, viewer, ways))


def _choices(viewer: Viewer, ways: tuple[str, ...], found: Mapping[str, Any]) -> MessageChoices:
    held = {(Topic(topic), channel): (Mode(mode), since) for topic, channel, mode, since in found["choices"]}
    modes = {key: mode for key, (mode, _) in held.items()}
    hours = Hours(*found["hours"][0]) if found["hours"] else Hours()
    lines = [
        MessageChoice(
            topic=topic,
            topic_name=words.into(viewer.locale),
            channel=channel,
            channel_name=channel_name(channel, viewer.locale),
            mode=chosen(topic, channel, modes),
            since=held[topic, channel][1] if (topic, channel) in held else None,
        )
        for topic, words in TOPIC_NAMES.items()
        if topic is not Topic.WORK or works_in_the_office(viewer)
        for channel in dict.fromkeys((EMAIL, *ways))
    ]
    address = any(email for (email,) in found["address"])
    return MessageChoices(choices=lines, has_address=address, by_email=EMAIL in ways, **vars(hours))


@strawberry.type
class ChoiceMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Chooses how your messages come from now on; the time is kept as that of your consent (PU-1).",
        extensions=needs(Action.KEEP_MESSAGES),
    )
    async def message_choose(
        self,
        info: Answer,
        choices: Wishes,
        quiet_from: QuietFrom,
        quiet_until: QuietUntil,
        digest_day: DigestDay,
        digest_hour: DigestHour,
    ) -> MessageChooseResult:
        """What was chosen before is kept as ended."""
        wanted = [Chosen(one.topic, one.channel, one.mode) for one in choices]
        hours = Hours(quiet_from, quiet_until, digest_day, digest_hour)
        await messages.choose(info.context.viewer, choices=wanted, hours=hours, channels=info.context.ways)
        return MessageChoosePayload(count=len(wanted))
