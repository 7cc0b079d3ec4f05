import datetime as dt
from zoneinfo import ZoneInfo
from server.models import audit, database
from server.viewer import Viewer


async def test_x(db, statements):
    v = Viewer(now=dt.datetime.now(dt.UTC), zone=ZoneInfo("Asia/Shanghai"), name="try")
    with statements() as asked:
        e = await audit.record(v, "try.it", "", {"a": 1})
    print(asked)
    assert e.serial == 1


async def test_y(db):
    assert await database.migrations_applied()
