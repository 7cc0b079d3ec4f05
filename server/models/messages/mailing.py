"""What the office writes to many: a draft that shows who would get it and how, then sent as it was looked at."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.queries import sitting_in
from server.models.bodies.tables import Body
from server.models.database import BATCH, transaction
from server.models.facts import tidy
from server.models.history import locked, there
from server.models.members.queries import active_on
from server.models.members.tables import Person, Term
from server.models.messages.tables import Mailing, MailingReader, Message
from server.models.messages.telling import Said, short, tell_all
from server.rules.messages import TEXT, Topic, Urgency
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import Words, both_names, name, say

TO, FEW = 500, 10
"""Characters of the words that say to whom; people who are named there."""
LEFT_OUT: dict[str, Any] = {"text_zh": "", "text_en": "", "outside": False, "urgent": False}
TITLES, TEXTS = ("title_zh", "title_en"), ("text_zh", "text_en")


@dataclass(frozen=True)
class Audience:
    """To whom: these people, who sits in a body, and who has an active seat in a term; each person once.

    unread_of: its readers who have not confirmed that message, which the new one then reminds of.
    """

    people: tuple[UUID, ...] = ()
    body: UUID | None = None
    term: UUID | None = None
    unread_of: UUID | None = None


def audience_of(viewer: Viewer, audience: Audience) -> Q:
    """The people of an audience as they are today."""
    found = Q(id__in=list(audience.people))
    if audience.body:
        found |= sitting_in(audience.body, viewer.today)
    if audience.term:
        found |= active_on(viewer.today, audience.term)
    if audience.unread_of:
        found |= Q(id__in=Subquery(unconfirmed(audience.unread_of).values("person_id")))
    return Q(merged_into_id__isnull=True) & found


def confirmed(mailing: UUID) -> QuerySet[Message]:
    """Messages whose readers have said that they have read that mailing, or a reminder of it, which says the same."""
    reminders: Any = Subquery(Mailing.filter(reminds_id=mailing).values("id"))
    return Message.filter(Q(mailing_id=mailing) | Q(mailing_id__in=reminders), read_at__isnull=False)


def unconfirmed(mailing: UUID) -> QuerySet[Message]:
    """Messages of that mailing whose readers have confirmed neither it nor a reminder of it."""
    read: Any = Subquery(confirmed(mailing).values("person_id"))
    return Message.filter(mailing_id=mailing).exclude(person_id__in=read)


async def draft(viewer: Viewer, *, audience: Audience, **facts: Any) -> Mailing:
    """Write a message to many, which nobody gets yet; who they are is kept. facts: titles, texts, outside, urgent.

    Raises Invalid for what is missing or too long, or an audience of nobody; NotThere.
    """
    viewer.must(Action.SEND_MESSAGES)
    sound = _sound(LEFT_OUT | facts)
    async with transaction():
        people, to = await _of(viewer, audience)
        names: dict[str, Any] = {"to_zh": to.into("zh")[:TO], "to_en": to.into("en")[:TO]}
        facts = {**sound, **names, "reminds_id": audience.unread_of}
        row = await Mailing.create(id=uuid4(), **facts, written_at=viewer.now, written_by_id=viewer.account)
        readers = [MailingReader(mailing_id=row.id, person_id=person) for person in people]
        await MailingReader.bulk_create(readers, BATCH)
        await audit.record(viewer, "messages.draft", f"mai_{row.id}", _told(sound) | {"people": len(people)})
    return row


async def remind(viewer: Viewer, *, mailing: UUID) -> Mailing:
    """Draft a reminder to those who have not confirmed a message, with its text; of a reminder, one of the first.

    Nobody gets it yet. Raises Conflict where it was not sent, Invalid where everyone has confirmed; NotThere.
    """
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await there(Mailing, mailing, "mailing")
        first = await Mailing.get(id=row.reminds_id) if row.reminds_id else row
        if first.sent_at is None:
            raise Conflict(
                Problem("NOT_SENT", say("This message was not sent yet, so nobody could read it."), "mailing")
            )
        title = say("Reminder: {title}", title=both_names(first.title_zh, first.title_en))
        said: dict[str, Any] = {fact: getattr(first, fact) for fact in (*TEXTS, "outside", "urgent")}
        said |= {"title_zh": short(title.into("zh")), "title_en": short(title.into("en"))}
        return await draft(viewer, audience=Audience(unread_of=first.id), **said)


async def redraft(viewer: Viewer, *, mailing: UUID, **facts: Any) -> Mailing:
    """Change what a draft says. Raises Invalid; Conflict where it was sent; NotThere."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await _open(mailing)
        sound = _sound({fact: getattr(row, fact) for fact in (*TITLES, *TEXTS, "outside", "urgent")} | facts)
        await Mailing.filter(id=mailing).update(**sound)
        await audit.record(viewer, "messages.redraft", f"mai_{mailing}", _told(sound))
    return await Mailing.get(id=mailing)


