"""What help says: for each role what to begin with, for each action where it is done, in the words of the pages."""

from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from server.words import Words, say, translate
from web.labels import LABELS

PASSWORD = say("Open What may I do here, then Change my password, if somebody else knows yours.")
FIND = say("Open Members, and write a name in hanzi, pinyin or Latin letters. The list follows as you write.")
DAY = say("On the page of a body or a group choose a day under As of: you see who sat there then.")
PRINT = say("Open Members, then Rosters and labels. Choose order and grouping, then PDF to print.")
GAPS = say("Open Coverage: who is in no group, who is in two, and which group lacks its leader.")
TRAIL = say("Open Audit trail: who changed what, when, and who read which file.")
TELL = say("Where a page says no or fails, choose Send this to the office. The answer stands under Change my details.")
INBOX = say("Open My messages: all that you are told stands there. Confirm what you have read.")
WRITE = say(
    "Open Messages to members: write, look who gets it by which way, send. Then hand over the slips, and see what did "
    "not arrive."
)
LET_IN = say("Open Invitations: send letters, print them, or issue a code at the desk. Each works once.")
ASSEMBLY = say("Open The assembly: its name, and whom to ask, as every page says them.")
BACKUPS = say("Open Backups: when the last one was taken, and what to do where one is missing.")
JOBS = say("Open What runs by itself: when each job ran last, and what went wrong.")
BRING_IN = say("Open Imports to bring a list in. You see first what would be new or wrong; nothing is written yet.")
TABLE = say("Open Who may do what: the table that decides on every page, and who holds which role today.")
OPEN_ACCOUNT = say("Open Accounts, then Open an account. Link it to a person of the register where it is one's own.")
WHO_READ = say("Open a document that you keep, then Who has read it; or Confirmations that are overdue.")
SHELF = say("Open Documents: what you may read now, and what you may ask for. Each says why, and until when.")
KEEPING = say(
    "Open Folders, then one of yours: add a document, have it checked, say who may know of it, make it available."
)
AWAY = say(
    "Open Keeping of folders: look what would pass, and hand it over; or name a deputy from a day to a day, for as "
    "long as somebody is away."
)
EXPLAINING = say(
    "Open Questions about documents: what readers ask your department. Answer by the day that stands there."
)
DELIVERING = say(
    "Open Materials asked of my department: choose a request, deliver its files, or say when they come or why not."
)
MEETINGS = say("Open Meetings: what is held next, where, and whether you are invited. Yours are under Which.")
PLANNING = say(
    "Open Meetings, then Plan an activity. Put people or bodies on its list, have it approved, and tell everyone."
)
HEARD = say("Open Hearings: what is heard when, by which rules, until when one applies, and every date that follows.")
HOLDING = say(
    "Open Hearings, then When can a hearing be held. Plan it, prepare it, say who hears and how many are heard, and "
    "give notice."
)
STEPS: dict[str, tuple[Words, ...]] = {
    "MEMBER": (
        PASSWORD,
        say("Open My file: it is what the register knows of you. Tell the general office what is not right."),
        say("In My file, Who read my file says who saw what is guarded, and when."),
        say("Open Learning: the groups, who leads each, and who is in yours."),
        SHELF,
        INBOX,
        TELL,
    ),
    "GROUP_LEADER": (
        say("Open Learning, then your group: who is in it today."),
        say("Choose Add members: those who are in no group yet come first."),
        say("Beside a name choose Move or Remove. The day you give is the first that is different."),
        GAPS,
        PRINT,
    ),
    "CONVENER": (
        say("Open Bodies, then your sector: its members follow from the seats of the day."),
        GAPS,
        PRINT,
        DAY,
    ),
    "SECRETARY": (
        say("Begin at Today: what waits for the office stands there, the most urgent first."),
        BRING_IN,
        say("Open Members, then a name, to give a seat, change a post or a status, or correct an entry."),
        say("Open Coverage, then Place those in no group: the plan is shown before it is carried out."),
        say("Open What members ask to be changed: requests, and pages that failed somebody. Answer each there."),
        WRITE,
        LET_IN,
    ),
    "CUSTODIAN": (
        KEEPING,
        AWAY,
        TABLE,
        GAPS,
        INBOX,
    ),
    "CHAIR": (
        say("Begin at Today: what is overdue stands there."),
        GAPS,
        FIND,
        PRINT,
    ),
    "DEPARTMENT": (
        DELIVERING,
        FIND,
        EXPLAINING,
        say("Open Bodies, then your department: who is its contact today. Tell the general office of a change."),
        PASSWORD,
        TELL,
    ),
    "AUDITOR": (
        TRAIL,
        say("Open Who may do what: who holds a role today, since when, and why."),
        GAPS,
        JOBS,
    ),
    "ADMINISTRATOR": (
        ASSEMBLY,
        OPEN_ACCOUNT,
        say("On an account, give a role for all bodies or for one, from a day to a day."),
        say("Disable an account on the day on which somebody leaves; its sessions and tokens end at once."),
        say("Open API tokens and Apps to see which programs may ask, and to stop one."),
        BACKUPS,
        TRAIL,
    ),
}
"""What to begin with, for each role, in the words of the pages."""

