"""Whom the rules of the party's organisations bind (PC-1)."""

import pytest

from server.rules.affiliation import is_party_member


@pytest.mark.parametrize(
    ("affiliation", "bound"),
    [
        ("中共党员", True),
        (" CPC ", True),
        ("中共预备党员", True),
        ("民盟盟员", False),
        ("无党派人士", False),
        ("", False),
    ],
)
def test_an_affiliation_says_whether_someone_is_a_party_member(affiliation, bound):
    assert is_party_member(affiliation) is bound
