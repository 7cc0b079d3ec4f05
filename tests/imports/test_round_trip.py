"""What one register exports, another that was empty then holds: all of it, in each format."""

import datetime as dt
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from server.demo import install
from server.imports.options import Format
from server.models import database
from server.models.bodies import BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.members import (
    Membership,
    MembershipPost,
    MembershipStatus,
    PersonIdentifier,
    PostKind,
    Status,
    TermStatus,
    TermYear,
)
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import CHEAP
from tests.cast import gather
from tests.demo.filed import FILED
from tests.furnished import furnish
from tests.imports.bringing import brought, counts, planned, secretary, taken
from tests.imports.registers import Values, register
from tests.imports.test_export import FORMATS, exported, full_register

MAY = dt.date(2024, 5, 1)
JUNE = dt.date(2024, 6, 1)


async def demo() -> None:
    """The demo assembly."""
    await install(make.viewer(Role.ADMINISTRATOR, name="command line"), filed=FILED, cost=CHEAP)


async def furnished() -> None:
    """The cast's assembly with something of everything."""
    await furnish(await gather())


async def odd() -> None:
    """What is rare: names in the other language's column, histories that were wrong, ties of all kinds."""
    await full_register()
    clerk = await make.account("clerk")
    wrong = {"voided_at": make.NOW, "voided_by": clerk, "voided_reason": "two of one name; see 7"}
    term = await make.term(
        "16", name_zh="第十六届", name_en="=16th", starts_on=MAY, ends_on=JUNE, status=TermStatus.DRAFT
    )
    await TermYear.create(term=term, n=1, starts_on=MAY, ends_on=dt.date(2024, 5, 9))
    await TermYear.create(term=term, n=2, starts_on=dt.date(2024, 5, 9), ends_on=JUNE)
    latin, han = await make.person(name_zh="Latin only"), await make.person(name_en="汉")
    await make.person(name_zh="Both", name_en="Both", expertise=["one; two", "three"])
    body, other = await make.body(BodyKind.OTHER, name_zh="Body in Latin"), await make.body(BodyKind.UNIT, "单位")
    seat = await make.seat(latin, term, starts_on=MAY, kind=PostKind.CHAIR, unit="+1")
    await MembershipStatus.filter(membership=seat).update(reason="elected;\nthen sworn in", starts_on=JUNE)
    await MembershipStatus.create(
        membership=seat, status=Status.NOMINATED, starts_on=MAY, ends_on=JUNE, reason="by the sector"
    )
    for moment in (make.NOW, make.NOW.replace(microsecond=7)):
        await MembershipStatus.create(
            membership=seat, status=Status.ENDED, starts_on=MAY, **(wrong | {"voided_at": moment})
        )
    await MembershipPost.create(membership=seat, kind=PostKind.STANDING, unit="U", ends_on=MAY, **wrong)
    unknown = await Membership.create(person=han, term=term)
    await MembershipStatus.create(membership=unknown, status=Status.RESIGNED, starts_on=MAY, reason="-")
    await MembershipPost.create(membership=unknown, kind=PostKind.ORDINARY)
    for _ in range(2):
        await make.place(body, latin, title="", ends_on=JUNE, on_behalf_of=other, **wrong)
    await make.place(body, latin, title="chair", voided_at=make.NOW, voided_elsewhere="someone far", membership=seat)
    for role in (BodyRole.MEMBER, BodyRole.HEAD):
        await make.place(body, latin, role, title="chair", membership=seat)
    for kind in RelationKind:
        await BodyRelation.create(source=body, target=other, kind=kind, starts_on=MAY, ends_on=JUNE)
        await BodyRelation.create(source=body, target=other, kind=kind, starts_on=JUNE)
    await BodyRelation.create(source=other, target=body, kind=RelationKind.CATEGORY, **wrong)
    await PersonIdentifier.create(person=han, scheme="a;b", value="=x;y")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("assembly", [furnished, odd])
async def test_an_empty_register_that_takes_an_export_is_equal_to_its_source(
    db: str, tmp_path: Path, format: Format, assembly: Callable[[], Awaitable[None]], sqlite_template: Path
) -> None:
    await assembly()
    before, file = await register(), await exported(tmp_path, format)
    said = json.loads(await taken(secretary(), "popolo"))
    assert not _but_same(counts(await planned(file)))

    await database.close()
    await _moved(file, sqlite_template, tmp_path, before)

    assert json.loads(await taken(secretary(), "popolo")) == said
    assert await BodyMembership.exclude(voided_by=None).count() == 0


LATER = pytest.mark.long


@pytest.mark.parametrize("format", ["popolo", pytest.param("csv", marks=LATER), pytest.param("xlsx", marks=LATER)])
async def test_the_demo_comes_back_from_each_format(tmp_path: Path, format: Format, sqlite_template: Path) -> None:
    source = tmp_path / "demo.db"
    shutil.copyfile(sqlite_template, source)
    await database.connect(f"sqlite:///{source}")
    await demo()
    before, file = await register(), await exported(tmp_path, format)
    await database.close()

    await _moved(file, sqlite_template, tmp_path, before)

    await database.close()


async def _moved(file: Path, template: Path, folder: Path, before: Values) -> None:
    """Import the file into an empty register, which is then equal, and stays connected."""
    other = folder / f"{file.suffix}.db"
    shutil.copyfile(template, other)
    await database.connect(f"sqlite:///{other}")
    await brought(file)
    after, again = await register(), await planned(file)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    assert after == before
    assert (again["errors"], _but_same(counts(again)), again["terms"]["changed"]) == ([], {}, 0)


def _but_same(found: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {kind: results for kind, results in found.items() if set(results) != {"same"}}
