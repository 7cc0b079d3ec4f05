"""Popolo files: what is read, what is told, what is written."""

import datetime as dt
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from server.models.bodies import Body, BodyKind, BodyMembership
from server.models.members import Person, PersonIdentifier, Sex
from tests.imports.bringing import FILES, brought, counts, places, planned, told

PEOPLE = FILES / "people.json"
pytestmark = pytest.mark.usefixtures("db")


def written(folder: Path, **lists: Any) -> Path:
    path = folder / "file.json"
    path.write_text(json.dumps(lists, ensure_ascii=False), "utf-8")
    return path


def one(person: Any = None, membership: Any = None) -> dict[str, Any]:
    """A person, a body and a membership, with these facts besides."""
    return {
        "persons": [{"id": "p", "name": "P", **(person or {})}],
        "organizations": [{"id": "o", "name": "O", "kind": "other"}],
        "memberships": [{"person_id": "p", "organization_id": "o", "role": "r", **(membership or {})}],
    }


async def test_a_file_brings_people_bodies_and_all_memberships_wherever_they_stand() -> None:
    answer = await brought(PEOPLE, map=["committee=special_committee"])

    assert counts(answer) == {"people": {"new": 3}, "bodies": {"new": 3}, "memberships": {"new": 4}}
    ada = await Person.get(name_en="Ada Example")
    assert (ada.name_zh, ada.family_name, ada.phone) == ("艾达", "", "+86 10 5555 0100")
    dan = await Person.get(name_zh="单小明")
    assert (dan.family_name, dan.given_name, dan.sex, dan.birth_date) == ("单", "小明", Sex.MALE, dt.date(1970, 2, 3))
    assert dan.sort_pinyin.startswith("shan4")
    ids = await PersonIdentifier.filter(person=dan).order_by("scheme").values_list("scheme", "value")
    assert list(ids) == [("source", "p/1"), ("staff", "7")]
    group = await Body.get(name_zh="经济小组").prefetch_related("parent")
    assert (group.kind, group.classification, group.starts_on) == (BodyKind.OTHER, "group", dt.date(2023, 1, 1))
    assert (group.parent.kind, group.parent.name_zh, group.parent.name_en) == (
        BodyKind.SPECIAL_COMMITTEE,
        "经济委员会",
        "Committee on the Economy",
    )
    places = await BodyMembership.filter(body=group).order_by("title").prefetch_related("person", "on_behalf_of")
    assert [(p.title, p.person.name_en or p.person.name_zh, p.starts_on, p.ends_on) for p in places] == [
        ("member", "单小明", None, None),
        ("成员", "乃依木·某某", None, dt.date(2025, 6, 1)),
        ("组长", "Ada Example", dt.date(2024, 3, 1), None),
    ]
    assert places[1].on_behalf_of.name_en == "Example Union"


async def test_keys_that_are_not_kept_are_told_once_with_their_number() -> None:
    answer = await planned(PEOPLE)

    assert told(answer, "warnings") == [
        (
            "organizations",
            1,
            "founding_date",
            "Only a month or a year is given; it is kept as 1 January 2023.",
        ),
        *(
            (
                "organizations",
                n,
                "classification",
                f"New bodies of the classification “{name}” become bodies of the kind other and keep it: 1. "
                f'Say what they are with --map "{name}=KIND".',
            )
            for n, name in ((1, "group"), (2, "committee"), (3, "union"))
        ),
        ("persons", 2, "biography", "The key biography is not kept. It is there 1 times."),
        ("persons", 2, "contact_details", "The key contact_details is not kept. It is there 1 times."),
        ("persons/2/memberships", 1, "start_date", "Only a month or a year is given; it is kept as 1 March 2024."),
    ]


async def test_a_second_import_is_all_the_same_and_writes_nothing() -> None:
    await brought(PEOPLE, term="15")
    before = await Person.all().order_by("id").values_list("id", "updated_at")

    answer = await brought(PEOPLE, term="15")

    assert counts(answer) == {
        "people": {"same": 3},
        "bodies": {"same": 3},
        "memberships": {"same": 4},
        "term_memberships": {"same": 3},
    }
    assert await Person.all().order_by("id").values_list("id", "updated_at") == before


