"""Exports: nothing is lost, nothing is calculated, nothing leaves that may not."""

import csv
import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.errors import Refused
from server.imports.export import export_people
from server.imports.options import Format
from server.models import database
from server.models.audit import AuditEntry
from server.models.bodies import BodyIdentifier, BodyKind, BodyMembership, BodyRole
from server.models.members import Membership, MembershipPost, MembershipStatus, PersonIdentifier, PostKind, Sex, Status
from server.rules.permissions import HeldRole, Role
from tests import make
from tests.imports.bringing import brought, counts, planned, secretary, taken

FORMATS: tuple[Format, ...] = ("popolo", "csv", "xlsx")
SUFFIX = {"popolo": "json", "csv": "csv", "xlsx": "xlsx"}
DAY = dt.date(2024, 3, 1)


async def full_register() -> None:
    """Something in every column, and what is hard to write."""
    term, before = await make.term("15"), await make.term("14")
    arts, twin = (
        await make.body(BodyKind.SECTOR, "Arts", "文艺界"),
        await make.body(BodyKind.SECTOR, "Arts", term=before),
    )
    union = await make.body(
        BodyKind.OTHER, "=Union", classification="union", starts_on=DAY, ends_on=dt.date(2030, 1, 1)
    )
    group = await make.body(BodyKind.LEARNING_GROUP, "Spring", "春", term=term, parent=union)
    await make.body(BodyKind.UNIT, "Lonely", parent=group)
    secret = await make.body(BodyKind.SECTOR, "Secret", sensitive=True)
    await BodyIdentifier.create(body=union, scheme="source", value="o/1")
    await BodyIdentifier.create(body=union, scheme="register", value="9")
    ada = await make.person(
        "艾达·某某", "Ada Example", family_name="Example", given_name="Ada", sex=Sex.FEMALE,
        birth_date=dt.date(1970, 2, 3),
        political_affiliation="none", education="MA",
        professional_title="professor", expertise=["law; trade"], focus_topics=["a", "b"],
        email="ada@example.org", phone="+86 10 5555 0100", image="https://example.org/a.jpg", sort_pinyin="zz",
        sort_strokes="99", sort_fixed=True,
    )  # fmt: skip
    await PersonIdentifier.create(person=ada, scheme="source", value="p/1")
    await PersonIdentifier.create(person=ada, scheme="source", value="p/9")
    await PersonIdentifier.create(person=ada, scheme="staff", value="7=7")
    quoted = await make.person(name_en="'=Quoted", education='with "quotes", commas\nand lines')
    await make.person("单小明", merged_into=ada)
    await make.seat(quoted, before, sector=twin)
    seat = await make.seat(ada, term, no="007", ends_on=DAY, sector=secret, unit="Old unit")
    await MembershipStatus.create(membership=seat, status=Status.SUSPENDED, starts_on=DAY)
    await MembershipPost.create(
        membership=seat, kind=PostKind.STANDING, sector=arts, unit="U", residence_area="R", starts_on=DAY
    )
    await make.place(group, ada, BodyRole.HEAD, title="@head", starts_on=DAY, on_behalf_of=union, membership=seat)
    await make.place(group, ada, BodyRole.HEAD, title="@head", ends_on=DAY, primary=False, on_behalf_of=secret)
    await make.place(secret, ada)
    await make.place(union, quoted, voided_at=make.NOW)
    await make.place(arts, quoted)


async def exported(folder: Path, format: Format, role: Role = Role.SECRETARY) -> Path:
    path = folder / f"file.{SUFFIX[format]}"
    path.write_bytes(await taken(make.viewer(role), format))
    return path


def sheet(path: Path) -> list[list[object]]:
    """The cells of a workbook."""
    return [[cell.value for cell in row] for row in load_workbook(path).worksheets[0].iter_rows()]


@pytest.mark.parametrize("format", FORMATS)
async def test_importing_an_export_into_the_same_register_is_all_the_same(
    db: str, tmp_path: Path, format: Format
) -> None:
    await full_register()

    answer = await planned(await exported(tmp_path, format))

    assert answer["errors"] == []
    assert counts(answer) == {
        "people": {"same": 2},
        "bodies": {"same": 6},
        "memberships": {"same": 5},
        "term_memberships": {"same": 2},
    }


