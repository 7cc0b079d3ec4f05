"""What a grant changes, by the decision before and after it (RD-2)."""

import pytest

from server.rules.documents import Verdict
from server.rules.grants import GrantChange, change
from server.words import say


def verdict(code: str) -> Verdict:
    return Verdict(code == "GRANT", code, say("Yes."), "RD-1")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("NO_GRANT", "GRANT", GrantChange.GAINS),
        ("GRANT", "PERSON_DENY", GrantChange.LOSES),
        ("NO_GRANT", "AGREEMENT", GrantChange.GAINS_IF),
        ("NO_GRANT", "ROOM_ONLY", GrantChange.GAINS_IF),
        ("AGREEMENT", "AGREEMENT", GrantChange.KEPT_OUT),
        ("GRANT", "GRANT", GrantChange.HAS_IT),
        ("PERSON_DENY", "PERSON_DENY", GrantChange.KEPT_OUT),
    ],
)
def test_what_changes_is_told_by_both_decisions(before: str, after: str, expected: GrantChange) -> None:
    found = change(verdict(before), verdict(after))
    assert (found.kind, found.code) == (expected, after)
