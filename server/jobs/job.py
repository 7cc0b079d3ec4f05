"""A job: what it is called, when it is due, and the function that does it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from server.rules.jobs import Rhythm
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say

Said = Words | str | int
"""What a run did: a sentence in both languages, one in English only, or how many."""

_settings: ContextVar[Settings] = ContextVar("settings_of_a_run")


class Failed(Exception):
    """A job could not do its work, or did it and found something wrong, for a reason that people can be told.

    again: whether one more try may help.
    """

    def __init__(self, words: Words, *, again: bool = True) -> None:
        super().__init__(str(words))
        self.words, self.again = words, again


@dataclass(frozen=True)
class Job:
    """Work that is due every so often, or at a time of day where the assembly sits: give one of the two.

    name: its word for the command line, metrics and programs. words: what it does. run: called as the system, with the
    time of its start as now; raises Failed, or anything, where it could not. It runs in the loop that answers
    requests, so what keeps a processor busy goes to a thread.

    A process may be killed after the last commit of `run` and before it is written down that it was done; then it is
    run again. So doing it twice must change nothing more than once, or it is `whole`: one transaction, in which it is
    also written down. That is for what is short, for on SQLite nobody else writes meanwhile.
    """

    name: str
    words: Words
    run: Callable[[Viewer], Awaitable[Said]]
    every: dt.timedelta | None = None
    at: dt.time | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"the job {self.name} is due either every so often or at a time of day")

    @property
    def rhythm(self) -> Rhythm:
        """When it is due."""
        return Rhythm(self.every, self.at)


@contextmanager
def of_run(settings: Settings) -> Iterator[None]:
    """Within, tasks that are begun know these settings."""
    token = _settings.set(settings)
    try:
        yield
    finally:
        _settings.reset(token)


def settings_of_run() -> Settings:
    """The settings of the process that runs the job from which this is called."""
    return _settings.get()


def kept(words: Words) -> dict[str, Any]:
    """Words as they are written down: facts that are neither numbers, words nor several of them become text."""
    return {"text": words.msgid, "facts": {name: _kept(fact) for name, fact in words.facts.items()}}


def _kept(fact: object) -> Any:
    if type(fact) is Words:
        return kept(fact)
    if isinstance(fact, tuple):
        return [_kept(each) for each in fact]
    return fact if isinstance(fact, int) else str(fact)


def told(said: dict[str, Any] | None) -> Words:
    """What was written down, as words again; none where nothing was."""
    return Words(said["text"], {name: _told(fact) for name, fact in said["facts"].items()}) if said else Words("")


def _told(fact: Any) -> object:
    if isinstance(fact, list):
        return tuple(_told(each) for each in fact)
    return told(fact) if isinstance(fact, dict) else fact


def sentence(said: Said) -> Words:
    """What a run did, as words that choose their language where they are shown."""
    if isinstance(said, int):
        return say("{count} done.", count=said)
    return said if isinstance(said, Words) else Words("{said}", {"said": said})
