"""Activities: what is held, who is invited, what they answer, who came, and leave that is asked for."""

from web.pages import form, page

ONE, SHOW, PEOPLE = "/activities/{id}", "activities/show", "activities/people"
NEW, TIMES, SEEN = "activities/new", "activities/times", "activities/attendance"
PAPERS = "activities/papers"


routes = [
    page("/activities", "activities/list"),
    page("/activities/new", NEW, needs="MANAGE_ACTIVITIES"),
    form(
        "/activities/new",
        NEW,
        "AddActivity",
        then="/activities/{activity[id]}/people",
        done="It is planned. Now say who is invited.",
    ),
    page("/leave", "activities/leave"),
    form("/leave/{id}/decide", "activities/leave", "DecideLeave", then="/leave", done="It is decided, and they know."),
    page(ONE, SHOW),
    form(ONE + "/answer", SHOW, "AnswerInvitation", then=ONE, done="Your answer is noted."),
    form(ONE + "/leave", SHOW, "AskForLeave", then=ONE, done="Your request waits for whoever decides."),
    form(
        "/activities/{activity}/leave/{id}/withdraw",
        SHOW,
        "WithdrawLeave",
        then="/activities/{activity}",
        done="It is taken back.",
    ),
    form(ONE + "/approve", SHOW, "ApproveActivity", then=ONE, done="It may be held. Nobody was told yet."),
    form(ONE + "/announce", SHOW, "AnnounceActivity", then=ONE, done="Everyone on the list was told."),
    form(ONE + "/close", SHOW, "CloseAnswers", then=ONE, done="Nobody answers by themselves any more."),
    form(ONE + "/open", SHOW, "ReopenAnswers", then=ONE, done="People answer again."),
    form(ONE + "/start", SHOW, "StartActivity", then=ONE, done="It has begun: note who comes."),
    form(ONE + "/finish", SHOW, "FinishActivity", then=ONE, done="It was held."),
    form(ONE + "/lock", SHOW, "LockActivity", then=ONE, done="Who came is settled."),
    form(ONE + "/archive", SHOW, "ArchiveActivity", then=ONE, done="It is put away."),
    form(
        ONE + "/postpone", SHOW, "PostponeActivity", then=ONE, done="It is postponed, and everyone who was told knows."
    ),
    form(ONE + "/cancel", SHOW, "CancelActivity", then=ONE, done="It is cancelled, and everyone who was told knows."),
    page(ONE + "/change", "activities/change", needs="MANAGE_ACTIVITIES"),
    form(ONE + "/change", "activities/change", "ChangeActivity", then=ONE, done="It is changed."),
    page(ONE + "/times", TIMES, needs="MANAGE_ACTIVITIES"),
    form(ONE + "/times", TIMES, "SetTimes", then=ONE, done="Its times are changed."),
    page(ONE + "/people", PEOPLE),
    form(ONE + "/people/invite", PEOPLE, "InvitePeople", then=ONE + "/people", done="They are on the list."),
    form(ONE + "/people/remove", PEOPLE, "UninvitePeople", then=ONE + "/people", done="They are not on the list."),
    form(ONE + "/people/answer", PEOPLE, "NoteAnswer", then=ONE + "/people", done="The answer is noted."),
    page(ONE + "/documents", PAPERS, needs="MANAGE_ACTIVITIES"),
    form(ONE + "/documents", PAPERS, "LinkDocument", then=ONE, done="The document is linked."),
    form(ONE + "/documents/remove", PAPERS, "UnlinkDocument", then=ONE, done="The document is linked no more."),
    page(ONE + "/attendance", SEEN),
    form(
        ONE + "/attendance", SEEN, "NoteAttendance", then=ONE + "/attendance?session={session[id]}", done="It is noted."
    ),
    form(ONE + "/attendance/correct", SEEN, "CorrectAttendance", then=ONE + "/attendance", done="It is put right."),
]
