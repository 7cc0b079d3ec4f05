"""What people call the tables and columns that an import writes, for the reasons of a refusal."""

from tortoise.models import Model

from server.models.bodies import Body
from server.models.members import Membership, Person, Term
from server.words import Words, name, say

TABLES: dict[str, Words] = {
    "access_grant": say("permission to read"),
    "access_request": say("request to read"),
    "account": say("account"),
    "activity_organiser": say("organiser of an activity"),
    "agreement_acceptance": say("acceptance of the agreement"),
    "body": say("body"),
    "body_identifier": say("identifier of a body"),
    "body_membership": say("place in a body"),
    "body_relation": say("tie between bodies"),
    "booking": say("booking of a reading room"),
    "delivery": say("message on its way"),
    "document": say("document"),
    "document_audience": say("body that may know of a document"),
    "explanation": say("question about a document"),
    "folder": say("folder"),
    "grant_template": say("template of permissions"),
    "grant_use": say("openings by a permission"),
    "hearing": say("hearing of a department"),
    "hearing_application": say("application to be heard"),
    "hearing_officer": say("duty at a hearing"),
    "invited_group": say("group that is invited"),
    "loan": say("loan of a copy"),
    "mailing_reader": say("reader of a message to many"),
    "material_request": say("request for material"),
    "membership": say("seat"),
    "membership_post": say("office and sector"),
    "membership_status": say("status of a seat"),
    "message": say("message"),
    "message_choice": say("choice of how messages come"),
    "message_hours": say("quiet hours"),
    "participation": say("participation in an activity"),
    "person": say("person"),
    "person_identifier": say("identifier of a person"),
    "read_receipt": say("receipt of reading"),
    "reading_note": say("note on a document"),
    "reading_progress": say("progress of reading"),
    "reading_session": say("opening of a document"),
    "renewal": say("change to the next term"),
    "request": say("request to the office"),
    "role_assignment": say("role"),
    "term": say("term"),
    "term_body": say("body in the plan of the next term"),
    "term_year": say("year of a term"),
}
"""Every table that an import writes, or that points to what it wrote."""

FACTS: dict[str, Words] = {
    "birth_date": say("Day of birth"),
    "body_id": say("Body"),
    "classification": say("Classification"),
    "code": say("Code"),
    "education": say("Education"),
    "email": say("E-mail"),
    "ends_on": say("Until, not including, day"),
    "expertise": say("Expertise"),
    "family_name": say("Family name"),
    "focus_topics": say("Focus topics"),
    "follows_id": say("Takes over from"),
    "given_name": say("Given name"),
    "image": say("Picture"),
    "kind": say("Kind"),
    "membership_id": say("Seat"),
    "merged_into_id": say("Merged into"),
    "n": say("No."),
    "name_en": say("Name in Latin letters"),
    "name_zh": say("Name in Chinese"),
    "no": say("Card number"),
    "on_behalf_of_id": say("Stands there for"),
    "parent_id": say("Part of"),
    "person_id": say("Person"),
    "phone": say("Telephone"),
    "political_affiliation": say("Party"),
    "primary": say("Counts as this person's learning group"),
    "professional_title": say("Professional title"),
    "reason": say("Reason"),
    "recorded_by_id": say("Recorded by"),
    "residence_area": say("Area"),
    "role": say("Role"),
    "scheme": say("Identifier"),
    "sector_id": say("Sector"),
    "sensitive": say("Sensitive"),
    "sex": say("Sex"),
    "sort_fixed": say("Place in lists"),
    "source_id": say("Body"),
    "starts_on": say("First day"),
    "status": say("Status"),
    "target_id": say("Body"),
    "term_id": say("Term"),
    "title": say("Title"),
    "unit": say("Unit"),
    "value": say("Identifier"),
    "voided_at": say("Correction"),
    "voided_by_id": say("Correction"),
    "voided_elsewhere": say("Correction"),
    "voided_reason": say("Correction"),
}
"""Every column that tells whether someone touched a row since."""


ABOUT: dict[str, type[Model]] = {
    "person_id": Person,
    "membership_id": Membership,
    "body_id": Body,
    "source_id": Body,
    "term_id": Term,
}
"""Where a row without a name points to what it is about; the first that is set."""


def named(columns: list[str]) -> tuple[Words, ...]:
    """What these columns are called, each once."""
    return tuple({FACTS[column].msgid: FACTS[column] for column in columns}.values())


async def called(row: Model) -> Words | str:
    """What people call this row: by its own name, or by that of whom or what it is about."""
    if isinstance(row, Person | Body):
        return name(row)
    if isinstance(row, Term):
        return row.code
    about = await _about(row)
    return say("{name} ({what})", name=await called(about), what=TABLES[row._meta.db_table])


async def _about(row: Model) -> Model:
    key, model = next((key, model) for key, model in ABOUT.items() if getattr(row, key, None))
    found = await model.get(id=getattr(row, key))
    return await _about(found) if isinstance(found, Membership) else found
