"""From the register to the plan for a change of term: what is read, in as many statements for 800 members as for 3."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from server.models.accounts.tables import Account, ApiClient, Consent, RoleAssignment, Session
from server.models.bodies.tables import BodyMembership, BodyRole
from server.models.history import not_there
from server.models.members.tables import Term
from server.models.reads import Columns, Read
from server.models.renewal.plan import Access, BodyPlan, Decided, Holder, Place, Plan, Post, RoleEnd, TermFacts
from server.models.renewal.queries import (
    DECIDABLE,
    bodies_then,
    former_of,
    lasting,
    posts_after,
    posts_before,
    statuses_after,
    statuses_before,
)
from server.models.renewal.tables import Renewal, TermBody
from server.rules.permissions import Role
from server.rules.renewal import Given, is_work, why_it_ends
from server.viewer import Viewer
from server.words import Words, both_names


def planning(viewer: Viewer, term: UUID) -> dict[str, Read]:
    """What is read for the plan: as many statements for 800 members as for 3."""
    accounts: dict[str, Any] = {"account__person_id__isnull": False, "ended_at": None}
    owned: dict[str, Any] = {"owner__person_id__isnull": False, "revoked_at": None}
    decided = Renewal.filter(term_id=term, undone_at=None)
    return {
        "term": Columns(Term.filter(id=term), (*_TERM, "follows_id")),
        "former": Columns(Term.filter(id__in=former_of(term)), _TERM),
        "decided": Columns(decided, ("id", "on", "applied_at", "applied_by__name", "done_at", "counts")),
        "before": _seats(statuses_before(term)),
        "after": _seats(statuses_after(term)),
        "posts_before": _posts(posts_before(term)),
        "posts_after": _posts(posts_after(term)),
        "bodies": Columns(bodies_then(term).order_by("kind", "sort", "id"), _BODY),
        "said": Columns(TermBody.filter(term_id=term).order_by("id"), ("body_id", "carried")),
        "places": Columns(BodyMembership.filter(lasting(term)).order_by("id"), _PLACE),
        "roles": Columns(RoleAssignment.filter(lasting(term)).order_by("account__name", "id"), _ROLE),
        "accounts": Columns(
            Account.filter(active=True, person_id__isnull=False).order_by("name"), ("id", "name", "person_id")
        ),
        "sessions": Columns(Session.filter(expires_at__gt=viewer.now, **accounts).order_by("id"), ("account_id",)),
        "tokens": Columns(ApiClient.filter(expires_at__gt=viewer.now, **owned).order_by("id"), ("owner_id",)),
        "consents": Columns(Consent.filter(**accounts).order_by("id"), ("account_id",)),
    }


_TERM = ("id", "code", "name_zh", "name_en", "starts_on", "ends_on", "status")
_BODY = ("id", "kind", "name_zh", "name_en", "term_id", "ends_on")
_PLACE = ("id", "body_id", "person_id", "role", "starts_on", "ends_on", "primary")
_SEAT = ("membership_id", "status")
_PERSON = ("person_id", "person__name_zh", "person__name_en", "person__sort_pinyin")
_GIVEN = ("id", "account_id", "account__name", "account__person_id", "role", "starts_on", "ends_on")
_ROLE = (*_GIVEN, "body_id", "body__name_zh", "body__name_en", "deputy_for_id", "deputy_for__person_id")


def _seats(statuses: Any) -> Columns:
    """By pinyin; of several rows of a seat the last one counts."""
    rows = statuses.order_by("membership__person__sort_pinyin", "membership_id", "starts_on", "id")
    return Columns(rows, (*_SEAT, *(f"membership__{name}" for name in _PERSON)))


def _posts(posts: Any) -> Columns:
    return Columns(posts.order_by("membership_id", "starts_on", "id"), ("membership_id", "kind", "sector_id", "unit"))


def plan_of(facts: Mapping[str, Any]) -> Plan:
    """The plan, from what was read. Raises NotThere for a term that there is not, or that follows none."""
    if not facts["term"] or not facts["former"]:
        raise not_there("id")
    (*term, _), (former,) = facts["term"][0], facts["former"]
    before = _holders(facts["before"], facts["posts_before"])
    after = _holders(facts["after"], facts["posts_after"])
    leavers = before.keys() - after.keys()
    places = [Place(*row) for row in facts["places"]]
    names = {person: holder.name for person, holder in before.items()}
    bodies = _bodies(facts, former[0], places, leavers, names)
    ending = {body.id for body in bodies if not body.carried}
    return Plan(
        term=TermFacts(*term),
        former=TermFacts(*former),
        decided=next((Decided(*row) for row in facts["decided"]), None),
        before=before,
        after=after,
        bodies=bodies,
        places=places,
        roles=_roles(facts["roles"], leavers, ending),
        accounts=_accounts(facts, leavers, ending),
    )


def _holders(seats: Iterable[Any], posts: Iterable[Any]) -> dict[UUID, Holder]:
    stands = {seat: Post(kind, sector, unit) for seat, kind, sector, unit in posts}
    return {
        person: Holder(person, both_names(zh, en), sort, seat, status, stands.get(seat))
        for seat, status, person, zh, en, sort in seats
    }


def _bodies(
    facts: Mapping[str, Any],
    former: UUID,
    places: Iterable[Place],
    leavers: Collection[UUID],
    names: Mapping[UUID, Words],
) -> list[BodyPlan]:
    said = dict(facts["said"])
    people: dict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        people[place.body].append(place)
    return [
        BodyPlan(
            id=key,
            kind=kind,
            name=both_names(zh, en),
            belongs=term == former,
            carried=said.get(key, term != former),
            decidable=term == former or kind in DECIDABLE,
            said=key in said,
            ends_on=ends_on,
            staying=len({place.person for place in people[key] if place.person not in leavers}),
            leaving=len({place.person for place in people[key] if place.person in leavers}),
            leading=tuple(
                (names[place.person], place.role)
                for place in people[key]
                if place.person in leavers and place.role is not BodyRole.MEMBER
            ),
        )
        for key, kind, zh, en, term, ends_on in facts["bodies"]
    ]


def _given(row: Sequence[Any]) -> Given:
    key, account, _, person, role, _, _, body, _, _, deputy, deputy_person = row
    return Given(key, account, role, person, body, deputy is not None, deputy_person)


def _roles(rows: Sequence[Any], leavers: Collection[UUID], ended: Collection[UUID]) -> list[RoleEnd]:
    keepers = {given.holder for given in map(_given, rows) if given.holder in leavers and is_work(given, ended)}
    found = []
    for row in rows:
        given, (_, _, account, _, _, starts_on, ends_on, body, zh, en, *_) = _given(row), row
        if why := why_it_ends(given, leavers, ended, {key for key in keepers if key}):
            found.append(RoleEnd(given, account, both_names(zh, en) if body else None, starts_on, ends_on, why))
    return found


def _accounts(facts: Mapping[str, Any], leavers: Collection[UUID], ended: Collection[UUID]) -> list[Access]:
    kept: dict[UUID, list[Role]] = defaultdict(list)
    for given in map(_given, facts["roles"]):
        if given.holder in leavers and is_work(given, ended):
            kept[given.account].append(given.role)
    counted: dict[str, dict[UUID, int]] = {name: defaultdict(int) for name in ("sessions", "tokens", "consents")}
    for name, numbers in counted.items():
        for (account,) in facts[name]:
            numbers[account] += 1
    return [
        Access(key, name, person, tuple(kept[key]), *(numbers.get(key, 0) for numbers in counted.values()))
        for key, name, person in facts["accounts"]
        if person in leavers
    ]
