"""Who is meant: by an id, else by the exact name, where nothing speaks against it."""

import datetime as dt
from pathlib import Path

import pytest

from server.models.members import Person
from tests import make
from tests.imports.bringing import brought, counts, planned, told
from tests.imports.test_tables import table

pytestmark = pytest.mark.usefixtures("db")
BORN = dt.date(1970, 2, 3)


async def test_a_name_alone_is_taken_for_the_only_one_of_that_name_with_a_warning(tmp_path: Path) -> None:
    person = await make.person("单小明", email="dan@example.org")

    answer = await planned(table(tmp_path, "name\n单小明\n"))

    assert counts(answer) == {"people": {"same": 1}}
    said = f"Taken for 单小明 (per_{person.id}) by the name alone. Give an id if it is someone else."
    assert told(answer, "warnings") == [("rows", 2, "name", said)]


async def test_an_equal_birth_date_or_address_makes_it_sure(tmp_path: Path) -> None:
    await make.person("单小明", birth_date=BORN)
    await make.person("单小明", email="dan@example.org")

    answer = await planned(table(tmp_path, "name,birth_date,email\n单小明,1970-02-03,\n单小明,,dan@example.org\n"))

    assert (counts(answer), answer["warnings"]) == ({"people": {"same": 2}}, [])


async def test_another_birth_date_is_someone_else(tmp_path: Path) -> None:
    person = await make.person("单小明", birth_date=BORN)

    answer = await planned(table(tmp_path, "name,birth_date\n单小明,1980-01-01\n"))

    assert counts(answer) == {"people": {"new": 1}}
    said = f"May be the same as 单小明 (per_{person.id}), but the dates of birth differ. This one is new."
    assert told(answer, "warnings") == [("rows", 2, "name", said)]


async def test_another_address_needs_an_id(tmp_path: Path) -> None:
    person = await make.person("单小明", email="dan@example.org")

    answer = await planned(table(tmp_path, "name,email\n单小明,other@example.org\n"))

    assert counts(answer) == {"people": {"error": 1}}
    assert f"per_{person.id}" in answer["errors"][0]["message"]
    text = f"id,name,email\nper_{person.id},单小明,other@example.org\n"
    assert counts(await planned(table(tmp_path, text))) == {"people": {"changed": 1}}


async def test_several_of_one_name_need_an_id(tmp_path: Path) -> None:
    await make.person("单小明", email="a@example.org")
    await make.person("单小明", email="b@example.org")

    answer = await planned(table(tmp_path, "name\n单小明\n"))

    assert counts(answer) == {"people": {"error": 1}}
    assert "2 people of the register are called 单小明" in answer["errors"][0]["message"]


async def test_one_name_in_several_rows_of_a_table_is_one_person(tmp_path: Path) -> None:
    path = table(tmp_path, "name,email,body\n单小明,,O\n单小明,,P\n单小明,x@example.org,P\n")

    assert counts(await brought(path))["people"] == {"new": 2}
    assert counts(await brought(path))["people"] == {"same": 2}


async def test_someone_new_by_id_may_be_there_without_one(tmp_path: Path) -> None:
    person = await make.person("单小明")

    answer = await planned(table(tmp_path, "id,name\nm1,单小明\n"))

    assert counts(answer) == {"people": {"new": 1}}
    said = f"May be the same as 单小明 (per_{person.id}), who has no source id; merge them if they are one."
    assert told(answer, "warnings") == [("rows", 2, "name", said)]


async def test_an_id_of_a_merged_entry_means_the_one_that_stayed(tmp_path: Path) -> None:
    kept = await make.person("单小明")
    merged = await make.person("单晓明", merged_into=kept)

    answer = await planned(table(tmp_path, f"id,name\nper_{merged.id},单小明\n"))

    assert counts(answer) == {"people": {"same": 1}}


async def test_our_own_id_that_nobody_has_is_someone_new(tmp_path: Path) -> None:
    text = f"id,name\nper_{make.some_id()},A\nper_x,B\n"

    assert counts(await brought(table(tmp_path, text))) == {"people": {"new": 2}}
    assert counts(await brought(table(tmp_path, text))) == {"people": {"same": 2}}


async def test_a_changed_name_makes_new_sort_keys_and_a_fixed_key_stays(tmp_path: Path) -> None:
    await brought(table(tmp_path, "id,name\n1,单小明\n2,王一\n"))
    await brought(table(tmp_path, "id,name,sort_pinyin\n1,丁小明,\n2,王二,zz\n"))

    first, second = await Person.get(name_zh="丁小明"), await Person.get(name_zh="王二")
    assert first.sort_pinyin.startswith("ding1")
    assert first.search.startswith("丁小明")
    assert (second.sort_pinyin, second.sort_fixed) == ("zz", True)
