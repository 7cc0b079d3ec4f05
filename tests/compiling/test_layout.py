"""Statements over lines: only blanks differ, and each clause begins one."""

import re

import pytest

from server.schema.compiling.layout import laid_out

LONG = ", ".join(
    f"'{word}' AS {word}" for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
)


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("SELECT 1", ["SELECT 1"]),
        (
            """SELECT "a", 'FROM  (' FROM "t" LEFT OUTER JOIN "u" ON u.id = t.id """
            "WHERE a = ?1 AND (b OR c) ORDER BY a LIMIT 2",
            [
                """SELECT "a", 'FROM  ('""",
                'FROM "t"',
                'LEFT OUTER JOIN "u"',
                "  ON u.id = t.id",
                "WHERE a = ?1",
                "  AND (b OR c)",
                "ORDER BY a",
                "LIMIT 2",
            ],
        ),
        (
            "SELECT '{\"a\":' || count(*) || ',\"b\":' || row_number() OVER (ORDER BY x) || '}' "
            "FROM (SELECT * FROM t) t1",
            [
                "SELECT '{\"a\":' || count(*)",
                "  || ',\"b\":' || row_number() OVER (ORDER BY x) || '}'",
                "FROM (SELECT * FROM t) t1",
            ],
        ),
        (
            f"SELECT 'it''s' || (SELECT {LONG} FROM t) || E'\\n' AS x",
            [
                "SELECT 'it''s' || (",
                f"  SELECT {LONG.partition(', ' + LONG.split(', ')[7])[0]},",
                f"    {', '.join(LONG.split(', ')[7:])}",
                "  FROM t",
                ") || E'\\n' AS x",
            ],
        ),
    ],
)
def test_each_clause_and_each_key_begins_a_line(sql: str, lines: list[str]) -> None:
    assert laid_out(sql).split("\n") == lines


def test_tables_that_are_shared_stand_before_what_reads_them() -> None:
    assert laid_out(f"WITH t1 AS ( SELECT {LONG} FROM t), t2 AS (SELECT 1) SELECT * FROM t1").split("\n") == [
        "WITH t1 AS (",
        f"  SELECT {LONG.partition(', ' + LONG.split(', ')[7])[0]},",
        f"    {', '.join(LONG.split(', ')[7:])}",
        "  FROM t",
        "), t2 AS (SELECT 1)",
        "SELECT *",
        "FROM t1",
    ]


def test_many_cases_stand_on_several_lines() -> None:
    cases = " ".join(f"WHEN 'value {n}' THEN 'NAME_{n}'" for n in range(9))

    assert [line.count("WHEN") for line in laid_out(f"SELECT CASE x {cases} END").split("\n")] == [3, 4, 2]


def test_nothing_but_blanks_is_changed() -> None:
    sql = f"SELECT a||'  b'  ,  (SELECT {LONG} , \"two  words\" FROM t WHERE x|y) , 'open"
    assert re.sub(r"\s", "", laid_out(sql)) == re.sub(r"\s", "", sql)
    assert "'  b'" in laid_out(sql)
    assert '"two  words"' in laid_out(sql)