async def test_an_absent_key_changes_nothing_and_an_empty_one_clears(tmp_path: Path) -> None:
    await brought(written(tmp_path, **one({"email": "p@example.org", "phone": "1"})))

    answer = await brought(written(tmp_path, **one({"email": None})))

    assert counts(answer) == {"people": {"changed": 1}, "bodies": {"same": 1}, "memberships": {"same": 1}}
    person = await Person.get(name_en="P")
    assert (person.email, person.phone) == ("", "1")


@pytest.mark.parametrize(
    ("person", "membership", "place", "says"),
    [
        ({"birth_date": "1970-02-30"}, {}, ("persons", 1, "birth_date"), "There is no such day: 1970-02-30."),
        ({"birth_date": "tomorrow"}, {}, ("persons", 1, "birth_date"), "tomorrow is no date that can be read."),
        ({"birth_date": "2999-01-01"}, {}, ("persons", 1, "birth_date"), "This day is still to come."),
        ({"name": ""}, {}, ("persons", 1, "name"), "Fill in the name"),
        ({"name": ["P"]}, {}, ("persons", 1, "name"), "A text is needed here"),
        ({"name": "P" * 201}, {}, ("persons", 1, "name"), "At most 200 characters; these are 201."),
        ({"name": "P\u0007"}, {}, ("persons", 1, "name"), "There is an invisible control character"),
        (
            {"gender": "plural"},
            {},
            ("persons", 1, "gender"),
            "plural is not known here. Use one of: female, male, other.",
        ),
        ({}, {"start_date": "2024-13-01"}, ("memberships", 1, "start_date"), "There is no such month: 2024-13-01."),
        (
            {},
            {"start_date": "2024-02-01", "end_date": "2024-01-01"},
            ("memberships", 1, "end_date"),
            "It ends on 1 January 2024, before it starts on 1 February 2024.",
        ),
        ({}, {"person_id": "x"}, ("memberships", 1, "person_id"), "There is no person x"),
        ({}, {"person_id": None}, ("memberships", 1, "person_id"), "This membership does not say whose it is."),
        ({}, {"organization_id": "x"}, ("memberships", 1, "organization_id"), "There is no body x"),
        ({}, {"organization_id": ""}, ("memberships", 1, "organization_id"), "does not say in which body"),
        ({}, {"on_behalf_of_id": "x"}, ("memberships", 1, "on_behalf_of_id"), "There is no body x"),
    ],
)
async def test_a_wrong_fact_is_an_error_at_its_row_and_field(
    tmp_path: Path, person: Any, membership: Any, place: Any, says: str
) -> None:
    answer = await planned(written(tmp_path, **one(person, membership)))

    assert places(answer) == [place]
    assert says in answer["errors"][0]["message"]
    assert sum(answer[kind]["error"] for kind in ("people", "memberships")) == 1
    assert await Person.all().count() == 0


async def test_the_other_rows_are_still_checked(tmp_path: Path) -> None:
    file = one()
    file["persons"] += [{"id": "q", "name": "Q", "birth_date": "x"}, {"id": "q", "name": "Q again"}, "R", {"name": "S"}]
    file["memberships"] += [file["memberships"][0], {"person_id": "q", "organization_id": "o"}]
    file["organizations"] += [{"id": "o", "name": "O"}, {"id": "n"}, 7]

    answer = await planned(written(tmp_path, **file))

    assert places(answer) == [
        ("organizations", 2, "id"),
        ("organizations", 4, ""),
        ("organizations", 3, "name"),
        ("persons", 2, "birth_date"),
        ("persons", 3, "id"),
        ("persons", 4, ""),
        ("memberships", 2, "role"),
    ]
    assert counts(answer) == {
        "people": {"new": 2, "error": 3},
        "bodies": {"new": 1, "error": 3},
        "memberships": {"new": 2, "error": 1},
    }


