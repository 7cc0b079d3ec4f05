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
STEPS: dict[str, tuple[Words, ...]] = {
    "MEMBER": (
        PASSWORD,
        say("Open My file: it is what the register knows of you. Tell the general office what is not right."),
        say("In My file, Who read my file says who saw what is guarded, and when."),
        FIND,
        say("Open Learning: the groups, who leads each, and who is in yours."),
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
        say("Open Imports to bring a list in. You see first what would be new or wrong; nothing is written yet."),
        say("Open Members, then a name, to give a seat, change a post or a status, or correct an entry."),
        say("Open Coverage, then Place those in no group: the plan is shown before it is carried out."),
        say("Open What members ask to be changed: requests, and pages that failed somebody. Answer each there."),
        PRINT,
        say("What was wrong is corrected with a reason and stays visible. Nothing is silently overwritten."),
    ),
    "CUSTODIAN": (
        say("Open Who may do what: the table that decides on every page, and who holds which role today."),
        GAPS,
    ),
    "CHAIR": (
        say("Begin at Today: what is overdue stands there."),
        GAPS,
        FIND,
        PRINT,
    ),
    "DEPARTMENT": (
        FIND,
        say("Open Bodies, then your department: who is its contact today. Tell the general office of a change."),
        PASSWORD,
        TELL,
    ),
    "AUDITOR": (
        TRAIL,
        say("Open Who may do what: who holds a role today, since when, and why."),
        GAPS,
    ),
    "ADMINISTRATOR": (
        say("Open Accounts, then Open an account. Link it to a person of the register where it is one's own."),
        say("On an account, give a role for all bodies or for one, from a day to a day."),
        say("Disable an account on the day on which somebody leaves; its sessions and tokens end at once."),
        say("Open API tokens and Apps to see which programs may ask, and to stop one."),
        TRAIL,
    ),
}
"""What to begin with, for each role, in the words of the pages."""

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
    "READ_AUDIT": (("/audit", say("Audit trail")),),
    "PURGE_AUDIT": (),
    "SEND_REQUEST": (("/me/requests", say("Change my details")),),
    "RENEW": (("/renewal", say("The next term")),),
    "READ_CALENDAR": (("/calendar", say("Working calendar")),),
    "MANAGE_CALENDAR": (("/calendar", say("Working calendar")),),
    "MANAGE_ASSEMBLY": (("/assembly", say("The assembly")),),
    "INVITE": (("/invitations", say("Invitations")),),
    "READ_MESSAGES": (("/me/messages", say("My messages")),),
    "KEEP_MESSAGES": (("/me/messages/choices", say("How messages come to me")),),
    "SEND_MESSAGES": (("/mailings", say("Messages to members")),),
    "READ_JOBS": (("/jobs", say("What runs by itself")),),
    "KEEP_BACKUPS": (("/backups", say("Backups")),),
}
"""Where each action is done; none where only the API does it."""


@pass_context
def steps(context: Context, role: str) -> list[str]:
    """What a holder of the role begins with."""
    return [words.into(context["locale"]) for words in STEPS[role]]


@pass_context
def places(context: Context, action: str) -> list[tuple[str, str]]:
    """(address, words) of the pages on which the action is done."""
    return [(address, translate(words.msgid, context["locale"])) for address, words in PLACES[action]]


@pass_context
def role_name(context: Context, role: str) -> str:
    """The role in words; a department is a body, its contact the role."""
    words = say("department contact") if role == "DEPARTMENT" else LABELS[role]
    return words.into(context["locale"])


FILTERS: dict[str, Any] = {"steps": steps, "places": places, "role_name": role_name}