HOW: dict[str, Words] = {
    "READ_REGISTER": say(
        "Open Members, Bodies or Learning, and write a part of a name; the list follows as you write."
    ),
    "READ_FILE": say(
        "Open a person: the guarded fields stand among the facts. Each reading is logged, and the person sees it."
    ),
    "READ_SENSITIVE": say("Sensitive bodies stand in the list like the others, and nobody else finds them."),
    "MANAGE_MEMBERS": say(
        "Open a person to change facts, seat and post. What was wrong is corrected with a reason, and stays visible."
    ),
    "MANAGE_TERM_YEARS": say("Open Terms, then a term, and give each of its years its days."),
    "MERGE_PEOPLE": say("Open one of the two entries, choose Merge a duplicate, and compare both before you confirm."),
    "MANAGE_BODIES": say("Open a body to change it, or to say who sits in it and until when."),
    "READ_COVERAGE": GAPS,
    "MANAGE_LEARNING": say("Open a learning group to add, move or remove people; Coverage places many at once."),
    "IMPORT_PEOPLE": BRING_IN,
    "EXPORT_PEOPLE": say("Open Members, and choose a format under Take along: the list goes as it is filtered."),
    "READ_PERMISSIONS": TABLE,
    "MANAGE_ACCOUNTS": OPEN_ACCOUNT,
    "ISSUE_TOKEN": say("Open API tokens, and give a token as few scopes as its program needs. It is shown once."),
    "EXPLORE_API": say("Open Try the API out, write a query, and read what each field means."),
    "REGISTER_APPS": say("Open Apps, and register a program that people may connect to their accounts."),
    "KEEP_PROGRAMS": say(
        "Open What may I do here, then Connected apps or My tokens, to see and stop programs that act for you."
    ),
    "READ_READINGS": WHO_READ,
    "REMIND_READERS": say(
        "On the page Who has read it choose whom to remind: you see first how many, and by which ways."
    ),
    "READ_AUDIT": TRAIL,
    "SEND_REQUEST": say("Open Change my details, say what is wrong, and find the answer there."),
    "RENEW": say(
        "Open Change to the next term: say who stays and who leaves, look at the check, and carry it out once."
    ),
    "READ_CALENDAR": say("Open Working calendar: which days count as working days in each year."),
    "MANAGE_CALENDAR": say("Open Working calendar: change a day, or import a year. Each change can be taken back."),
    "MANAGE_ASSEMBLY": ASSEMBLY,
    "INVITE": LET_IN,
    "READ_MESSAGES": INBOX,
    "KEEP_MESSAGES": say("Open How messages come to me, and choose ways, digests and quiet hours."),
    "SEND_MESSAGES": WRITE,
    "CONFIRM_GRANTS": say(
        "Open Who was given what, and choose those that wait for a second person. Confirm none that you gave or get."
    ),
    "READ_DOCUMENTS": SHELF,
    "READ_ACTIVITIES": MEETINGS,
    "ANSWER_INVITATIONS": say(
        "Open a meeting to which you are invited: say whether you come, or ask for leave. Only who decides reads why."
    ),
    "FOLLOW_ACTIVITIES": say(
        "Open Meetings: what your bodies prepare stands there before others are told, with who is invited and who came."
    ),
    "MANAGE_ACTIVITIES": PLANNING,
    "APPROVE_ACTIVITIES": say("Open a meeting that is a draft, look who is on its list, and approve it."),
    "DECIDE_LEAVE": say("Open Leave that waits: give it, or refuse it with a reason. Your own is decided by others."),
    "READ_HEARINGS": HEARD,
    "APPLY_FOR_HEARINGS": say(
        "Open a hearing for which one can apply: say as what, on which side, and in short what you would say."
    ),
    "FOLLOW_HEARINGS": say("Open a hearing that your body holds, then Who applied: as what, on which side, and why."),
    "MANAGE_HEARINGS": HOLDING,
    "OVERRIDE_MAJORITY": say(
        "On the page of a draft without a majority of members write why it is held all the same, and approve it."
    ),
    "ANSWER_EXPLANATIONS": EXPLAINING,
    "DELIVER_MATERIALS": DELIVERING,
    "MANAGE_DOCUMENTS": KEEPING,
    "HAND_OVER_FOLDERS": AWAY,
    "BOOK_READING": say(
        "Open Reading rooms, then Book a time: choose the document, then a time. Check in at the desk when it begins."
    ),
    "KEEP_ROOMS": say(
        "Open Reading rooms: plan the times of many weeks, and let readers in and out at The desk, one press each."
    ),
    "READ_JOBS": JOBS,
    "KEEP_BACKUPS": BACKUPS,
    "ASK_ABOUT_DOCUMENTS": say(
        "On the page of a document that you may not read, ask for it; of one that you read, ask its department. The "
        "answers stand under My requests to read and My questions about documents."
    ),
}
"""How each action that has a page is done."""