async def test_a_truncated_file_counts_what_came_before_and_says_where_it_breaks(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    text = json.dumps(one() | {"persons": [{"id": "p", "name": "P"}, {"id": "q", "name": "Q"}]})
    path.write_text(text[: text.index('"Q"')])

    answer = await planned(path)

    assert counts(answer) == {"people": {"new": 1}}
    assert places(answer) == [("persons", 2, "")]
    assert "breaks off" in answer["errors"][0]["message"]


@pytest.mark.parametrize("text", ["", "{}", '{"votes": []}', "nothing", '{"id": 7}'])
async def test_a_file_that_is_no_popolo_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)

    answer = await planned(path, format="popolo")

    assert any("Popolo" in message["message"] for message in answer["errors"])


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("[" * 100_000, ("persons", 1, "")),
        ('{"a":' * 100_000, ("a", 1, "")),
        ('{"persons": [{"name": "A"}, {"b":' + "[" * 100_000, ("persons", 2, "")),
        ('{"persons": [{"name": "A"}], "' + "k" * 100_000 + '": {' + '"a": 1, ' * 10_000, ("persons", 1, "")),
    ],
)
async def test_a_file_that_is_nested_without_end_is_told_at_its_place_in_little_memory(
    tmp_path: Path, start: str, place: tuple[str, int, str]
) -> None:
    file = tmp_path / "deep.json"
    file.write_text(start)
    tracemalloc.start()
    answer = await planned(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (places(answer), counts(answer)) == ([place], {})
    assert most < 50_000_000


async def test_what_is_nested_as_deep_as_allowed_is_read(tmp_path: Path) -> None:
    deep = "[" * 29 + "]" * 29
    file = tmp_path / "deep.json"
    file.write_text(f'{{"persons": [{{"id": "p", "name": "P", "own": {deep}}}]}}')

    assert counts(await planned(file)) == {"people": {"new": 1}}

    file.write_text(f'{{"persons": [{{"id": "p", "name": "P", "own": [{deep}]}}]}}')
    assert places(await planned(file)) == [("persons", 1, "")]


async def test_a_list_of_people_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([{"id": 1, "name": "P"}, {"name": "Q"}]).encode())

    assert counts(await brought(path)) == {"people": {"new": 2}}
    assert counts(await brought(path)) == {"people": {"same": 2}}


async def test_embedded_objects_are_known_from_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(
        json.dumps(
            {
                "id": "700",
                "person": {"id": "p", "name": "P"},
                "organization": {"id": "o", "name": "O"},
                "post": {"id": "c", "label": "Chef"},
                "start_date": "1972",
                "end_date": "1980-03",
            }
        )
    )

    assert counts(await brought(path)) == {"people": {"new": 1}, "bodies": {"new": 1}, "memberships": {"new": 1}}
    row = await BodyMembership.get()
    assert (row.title, row.starts_on, row.ends_on) == ("Chef", dt.date(1972, 1, 1), dt.date(1980, 4, 1))


async def test_one_organization_alone_brings_its_parts(tmp_path: Path) -> None:
    await brought(written(tmp_path, **one()))
    path = tmp_path / "org.json"
    path.write_text(
        json.dumps(
            {"id": "n", "name": "N", "posts": [{"id": "c", "label": "Chef", "memberships": [{"person_id": "p"}]}]}
        )
    )

    assert counts(await brought(path)) == {"bodies": {"new": 1}, "memberships": {"new": 1}}


async def test_posts_at_the_top_give_titles_and_bodies(tmp_path: Path) -> None:
    file = one()
    file["posts"] = [
        {"id": "c", "label": "Chef", "organization_id": "o", "memberships": [{"person_id": "p"}]},
        {"id": "d", "role": "Deputy", "organization": {"id": "n", "name": "N", "kind": "unit"}},
    ]
    file["memberships"] = [
        {"person_id": "p", "post_id": "d"},
        {"person_id": "p", "organization_id": "o", "post_id": "x"},
    ]

    answer = await brought(written(tmp_path, **file))

    rows = await BodyMembership.all().prefetch_related("body").order_by("title")
    assert [(row.title, row.body.name_en) for row in rows] == [("", "O"), ("Chef", "O"), ("Deputy", "N")]
    assert ("memberships", 2, "post_id", "There is no post x in this file.") in told(answer, "warnings")


async def test_a_body_cannot_be_part_of_itself(tmp_path: Path) -> None:
    bodies = [{"id": "a", "name": "A", "parent_id": "b"}, {"id": "b", "name": "B", "parent_id": "a"}]
    bodies += [{"id": "c", "name": "C", "parent_id": "nowhere"}]

    answer = await planned(written(tmp_path, persons=[], organizations=bodies))

    assert places(answer) == [("organizations", n, "parent_id") for n in (1, 2, 3)]


