"""Reading rooms: their times and desk, one's own bookings, numbered copies on paper and who has them."""

from web.pages import form, page

ROOM, COPY, LOAN = "/rooms/{id}", "/copies/{id}", "/loans/{id}"

routes = [
    page("/rooms", "rooms/list"),
    form("/rooms", "rooms/list", "AddRoom", then="/rooms/{room[id]}", done="The room is there. Now give it times."),
    page("/rooms/desk", "rooms/desk"),
    form("/rooms/desk/{id}/arrive", "rooms/desk", "Arrive", then="/rooms/desk", done="They are checked in."),
    form("/rooms/desk/{id}/leave", "rooms/desk", "Leave", then="/rooms/desk", done="They have left."),
    page("/rooms/book", "rooms/book", needs="BOOK_READING"),
    form("/rooms/book/{id}", "rooms/book", "BookTime", then="/me/bookings", done="Your place is kept."),
    page(ROOM, "rooms/show"),
    form(ROOM, "rooms/show", "ChangeRoom", done="The room is changed."),
    form(ROOM + "/times", "rooms/show", "AddTimes", then=ROOM, done="The times are there."),
    form(
        ROOM + "/close", "rooms/show", "CloseRoom", then=ROOM, done="The room is closed, and who booked a time knows."
    ),
    page(ROOM + "/plan", "rooms/plan", needs="KEEP_ROOMS"),
    form(ROOM + "/plan", "rooms/plan", "ApplyPlan", then=ROOM, done="The times are there."),
    page("/rooms/{room}/times/{id}/cancel", "rooms/cancel", needs="KEEP_ROOMS"),
    form(
        "/rooms/{room}/times/{id}/cancel",
        "rooms/cancel",
        "CancelTime",
        then="/rooms/{room}",
        done="The time is cancelled, and who booked it knows.",
    ),
    page("/me/bookings", "rooms/bookings", own=True),
    form("/me/bookings/{id}/cancel", "rooms/bookings", "CancelBooking", then="/me/bookings", done="It is free again."),
    page("/me/loans", "rooms/borrowed", own=True),
    page("/copies", "rooms/copies"),
    form(
        "/copies",
        "rooms/copies",
        "AddCopies",
        then="/copies?document={copies[0][document][id]}",
        done="The copies are numbered.",
    ),
    form(COPY + "/give", "rooms/copies", "GiveCopy", then="/loans", done="It is handed out."),
    form(COPY + "/put-back", "rooms/copies", "PutBack", then="/copies?id={id}", done="It is in store."),
    page("/loans", "rooms/loans"),
    form("/loans/remind", "rooms/loans", "RemindLoans", then="/loans?overdue=true", done="They were reminded."),
    form(LOAN + "/return", "rooms/loans", "ReturnCopy", then="/loans", done="It is back."),
    form(LOAN + "/renew", "rooms/loans", "RenewLoan", then="/loans?id={id}", done="It is due later."),
    form(LOAN + "/lost", "rooms/loans", "LoseCopy", then="/loans?id={id}", done="It is noted as lost."),
]
