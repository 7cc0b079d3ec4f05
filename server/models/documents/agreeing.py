"""The agreement that readers accept before their first opening: its wordings, and who accepted which."""

from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit
from server.models.database import transaction
from server.models.documents.tables import AgreementAcceptance, Document, ReadingAgreement
from server.models.facts import tidy
from server.models.history import there
from server.models.members.queries import NOTHING
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import say


def visible_agreements(viewer: Viewer) -> Q:
    """Every wording, for whoever may read documents at all."""
    return Q() if viewer.may(Action.READ_DOCUMENTS) else NOTHING


def own_acceptances(viewer: Viewer) -> Q:
    """The viewer's own."""
    return Q(person_id=viewer.person) if viewer.person else NOTHING


async def newest_agreement() -> ReadingAgreement | None:
    """As it is worded now; None where there never was one."""
    return await ReadingAgreement.all().order_by("-n").first()


async def agreement_publish(viewer: Viewer, *, text_zh: str = "", text_en: str = "") -> ReadingAgreement:
    """A new wording: it takes over the documents of the one before, so everybody is asked anew.

    Raises Invalid without words; Refused for who does not keep the whole assembly's documents.
    """
    viewer.must(Action.MANAGE_DOCUMENTS, NOWHERE)
    said: dict[str, Any] = {"text_zh": _lines(text_zh), "text_en": _lines(text_en)}
    if not any(said.values()):
        raise Invalid(Problem("TEXT_MISSING", say("Write it in one of the two languages."), "text_zh"))
    for name, text in said.items():  # a text has lines, each of them without what no text has
        tidy(ReadingAgreement, {name: text.replace("\n", " ")})
    async with transaction():
        last = await ReadingAgreement.all().order_by("-n").select_for_update().first()
        row = await ReadingAgreement.create(
            n=last.n + 1 if last else 1, published_at=viewer.now, published_by_id=viewer.account, **said
        )
        taken = await Document.filter(agreement_id__isnull=False).update(agreement_id=row.id)
        await audit.record(viewer, "documents.agreement_publish", f"agr_{row.id}", {"n": row.n, "documents": taken})
    return row


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


async def agreement_accept(viewer: Viewer, *, agreement: UUID) -> ReadingAgreement:
    """Accepted as it is worded now; once more changes nothing. Raises Conflict where there is a newer wording."""
    viewer.must(Action.READ_DOCUMENTS)
    if viewer.person is None:
        raise Refused(Problem("NOT_IN_REGISTER", say("Your account belongs to nobody in the register."), "id"))
    async with transaction():
        row = await there(ReadingAgreement, agreement, "id")
        if await ReadingAgreement.filter(n__gt=row.n).exists():
            raise Conflict(Problem("NEWER_WORDING", say("There is a newer wording: read that one."), "id"))
        if not await AgreementAcceptance.filter(person_id=viewer.person, agreement_id=row.id).exists():
            await AgreementAcceptance.create(person_id=viewer.person, agreement_id=row.id, accepted_at=viewer.now)
            await audit.record(viewer, "documents.agreement_accept", f"agr_{row.id}", {"n": row.n})
    return row
