"""Tables: CSV in both encodings, XLSX, headings in both languages, and what is wrong at which cell."""

import datetime as dt
import json
from pathlib import Path

import pytest

from server.imports.options import Options
from server.imports.runs import check
from server.models.bodies import Body, BodyKind, BodyMembership
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, Sex, Term
from tests import make
from tests.imports.bringing import FILES, brought, counts, places, planned, secretary, told

pytestmark = pytest.mark.usefixtures("db")
NEW = {"people": {"new": 2}, "bodies": {"new": 4}, "memberships": {"new": 3}, "term_memberships": {"new": 2}}


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", ["people.csv", "people-gb18030.csv", "people.xlsx"])
async def test_a_table_brings_people_seats_bodies_and_memberships(name: str) -> None:
    assert counts(await brought(FILES / name, term="15")) == NEW

    ou = await Person.get(name_en="Ou Example")
    assert (ou.name_zh, ou.sex, ou.birth_date) == ("欧阳·某某", Sex.FEMALE, None)
    dan = await Person.get(name_zh="单小明")
    assert (dan.birth_date, dan.phone) == (dt.date(1970, 2, 3), "13800000000")
    seat = await Membership.get(person=dan).prefetch_related("term", "statuses", "posts__sector")
    assert (seat.no, seat.term.code) == ("001", "15")
    assert [(s.status.value, s.starts_on, s.ends_on) for s in seat.statuses] == [("active", None, None)]
    assert [(p.unit, p.sector.name_zh, p.sector.kind) for p in seat.posts] == [("示例大学", "经济界", BodyKind.SECTOR)]
    group = await Body.get(name_zh="第一学习小组")
    assert group.kind is BodyKind.LEARNING_GROUP
    rows = await BodyMembership.filter(body=group).order_by("title")
    assert [(row.title, row.starts_on, row.ends_on, row.primary) for row in rows] == [
        ("", dt.date(2024, 3, 1), dt.date(2025, 3, 1), True),
        ("组长", dt.date(2024, 3, 1), None, True),
    ]
    assert counts(await brought(FILES / name, term="15")) == {
        "people": {"same": 2},
        "bodies": {"same": 2},
        "memberships": {"same": 3},
        "term_memberships": {"same": 2},
    }


async def test_a_column_that_is_like_another_by_chance_is_not_guessed(tmp_path: Path) -> None:
    answer = await planned(table(tmp_path, "name,party,source,executive\nA,x,y,z\n"))

    assert [said[3] for said in told(answer)] == [
        f'Nobody knows the column {name}. Say what it is with --column "{name}=FIELD", '
        f'or leave it out with --column "{name}=ignore".'
        for name in ("party", "source", "executive")
    ]


async def test_a_term_that_is_only_spoken_of_is_called_by_its_code(tmp_path: Path) -> None:
    await brought(table(tmp_path, "name,term\nA,十五\nB,au\n"))

    assert await Term.all().order_by("code").values_list("code", "name_zh", "name_en") == [
        ("au", "", "au"),
        ("十五", "十五", ""),
    ]


async def test_a_second_place_without_a_title_beside_a_titled_one_is_worth_a_look(tmp_path: Path) -> None:
    heading = "id,name,body,title,body_role,end_date\n"
    await brought(table(tmp_path, heading + "1,A,Council,councillor,,2026-03-01\n2,B,Council,,,\n"))

    answer = await planned(table(tmp_path, heading + "1,A,Council,,,\n2,B,Council,Mayor,,\n"))
    said = [(row, field, text.partition(".")[0]) for _, row, field, text in told(answer, "warnings")]
    assert said == [(2, "title", "This person sits there already, as councillor")]
    assert counts(answer)["memberships"] == {"new": 2}
    assert told(await planned(table(tmp_path, heading + "1,A,Council,,head,\n")), "warnings") == []
    later = table(tmp_path, "id,name,body,title,start_date\n1,A,Council,,2026-03-01\n")
    assert told(await planned(later), "warnings") == []


