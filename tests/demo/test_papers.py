"""What can be read in the demo: each kind of permission, and each state of a reader, is there to be looked at."""

from collections import Counter
from pathlib import Path

from server.demo import bring
from server.demo.reading import FILES
from server.files import Shelves
from server.leaf import Leaves
from server.models.accounts import Account
from server.models.documents import AccessGrant, AccessRequest, Document, allowed
from server.models.members import Person
from server.models.readers import readings
from server.rules.documents import Act, GrantState
from server.rules.grants import GrantStanding, standing
from server.rules.permissions import HeldRole, Role
from server.schema.readings.giving import House
from server.viewer import Viewer
from tests import make


async def _viewer(name: str, role: Role) -> Viewer:
    account = await Account.get(name=name)
    return make.viewer(account=account.id, name=name, person=account.person_id, roles=(HeldRole(role),))


async def _titles(viewer: Viewer, act: Act) -> set[str]:
    return {row.title_zh[:4] async for row in Document.filter(allowed(viewer, act))}


async def test_a_member_reads_what_was_given_and_knows_of_more(demo: str):
    member = await _viewer("member", Role.MEMBER)

    assert await _titles(member, Act.READ) == {"关于全市", "委员履职"}
    assert await _titles(member, Act.SEE) == {"关于全市", "委员履职", "关于本年", "突发公共", "历史街区"}
    assert await _titles(make.viewer(), Act.READ) == {"委员履职"}


async def test_something_waits_for_each_who_decides(demo: str):
    custodian = await _viewer("custodian", Role.CUSTODIAN)

    assert await Document.filter(allowed(custodian, Act.MANAGE)).count() == 6
    assert await AccessGrant.filter(state=GrantState.UNCONFIRMED).count() == 1
    states = {standing(one.state, one.valid_from, one.valid_until, custodian.now) async for one in AccessGrant.all()}
    assert states == {*GrantStanding} - {GrantStanding.DECLINED}
    assert await AccessRequest.all().count() == 1


async def test_some_have_confirmed_and_some_have_not_opened_it(demo: str):
    auditor = await _viewer("custodian", Role.CUSTODIAN)
    rows = Document.filter(title_zh__startswith="关于全市")

    found = Counter(one.standing for one in await readings(auditor, rows, Person.all()))

    assert len(found) >= 4


async def test_its_files_are_looked_at_and_kept_like_any_other(tmp_path: Path):
    filed = await bring(House(Shelves.at(f"file://{tmp_path}"), Leaves()))

    assert filed.keys() == FILES.keys()
    assert all(one.pages >= 1 and one.pages_sha256 != one.sha256 for one in filed.values())
