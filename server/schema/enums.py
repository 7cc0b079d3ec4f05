"""The values of the domain as the schema names them, each said in one sentence."""

import enum
from typing import cast

import strawberry
from strawberry.types.enum import WithStrawberryEnumDefinition

from server.backup.shelf import BackupState
from server.models.accounts import InvitationChannel
from server.models.bodies import BodyKind, BodyRole, RelationKind
from server.models.changes import ChangeKind, RegisterCollection
from server.models.imports import ImportState
from server.models.jobs import JobOutcome
from server.models.members import PostKind, Sex, Status, TermStatus
from server.rules.access import AccessState, AccessStep, MaterialState, Refusal
from server.rules.activities import (
    ActivityAudience,
    ActivityKind,
    ActivityState,
    ActivityStep,
    MajorityStage,
    ParticipantRole,
)
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp
from server.rules.calendar import DayKind, DayMark
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, Media, ReadMode
from server.rules.explanations import ExplanationState, ExplanationStep
from server.rules.grants import GrantChange, GrantStanding
from server.rules.hearings import (
    ApplicationState,
    Capacity,
    Due,
    HearingDuty,
    HearingState,
    HearingStep,
    NoticePart,
    Position,
    ProfileKey,
    Selection,
)
from server.rules.hearings.lottery import Why
from server.rules.invitations import AccountNaming, InviteeStanding
from server.rules.materials import MaterialStep
from server.rules.messages import DeliveryState, Mode, Topic
from server.rules.permissions import ROLE_NAMES, Action, Role
from server.rules.readers import ReaderStanding
from server.rules.renewal import RenewalPart
from server.rules.requests import RequestField, RequestState
from server.rules.rooms import BookingState, CopyState, LoanState, SlotStanding


def _said(kind: type[enum.Enum], description: str, values: dict[str, str], name: str | None = None) -> None:
    """Makes an enum of the domain one of the schema. values: its members' names -> what each means."""
    strawberry.enum(kind, description=description, name=name)
    for value in cast(type[WithStrawberryEnumDefinition], kind).__strawberry_definition__.values:
        value.description = values[value.name]