async def test_identifiers_follow_the_file(tmp_path: Path) -> None:
    def with_ids(*pairs: str) -> Path:
        found = [{"scheme": pair[0], "identifier": pair[1]} for pair in pairs]
        file = one({"identifiers": found})
        file["organizations"][0]["identifiers"] = found
        return written(tmp_path, **file)

    await brought(with_ids("a1", "b2"))
    answer = await brought(with_ids("a1", "c3"))

    assert counts(answer) == {"people": {"changed": 1}, "bodies": {"changed": 1}, "memberships": {"same": 1}}
    ids = await PersonIdentifier.all().order_by("scheme").values_list("scheme", "value")
    assert list(ids) == [("a", "1"), ("c", "3"), ("source", "p")]


async def test_an_identifier_belongs_to_one(tmp_path: Path) -> None:
    given = [{"scheme": "a", "identifier": "1"}, {"scheme": "b"}]
    people = [{"id": n, "name": n, "identifiers": given} for n in ("p", "q")]
    bodies = [{"id": n, "name": n, "kind": "unit", "identifiers": given} for n in ("n", "o")]

    answer = await planned(written(tmp_path, persons=people, organizations=bodies))

    assert places(answer) == [("organizations", 2, "identifiers"), ("persons", 2, "identifiers")]
    assert len(answer["warnings"]) == 4


async def test_seats_stand_in_a_person_and_what_is_wrong_in_them_is_told(tmp_path: Path) -> None:
    seats = [{"term": "15", "no": "1", "unit": "U"}, {"no": "2"}, 7, {"term": {}}]

    answer = await planned(
        written(tmp_path, **one({"term_memberships": seats, "memberships": [7], "identifiers": [{"scheme": []}]}))
    )

    assert places(answer) == [
        ("persons", 1, "identifiers"),
        ("persons/1/term_memberships", 2, "term"),
        ("persons/1/term_memberships", 3, ""),
        ("persons/1/term_memberships", 4, "term"),
        ("persons/1/term_memberships", 4, "term"),
        ("persons/1/memberships", 1, ""),
    ]
    assert counts(answer)["term_memberships"] == {"new": 1, "error": 3}


async def test_names_and_contacts_in_other_words(tmp_path: Path) -> None:
    names = [{"lang": "zh-Hans", "name": "艾达"}, {"lang": "en", "name": "Ada E."}, "odd", {"lang": "zh", "name": "二"}]
    contacts = [{"type": "email", "value": "a@example.org"}, {"type": "email", "value": "a@example.org"}, "odd"]

    await brought(written(tmp_path, **one({"name": "Ada", "other_names": names, "contact_details": contacts})))

    person = await Person.get()
    assert (person.name_zh, person.name_en, person.email) == ("艾达", "Ada E.", "a@example.org")


async def test_a_list_that_is_not_kept_and_an_empty_post_are_no_error(tmp_path: Path) -> None:
    file = one() | {"events": [{"id": 1}], "posts": [7, {"label": "no id"}]}

    answer = await brought(written(tmp_path, **file))

    assert told(answer, "warnings") == [("events", 1, "events", "The list events is not kept.")]


async def test_a_day_that_is_its_own_end_and_an_embedded_parent(tmp_path: Path) -> None:
    file = one(None, {"start_date": "2024-01-01", "end_date": "2024-01-01"})
    file["organizations"][0] |= {"parent": {"id": "n", "name": "N", "kind": "unit"}}

    answer = await brought(written(tmp_path, **file))

    assert places(answer, "warnings") == [("memberships", 1, "end_date")]
    assert (await Body.get(name_en="O").prefetch_related("parent")).parent.name_en == "N"


async def test_a_body_twice_without_an_id_is_an_error(tmp_path: Path) -> None:
    answer = await planned(
        written(tmp_path, persons=[], organizations=[{"name": "O"}, {"name": "O", "kind": "odd"}, {"name": "O"}])
    )

    assert places(answer) == [("organizations", 2, "kind"), ("organizations", 3, "name")]