async def test_an_unknown_column_names_the_nearest_and_how_to_mend_it(tmp_path: Path) -> None:
    path = table(tmp_path, "name,emial\nA,a@example.org\n")

    answer = await planned(path)

    assert told(answer) == [
        (
            "rows",
            1,
            "emial",
            'Nobody knows the column emial. If it is email, say --column "emial=email"; '
            'leave it out with --column "emial=ignore".',
        )
    ]
    assert counts(answer) == {"people": {"new": 1}}
    assert counts(await brought(path, columns=["emial=邮箱"])) == {"people": {"new": 1}}
    assert (await Person.get()).email == "a@example.org"
    assert counts(await brought(path, columns=["emial=ignore"])) == {"people": {"same": 1}}


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", ("rows", 1, ""), "The file is empty"),
        ("a,b\n", ("rows", 1, "a"), "Nobody knows the column a."),
        ("name,Name\nA,A\n", ("rows", 1, "Name"), "The heading Name is there twice."),
        (
            "name,姓名\nA,A\n",
            ("rows", 1, "姓名"),
            "Two columns mean the same: name and 姓名. Say what it is with --column",
        ),
        ("email\na@example.org\n", ("rows", 1, ""), "There is no column with names."),
        (
            "name,sector\nA,Arts\n",
            ("rows", 1, "sector"),
            "but nothing says in which: sector. Say which with --term CODE",
        ),
        ("name,birth_date\nA,1/2/1970\n", ("rows", 2, "birth_date"), "is no date that can be read"),
        ("name,body\nA\n", ("rows", 2, ""), "This row has 1 cells, the heading has 2."),
        ("name\nA,B\n", ("rows", 2, ""), "This row has more cells than the heading."),
        ('name\n"A\n', ("rows", 2, ""), "The quotes of this row do not match"),
        ("name,body,title\n,O,x\n", ("rows", 2, ""), "but not whose"),
        ("name,term,no\n,15,1\n", ("rows", 2, "term"), "but not whose"),
        ("name,term,no\nA,,1\n", ("rows", 2, "term"), "Fill in the term of this seat."),
        ("id,name\n,\n7,\n", ("rows", 3, "name"), "Fill in the name: this id is not in the register yet."),
        ("name,email\n,a@example.org\n", ("rows", 2, "name"), "Fill in the name, or the id"),
        ("name,body\nA,O\n\nA,O\n", ("rows", 4, "title"), "Row 2 says the same"),
        ("id,name,email\n1,A,\n1,A,a@example.org\n", ("rows", 3, "id"), "Row 2 says otherwise about this person."),
        ("body_id,body\n1,O\n1,P\n", ("rows", 3, "body_id"), "Row 2 says otherwise about this body."),
        ("body_id,body\n1,\n", ("rows", 2, "body"), "A new body needs a name."),
        ("body_id,body,parent\n1,O,P\n", ("rows", 2, "parent"), "There is no body P"),
        ("name,term,no\nA,15,1\nA,15,2\n", ("rows", 3, "term"), "Row 2 speaks of this seat already."),
        ("name,body,primary\nA,O,maybe\n", ("rows", 2, "primary"), "Write yes or no."),
        ("name,identifiers\nA,b\n", ("rows", 2, "identifiers"), "Write each as scheme=value"),
        ("name,term,earlier\nA,15,x\n", ("rows", 2, "earlier"), "This column is written by the export"),
        ("name,term,earlier\nA,15,[1]\n", ("rows", 2, "earlier"), "This column is written by the export"),
        (
            "name,body,membership_term\nA,O,15\n",
            ("rows", 2, "membership_term"),
            "This person has no seat in the term 15.",
        ),
        ("name,term,sector,body,body_kind\nA,15,O,O,unit\n", ("rows", 2, "sector"), "not a sector. Name a sector."),
    ],
)
async def test_what_is_wrong_is_told_at_its_row_and_column(
    tmp_path: Path, text: str, place: tuple[str, int, str], says: str
) -> None:
    answer = await planned(table(tmp_path, text), format="csv")

    assert place in places(answer)
    assert says in answer["errors"][places(answer).index(place)]["message"]


async def test_a_column_that_the_file_lacks_is_told(tmp_path: Path) -> None:
    answer = await planned(table(tmp_path, "name\nA\n"), columns=["mail=email"])

    assert told(answer) == [("rows", 1, "mail", "The file has no column mail, of which was said what it means.")]


async def test_columns_of_a_membership_without_a_body_are_told_and_not_read(tmp_path: Path) -> None:
    answer = await planned(table(tmp_path, "name,,start_date\nA,x,2024\n"))

    assert counts(answer) == {"people": {"new": 1}}
    assert places(answer, "warnings") == [("rows", 1, ""), ("rows", 1, "start_date")]


@pytest.mark.parametrize(
    ("raw", "row"),
    [
        ("name\nA\nJosé\n".encode("latin-1"), 3),
        ("name\n单小明\n".encode() + b"\xd5\xc5 x\n" + "欧阳\n".encode(), 3),
        ("\ufeffname\nA\n".encode() + b"\xff\n", 3),
        ("name\nA\n".encode("utf-16"), 1),
        (b"name\nA\0\n", 1),
    ],
)
async def test_a_wrong_encoding_is_told_at_its_row(tmp_path: Path, raw: bytes, row: int) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(raw)

    answer = await planned(path, format="csv")

    assert places(answer) == [("rows", row, "")]
    assert "UTF-8" in answer["errors"][0]["message"]