_said(
    TermStatus,
    "Where a term stands.",
    {
        "DRAFT": "Being prepared.",
        "ACTIVE": "Running: its members count.",
        "CLOSED": "Over.",
    },
)
_said(
    BackupState,
    "Whether a backup can be restored.",
    {
        "WHOLE": "Every byte of it was as it was written when it was last read, and the file was not touched since.",
        "DAMAGED": "It is not as it was written, or cannot be read.",
        "UNCHECKED": "It was not read since it was put there or changed; it is tonight.",
    },
)
_said(
    Sex,
    "As the register states it.",
    {"FEMALE": "Female.", "MALE": "Male.", "OTHER": "Neither of the two."},
)
_said(
    Status,
    "What a seat is on a day; only ACTIVE binds and counts.",
    {
        "NOMINATED": "Named, not yet seated.",
        "ACTIVE": "Seated: its holder is a member.",
        "SUSPENDED": "Kept from its duties for a time.",
        "RESIGNED": "Given up by its holder.",
        "REMOVED": "Taken away by a decision.",
        "DECEASED": "Its holder has died.",
        "ENDED": "Over with its term.",
    },
)
_said(
    PostKind,
    "The office held within the assembly.",
    {
        "ORDINARY": "A member.",
        "STANDING": "A member of the standing committee.",
        "VICE_CHAIR": "A vice-chair of the assembly.",
        "CHAIR": "The chair of the assembly.",
        "SECRETARY_GENERAL": "The secretary-general.",
    },
)
_said(
    BodyKind,
    "What a body is.",
    {
        "PLENARY": "All members together.",
        "STANDING_COMMITTEE": "The standing committee.",
        "CHAIRS_MEETING": "The meeting of the chair and vice-chairs.",
        "SPECIAL_COMMITTEE": "A committee for one field.",
        "SECTOR": "A sector (界别) that members stand for.",
        "SECTOR_GROUP": "A group for activities of a sector.",
        "LEARNING_GROUP": "A learning group: every member is in exactly one (LC-1).",
        "PARTY_GROUP": "The leading party members' group.",
        "PARTY_BRANCH": "A branch of the party within the assembly.",
        "THEORY_STUDY_CENTRE": "The party group's centre for the study of theory.",
        "READING_GROUP": "A group that reads together.",
        "DEPARTMENT": "A department of the government.",
        "UNIT": "A work unit.",
        "OTHER": "Another one; it keeps the classification it came with.",
    },
)
_said(
    BodyRole,
    "What a person is in a body.",
    {
        "HEAD": "Leads it; a learning group needs exactly one (LC-2).",
        "CO_HEAD": "Leads it together with the head.",
        "DEPUTY": "Stands in for the head.",
        "CONVENER": "Convenes it.",
        "SECRETARY": "Keeps its papers.",
        "CONTACT": "Speaks for it.",
        "MEMBER": "Sits in it.",
    },
)
_said(
    RelationKind,
    "How one body is tied to another.",
    {
        "DERIVED_FROM": "Formed from the other, as a learning group from a sector.",
        "COUNTERPART": "Works with the other, as a sector with its committee.",
        "CATEGORY": "Belongs to the other as its category.",
    },
)
_said(
    RegisterCollection,
    "The collections of the register.",
    {
        "TERMS": "Terms, with their years.",
        "PEOPLE": "People, with what other systems call them.",
        "MEMBERS": "Seats, with the history of their status and posts.",
        "BODIES": "Bodies, learning groups included, with their ties.",
        "BODY_MEMBERSHIPS": "Places of people in bodies.",
    },
)
_said(
    ChangeKind,
    "What became of a thing.",
    {"CHANGED": "It is new, or something about it is.", "GONE": "It is no more, or not for you."},
)
_said(
    ImportState,
    "Where an import stands.",
    {
        "PREVIEWED": "Looked at, to be decided.",
        "APPLIED": "Done.",
        "UNDONE": "Taken back as a whole.",
        "DISCARDED": "Never done.",
    },
)
_said(
    JobOutcome,
    "What became of a run of a job.",
    {
        "RUNNING": "It is under way.",
        "DONE": "It went well.",
        "FAILED": "It did not; it is tried again some times.",
        "STOPPED": "Its process ended meanwhile; another one takes it up.",
        "LOST": "Its process died, or nobody heard of it for too long.",
    },
)
_said(
    InviteeStanding,
    "How far someone of the register has come in.",
    {
        "NO_ACCOUNT": "There is no account for them.",
        "NOT_INVITED": "They have an account, and were never invited.",
        "INVITED": "Their invitation holds, and waits for them.",
        "LAPSED": "Their invitation ended before they came.",
        "DISABLED": "Their account is disabled.",
        "IN": "They have come in.",
    },
)
_said(
    AccountNaming,
    "What new accounts are called.",
    {
        "NUMBER": "The number of the member's card; pinyin where there is none, or it is taken.",
        "PINYIN": "The name by pinyin, with 2, 3 ... behind it where that is taken.",
    },
)
_said(
    InvitationChannel,
    "How an invitation reaches its person.",
    {
        "LINK": "By a link, handed over.",
        "LETTER": "By a printed letter.",
        "DESK": "By a code, handed over at the desk.",
        "EMAIL": "By e-mail, to the address that the register knows.",
    },
)
_said(
    RequestField,
    "What a request to the office is about.",
    {
        "NAME_ZH": "The name in Chinese.",
        "NAME_EN": "The name in Latin letters.",
        "BIRTH_DATE": "The day of birth.",
        "POLITICAL_AFFILIATION": "The party, or none.",
        "EDUCATION": "The highest education.",
        "EXPERTISE": "The fields of expertise.",
        "FOCUS_TOPICS": "The topics that the person follows.",
        "EMAIL": "The e-mail address.",
        "PHONE": "The telephone number.",
        "OTHER": "Something else, such as the seat, the sector or a body; the office changes it by hand.",
        "ERROR_PAGE": "A page that refused or failed.",
    },
)
_said(
    RequestState,
    "Where a request to the office stands.",
    {
        "OPEN": "It waits for the office.",
        "ACCEPTED": "It was done.",
        "DECLINED": "It was not done; the answer says why.",
        "WITHDRAWN": "Whoever asked took it back.",
    },
)
_said(
    RenewalPart,
    "What becomes of someone with the next term.",
    {
        "STAYS": "A seat in the term that ends, and one in the next.",
        "LEAVES": "A seat in the term that ends, and none in the next.",
        "COMES": "No seat in the term that ends, and one in the next.",
    },
)
_said(
    DayMark,
    "What is said of one day, whatever its weekday.",
    {"OFF": "Nobody works.", "WORKED": "It is worked.", "BY_WEEKDAY": "As its weekday says."},
)
_said(
    DayKind,
    "What a day is.",
    {
        "WORKING": "A day that is worked.",
        "WEEKEND": "A Saturday or Sunday.",
        "HOLIDAY": "A day off, on whatever weekday.",
        "MAKE_UP": "A Saturday or Sunday that is worked, for a day off elsewhere.",
    },
)
_said(
    Role,
    "What someone is to the assembly.",
    {role.name: f"{str(ROLE_NAMES[role]).capitalize()}." for role in Role},
)
_said(
    Action,
    "What can be done; the permission table says by whom.",
    {action.name: f"To {action.phrase}." for action in Action},
)
_said(
    Topic,
    "What a message is about; people choose for each how it comes.",
    {
        "OFFICE": "What the general office writes to members.",
        "ACCOUNT": "One's own account and its safety.",
        "SEAT": "One's own seat: taken, changed, ended, and what the change of term makes of it.",
        "BODIES": "One's own places in bodies.",
        "LEARNING": "One's own learning group.",
        "WORK": "What waits for those who work in the general office; nobody else is told.",
        "MEETINGS": "Meetings and other activities.",
        "DOCUMENTS": "Documents that one was given to read, and what one asked about them.",
    },
    "MessageTopic",
)
_said(
    Mode,
    "How messages of one topic come by one way.",
    {
        "NOW": "At once, outside of the quiet hours.",
        "DIGEST": "Together, at the time chosen.",
        "NEVER": "Not by this way.",
    },
    "MessageMode",
)
_said(
    DeliveryState,
    "Where a delivery stands.",
    {
        "WAITING": "It leaves when it is due, or waits for the office's own hands.",
        "SENDING": "It is leaving just now.",
        "SENT": "The other side has it.",
        "FAILED": "It was refused for now, and is tried again by itself.",
        "BOUNCED": "It was refused for good, such as for an address that does not exist.",
        "GIVEN_UP": "It was refused too often, or nobody took it for a week.",
    },
)
_said(
    Act,
    "What is wanted with a document; DOWNLOAD carries READ, and READ carries SEE (RD-1).",
    {
        "SEE": "To know that it exists.",
        "READ": "To read its pages.",
        "DOWNLOAD": "To have its file.",
        "MANAGE": "To say where it lies and who may read it.",
    },
    "DocumentAct",
)
_said(
    Level,
    "How far a document may go.",
    {
        "PUBLIC": "To everyone.",
        "INTERNAL": "To whoever was given it, within the assembly.",
        "WORK_SENSITIVE": "To whoever was given it with the consent of a second person.",
    },
    "DocumentLevel",
)
_said(
    ReadMode,
    "How a document is read.",
    {
        "ONLINE": "Page by page, on a screen.",
        "ROOM_ONLY": "In the reading room only.",
        "DOWNLOAD": "As a file to keep, too.",
    },
)
_said(
    DocumentState,
    "What the office decided of a document.",
    {
        "DRAFT": "It is being put together.",
        "CHECKED": "It was checked.",
        "CATALOGUED": "It is announced, and cannot be read yet.",
        "AVAILABLE": "It can be read, within its days, by those who may.",
        "WITHDRAWN": "It was taken back.",
        "ARCHIVED": "It is kept, and read no more.",
        "DESTROYED": "Its files are gone.",
    },
)
_said(
    CatalogueAudience,
    "Who may know of a document without a grant, so that they can ask for it.",
    {
        "NOBODY": "Nobody.",
        "SOME_BODIES": "Those who belong to certain bodies.",
        "EVERY_MEMBER": "Every member.",
    },
)
_said(
    Media,
    "What a file is.",
    {
        "PDF": "A PDF.",
        "PNG": "A picture, PNG.",
        "JPEG": "A picture, JPEG.",
        "TEXT": "Plain text.",
        "MARKDOWN": "Text with Markdown.",
    },
    "DocumentMedia",
)
_said(
    Effect,
    "What a grant does.",
    {"ALLOW": "It opens.", "DENY": "It closes: nothing else opens it then."},
    "GrantEffect",
)
_said(
    GrantState,
    "What was decided of a grant; whether it has begun or is over follows from its days.",
    {
        "UNCONFIRMED": "It waits for a second person.",
        "DECLINED": "The second person said no.",
        "ACTIVE": "It holds on its days.",
        "SUSPENDED": "It does not hold for now.",
        "REVOKED": "It was taken back, for good.",
    },
)
_said(
    BookingState,
    "What became of a booking of a time in a reading room.",
    {
        "BOOKED": "A place is kept.",
        "CHECKED_IN": "Its person is there, and reads until the time ends or they leave.",
        "LEFT": "Its person was there, and has left.",
        "CANCELLED": "It was given back, or the time was cancelled.",
        "MISSED": "The time went by, and nobody came.",
    },
)
_said(
    CopyState,
    "Where a numbered copy on paper is.",
    {
        "IN_STORE": "In the store, to be handed out.",
        "OUT": "With a person.",
        "RETURNED": "Back, with something wrong; its keeper looks at it before it goes out again.",
        "NOT_FOUND": "Lost.",
    },
)
_said(
    LoanState,
    "How the loan of a copy stands today.",
    {
        "OUT": "With its borrower, and due today or later.",
        "OVERDUE": "It should have come back by now.",
        "RETURNED": "It came back in time.",
        "RETURNED_LATE": "It came back late.",
        "NOT_FOUND": "It is lost.",
    },
)
_said(
    SlotStanding,
    "What a plan makes of one time of its pattern.",
    {
        "FRESH": "It is added.",
        "DAY_OFF": "The assembly does not work on that day, so it is left out.",
        "TAKEN": "The room has a time then already.",
        "GONE": "It has begun already.",
    },
)
_said(
    ReaderStanding,
    "How far someone came with the file of a document that is read now.",
    {
        "UNOPENED": "It was never opened.",
        "BEGUN": "It was opened, and not read to its end.",
        "READ_THROUGH": "Every page was seen, and nothing is confirmed.",
        "UNDERSTOOD": "It is confirmed: read and understood.",
    },
)
_said(
    GrantStanding,
    "What a grant is at this moment.",
    {
        "UNCONFIRMED": "It waits for a second person.",
        "SCHEDULED": "It has not begun.",
        "ACTIVE": "It holds.",
        "SUSPENDED": "It rests.",
        "EXPIRED": "Its time is over.",
        "REVOKED": "It was taken back.",
        "DECLINED": "It was not confirmed.",
    },
)
_said(
    GrantChange,
    "What a grant would change for someone.",
    {
        "GAINS": "They could not, and then can.",
        "GAINS_IF": "They then can as soon as they accept the agreement, or check in.",
        "LOSES": "They could, and then cannot.",
        "HAS_IT": "They can, and still can.",
        "KEPT_OUT": "They cannot, and still cannot.",
    },
)
_said(
    AccessState,
    "How a wish to read stands.",
    {
        "SUBMITTED": "It waits for an answer.",
        "MORE_INFO": "Something was asked back, and whoever asked says it next.",
        "APPROVED": "It was granted.",
        "REFUSED": "It was refused; a review can be asked for within five working days.",
        "IN_REVIEW": "Another person looks at the refusal.",
        "UPHELD": "The refusal stands.",
        "WITHDRAWN": "Whoever asked took it back.",
        "RAN_OUT": "Its document ended, or its wished end went by, before it was decided.",
    },
)
_said(
    AccessStep,
    "What can become of a wish to read.",
    {
        "COMPLETE": "Say what was asked back.",
        "WITHDRAW": "Take it back.",
        "ASK_REVIEW": "Ask that another person looks at a refusal.",
        "GIVE": "Grant it.",
        "REFUSE": "Refuse it.",
        "ASK_MORE": "Ask back.",
        "OVERTURN": "As the reviewer, grant it.",
        "UPHOLD": "As the reviewer, let the refusal stand.",
        "LAPSE": "It runs out by itself.",
    },
)
_said(
    Refusal,
    "Why a wish to read was refused: the closed list (RD-5).",
    {
        "NOT_NEEDED": "The purpose does not need it.",
        "TOO_EARLY": "It can be had later.",
        "CONFLICT": "A matter of one's own is decided with it.",
        "ORIGIN_SAYS_NO": "The department it comes from says no.",
        "IN_ROOM": "It is read in the reading room: book a time there.",
        "OTHER_COPY": "The same can be read elsewhere, as the answer says.",
    },
    "AccessRefusal",
)
_said(
    ExplanationState,
    "How a question about a document stands.",
    {
        "ASKED": "It waits for the answer of the department.",
        "ANSWERED": "The department answered.",
        "WITHDRAWN": "Whoever asked took it back.",
    },
)
_said(
    ExplanationStep,
    "What can become of a question about a document.",
    {
        "ANSWER": "As the department, answer it.",
        "WITHDRAW": "Take it back.",
        "PUBLISH": "Show question and answer to all readers of the document.",
        "UNPUBLISH": "Show them to other readers no more.",
    },
)
_said(
    MaterialState,
    "How a request for materials stands. That it is overdue follows from its day.",
    {
        "ASKED": "The department was asked.",
        "PROMISED": "The department named the day on which it will deliver.",
        "DELIVERED": "Something was delivered, and waits to be checked.",
        "ALL_THERE": "The office found that it is all there.",
        "DECLINED": "The department said that nothing will come, and why.",
        "TAKEN_BACK": "The office does not need it any more.",
    },
)
_said(
    MaterialStep,
    "What can become of a request for materials.",
    {
        "PROMISE": "As the department, name the day.",
        "DECLINE": "As the department, say that nothing will come.",
        "DELIVER": "As the department, deliver a file.",
        "RETRACT": "As the department, take back a file that nobody has checked yet.",
        "ACCEPT": "As the office, say that it is all there.",
        "ASK_AGAIN": "As the office, say what is missing.",
        "TAKE_BACK": "As the office, say that it is not needed any more.",
    },
)
_said(
    ActivityKind,
    "What is done in an activity; never who holds it.",
    {
        "PLENARY": "A plenary session.",
        "STANDING_COMMITTEE": "A meeting of the standing committee.",
        "CONSULTATION": "A consultation; bound to a majority of members (MJ-1).",
        "SUPERVISION": "Supervision; bound to a majority of members (MJ-1).",
        "RESEARCH": "Research on the spot; bound to a majority of members (MJ-1).",
        "INSPECTION": "An inspection; bound to a majority of members (MJ-1).",
        "ARGUMENTATION": "A meeting of experts that weighs arguments; bound to a majority of members (MJ-1).",
        "TRAINING": "Training.",
        "STUDY_SESSION": "A study session, such as that of a learning group.",
        "BRIEFING": "A briefing by a department.",
        "HEARING": "A hearing.",
        "PARTY_ACTIVITY": "An activity of a party branch.",
        "LISTENING_SURVEY": "A visit to hear what people say.",
        "VISIT": "A visit.",
        "OTHER": "Anything else.",
    },
)
_said(
    ActivityState,
    "How an activity stands.",
    {
        "DRAFT": "It is being prepared.",
        "APPROVED": "It may be held; nobody was told yet.",
        "ANNOUNCED": "People were told.",
        "OPEN": "People were told, and answer.",
        "CLOSED": "Nobody answers any more.",
        "IN_PROGRESS": "It is being held.",
        "HELD": "It was held; who came can still be noted.",
        "LOCKED": "Who came is settled, and only corrected.",
        "ARCHIVED": "It is put away.",
        "CANCELLED": "It is not held.",
        "POSTPONED": "It is held at another time, which is not known yet.",
    },
)
_said(
    ActivityStep,
    "What can become of an activity.",
    {
        "APPROVE": "It may be held.",
        "ANNOUNCE": "Tell everyone who is on the list.",
        "OPEN": "Take answers again.",
        "CLOSE": "Take no more answers.",
        "START": "It begins.",
        "FINISH": "It was held.",
        "LOCK": "Who came is settled.",
        "ARCHIVE": "Put it away.",
        "POSTPONE": "Hold it at another time.",
        "CANCEL": "Do not hold it.",
    },
)
_said(
    ActivityAudience,
    "Who knows of an activity once it is announced.",
    {"INVITED": "Those who are invited.", "MEMBERS": "All members, and who works for the assembly."},
)
_said(
    ParticipantRole,
    "As what someone takes part.",
    {
        "MEMBER": "A member of the assembly.",
        "OFFICIAL": "Of a department.",
        "EXPERT": "An expert.",
        "DELEGATE": "A delegate.",
        "GUEST": "A guest.",
        "STAFF": "Serves; counts in no majority.",
        "PRESS": "Reports; counts in no majority.",
    },
)
_said(
    MajorityStage,
    "When it was counted whether members are the majority, and of whom (MJ-1).",
    {
        "APPROVAL": "Of those on the list, when it was approved.",
        "START": "Of those who said that they come, when it began.",
        "CLOSE": "Of those who came.",
    },
)
_said(
    Rsvp,
    "What someone who is invited answered.",
    {
        "NONE": "Nothing yet.",
        "YES": "They come.",
        "NO": "They do not come.",
        "LEAVE": "They asked for leave.",
        "WAITING": "They would come, and wait for a place.",
    },
)
_said(
    Presence,
    "What was seen of someone at a session (AT-2).",
    {
        "PRESENT": "They were there.",
        "REMOTE": "They took part from afar.",
        "LATE": "They came late.",
        "LEFT_EARLY": "They left early.",
        "ABSENT": "They were not there.",
        "EXCUSED": "They had leave.",
        "EXEMPT": "They were not expected.",
    },
)
_said(
    Method,
    "How attendance became known.",
    {
        "QR": "By the code on the screen.",
        "SELF": "By themselves.",
        "STAFF": "Noted by staff.",
        "IMPORT": "From a list.",
    },
    "AttendanceMethod",
)
_said(
    LeaveState,
    "How a request for leave stands.",
    {
        "SUBMITTED": "It waits.",
        "APPROVED": "Leave was given.",
        "REFUSED": "Leave was refused.",
        "WITHDRAWN": "It was taken back.",
    },
)
_said(LeaveScope, "From how much leave is asked.", {"FULL": "From all of it.", "PART": "From some sessions."})
_said(
    ProfileKey,
    "By which rule profile a hearing is held (HE-1).",
    {
        "MEMBERS_HEAR": "Members hear a department, and enrol by sector.",
        "PREFECTURE": "A public hearing after the rules of two cities: delegates are drawn by lot.",
        "LEGISLATIVE": "A public hearing after those of a provincial legislature: delegates are chosen together.",
        "LIGHT": "A public hearing with short days: who comes first has the place.",
        "COMMITTEE": "A committee takes testimony: who registers in time is heard.",
    },
    "HearingProfile",
)
_said(
    HearingState,
    "The phase of a hearing; the state of its activity goes with it.",
    {
        "DRAFT": "It is being prepared.",
        "APPROVED": "It may be held; no notice was given yet.",
        "ANNOUNCED": "Notice was given.",
        "APPLICATIONS_OPEN": "One can enrol or apply.",
        "APPLICATIONS_CLOSED": "One can apply no more.",
        "SELECTED": "Delegates are chosen.",
        "LIST_PUBLISHED": "Their list is published.",
        "READY": "It can begin.",
        "IN_SESSION": "It is being held.",
        "ADJOURNED": "It is interrupted, and goes on later.",
        "RECORD_OPEN": "Its record can be corrected.",
        "RECORD_FINAL": "Its record is final.",
        "REPORT_DRAFT": "Its report is being written.",
        "REPORT_PUBLISHED": "Its report is published.",
        "OUTCOMES_FED_BACK": "Whoever spoke was told what became of it.",
        "ARCHIVED": "It is put away.",
        "POSTPONED": "It is held later, under a new notice.",
        "CANCELLED": "It is not held.",
    },
)
_said(
    HearingStep,
    "What can be done with a hearing.",
    {
        "APPROVE": "Approve that it is held.",
        "ANNOUNCE": "Give notice of it.",
        "OPEN_APPLICATIONS": "Let people enrol or apply.",
        "CLOSE_APPLICATIONS": "Take no more applications, and freeze their list.",
        "SELECT": "Choose the delegates.",
        "PUBLISH_LIST": "Publish the list of the delegates.",
        "MAKE_READY": "Say that it can begin.",
        "START": "Begin it.",
        "ADJOURN": "Interrupt it.",
        "RESUME": "Go on.",
        "OPEN_RECORD": "Open its record for corrections.",
        "FINISH_RECORD": "Make its record final.",
        "DRAFT_REPORT": "Begin its report.",
        "PUBLISH_REPORT": "Publish its report.",
        "FEED_BACK": "Tell whoever spoke what became of it.",
        "ARCHIVE": "Put it away.",
        "POSTPONE": "Hold it later, under a new notice.",
        "CANCEL": "Do not hold it.",
    },
)
_said(
    HearingDuty,
    "What someone does at a hearing.",
    {
        "PRESIDING": "Presides, and hears.",
        "PANEL": "Hears.",
        "RECORDER": "Takes the record.",
        "DECISION_SPEAKER": "Explains what is to be decided.",
        "SUPERVISOR": "Watches over the hearing.",
    },
)
_said(
    Capacity,
    "As what someone is heard (HE-3).",
    {
        "AFFECTED": "Someone whom the matter affects.",
        "PUBLIC": "Someone of the public.",
        "MEMBER": "A member of the assembly.",
        "EXPERT": "Someone who knows the subject.",
        "LAWYER": "A lawyer.",
        "INVITED": "Someone who was invited.",
    },
    "HearingCapacity",
)
_said(
    Position,
    "On which side someone stands.",
    {"FOR": "For it.", "AGAINST": "Against it.", "NEUTRAL": "On neither side."},
    "HearingPosition",
)
_said(
    NoticePart,
    "One thing that the notice of a hearing tells.",
    {
        "ORGANISER": "Who holds it.",
        "CONTACT": "Whom to reach, and how.",
        "PURPOSE": "What it is for.",
        "CONTENT": "What is heard.",
        "BASIS": "By which rules it is held.",
        "TIME": "When.",
        "PLACE": "Where.",
        "NUMBER": "How many delegates of each capacity.",
        "CONDITIONS": "Who can apply.",
        "DEADLINE": "Until when to apply.",
        "METHOD": "How delegates are chosen.",
        "COMPLAINTS": "Where to ask or complain.",
        "COMMITMENT": "The promise of a seed, where they are drawn by lot.",
        "PUBLIC_DRAW": "Which public draw is taken then.",
    },
)
_said(
    Due,
    "What of a hearing has a date.",
    {
        "NOTICE": "The notice.",
        "APPLICATIONS_CLOSE": "The last day to apply.",
        "LOTTERY": "The draw by lot.",
        "DELEGATE_LIST": "The list of the delegates.",
        "MATERIALS": "Materials for the delegates.",
        "WRITTEN_STATEMENTS": "Written statements.",
        "HEARING": "The hearing itself.",
        "MINUTES": "A draft of the record.",
        "ANSWERS": "Answers to questions.",
        "CORRECTIONS": "The last day for corrections.",
        "REPORT": "The report.",
        "FEEDBACK": "Feedback to those who spoke.",
        "ERASURE": "Contact data are erased.",
    },
    "HearingDue",
)
_said(
    Selection,
    "How delegates are chosen where more apply than there are places.",
    {"FIFO": "In order of arrival.", "LOTTERY": "By lot.", "COLLECTIVE": "By several together."},
    "HearingSelection",
)
_said(
    ApplicationState,
    "How an application to be heard stands.",
    {
        "SUBMITTED": "It waits to be looked at.",
        "ELIGIBLE": "It is admitted.",
        "INELIGIBLE": "It is not admitted.",
        "SELECTED": "It has a place.",
        "RESERVE": "It is in reserve.",
        "NOT_SELECTED": "It has no place.",
        "CONFIRMED": "They said that they come.",
        "ATTENDED": "They came.",
        "ABSENT": "They did not come.",
        "WITHDRAWN": "It was taken back.",
    },
    "HearingApplicationState",
)
_said(
    Why,
    "Why an application has a place, or has none.",
    {
        "RANK": "By its rank.",
        "BALANCE": "By its rank, others passed over to balance the sides.",
        "CLASS_FULL": "All places of its capacity are taken.",
        "PASSED_FOR_BALANCE": "It was passed over to balance the sides.",
        "NO_PLACES": "There are no places of its capacity.",
    },
    "HearingDrawReason",
)
