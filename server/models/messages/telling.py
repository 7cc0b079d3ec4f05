"""Telling people something: the message and its deliveries are written in the transaction of their cause, or not."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models.accounts.tables import Account
from server.models.bodies.counting import batches
from server.models.database import BATCH, transaction
from server.models.members.tables import MembershipStatus, Person, Status
from server.models.messages.tables import Delivery, Message
from server.models.messages.wishes import Wishes, wished, wishing
from server.models.reads import read_all
from server.rules.messages import SLIP, TITLE, Planned, Topic, Urgency
from server.viewer import Viewer
from server.words import Words, both_names

NOTHING = both_names("", "")
NOBODY: Mapping[UUID, "Said"] = {}


@dataclass(frozen=True)
class Said:
    """What is told. words: the title, which leaves the house, so that it holds nothing confidential.

    more: the text, which stays in the house unless `outside`. key: with the same one nobody is told twice.
    by_email: for a mailing, whether the house has a mail server; without one it goes on paper instead.
    """

    topic: Topic
    words: Words
    more: Words = NOTHING
    outside: bool = False
    link: str = ""
    key: str = ""
    urgency: Urgency = Urgency.USUAL
    mailing: UUID | None = None
    by_email: bool = True


async def tell(
    viewer: Viewer,
    *,
    topic: Topic,
    words: Words,
    people: Iterable[UUID] = (),
    accounts: Iterable[UUID] = (),
    **more: Any,
) -> None:
    """Tell these people, and those whose accounts these are. See `Said` for what more can be said.

    Call it inside the transaction of what happened: then it is told if that is committed, and only then.
    """
    said = Said(topic, words, **more)
    owned, unowned = await _of_accounts(accounts)
    await tell_each(viewer, dict.fromkeys([*people, *owned], said), dict.fromkeys(unowned, said))


async def tell_each(viewer: Viewer, people: Mapping[UUID, Said], unowned: Mapping[UUID, Said] = NOBODY) -> None:
    """Tell each of these people something of their own, in as many statements as the same to all.

    unowned: the same for accounts that are nobody's. Whom the register knows to have died is told nothing.
    """
    if not people and not unowned:
        return
    died = MembershipStatus.filter(status=Status.DECEASED, voided_at=None).values("membership__person_id")
    async with transaction():
        await _tell(viewer, people, Person.exclude(id__in=Subquery(died)))
        if unowned:
            found = await read_all(wishing(Person.filter(id__in=[]), [*unowned]))
            await _write(viewer, unowned, wished(found, [*unowned]), "account_id")


async def tell_all(viewer: Viewer, said: Said, *, people: Iterable[UUID]) -> None:
    """Tell all of these people the same: those whom the office chose, whoever they are."""
    async with transaction():
        await _tell(viewer, dict.fromkeys(people, said), Person.all())


async def _tell(viewer: Viewer, said: Mapping[UUID, Said], among: QuerySet[Person]) -> None:
    for batch in batches(said):
        await _write(viewer, said, wished(await read_all(wishing(among.filter(id__in=batch)))), "person_id")


async def _of_accounts(accounts: Iterable[UUID]) -> tuple[list[UUID], list[UUID]]:
    """The people whose accounts these are; the accounts that are nobody's."""
    asked = list(accounts)
    rows = await Account.filter(id__in=asked).values_list("id", "person_id") if asked else []
    return [person for _, person in rows if person], [account for account, person in rows if not person]


async def _write(viewer: Viewer, said: Mapping[UUID, Said], wishes: dict[UUID, Wishes], holder: str) -> None:
    messages = [Message(id=_key(said[who], who), **{holder: who}, **_facts(viewer, said[who])) for who in wishes]
    deliveries = [
        delivery
        for message, (who, wish) in zip(messages, wishes.items(), strict=True)
        for delivery in deliveries_of(
            viewer, message, who if holder == "person_id" else None, _plan(viewer, said[who], wish)
        )
    ]
    await Message.bulk_create(messages, BATCH, ignore_conflicts=True)
    await Delivery.bulk_create(deliveries, BATCH, ignore_conflicts=True)


def _facts(viewer: Viewer, said: Said) -> dict[str, Any]:
    titles = {f"title_{locale}": short(said.words.into(locale)) for locale in ("zh", "en")}
    texts = {f"text_{locale}": said.more.into(locale) for locale in ("zh", "en")}
    kept = {"topic": said.topic, "urgency": int(said.urgency), "outside": said.outside, "link": said.link}
    return {**titles, **texts, **kept, "mailing_id": said.mailing, "created_at": viewer.now}


def short(title: str) -> str:
    """A title that fits."""
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"


def _key(said: Said, whose: UUID) -> UUID:
    """The same for the same key and person, so that the database knows a message told twice by its primary key."""
    return message_key(said.key, whose) if said.key else uuid4()


def message_key(key: str, whose: UUID) -> UUID:
    """That of the message which was told with this key to this person, or account that is nobody's."""
    return uuid5(NAMESPACE_URL, f"luzhi:message:{key}:{whose}")


def _plan(viewer: Viewer, said: Said, wish: Wishes) -> list[Planned]:
    """A mailing also goes on paper, to those whom nothing else reaches."""
    if said.mailing and wish.on_paper(said.topic, by_email=said.by_email):
        return [Planned(SLIP, viewer.now)]
    return wish.planned(viewer, said.topic, said.urgency, by_email=said.by_email)


def deliveries_of(
    viewer: Viewer, message: Message, person: UUID | None, plan: Collection[Planned]
) -> Iterator[Delivery]:
    """The deliveries of one message by these ways."""
    for way in plan:
        key = uuid5(message.id, way.channel)
        yield Delivery(
            id=key,
            envelope=key,
            message_id=message.id,
            person_id=person,
            mailing_id=message.mailing_id,
            channel=way.channel,
            urgency=message.urgency,
            digest=way.digest,
            due_at=way.due_at,
            created_at=viewer.now,
        )
