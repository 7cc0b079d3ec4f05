"""The opaque ID of a thing: three letters for its type, then its key."""

from uuid import UUID

import strawberry
from tortoise.models import Model

from server.errors import NotThere, Problem
from server.models.accounts import Account, ApiClient, App, Consent, Invitation, RoleAssignment, Session
from server.models.activities import (
    Activity,
    ActivityDocument,
    ActivityOrganiser,
    ActivitySession,
    Attendance,
    AttendanceCorrection,
    LeaveRequest,
    LeaveSession,
    MajorityCheck,
    Participation,
)
from server.models.assembly import Assembly
from server.models.bodies import Body, BodyMembership, BodyRelation
from server.models.calendar import CalendarChange
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    Document,
    DocumentVersion,
    Explanation,
    Folder,
    GrantTemplate,
    MaterialRequest,
    ReadingAgreement,
)
from server.models.hearings import Hearing, HearingApplication
from server.models.imports import ImportRow, ImportRun
from server.models.jobs import JobRun
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, Term
from server.models.messages import Delivery, Mailing, Message
from server.models.reading import ReadingSession
from server.models.requests import Request
from server.models.rooms.tables import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot
from server.words import say

PREFIX: dict[type[Model], str] = {
    Person: "per",
    Term: "trm",
    Membership: "mem",
    MembershipStatus: "sta",
    MembershipPost: "pos",
    Body: "bod",
    BodyMembership: "bdm",
    BodyRelation: "rel",
    Account: "acc",
    RoleAssignment: "rol",
    Invitation: "inv",
    ApiClient: "tok",
    Session: "ses",
    App: "app",
    Consent: "con",
    Request: "req",
    Folder: "fol",
    Document: "doc",
    DocumentVersion: "ver",
    AccessGrant: "grt",
    GrantTemplate: "tpl",
    ReadingSession: "rds",
    AccessRequest: "arq",
    Explanation: "exp",
    MaterialRequest: "mrq",
    ReadingAgreement: "agr",
    ReadingRoom: "rom",
    ReadingSlot: "slt",
    Booking: "bkg",
    PaperCopy: "cpy",
    Loan: "lon",
    Activity: "act",
    ActivityOrganiser: "org",
    ActivitySession: "sit",
    Participation: "prt",
    Attendance: "att",
    AttendanceCorrection: "atc",
    LeaveRequest: "lvr",
    LeaveSession: "lvs",
    MajorityCheck: "maj",
    ActivityDocument: "acd",
    Hearing: "hea",
    HearingApplication: "hap",
    ImportRun: "imp",
    ImportRow: "imr",
    JobRun: "job",
    Message: "msg",
    Mailing: "mai",
    Delivery: "dlv",
    CalendarChange: "cal",
    Assembly: "asm",
}
ASSIGNMENT = "asg"
"""Of a plan that was done: what the trail calls it, no row of a table of its own."""
MODEL = {prefix: model for model, prefix in PREFIX.items()}


def id_of(row: Model) -> strawberry.ID:
    """The ID of that row."""
    return id_for(type(row), row.pk)


def id_for(model: type[Model], key: UUID) -> strawberry.ID:
    """The ID of the row of that model with that key."""
    return strawberry.ID(f"{PREFIX[model]}_{key}")


def not_there(field: str | None = None) -> NotThere:
    """The one answer for what does not exist and for what is not for this viewer."""
    return NotThere(Problem("NOT_THERE", say("There is nothing here, or not for you."), field=field))


def key_of(id: str, *models: type[Model], field: str | None = None) -> UUID:
    """The key in an ID of one of these models. Raises NotThere for any other."""
    prefix, _, key = id.partition("_")
    if MODEL.get(prefix) not in models:
        raise not_there(field)
    try:
        return UUID(key)
    except ValueError:
        raise not_there(field) from None


def model_of(id: str) -> type[Model]:
    """The model that an ID speaks of. Raises NotThere where there is none."""
    model = MODEL.get(id.partition("_")[0])
    if model is None:
        raise not_there("id")
    return model
