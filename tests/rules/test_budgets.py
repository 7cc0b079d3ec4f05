"""What is said of operations that are too much: which part, how much of it, and how much is allowed."""

from dataclasses import replace

import pytest

from server.rules.budgets import NAMES, SHAPE, Cost, misshapen

FITS = Cost(cost=1, rows=0, **{name: getattr(SHAPE, name) for name in NAMES})


def test_what_has_as_much_as_is_allowed_of_everything_fits() -> None:
    assert misshapen(FITS) is None


@pytest.mark.parametrize("name", NAMES)
def test_one_more_of_anything_is_too_much(name: str) -> None:
    most = getattr(SHAPE, name)

    problem = misshapen(replace(FITS, **{name: most + 1}))

    assert problem is not None
    assert problem.code == "SHAPE_LIMIT"
    assert str(most) in problem.message.into("en").replace(",", "")