PLACES: dict[str, tuple[tuple[str, Words], ...]] = {
    "READ_REGISTER": (
        ("/members", say("Members")),
        ("/members/roster", say("Roster of members")),
        ("/bodies", say("Bodies")),
        ("/learning-groups", say("Learning")),
        ("/terms", say("Terms")),
    ),
    "READ_FILE": (("/members", say("Members")),),
    "READ_SENSITIVE": (("/bodies", say("Bodies")),),
    "MANAGE_MEMBERS": (
        ("/members/new", say("Add a person")),
        ("/requests", say("What members ask to be changed")),
        ("/terms", say("Terms")),
    ),
    "MANAGE_TERM_YEARS": (("/terms", say("Terms")),),
    "MERGE_PEOPLE": (("/members", say("Members")),),
    "MANAGE_BODIES": (("/bodies", say("Bodies")),),
    "READ_COVERAGE": (("/coverage", say("Coverage")),),
    "MANAGE_LEARNING": (("/learning-groups", say("Learning")), ("/coverage", say("Coverage"))),
    "IMPORT_PEOPLE": (("/imports", say("Imports")),),
    "EXPORT_PEOPLE": (("/members", say("Members")),),
    "READ_PERMISSIONS": (("/permissions", say("Who may do what")),),
    "MANAGE_ACCOUNTS": (("/accounts", say("Accounts")),),
    "ISSUE_TOKEN": (("/tokens", say("API tokens")),),
    "EXPLORE_API": (("/graphiql", say("Try the API out")),),
    "REGISTER_APPS": (("/apps", say("Apps")),),
    "KEEP_PROGRAMS": (("/me/apps", say("Connected apps")), ("/me/tokens", say("My tokens"))),
    "READ_READINGS": (("/readers", say("Confirmations that are overdue")),),
    "REMIND_READERS": (("/readers", say("Confirmations that are overdue")),),
    "READ_AUDIT": (("/audit", say("Audit trail")),),
    "PURGE_AUDIT": (),
    "SEND_REQUEST": (("/me/requests", say("Change my details")),),
    "RENEW": (("/renewal", say("Change to the next term")),),
    "READ_CALENDAR": (("/calendar", say("Working calendar")),),
    "MANAGE_CALENDAR": (("/calendar", say("Working calendar")),),
    "MANAGE_ASSEMBLY": (("/assembly", say("The assembly")),),
    "INVITE": (("/invitations", say("Invitations")),),
    "READ_MESSAGES": (("/me/messages", say("My messages")),),
    "KEEP_MESSAGES": (("/me/messages/choices", say("How messages come to me")),),
    "SEND_MESSAGES": (("/mailings", say("Messages to members")),),
    "CONFIRM_GRANTS": (
        ("/grants?standing=UNCONFIRMED", say("Who was given what")),
        ("/access-requests", say("Requests to read documents")),
    ),
    "READ_ACTIVITIES": (("/activities", say("Meetings")),),
    "ANSWER_INVITATIONS": (("/activities?mine=true", say("Meetings I am invited to")),),
    "FOLLOW_ACTIVITIES": (("/activities?manageable=true", say("Meetings that I prepare")),),
    "MANAGE_ACTIVITIES": (
        ("/activities/new", say("Plan an activity")),
        ("/activities?manageable=true", say("Meetings that I prepare")),
    ),
    "APPROVE_ACTIVITIES": (("/activities?state=DRAFT", say("Meetings")),),
    "DECIDE_LEAVE": (("/leave", say("Leave that waits")),),
    "READ_HEARINGS": (("/hearings", say("Hearings")),),
    "APPLY_FOR_HEARINGS": (("/hearings?state=APPLICATIONS_OPEN", say("Hearings for which one can apply")),),
    "FOLLOW_HEARINGS": (("/hearings", say("Hearings")),),
    "MANAGE_HEARINGS": (
        ("/hearings/days", say("When can a hearing be held")),
        ("/hearings?manageable=true", say("Hearings that I prepare")),
    ),
    "OVERRIDE_MAJORITY": (("/activities?state=DRAFT", say("Meetings")),),
    "READ_DOCUMENTS": (("/documents", say("Documents")), ("/agreement", say("The agreement"))),
    "BOOK_READING": (("/rooms/book", say("Book a time")), ("/me/bookings", say("My bookings"))),
    "KEEP_ROOMS": (("/rooms", say("Reading rooms")), ("/rooms/desk", say("The desk"))),
    "MANAGE_DOCUMENTS": (
        ("/folders", say("Folders")),
        ("/documents/new", say("Add a document")),
        ("/grants", say("Who was given what")),
        ("/access-requests", say("Requests to read documents")),
        ("/explanations", say("Questions about documents")),
        ("/materials", say("Materials of departments")),
    ),
    "HAND_OVER_FOLDERS": (("/keeping", say("Keeping of folders")),),
    "ASK_ABOUT_DOCUMENTS": (
        ("/me/access-requests", say("My requests to read")),
        ("/me/explanations", say("My questions about documents")),
    ),
    "ANSWER_EXPLANATIONS": (("/explanations", say("Questions about documents")),),
    "DELIVER_MATERIALS": (("/me/materials", say("Materials asked of my department")),),
    "READ_JOBS": (("/jobs", say("What runs by itself")),),
    "KEEP_BACKUPS": (("/backups", say("Backups")),),
}
"""Where each action is done; none where only the API does it."""


@pass_context
def steps(context: Context, role: str) -> list[str]:
    """What a holder of the role begins with."""
    return [words.into(context["locale"]) for words in STEPS[role]]


@pass_context
def how(context: Context, action: str) -> str:
    """How the action is done; empty where only programs do it."""
    return HOW[action].into(context["locale"]) if action in HOW else ""


@pass_context
def places(context: Context, action: str) -> list[tuple[str, str]]:
    """(address, words) of the pages on which the action is done."""
    return [(address, translate(words.msgid, context["locale"])) for address, words in PLACES[action]]


@pass_context
def role_name(context: Context, role: str) -> str:
    """The role in words; a department is a body, its contact the role."""
    words = say("department contact") if role == "DEPARTMENT" else LABELS[role]
    return words.into(context["locale"])


FILTERS: dict[str, Any] = {"steps": steps, "how": how, "places": places, "role_name": role_name}