async def test_semicolons_and_tabs_part_cells_too_and_a_cell_may_hold_lines(tmp_path: Path) -> None:
    answer = await brought(table(tmp_path, 'name;expertise\n"A";"law\nmusic"\nB;trade；law\n'))

    assert counts(answer) == {"people": {"new": 2}}
    assert [p.expertise for p in await Person.all().order_by("name_en")] == [["law", "music"], ["trade", "law"]]
    assert counts(await brought(table(tmp_path, "name\temail\nC\t\n"))) == {"people": {"new": 1}}


async def test_a_missing_title_column_matches_the_row_that_is_there(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,body,title\n1,A,O,chair\n"))

    assert counts(await brought(table(tmp_path, "id,body\n1,O\n")))["memberships"] == {"same": 1}
    assert counts(await brought(table(tmp_path, "id,body,title\n1,O,\n")))["memberships"] == {"new": 1}


async def test_an_end_where_there_was_none_just_ends_a_membership(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,body,start_date,end_date\n1,A,O,2024-01-01,\n"))

    answer = await brought(table(tmp_path, "id,body,start_date,end_date\n1,O,2024-01-01,2025-01-01\n"))

    assert counts(answer)["memberships"] == {"changed": 1}
    assert await BodyMembership.all().values_list("ends_on", flat=True) == [dt.date(2025, 1, 1)]


async def test_another_end_corrects_a_membership_and_keeps_the_wrong_row(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,body,on_behalf_of,end_date\n1,A,O,Union,2025-01-01\n"))

    answer = await brought(table(tmp_path, "id,body,on_behalf_of,end_date\n1,O,,2026-01-01\n"))

    assert counts(answer)["memberships"] == {"changed": 1}
    wrong = await BodyMembership.get(voided_at__isnull=False)
    right = await BodyMembership.get(voided_at=None).prefetch_related("on_behalf_of")
    assert (wrong.ends_on, wrong.voided_reason) == (dt.date(2025, 1, 1), "Corrected by an import.")
    assert (right.ends_on, right.on_behalf_of, right.recorded_at) == (dt.date(2026, 1, 1), None, make.NOW)


async def test_an_end_before_the_recorded_beginning_is_an_error(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,body,start_date\n1,A,O,2024-01-01\n"))

    answer = await planned(table(tmp_path, "id,body,end_date\n1,O,2023-01-01\n"))

    assert places(answer) == [("rows", 2, "end_date")]


async def test_a_seat_moves_on_from_today_and_what_was_unknown_is_completed(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,sector\n1,A,Arts\n"), term="15")

    answer = await brought(table(tmp_path, "id,sector,unit\n1,Arts,University\n"), term="15")
    assert counts(answer) == {"people": {"same": 1}, "term_memberships": {"changed": 1}}
    answer = await brought(table(tmp_path, "id,sector,no,status\n1,Trade,7,suspended\n"), term="15")
    assert counts(answer) == {"people": {"same": 1}, "bodies": {"new": 1}, "term_memberships": {"changed": 1}}

    posts = await MembershipPost.filter(voided_at=None).order_by("recorded_at").prefetch_related("sector")
    held = {(p.sector.name_en, p.unit, p.starts_on, p.ends_on) for p in posts}
    assert held == {("Arts", "University", None, make.TODAY), ("Trade", "University", make.TODAY, None)}
    statuses = await MembershipStatus.filter(voided_at=None)
    assert {(s.status.value, s.starts_on, s.ends_on) for s in statuses} == {
        ("active", None, make.TODAY),
        ("suspended", make.TODAY, None),
    }
    assert (await Membership.get()).no == "7"


async def test_a_first_day_corrects_the_history_of_a_seat(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name\n1,A\n"), term="15")

    await brought(table(tmp_path, "id,任职日期,状态截止\n1,2023-01-14,2024-01-14\n"), term="15")

    rows = await MembershipStatus.filter(voided_at=None).values_list("starts_on", "ends_on")
    assert list(rows) == [(dt.date(2023, 1, 14), dt.date(2024, 1, 14))]


async def test_a_term_in_the_file_goes_before_the_term_of_the_file(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,届次\n1,A,14\n2,B,\n"), term="15")

    seats = await Membership.all().prefetch_related("person", "term")
    assert {(s.person.name_en, s.term.code) for s in seats} == {("A", "14"), ("A", "15"), ("B", "15")}


async def test_two_bodies_of_one_name_need_an_id_unless_it_is_known_which(tmp_path: Path) -> None:
    first, second = await make.body(name_en="O"), await make.body(name_en="O")
    person = await make.person(name_en="A")
    await make.place(second, person, on_behalf_of=first)

    answer = await planned(table(tmp_path, f"id,name,body,parent\nper_{person.id},A,O,O\nn,B,O,\n"))

    assert places(answer) == [("rows", 2, "body"), ("rows", 2, "parent"), ("rows", 3, "body"), ("rows", 3, "body")]
    assert counts(await planned(table(tmp_path, f"id,name,body\nper_{person.id},A,O\n")))["memberships"] == {"same": 1}
    assert places(await planned(table(tmp_path, "id,name,body\nn,B,O\n"))) == [("rows", 2, "body")]
    assert counts(await planned(table(tmp_path, f"id,body_id,on_behalf_of\nper_{person.id},bod_{second.id},O\n"))) == {
        "people": {"same": 1},
        "bodies": {"same": 1},
        "memberships": {"same": 1},
    }


async def test_counting_in_two_learning_groups_is_worth_a_look(tmp_path: Path) -> None:
    text = "id,name,body,body_kind,start_date\n1,A,G,learning_group,\n1,A,H,learning_group,2024\n"

    answer = await brought(table(tmp_path, text))
    again = await planned(table(tmp_path, "id,name,body,body_kind\n1,A,I,学习小组\n"))

    assert ("rows", 3, "body", "Would count in two learning groups at once: G and H.") in told(answer, "warnings")
    assert len(again["warnings"]) == 2


async def test_a_row_with_the_same_person_and_another_mistake_is_told_once(tmp_path: Path) -> None:
    text = "id,name,birth_date,term,status_start\n1,A,,15,\n1,A,x,15,x\n"

    assert places(await planned(table(tmp_path, text))) == [("rows", 3, "birth_date"), ("rows", 3, "status_start")]


async def test_a_name_that_several_bodies_have_is_no_sector_and_nobody_to_sit_for(tmp_path: Path) -> None:
    for kind in (BodyKind.SECTOR, BodyKind.SECTOR, BodyKind.UNIT, BodyKind.UNIT):
        await make.body(kind, "Arts" if kind is BodyKind.SECTOR else "Union")
    text = "name,body,on_behalf_of,term,sector,earlier\nA,O,Union,15,Union,\n"

    assert places(await planned(table(tmp_path, text))) == [("rows", 2, "sector"), ("rows", 2, "on_behalf_of")]


async def test_plain_members_of_a_sector_follow_from_their_seats(tmp_path: Path) -> None:
    await make.body(BodyKind.SECTOR, "Arts")
    text = "name,body,body_role,term,sector\nA,Arts,convener,15,Arts\nB,Arts,,15,Arts\n"

    answer = await planned(table(tmp_path, text))

    assert (answer["errors"], places(answer, "warnings")) == ([], [("rows", 3, "body")])
    assert "follows from the seats" in answer["warnings"][0]["message"]


async def test_names_in_latin_letters_go_where_they_belong(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name,name_en,body,body_en\n1,Ada,Ada E.,Bureau,The Bureau\n2,Bo,,,\n"))

    assert set(await Person.all().values_list("name_zh", "name_en")) == {("Ada", "Ada E."), ("", "Bo")}
    answer = await brought(table(tmp_path, "id,body_id,body,body_en\n2,,Bureau,The Bureau\n"))
    assert counts(answer)["bodies"] == {"same": 1}


async def test_a_body_can_be_called_otherwise(tmp_path: Path) -> None:
    await brought(table(tmp_path, "body_id,body\no,Bureau\n"))

    assert counts(await brought(table(tmp_path, "body_id,body\no,Office\n"))) == {"bodies": {"changed": 1}}
    assert await Body.all().values_list("name_en", "search") == [("Office", "office")]


async def test_a_seat_without_a_history_gets_one_and_earlier_spans_are_added_once(tmp_path: Path) -> None:
    person, term = await make.person(name_en="A"), await make.term("15")
    await Membership.create(person=person, term=term)
    spans = [{"status": "nominated", "end_date": "2023-01-14"}, {"post": "standing", "end_date": "2023-01-14"}]
    earlier = '"' + json.dumps(spans).replace('"', '""') + '"'
    path = table(tmp_path, f"id,term,status_start,unit,earlier\nper_{person.id},15,2023-01-14,U,{earlier}\n")

    assert counts(await brought(path)) == {"people": {"same": 1}, "term_memberships": {"changed": 1}}
    assert counts(await brought(path)) == {"people": {"same": 1}, "term_memberships": {"same": 1}}
    assert await MembershipStatus.all().count() == await MembershipPost.all().count() == 2
    assert (
        len(
            (await planned(table(tmp_path, f"id,term,status_start,earlier\nper_{person.id},15,x,{earlier}\n")))[
                "errors"
            ]
        )
        == 1
    )


async def test_progress_hears_how_far_the_file_was_read() -> None:
    heard: list[bool] = []

    for name in ("people.csv", "people.xlsx", "people.json"):
        await check(
            secretary(), FILES / name, Options(term="15"), lambda reader: heard.append(reader.read <= 2 * reader.size)
        )

    assert heard
    assert all(heard)
