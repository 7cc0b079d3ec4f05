"""Reading rooms by a browser without script: planned by a custodian, booked by a member, run at the desk, lent."""

import datetime as dt
import re

import pytest

from server.models.documents import AccessGrant, Document
from server.models.rooms.lending import copies_add
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.rules.documents import ReadMode
from server.rules.rooms import BookingState, CopyState
from tests.cast import Cast
from tests.make import NOW
from tests.rooms.worlds import paper, room, who
from tests.web.visitors import Asks, SignIn, htmx

HOUR = dt.timedelta(hours=1)


async def now_open(of: ReadingRoom, capacity: int = 2) -> ReadingSlot:
    """By the clock of the house, as a browser meets it."""
    now = dt.datetime.now(dt.UTC)
    return await ReadingSlot.create(room=of, starts_at=now - HOUR, ends_at=now + HOUR, capacity=capacity)


async def forever(cast: Cast, **facts: object) -> Document:
    """A document that is still given when the house's clock is asked."""
    document = await paper(cast, **facts)
    await AccessGrant.filter(document_id=document.id).update(valid_until=NOW.replace(year=2090))
    return document


async def test_a_room_is_added_planned_and_a_time_cancelled(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("custodian")
    added = await office.post("/rooms", data={"nameZh": "阅文室", "nameEn": "", "place": ""})
    home = added.headers["Location"]
    year = dt.datetime.now(dt.UTC).year + 1
    week = f"look=true&weekdays=1&weekdays=3&hours=9-11&startsOn={year}-03-02&weeks=2"

    looked = await office.get(f"{home}/plan?{week}")
    wrong = await office.get(f"{home}/plan?{week.replace('9-11', 'noon')}")
    typed = {"weekdays": ["1", "3"], "hours": "9-11", "startsOn": f"{year}-03-02", "weeks": "2", "capacity": "3"}
    applied = await office.post(f"{home}/plan", data=typed)
    shown = await office.get(home)

    assert re.fullmatch(r"/rooms/rom_[0-9a-f-]+", home)
    assert "4 times are added" in looked.text
    assert ('href="#hours"' in wrong.text, 'value="noon"' in wrong.text) == (True, True)
    assert (applied.status_code, await ReadingSlot.all().count()) == (303, 4)
    (cancel, *others) = re.findall(rf'href="({home}/times/slt_[^"]+/cancel)"', shown.text)
    assert len(others) == 3
    assert (await office.post(cancel, data={"reason": ""})).status_code == 422
    assert (await office.post(cancel, data={"reason": "no light"})).headers["Location"] == home
    assert await ReadingSlot.filter(cancelled_at=None).count() == 3


async def test_a_member_books_is_let_in_and_leaves(sign_in: SignIn, everyone: Cast) -> None:
    time, document = await now_open(await room(everyone), 1), await forever(everyone)
    member, desk = await sign_in("member"), await sign_in("custodian")
    address = f"/rooms/book?id=doc_{document.id}"

    listed, chosen = await member.get("/rooms/book"), await member.get(address)
    booked = await member.post(f"/rooms/book/doc_{document.id}", data={"slot": f"slt_{time.id}"})
    own, expected = await member.get("/me/bookings"), await desk.get("/rooms/desk?search=mei")
    nobody = await desk.get("/rooms/desk?search=lin", headers=htmx("expected"))
    (arrive,) = re.findall(r'action="(/rooms/desk/bkg_[^"]+/arrive)"', expected.text)
    came = await desk.post(arrive)
    (leave,) = re.findall(r'action="(/rooms/desk/bkg_[^"]+/leave)"', (await desk.get("/rooms/desk")).text)

    assert address in listed.text
    assert f'value="slt_{time.id}"' in chosen.text
    assert (booked.status_code, booked.headers["Location"], came.status_code) == (303, "/me/bookings", 303)
    assert "预算草案" in own.text
    assert "Nobody of that name" in nobody.text
    assert (await Booking.get()).state is BookingState.CHECKED_IN
    assert (await desk.post(leave)).status_code == 303
    assert (await Booking.get()).state is BookingState.LEFT


async def test_a_time_that_is_full_is_told_beside_it(sign_in: SignIn, everyone: Cast) -> None:
    time, document = await now_open(await room(everyone), 1), await forever(everyone)
    chosen = {"slot": f"slt_{time.id}"}
    await (await sign_in("leader")).post(f"/rooms/book/doc_{document.id}", data=chosen)

    answer = await (await sign_in("member")).post(f"/rooms/book/doc_{document.id}", data=chosen)

    assert (answer.status_code, "Every place of this time is taken" in answer.text) == (422, True)
    assert await Booking.all().count() == 1


async def test_a_copy_is_handed_out_and_comes_back_with_a_page_missing(sign_in: SignIn, everyone: Cast) -> None:
    document = await forever(everyone, mode=ReadMode.ONLINE)
    keeper, member = await sign_in("custodian"), await sign_in("member")
    shelf = f"/copies?document=doc_{document.id}"

    numbered = await keeper.post(shelf, data={"document": f"doc_{document.id}", "count": "2"})
    (give, _) = re.findall(r'href="(/copies\?id=cpy_[^"]+)"', (await keeper.get(shelf)).text)
    found = await keeper.get(f"{give.replace('&amp;', '&')}&search=mei")
    (action,) = re.findall(r'action="(/copies/cpy_[^"/]+/give)', found.text)
    mei = f"per_{who(everyone, 'member')}"
    handed = await keeper.post(action, data={"person": mei})
    loan = f"/loans/lon_{(await Loan.get()).id}"
    alone = await keeper.post(f"{loan}/return", data={"inPerson": "false", "anomaly": ""})
    back = await keeper.post(f"{loan}/return", data={"inPerson": ["false", "true"], "anomaly": "page 3 missing"})

    assert (numbered.headers["Location"], mei in found.text) == (shelf, True)
    assert (handed.status_code, alone.status_code, back.status_code) == (303, 403, 303)
    assert "预算草案" in (await member.get("/me/loans")).text
    assert await PaperCopy.all().order_by("copy_no").values_list("state", flat=True) == [
        CopyState.RETURNED,
        CopyState.IN_STORE,
    ]


@pytest.mark.parametrize(
    ("address", "closed"),
    [("/rooms", 200), ("/rooms/desk", 403), ("/copies", 200), ("/loans", 200), ("/me/bookings", 200)],
)
async def test_what_a_member_finds_closed(sign_in: SignIn, everyone: Cast, address: str, closed: int) -> None:
    assert (await (await sign_in("member")).get(address)).status_code == closed


async def test_what_is_asked_by_programs_tells_no_title_to_who_may_not_know_it(ask: Asks, everyone: Cast) -> None:
    document = await paper(everyone, readers=("member",))
    await copies_add(everyone["custodian"], document=document.id, count=1)
    asked = "{ paperCopies(first: 9) { totalCount } readingRooms { name } }"

    answers = {name: (await ask(name, asked))["data"] for name in ("custodian", "member", "admin", "leader")}

    counts = {name: answer["paperCopies"]["totalCount"] for name, answer in answers.items()}
    assert counts == {"custodian": 1, "member": 0, "admin": 0, "leader": 0}
