"""What everyone whom a change of term concerns is told: what it means for them, and that it was taken back.

Titles leave the house, so they name no body; who leaves can read no more than the title once the day has come.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from server.models.accounts.roles import role_ends
from server.models.members.tables import Status
from server.models.messages.telling import Said, tell_each
from server.models.renewal.plan import Access, Holder, Plan
from server.rules.messages import Topic
from server.rules.permissions import ROLE_NAMES, Role
from server.rules.renewal import RenewalPart
from server.viewer import Viewer
from server.words import Words, lines, say

News = dict[UUID, Said]
"""Person, or account that is nobody's, and what is told."""


async def tell_decided(viewer: Viewer, plan: Plan, on: dt.date) -> None:
    """Tell each what the change means for them; as many statements for 800 people as for three."""
    await tell_each(viewer, _of_places(plan, on) | _of_seats(plan, on))
    await tell_each(viewer, *_of_roles(plan, on))


async def tell_taken_back(viewer: Viewer, plan: Plan, on: dt.date) -> None:
    """Tell all of them that it does not hold, once each. plan: as it is again."""
    words = say("The change of term on {day} was taken back", day=on)
    more = say("What you were told of it does not hold: everything is as it was. You are told when it is decided anew.")
    people, unowned = _of_roles(plan, on)
    people |= _of_places(plan, on) | _of_seats(plan, on)
    await tell_each(viewer, _all(people, words, more), _all(unowned, words, more))


def _all(news: News, words: Words, more: Words) -> News:
    return {whose: replace(said, words=words, more=more) for whose, said in news.items()}


def _of_seats(plan: Plan, on: dt.date) -> News:
    """For who stays, leaves and comes."""
    kept, ended = _bodies(plan)
    access: dict[UUID, list[Access]] = defaultdict(list)
    for account in plan.accounts:
        access[account.person].append(account)
    sectors = _sectors(plan)
    found = {}
    for part in RenewalPart:
        for person in plan.people(part):
            text = [
                *([say("Your seat stands for {sector}.", sector=sectors[person])] if person in sectors else []),
                *([say("You go on in {bodies}.", bodies=(*kept[person].values(),))] if kept[person] else []),
                *([_ends(ended[person])] if ended[person] else []),
                *map(_account, access[person]),
            ]
            words = _title(plan, on, part, plan.after.get(person))
            found[person] = Said(Topic.SEAT, words, lines(*text), link="/me")
    return found


def _of_places(plan: Plan, on: dt.date) -> News:
    """For whose place in a body ends; of members their seat says so."""
    words = say("Places of yours end on {day} with term {term}", day=on, term=plan.former.code)
    _, ended = _bodies(plan)
    return {person: Said(Topic.BODIES, words, _ends(bodies), link="/me") for person, bodies in ended.items()}


def _of_roles(plan: Plan, on: dt.date) -> tuple[News, News]:
    """For whose role ends: people, and accounts that are nobody's."""
    roles: dict[UUID, list[Role]] = defaultdict(list)
    for end in plan.roles:
        roles[end.given.holder or end.given.account].append(end.given.role)
    said = {key: Said(Topic.ACCOUNT, role_ends(on, *ended), link="/me") for key, ended in roles.items()}
    people = {end.given.holder for end in plan.roles}
    return (
        {key: one for key, one in said.items() if key in people},
        {key: one for key, one in said.items() if key not in people},
    )


def _title(plan: Plan, on: dt.date, part: RenewalPart, seat: Holder | None) -> Words:
    if seat is None:
        words = say("Your seat ends on {day} with term {term}. Thank you for your work", day=on, term=plan.former.code)
    elif seat.status is Status.NOMINATED:
        words = say("You are nominated for term {term}, which begins on {day}", day=on, term=plan.term.code)
    elif part is RenewalPart.STAYS:
        words = say("You go on as a member: term {term} begins on {day}", day=on, term=plan.term.code)
    else:
        words = say("You are a member from {day} on, when term {term} begins", day=on, term=plan.term.code)
    return words


def _sectors(plan: Plan) -> dict[UUID, Words]:
    """What the seats of the next term stand for."""
    names = {body.id: body.name for body in plan.bodies}
    posts = {person: seat.post for person, seat in plan.after.items()}
    return {person: names[post.sector] for person, post in posts.items() if post and post.sector in names}


def _account(account: Access) -> Words:
    """What becomes of the account of who leaves."""
    if not account.keeps:
        return say("Your account {account} ends on that day, with its tokens and apps.", account=account.name)
    roles = tuple(ROLE_NAMES[role] for role in account.keeps)
    return say("Your account {account} stays, for your work as {roles}.", account=account.name, roles=roles)


def _ends(bodies: Mapping[UUID, Words]) -> Words:
    return say("Your place ends in {bodies}.", bodies=(*bodies.values(),))


def _bodies(plan: Plan) -> tuple[defaultdict[UUID, dict[UUID, Words]], defaultdict[UUID, dict[UUID, Words]]]:
    """The bodies in which each person's place goes on, and those in which it ends; by name where there are such."""
    names = {body.id: body.name for body in plan.bodies}
    over = {place.id for place in plan.places_ended()}
    kept: defaultdict[UUID, dict[UUID, Words]] = defaultdict(dict)
    ended: defaultdict[UUID, dict[UUID, Words]] = defaultdict(dict)
    for place in plan.places:
        if place.body in names:
            found = ended if place.id in over or place.body in plan.ending else kept
            found[place.person][place.body] = names[place.body]
    return kept, ended
