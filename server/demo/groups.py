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
from server.models.members import PostKind

GROUPS = len(COMMITTEES) + len(OF_SECTORS)
PAIRED = 20
"""So many of the groups are led by a party-group member together with a non-party vice-chair."""
HEADLESS, TWO_HEADED = 27, 21
TITLES = {BodyRole.HEAD: "组长", BodyRole.CO_HEAD: "副组长"}

_OF_SECTOR = {sector: n for n, (_, sectors) in enumerate(OF_SECTORS, len(COMMITTEES)) for sector in sectors}


def add_groups(rows: Rows, members: list[Member]) -> None:
    """Everyone in one group, but for those of `gaps`; then those who lead a group beside their own."""
    found, roles = gaps(members), leaders(members)
    for member in members:
        if member.n not in found["uncovered"] | found["pending"]:
            _add_learner(rows, member, found, roles)
    by_number = {member.n: member for member in members}
    for (group, n), role in roles.items():
        _learn(rows, by_number[n], group, primary=False, role=role, title=TITLES[role])


def gaps(members: list[Member]) -> dict[str, set[int]]:
    """Numbers of the members with whom something is the matter, by what it is.

    uncovered: in no group. pending: new, not placed yet. ended: still entered in the ended group. twice: in two at
    once, as the verbs would refuse. moved: from one group to another. corrected: first entered in a wrong one.
    """
    plain = [member for member in members if member.k == 5 and member.sector > 0]
    mixed = [member.n for member in sorted(plain, key=lambda member: key("group", member.n))]
    sizes = {"uncovered": 5, "ended": 3, "twice": 2, "moved": 12, "corrected": 4}
    found = {what: {mixed.pop() for _ in range(size)} for what, size in sizes.items()}
    unplaced = NEW_DAYS[:4]
    found["pending"] = {member.n for member in members if NEW.get((member.sector, member.k)) in unplaced}
    return found


def group_of(member: Member) -> int:
    """The group that derives from one's committee for some of its members, else from one's sector."""
    committee = committee_of(member)
    return _OF_SECTOR[member.sector] if committee is None or member.k not in (1, 4, 6, 7) else committee


def leaders(members: list[Member]) -> dict[tuple[int, int], BodyRole]:
    """(group, member) -> role: one head each, but none in one group and two in another; pairs of co-heads (LC-2)."""
    roles = _heads(members)
    party = party_group(members)[1:]
    outside = [member for member in members if member.post in LEADING and not member.party]
    for group in range(PAIRED):
        for pool in (party, outside):
            roles[group, pool[group % len(pool)].n] = BodyRole.CO_HEAD
    return roles


def _heads(members: list[Member]) -> dict[tuple[int, int], BodyRole]:
    """Of each group the first of its own members, those of the standing committee before the others."""
    fit = [member for member in members if member.k in (0, 1, 2, 3, 4, 8) and member.post not in LEADING]
    ranked: dict[int, list[int]] = defaultdict(list)
    for member in sorted(fit, key=lambda member: (member.post is not PostKind.STANDING, member.n)):
        ranked[group_of(member)].append(member.n)
    numbers = dict.fromkeys(range(GROUPS), 1) | {HEADLESS: 0, TWO_HEADED: 2}
    return {(group, n): BodyRole.HEAD for group, count in numbers.items() for n in ranked[group][:count]}


def _add_learner(
    rows: Rows, member: Member, found: dict[str, set[int]], roles: dict[tuple[int, int], BodyRole]
) -> None:
    """The groups in which this one counts, or counted. A role in the own group is taken out of `roles`."""
    group = GROUPS if member.n in found["ended"] else group_of(member)
    since = GROUPS_FOUNDED
    if member.n in found["moved"]:
        since = MOVES[member.n % 2]
        _learn(rows, member, _beside(group, 7), ends_on=since)
    if member.n in found["corrected"]:
        _learn(rows, member, _beside(group, 11), **voided(MOVES[0], "录入时选错小组", rows.now))
    if member.n in found["twice"]:
        _learn(rows, member, _beside(group, 3), title="旧名册")
    role = roles.pop((group, member.n), BodyRole.MEMBER)
    _learn(rows, member, group, since, role=role, title=TITLES.get(role, ""))


def _beside(group: int, steps: int) -> int:
    """Another group, so many further on."""
    return (group + steps) % GROUPS


def _learn(rows: Rows, member: Member, group: int, since: dt.date = GROUPS_FOUNDED, **facts: Any) -> None:
    """A place in that group; number GROUPS is the ended one."""
    add_place(rows, body(BodyKind.LEARNING_GROUP, group), member, since, **facts)
