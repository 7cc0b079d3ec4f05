"""The assembly's words for the values of the schema, and the mark that each state carries beside its words."""

from server.words import Words, say

LABELS: dict[str, Words] = {
    # what a seat or a term is
    "NOMINATED": say("nominated"),
    "ACTIVE": say("active"),
    "SUSPENDED": say("suspended"),
    "RESIGNED": say("resigned"),
    "REMOVED": say("removed"),
    "DECEASED": say("deceased"),
    "ENDED": say("ended"),
    "DRAFT": say("draft"),
    "CLOSED": say("closed"),
    # offices within the assembly
    "ORDINARY": say("member"),
    "STANDING": say("standing committee member"),
    "VICE_CHAIR": say("vice-chair"),
    "CHAIR": say("chair"),
    "SECRETARY_GENERAL": say("secretary-general"),
    # bodies
    "PLENARY": say("plenary session"),
    "STANDING_COMMITTEE": say("standing committee"),
    "CHAIRS_MEETING": say("chair's meeting"),
    "SPECIAL_COMMITTEE": say("special committee"),
    "SECTOR": say("sector"),
    "SECTOR_GROUP": say("sector group"),
    "LEARNING_GROUP": say("learning group"),
    "PARTY_GROUP": say("leading party members group"),
    "PARTY_BRANCH": say("party branch"),
    "THEORY_STUDY_CENTRE": say("theory study centre group"),
    "READING_GROUP": say("reading group"),
    "DEPARTMENT": say("department"),
    "UNIT": say("unit"),
    "OTHER": say("other"),
    # places in a body
    "HEAD": say("head"),
    "CO_HEAD": say("co-head"),
    "DEPUTY": say("deputy"),
    "CONVENER": say("convener"),
    "SECRETARY": say("secretary"),
    "CONTACT": say("contact"),
    "MEMBER": say("member"),
    # ties between bodies
    "DERIVED_FROM": say("derived from"),
    "COUNTERPART": say("counterpart of"),
    "CATEGORY": say("belongs to the category"),
    # sexes as the register states them
    "FEMALE": say("female"),
    "MALE": say("male"),
    # roles that are no place in a body
    "GROUP_LEADER": say("group leader"),
    "CUSTODIAN": say("custodian"),
    "AUDITOR": say("auditor"),
    "ADMINISTRATOR": say("administrator"),
    # learning groups
    "COMING": say("not begun yet"),
    # coverage
    "COVERED": say("in one group"),
    "PENDING": say("within the time allowed"),
    "NONE": say("in no group"),
    "MORE": say("in more than one group"),
    # rows of an import
    "people": say("people"),
    "bodies": say("bodies"),
    "memberships": say("places in bodies"),
    "term_memberships": say("seats in a term"),
    "terms": say("terms"),
    "file": say("the file"),
    "PREVIEWED": say("to be decided"),
    "DISCARDED": say("discarded"),
    "NEW": say("new"),
    "CHANGED": say("changed"),
    "SAME": say("same"),
    "WARNING": say("warning"),
    "ERROR": say("error"),
    "UNDONE": say("undone"),
    "APPLIED": say("applied"),
    "REVOKED": say("revoked"),
    "EXPIRED": say("expired"),
    "DISABLED": say("disabled"),
}

GOOD = {"ACTIVE", "COVERED", "SAME", "APPLIED", "ALLOWED"}
WAITING = {"NOMINATED", "COMING", "PENDING", "DRAFT", "NEW", "CHANGED"}
ALARMING = {"SUSPENDED", "NONE", "MORE", "ERROR", "WARNING", "REMOVED", "REFUSED"}


def tone(value: str) -> str:
    """How a state looks: good, waiting, alarm, or past for what is over."""
    kinds = {"good": GOOD, "waiting": WAITING, "alarm": ALARMING}
    return next((look for look, values in kinds.items() if value in values), "past")