async def discard(viewer: Viewer, *, mailing: UUID) -> None:
    """Throw a draft away. Raises Conflict where it was sent; NotThere."""
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await _open(mailing)
        await MailingReader.filter(mailing_id=mailing).delete()
        await Mailing.filter(id=mailing).delete()
        await audit.record(viewer, "messages.discard", f"mai_{mailing}", {"title": [row.title_zh, row.title_en]})


async def send(viewer: Viewer, *, mailing: UUID, by_email: bool = True) -> Mailing:
    """Send a draft to those whom it names: all messages and their deliveries, or none.

    by_email: the house has a mail server. Raises Conflict where it was sent; NotThere.
    """
    viewer.must(Action.SEND_MESSAGES)
    async with transaction():
        row = await _open(mailing)
        readers = MailingReader.filter(mailing_id=mailing).order_by("id")
        found = await readers.values_list("person_id", "person__merged_into_id")
        people = {merged or person for person, merged in found}
        await Mailing.filter(id=mailing).update(sent_at=viewer.now)
        await tell_all(viewer, _said(row, by_email=by_email), people=people)
        await audit.record(viewer, "messages.send", f"mai_{mailing}", {"people": len(people)})
    return await Mailing.get(id=mailing)


def _said(row: Mailing, *, by_email: bool) -> Said:
    return Said(
        topic=Topic.OFFICE,
        words=both_names(row.title_zh, row.title_en),
        more=both_names(row.text_zh, row.text_en),
        outside=row.outside,
        key=f"mailing:{row.id}",
        urgency=Urgency.URGENT if row.urgent else Urgency.USUAL,
        mailing=row.id,
        by_email=by_email,
    )


async def _open(mailing: UUID) -> Mailing:
    row = await locked(Mailing, mailing, "mailing")
    if row.sent_at:
        raise Conflict(Problem("SENT_ALREADY", say("This message was sent already."), "mailing"))
    return row


def _nobody(audience: Audience) -> Invalid:
    if audience.unread_of:
        return Invalid(Problem("ALL_CONFIRMED", say("All of its readers have confirmed it."), "mailing"))
    return Invalid(Problem("NOBODY", say("Say to whom: this reaches nobody today."), _asked(audience)))


def _asked(audience: Audience) -> str:
    """Where it was said to whom; the first place to say it where nobody did."""
    return "body" if audience.body else "people" if audience.people and not audience.term else "term"


async def _of(viewer: Viewer, audience: Audience) -> tuple[list[UUID], Words]:
    """The people of an audience as they are today, and what to call it."""
    parts: list[Words] = []
    if audience.term:
        parts.append(say("the members of term {term}", term=(await there(Term, audience.term, "term")).code))
    if audience.body:
        parts.append(name(await there(Body, audience.body, "body")))
    if audience.unread_of:
        first = await there(Mailing, audience.unread_of, "mailing")
        title = both_names(first.title_zh, first.title_en)
        parts.append(say("those who have not confirmed: {title}", title=title))
    people = await Person.filter(audience_of(viewer, audience)).order_by("sort_pinyin", "id")
    if not people:
        raise _nobody(audience)
    chosen = set(audience.people)
    parts += [name(person) for person in people if person.id in chosen][:FEW]
    return [person.id for person in people], Words("{parts}", {"parts": tuple(parts)})


def _told(sound: Mapping[str, Any]) -> dict[str, Any]:
    """For the trail: what stands outside, not the text."""
    return {"title": [sound[title] for title in TITLES], "outside": sound["outside"]}


def _sound(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept. Raises Invalid with every problem."""
    titles = {title: facts[title] for title in TITLES}
    texts = {text: _text(facts[text]) for text in TEXTS}
    problems = [*_of_titles(titles), *_of_texts(texts)]
    if problems:
        raise Invalid(*problems)
    return {**facts, **tidy(Mailing, titles), **texts}


def _of_titles(titles: Mapping[str, str]) -> Iterator[Problem]:
    for field, title in titles.items():
        if not title.strip():
            said = say("Give the message a title in both languages: readers see their own first.")
            yield Problem("TITLE_MISSING", said, field)


def _of_texts(texts: Mapping[str, str]) -> Iterator[Problem]:
    for field, text in texts.items():
        if not text and any(texts.values()):
            yield Problem("TEXT_MISSING", say("Write the text in both languages, or in none."), field)
        if len(text) > TEXT:
            said = say("At most {most} characters; these are {length}.", most=TEXT, length=len(text))
            yield Problem("TOO_LONG", said, field)
        if any(unicodedata.category(c) == "Cc" and c != "\n" for c in text):
            said = say("There is an invisible control character in it. Type it anew.")
            yield Problem("BAD_CHARACTER", said, field)


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\t", "    ").strip()
