"""Calendar feeds: made and ended by their owner alone, kept as keyed hashes, shown once."""

import re

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.accounts import CalendarFeed, feed_add, feed_end
from server.models.audit import AuditEntry
from server.rules.accounts import MOST_FEEDS, keyed_feed
from tests import make
from tests.cast import Cast

KEY = "the key of the house"


async def test_a_feed_is_seen_once_and_kept_as_a_hash_by_the_key_of_the_house(everyone: Cast) -> None:
    opened = await feed_add(everyone["member"], name=" Telephone ", secret_key=KEY)

    row = await CalendarFeed.get(id=opened.id)
    assert re.fullmatch(r"lzc_[\w-]{43}", opened.secret)
    assert row.token_hash == keyed_feed(opened.secret, KEY)
    assert row.token_hash != keyed_feed(opened.secret, "another key")
    assert (row.name, row.account_id) == ("Telephone", everyone.accounts["member"].id)
    assert (row.created_at, row.last_used_at, row.revoked_at) == (make.NOW, None, None)
    entry = await AuditEntry.get(action="feed.add")
    assert (entry.object, entry.facts) == (f"cfd_{opened.id}", {"name": "Telephone"})


async def test_a_feed_needs_a_name_and_there_are_only_so_many(everyone: Cast) -> None:
    for n in range(MOST_FEEDS):
        await feed_add(everyone["member"], name=f"Program {n}", secret_key=KEY)

    with pytest.raises(Invalid) as nameless:
        await feed_add(everyone["leader"], name=" ", secret_key=KEY)
    with pytest.raises(Invalid) as one_more:
        await feed_add(everyone["member"], name="One more", secret_key=KEY)

    assert (nameless.value.problems[0].code, nameless.value.problems[0].field) == ("FEED_NAME", "name")
    assert one_more.value.problems[0].code == "TOO_MANY"
    assert await CalendarFeed.all().count() == MOST_FEEDS
    first = await CalendarFeed.all().order_by("name").first()
    assert first
    await feed_end(everyone["member"], feed=first.id)
    assert await feed_add(everyone["member"], name="One more", secret_key=KEY)


async def test_a_feed_is_ended_by_its_owner_once(everyone: Cast) -> None:
    opened = await feed_add(everyone["member"], name="Telephone", secret_key=KEY)

    with pytest.raises(NotThere):
        await feed_end(everyone["admin"], feed=opened.id)
    row = await feed_end(everyone["member"], feed=opened.id)

    assert row.revoked_at == make.NOW
    with pytest.raises(Conflict):
        await feed_end(everyone["member"], feed=opened.id)
    assert (await AuditEntry.get(action="feed.end")).facts == {"name": "Telephone"}


async def test_a_token_makes_no_feed_and_who_has_no_account_has_none(everyone: Cast) -> None:
    account = everyone.accounts["member"].id
    program = make.viewer(everyone["member"].roles[0].role, account=account, client=account)
    nobody = make.viewer(everyone["member"].roles[0].role)

    for viewer in (program, nobody):
        with pytest.raises(Refused):
            await feed_add(viewer, name="Telephone", secret_key=KEY)

    assert await CalendarFeed.all().count() == 0
