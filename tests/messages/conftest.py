"""The mail server, and the house as its worker sees it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.rules.messages import EMAIL
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.messages.post import Server
from tests.web.visitors import Asks

if TYPE_CHECKING:
    from server.models.members.tables import Person

Deliver = Callable[..., Awaitable[str]]


@pytest.fixture
def mail() -> Iterator[Server]:
    """A mail server that takes everything."""
    server = Server()
    yield server
    server.go()


def system(after: timedelta = timedelta()) -> Viewer:
    """The worker, so long after the time of the tests."""
    return make.viewer(name="delivery of messages", roles=(HeldRole(Role.ADMINISTRATOR),), now=make.NOW + after)


@pytest.fixture
def deliver(mail: Server, tmp_path: Path) -> Deliver:
    """`await deliver(hours=3)`: a round of the worker, so long after the time of the tests."""

    async def round_(**after: float) -> str:
        return await mail.deliver(system(timedelta(**after)), tmp_path)

    return round_


@pytest.fixture(name="ask")
def asks(everyone: Cast) -> Asks:
    """GraphQL as one of the cast, in a house with a mail server."""
    return Asks(everyone, ways=(EMAIL,))


@pytest.fixture
async def reached(everyone: Cast) -> Cast:
    """The cast, each of whom has an e-mail address."""
    from server.models.members.tables import Person

    for name, person in everyone.people.items():
        await Person.filter(id=person.id).update(email=f"{name}@assembly.example.org")
    return everyone


async def titles(person: "Person") -> list[str]:
    """What this person was told, the earliest first."""
    from server.models.messages import Message

    rows = Message.filter(person_id=person.id).order_by("created_at", "id")
    return [title for (title,) in await rows.values_list("title_en")]


def later(viewer: Viewer, **after: float) -> Viewer:
    """The same one, so long afterwards."""
    return replace(viewer, now=viewer.now + timedelta(**after))
