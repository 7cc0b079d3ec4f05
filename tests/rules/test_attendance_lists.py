"""Which line of a list of who came means whom: nobody is guessed."""

from uuid import UUID

import pytest

from server.rules.attendance import Presence
from server.rules.attendance_lists import Line, Listed, matches

WEI, WEI_TOO, ANN, DOT = (UUID(int=n) for n in range(1, 5))
LIST = [
    Listed(WEI, "王伟", "Wang Wei", ("A1",)),
    Listed(WEI_TOO, "王伟", "Wang Wei", ("A2", "B2")),
    Listed(ANN, "", "Ann Placed"),
    Listed(DOT, "阿布·买买提", ""),
]


def line(name: str = "", no: str = "", row: int = 2) -> Line:
    return Line(row, name, no, Presence.PRESENT)


@pytest.mark.parametrize(
    ("name", "no", "person", "why"),
    [
        ("Ann Placed", "", ANN, ""),
        ("  ann  PLACED ", "", ANN, ""),
        ("阿布买买提", "", DOT, ""),
        ("阿布 ‧ 买买提", "", DOT, ""),
        ("王伟", "A1", WEI, ""),
        ("", "B2", WEI_TOO, ""),
        ("王伟", "", None, "2 people on the list are called so: give the card number."),
        ("Nobody", "", None, "Nobody on the list is called so."),
        ("", "Z9", None, "Nobody on the list has the card number Z9."),
        ("Ann Placed", "A1", None, "The card number A1 is not that of Ann Placed."),
    ],
)
def test_a_line_means_who_is_called_so_or_has_that_number(name: str, no: str, person: UUID | None, why: str) -> None:
    (found,) = matches([line(name, no)], LIST)

    assert (found.person, str(found.why or "")) == (person, why)


def test_a_person_is_meant_once() -> None:
    first, second = matches([line(no="A1", row=2), line("王伟", "A1", row=3)], LIST)

    assert (first.person, second.person) == (WEI, None)
    assert str(second.why) == "The same person stands in row 2 already."
