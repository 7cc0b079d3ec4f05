import pytest

from bench.equal import plain, where

KEY = "5c0bb40f-f3e6-4a73-8305-e98686292bb5"


def test_letters_before_ids_and_the_case_of_enums_make_no_difference():
    ours = {"member": {"id": f"mem_{KEY}", "status": "ACTIVE", "person": {"name": "Mei"}}}
    theirs = {"member": {"id": KEY, "status": "active", "person": {"name": "Mei"}}}
    assert plain(ours) == plain(theirs)


def test_a_moment_of_a_whole_second_is_the_same_with_and_without_its_parts():
    assert plain({"at": "2026-11-01T04:00:00+00:00"}) == plain({"at": "2026-11-01T04:00:00.000000+00:00"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"at": "2026-11-01T04:00:00+00:00"}, {"at": "2026-11-01T04:00:00.000001+00:00"}),
        ({"name": "Mei"}, {"name": "mei"}),
        ({"name": f"mem_{KEY}"}, {"name": KEY}),
        ({"id": f"mem_{KEY}"}, {"id": f"mem_{KEY[:-1]}6"}),
        ({"groups": [{"role": "HEAD"}]}, {"groups": []}),
        ({"post": None}, {"post": {}}),
    ],
)
def test_all_else_does(one: dict, other: dict):
    assert plain(one) != plain(other)


def test_the_first_difference_is_named():
    one = {"edges": [{"node": {"no": "1"}}, {"node": {"no": "2"}}]}
    other = {"edges": [{"node": {"no": "1"}}, {"node": {"no": "3"}}]}
    assert where(one, other) == "data.edges[1].node.no: 2 is not 3"


def test_lists_of_different_length_are_named_whole():
    assert where({"edges": [1]}, {"edges": [1, 2]}) == "data.edges: [1] is not [1, 2]"
