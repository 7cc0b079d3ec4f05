"""Who learns in which group of the demo and who leads it, with gaps on purpose for every list (LC-1, LC-2)."""

import datetime as dt
from collections import defaultdict
from typing import Any

from server.demo.assembly import COMMITTEES, OF_SECTORS
from server.demo.bodies import body
from server.demo.places import LEADING, add_place, committee_of, party_group
from server.demo.rows import GROUPS_FOUNDED, MOVES, NEW_DAYS, Member, Rows, key, voided
from server.demo.seats import NEW
from server.models.bodies import BodyKind, BodyRole

GROUPS = len(COMMITTEES) + len(OF_SECTORS)
PAIRED = 20
"""So many of the groups are led by a party-group member together with a non-party vice-chair."""
HEADLESS, TWO_HEADED = 27, 21
TITLES = {BodyRole.HEAD: "组长", BodyRole.CO_HEAD: "副组长"}

_OF_SECTOR = {sector: n for n, (_, sectors) in enumerate(OF_SECTORS, len(COMMITTEES)) for sector in sectors}


def add_groups(rows: Rows, members: list[Member]) -> None:
    """Everyone in one group, but for those of `gaps`; then those who lead a group beside their own."""
    found = gaps(members)
    roles = leaders(members)
    for member in members:
        group = group_of(member)
        if member.n in found["uncovered"] | found["pending"] | found["ended"]:
            continue
        if member.n in found["moved"]:
            since = MOVES[member.n % 2]
            _learn(rows, member, group + 7, ends_on=since)
            _learn(rows, member, group, since=since)
            continue
        role = roles.pop((group, member.n), BodyRole.MEMBER)
        _learn(rows, member, group, role=role, title=TITLES.get(role, ""))
        if member.n in found["corrected"]:
            _learn(rows, member, group + 11, **voided(MOVES[0], "录入时选错小组", rows.now))
        if member.n in found["twice"]:
            _learn(rows, member, group + 3, title="旧名册")
    _add_gaps(rows, members, found["ended"])
    by_number = {member.n: member for member in members}
    for (group, n), role in roles.items():
        _learn(rows, by_number[n], group, primary=False, role=role, title=TITLES[role])


def gaps(members: list[Member]) -> dict[str, set[int]]:
    """Numbers of the members with whom something is the matter, by what it is.

    uncovered: in no group. pending: new, not placed yet. ended: still entered in the ended group. twice: in two at
    once, as the verbs would refuse. moved: from one group to another. corrected: first entered in a wrong one.
    """
    plain = [member for member in members if member.k == 5 and member.n not in {5}]
    mixed = [member.n for member in sorted(plain, key=lambda member: key("group", member.n))]
    sizes = {"uncovered": 5, "ended": 3, "twice": 2, "moved": 12, "corrected": 4}
    found = {what: {mixed.pop() for _ in range(size)} for what, size in sizes.items()}
    unplaced = NEW_DAYS[:4]
    found["pending"] = {member.n for member in members if NEW.get((member.sector, member.k)) in unplaced}
    return found


def group_of(member: Member) -> int:
    """The group that derives from one's committee for some of its members, else from one's sector."""
    committee = committee_of(member)
    return _OF_SECTOR[member.sector] if committee is None or member.k not in (1, 4, 6) else committee


def leaders(members: list[Member]) -> dict[tuple[int, int], BodyRole]:
    """(group, member) -> role: one head each, but none in one group and two in another; pairs of co-heads (LC-2)."""
    roles: dict[tuple[int, int], BodyRole] = {}
    at_home: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        if member.k < 5 and member.post not in LEADING:
            at_home[group_of(member)].append(member)
    for group in set(range(GROUPS)) - {HEADLESS}:
        ranked = sorted(at_home[group], key=lambda member: (member.post.value != "standing", member.n))
        for member in ranked[: 2 if group == TWO_HEADED else 1]:
            roles[group, member.n] = BodyRole.HEAD
    party = party_group(members)[1:]
    outside = [member for member in members if member.post in LEADING and not member.party]
    for group in range(PAIRED):
        for pool in (party, outside):
            roles[group, pool[group % len(pool)].n] = BodyRole.CO_HEAD
    return roles


def _add_gaps(rows: Rows, members: list[Member], ended: set[int]) -> None:
    for member in members:
        if member.n in ended:
            _learn(rows, member, None)


def _learn(rows: Rows, member: Member, group: int | None, since: dt.date = GROUPS_FOUNDED, **facts: Any) -> None:
    """A place in that group, counted around; in the ended one for None."""
    where = body(BodyKind.LEARNING_GROUP, GROUPS if group is None else group % GROUPS)
    add_place(rows, where, member, since, **facts)