@pytest.mark.parametrize("format", FORMATS)
async def test_an_export_of_what_an_export_brought_is_the_same_file(
    db: str, tmp_path: Path, format: Format, sqlite_template: Path
) -> None:
    await full_register()
    first = await exported(tmp_path, format)
    popolo = await taken(secretary(), "popolo")
    await database.close()
    other = tmp_path / "other.db"
    shutil.copyfile(sqlite_template, other)
    await database.connect(f"sqlite:///{other}")
    kept = first.read_bytes()

    await brought(first)

    if format == "xlsx":
        again = await exported(tmp_path / ".." / tmp_path.name, format)
        (tmp_path / "before.xlsx").write_bytes(kept)
        assert sheet(again) == sheet(tmp_path / "before.xlsx")
    else:
        assert (await taken(secretary(), format)).decode() == kept.decode()
    assert json.loads(await taken(secretary(), "popolo")) == json.loads(popolo)


async def test_a_table_has_a_row_for_each_membership_and_seat_and_no_formula(db: str, tmp_path: Path) -> None:
    await full_register()

    raw = await taken(secretary(), "csv")

    assert raw.startswith(b"\xef\xbb\xbfid,name,")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(r["id"], r["term"], r["body"], r["title"]) for r in rows if r["id"] == "p/1"] == [
        ("p/1", "15", "春", "'@head"),
        ("p/1", "", "春", "'@head"),
        ("p/1", "", "Secret", ""),
    ]
    assert {r["phone"] for r in rows} == {"'+86 10 5555 0100", ""}
    assert {r["name"] for r in rows} == {"艾达·某某", "''=Quoted", ""}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert sorted((r["body"], r["parent"], r["term"]) for r in rows if not r["name"]) == [
        ("", "", "14"),
        ("", "", "15"),
        ("Arts", "", ""),
        ("Lonely", "春", ""),
    ]
    assert [(r["name"], r["body"]) for r in rows if r["voided_at"]] == [("''=Quoted", "'=Union")]


async def test_headings_are_in_the_language_of_the_reader(db: str) -> None:
    raw = await taken(make.viewer(Role.ADMINISTRATOR, locale="zh"), "csv")

    assert raw.decode("utf-8-sig").startswith("编号,姓名,英文姓名,")


@pytest.mark.parametrize("format", FORMATS)
async def test_without_the_right_neither_guarded_facts_nor_sensitive_bodies_leave(
    db: str, tmp_path: Path, format: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    await full_register()
    narrow = make.viewer(Role.SECRETARY, scopes=frozenset({"members:read"}))
    path = tmp_path / f"narrow.{SUFFIX[format]}"
    from server.rules.permissions import ALLOWED, Action

    for action in (Action.READ_FILE, Action.READ_SENSITIVE):
        monkeypatch.delitem(ALLOWED[action], Role.SECRETARY)

    path.write_bytes(await taken(narrow, format))

    said = str(sheet(path)) if format == "xlsx" else path.read_text("utf-8")
    for hidden in ("ada@example.org", "5555", "1970", "Secret", "none"):
        assert hidden not in said
    answer = await planned(path)
    assert (answer["errors"], counts(answer)) == (
        [],
        {"people": {"same": 2}, "bodies": {"same": 5}, "memberships": {"same": 3}, "term_memberships": {"same": 2}},
    )


async def test_the_trail_keeps_who_took_the_register_away(db: str) -> None:
    await full_register()

    await taken(secretary(), "popolo")

    entry = await AuditEntry.get()
    assert (entry.actor, entry.action) == ("secretary", "members.export")
    assert entry.facts == {"format": "popolo", "people": 2, "bodies": 6}


async def test_who_may_not_export_gets_nothing(db: str) -> None:
    stranger = make.viewer(roles=(HeldRole(Role.MEMBER),))

    with pytest.raises(Refused):
        await anext(export_people(stranger, "csv"))
    assert await BodyMembership.all().count() == 0


async def test_a_seat_without_a_history_leaves_with_its_term_alone(db: str) -> None:
    await Membership.create(person=await make.person(name_en="A"), term=await make.term("15"), no="7")

    rows = list(csv.DictReader(io.StringIO((await taken(secretary(), "csv")).decode("utf-8-sig"))))

    assert [(r["name"], r["term"], r["no"], r["status"], r["post"]) for r in rows] == [
        ("A", "15", "7", "", ""),
        ("", "15", "", "", ""),
    ]
