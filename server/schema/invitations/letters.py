"""What an invited person is told, composed in their language: a letter says the same wherever it is printed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry

from server.models import members
from server.models.assembly import ONLY, Assembly
from server.models.invitations import Invited, Invitee, Issued
from server.models.invitations.links import PAGE, link
from server.rules.invitations import grouped
from server.schema.members import Person
from server.schema.reading import Asking, shows
from server.words import Locale, Words, both_names, say


@strawberry.type(description="What opens an invitation, and the letter that says so. It is shown this once.")
class InvitationLetter:
    """One person's letter."""

    person: Person | None = strawberry.field(description="Whose; null for the account of an office.")
    name: str = strawberry.field(description="Whom the letter is for, in its language.")
    sector: str = strawberry.field(description="The sector of their seat, in the language of the letter, or empty.")
    account_name: str = strawberry.field(description="The name to sign in with.")
    code: str = strawberry.field(description="To be typed together with that name, in groups of four.")
    link: str = strawberry.field(description="The address that opens it without a code.")
    page: str = strawberry.field(description="The address where the code is typed.")
    expires_at: dt.datetime = strawberry.field(description="When it ends by itself.")
    locale: str = strawberry.field(description="The language of the letter, zh or en.")
    title: str = strawberry.field(description="What the letter is about.")
    greeting: str = strawberry.field(description="How it begins.")
    opening: str = strawberry.field(description="Why it comes.")
    steps: list[str] = strawberry.field(description="What to do, in three steps.")
    account_label: str = strawberry.field(description="What the name to sign in with is called there.")
    code_label: str = strawberry.field(description="What the code is called there.")
    until: str = strawberry.field(description="Until when, in words.")
    help: str = strawberry.field(description="Whom to ask.")
    assembly: str = strawberry.field(description="Whose platform it is; empty where nobody said.")
    contact: list[str] = strawberry.field(description="How the general office is reached, a line each.")
    care: str = strawberry.field(description="Why it is to be kept from others.")


async def letters_of(asking: Asking, invited: list[Invited]) -> list[InvitationLetter]:
    """The letters, in the order of those invited."""
    keys = [one.invitee.person for one in invited]
    people = {row.id: row for row in await members.Person.filter(id__in=keys)}
    house = await Assembly.get_or_none(id=ONLY)
    return [_letter(asking, one.issued, people, one.invitee, house) for one in invited]


async def letter_of(asking: Asking, issued: Issued) -> InvitationLetter:
    """The letter of one account."""
    key = issued.account.person_id
    people = {row.id: row for row in await members.Person.filter(id=key)} if key else {}
    return _letter(asking, issued, people, None, await Assembly.get_or_none(id=ONLY))


def _letter(
    asking: Asking,
    issued: Issued,
    people: Mapping[UUID, members.Person],
    invitee: Invitee | None,
    house: Assembly | None,
) -> InvitationLetter:
    account, made, base = issued.account, issued.made, asking.base()
    person = people.get(account.person_id) if account.person_id else None
    locale = cast(Locale, account.locale or ("en" if person and not person.name_zh else "zh"))
    name = both_names(person.name_zh, person.name_en) if person else account.name
    sector = both_names(invitee.sector_zh, invitee.sector_en).into(locale) if invitee and invitee.sector else ""
    code, until = grouped(made.code), issued.invitation.expires_at
    texts = _texts(
        name=name, account=account.name, code=code, page=f"{base}{PAGE}", until=until, zone=asking.viewer.zone
    )
    texts["opening"] = _reopened() if account.password_hash else _opened()
    said = {key: words.into(locale) for key, words in texts.items()}
    steps = [said.pop(key) for key in ("first", "second", "third")]
    return shows(
        InvitationLetter,
        person=person,
        name=name.into(locale) if isinstance(name, Words) else name,
        sector=sector,
        account_name=account.name,
        code=code,
        link=link(base, made.secret),
        page=f"{base}{PAGE}",
        expires_at=until,
        locale=locale,
        steps=steps,
        assembly=both_names(house.name_zh, house.name_en).into(locale) if house else "",
        contact=[line.into(locale) for line in _contact(house)] if house else [],
        **said,
    )


def _texts(
    *, name: Words | str, account: str, code: str, page: str, until: dt.datetime, zone: ZoneInfo
) -> dict[str, Words]:
    moment = until.astimezone(zone)
    return {
        "title": say("Your way into the members' platform"),
        "greeting": say("Dear {name},", name=name),
        "first": say(
            "Scan the picture beside this with your phone. Or type {page} into a browser, then the name {account} and "
            "the code {code}.",
            page=page,
            account=account,
            code=code,
        ),
        "second": say("Choose a password of your own, of at least 12 characters. Several words are easy to keep."),
        "third": say(
            "You are in. From the next time on you sign in with the name {account} and your password.", account=account
        ),
        "account_label": say("Account name"),
        "code_label": say("One-time code"),
        "until": say("It works once, until {day}, {hour}.", day=moment.date(), hour=f"{moment:%H:%M}"),
        "help": say("If something does not work, ask the general office: it gives you a new code at any time."),
        "care": say(
            "Whoever has this letter could come in in your place. Keep it to yourself, and destroy it afterwards."
        ),
    }


def _contact(house: Assembly) -> Iterator[Words]:
    if house.telephone:
        yield say("Telephone: {telephone}", telephone=house.telephone)
    if house.email:
        yield say("E-mail: {email}", email=house.email)
    if house.room_zh or house.room_en:
        yield say("Room: {room}", room=both_names(house.room_zh, house.room_en))
    if house.hours_zh or house.hours_en:
        yield say("Hours: {hours}", hours=both_names(house.hours_zh, house.hours_en))


def _opened() -> Words:
    return say(
        "the general office has opened an account for you. With it you see your file, your bodies and your "
        "learning group, on a phone or a computer."
    )


def _reopened() -> Words:
    return say("with this you choose a new password for your account. The old one works until then.")
