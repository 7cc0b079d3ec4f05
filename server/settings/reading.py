"""The environment, read a name at a time, so that a mistake says which name it is in."""

import difflib
from collections.abc import Callable, Mapping
from typing import TypeVar

from server.rules.buckets import Rates
from server.rules.budgets import Budgets, Caller
from server.settings.known import SETTINGS
from server.settings.values import number

PREFIX = "LUZHI_"

T = TypeVar("T")


class SettingsError(Exception):
    """The environment does not make sense; the words say which name and what to change."""


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Raises SettingsError for a LUZHI_ name that nothing reads, naming the nearest one that something does."""
    known = [setting.name for setting in SETTINGS]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise SettingsError(f"{name} is not a setting. The nearest one is {near}.")


def read(environment: Mapping[str, str], name: str, default: str, parse: Callable[[str], T]) -> T:
    """The value of that name, or of the default where it is empty or not set. Raises SettingsError."""
    given = environment.get(name)
    return checked(name, given, parse) if given else parse(default)


def checked(name: str, given: str, parse: Callable[[str], T]) -> T:
    """The value of a text. Raises SettingsError, which names it."""
    try:
        return parse(given)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def by_caller(environment: Mapping[str, str], name: str, usual: type[Budgets | Rates]) -> list[int]:
    """Whole numbers, one for each kind of caller, in their order."""
    callers = [caller.value for caller in Caller]
    return [read(environment, f"{name}_{one.upper()}", str(getattr(usual, one)), number) for one in callers]
