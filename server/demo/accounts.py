"""The sign-ins of the demo. What follows from the register is not given: those accounts only name their person."""

from uuid import UUID

from server.demo.assembly import COMMITTEES
from server.demo.groups import group_of, leaders
from server.demo.places import CONTACTS, STAFF
from server.demo.rows import TERM, Member, Rows, key, recorded
from server.models.accounts import Account, RoleAssignment
from server.models.bodies import BodyRole
from server.rules.permissions import Role

GIVEN = {
    "admin": Role.ADMINISTRATOR,
    "secretary": Role.SECRETARY,
    "custodian": Role.CUSTODIAN,
    "auditor": Role.AUDITOR,
}
LED = len(COMMITTEES) + 7
"""The learning group that `leader` leads."""
SIGN_INS = ("admin", "secretary", "custodian", "chair", "leader", "convener", "member", "department", "auditor")


def add_accounts(rows: Rows, members: list[Member], password_hash: str) -> None:
    """Nine accounts with the published password, and the roles given to four of them."""
    people = _people(members)
    for name in SIGN_INS:
        facts = {"password_hash": password_hash, "demo": True, "created_at": rows.now}
        rows.accounts.append(Account(id=key("account", name), name=name, person_id=people.get(name), **facts))
    for name, role in GIVEN.items():
        given = {"account_id": key("account", name), "role": role, "starts_on": TERM, **recorded(TERM, rows.now)}
        given["recorded_by_id"] = key("account", "admin")
        rows.roles.append(RoleAssignment(id=key("role", name), **given))


def _people(members: list[Member]) -> dict[str, UUID]:
    """Whose account it is, for those that are someone's."""
    seats = {(member.sector, member.k): member.person.id for member in members}
    head = next(n for (group, n), role in leaders(members).items() if (group, role) == (LED, BodyRole.HEAD))
    return {
        "secretary": key("person", STAFF),
        "custodian": key("person", STAFF + 2),
        "chair": seats[0, 0],
        "leader": next(member.person.id for member in members if member.n == head and group_of(member) == LED),
        "convener": seats[17, 3],
        "member": seats[22, 9],
        "department": key("person", CONTACTS),
    }
