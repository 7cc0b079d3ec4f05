"""Who keeps a copy by the changes alone holds what a full read gives, whatever was done meanwhile, and to whom."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.models.bodies import BodyKind
from tests import make
from tests.cast import Cast
from tests.changes.copying import Follower, whole
from tests.changes.deeds import Secretary

SEEDS = range(6)
ROUNDS = 8
EACH = 12


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_copy_kept_by_changes_is_what_a_full_read_gives(everyone: Cast, tmp_path: Path, seed: int) -> None:
    """Some follow all the while, one reads a page now and then, one begins at the end."""
    secret = await make.body(BodyKind.READING_GROUP, "Quiet readers", sensitive=True)
    await make.place(secret, everyone.people["leader"])
    token = replace(everyone["secretary"], client=make.some_id(), scopes=frozenset({"members:read"}))
    whom = [everyone["member"], everyone["secretary"], token, everyone["leader"], everyone["auditor"]]
    followers = [Follower(viewer, page=100 if place % 2 else 7) for place, viewer in enumerate(whom)]
    slow = [Follower(everyone["member"], page=3), Follower(everyone["admin"], page=5)]
    busy = Secretary(everyone["secretary"], seed, tmp_path)

    for _ in range(ROUNDS):
        await busy.act(EACH)
        for follower in followers:
            await follower.follow()
            assert follower.copy == await whole(follower.viewer)
        for follower in slow:
            await follower.follow_one()

    late = [Follower(viewer) for viewer in whom] + [Follower(everyone["member"], ordinary=True)]
    for follower in (*slow, *late):
        await follower.follow()
        assert follower.copy == await whole(follower.viewer)
    assert len(busy.done) > 15, busy.done
