"""The one cast, whom every test knows: who belongs where and may do what.

admin       administrator                     leader      leads the learning group "Spring"
secretary   general office, for all bodies    convener    convenes the sector "Arts"
custodian   manages reading permissions       member      has a seat, sits in "Spring" and "Arts"
chair       of the assembly                   department  contact of the "Education Bureau"
auditor     reads the trail                   visitor     nobody we know
"""

from dataclasses import dataclass, replace

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body, BodyKind, BodyRole
from server.models.database import transaction
from server.models.members.tables import Membership, Person, PostKind, Term
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from server.words import say
from tests import make

GIVEN = {
    "admin": Role.ADMINISTRATOR,
    "secretary": Role.SECRETARY,
    "custodian": Role.CUSTODIAN,
    "chair": Role.CHAIR,
    "auditor": Role.AUDITOR,
}
PERSONS = {"chair": "Wen Chair", "leader": "Lin Leader", "convener": "Kang Convener", "member": "Mei Member"}
NAMES = (*GIVEN, "leader", "convener", "member", "department", "visitor")


@dataclass(frozen=True)
class Cast:
    """Everyone by name. viewers, accounts, people, seats: name -> who it is; visitor has only a viewer."""

    term: Term
    group: Body
    sector: Body
    bureau: Body
    viewers: dict[str, Viewer]
    accounts: dict[str, Account]
    people: dict[str, Person]
    seats: dict[str, Membership]

    def __getitem__(self, name: str) -> Viewer:
        return self.viewers[name]


async def gather() -> Cast:
    """Put the cast into an empty database."""
    async with transaction():
        return await _gathered()


async def _gathered() -> Cast:
    term = await make.term("14")
    group = await make.body(BodyKind.LEARNING_GROUP, "Spring", "春")
    sector = await make.body(BodyKind.SECTOR, "Arts", "文艺界")
    bureau = await make.body(BodyKind.DEPARTMENT, "Education Bureau", "教育局")
    people = {name: await make.person(name_en=words) for name, words in PERSONS.items()}
    people["department"] = await make.person(name_en="Dan Department")
    kinds = {"chair": PostKind.CHAIR}
    seats = {
        name: await make.seat(people[name], term, sector=sector, kind=kinds.get(name, PostKind.ORDINARY))
        for name in PERSONS
    }
    await make.place(group, people["leader"], BodyRole.HEAD, membership=seats["leader"])
    await make.place(group, people["member"], membership=seats["member"])
    await make.place(sector, people["convener"], BodyRole.CONVENER, membership=seats["convener"])
    await make.place(bureau, people["department"], BodyRole.CONTACT)
    accounts = {name: await make.account(name, person=people.get(name)) for name in NAMES if name != "visitor"}
    for name, role in GIVEN.items():
        await make.role(accounts[name], role)
    viewers = {name: _viewer(name, accounts, people) for name in NAMES}
    derived = {
        "leader": HeldRole(Role.GROUP_LEADER, group.id, "Spring", source=say("Place in {body}", body="Spring")),
        "convener": HeldRole(Role.CONVENER, sector.id, "Arts", source=say("Place in {body}", body="Arts")),
        "department": HeldRole(
            Role.DEPARTMENT, bureau.id, "Education Bureau", source=say("Place in {body}", body="Education Bureau")
        ),
    }
    for name, held in derived.items():
        viewers[name] = replace(viewers[name], roles=(*viewers[name].roles, held))
    return Cast(term, group, sector, bureau, viewers, accounts, people, seats)


def _viewer(name: str, accounts: dict[str, Account], people: dict[str, Person]) -> Viewer:
    if name == "visitor":
        return make.viewer()
    given = (HeldRole(GIVEN[name]),) if name in GIVEN else ()
    seated = (HeldRole(Role.MEMBER, source=say("Active seat in term {term}", term="14")),) if name in PERSONS else ()
    person = people[name].id if name in people else None
    return make.viewer(account=accounts[name].id, name=name, person=person, roles=given + seated)
