"""Documents of an activity: linked by who prepares it and may know of them, which lets nobody read them."""

from uuid import UUID

import pytest

from server.errors import Conflict, NotThere, Refused
from server.models import activities, documents
from server.models.activities import ActivityDocument
from server.models.audit import AuditEntry
from server.rules.documents import CatalogueAudience, DocumentState, Level
from tests.activities.worlds import planned
from tests.cast import Cast


async def paper(cast: Cast, **facts: object) -> UUID:
    """A document that everyone may know of."""
    keeper = cast["custodian"]
    folder = await documents.folder_add(keeper, name_en="Papers")
    said = {"title_en": "The plan", "level": Level.PUBLIC} | facts
    row = await documents.document_add(keeper, folder=folder.id, **said)
    for state in (DocumentState.CHECKED, DocumentState.AVAILABLE):
        await documents.Document.filter(id=row.id).update(state=state)
    return row.id


async def linked() -> list[UUID]:
    return [key async for key in ActivityDocument.all().values_list("document_id", flat=True)]


async def test_a_document_is_linked_once_and_taken_off(everyone: Cast) -> None:
    row, document = await planned(everyone), await paper(everyone)
    facts = {"activity": row.id, "document": document}

    await activities.activity_link_document(everyone["leader"], **facts)
    assert await linked() == [document]
    with pytest.raises(Conflict) as again:
        await activities.activity_link_document(everyone["leader"], **facts)
    assert [(one.code, one.field) for one in again.value.problems] == [("LINKED", "document")]

    await activities.activity_unlink_document(everyone["leader"], **facts)
    assert await linked() == []
    with pytest.raises(NotThere):
        await activities.activity_unlink_document(everyone["leader"], **facts)
    actions = [entry.action for entry in await AuditEntry.filter(action__startswith="activities.").order_by("serial")]
    assert actions == ["activities.add", "activities.link", "activities.unlink"]


async def test_who_may_not_know_of_a_document_links_and_unlinks_none(everyone: Cast) -> None:
    row = await planned(everyone)
    hidden = await paper(everyone, level=Level.INTERNAL, catalogue_audience=CatalogueAudience.NOBODY)
    facts = {"activity": row.id, "document": hidden}

    with pytest.raises(NotThere):
        await activities.activity_link_document(everyone["leader"], **facts)
    await ActivityDocument.create(activity_id=row.id, document_id=hidden, linked_at=everyone["leader"].now)
    with pytest.raises(NotThere):
        await activities.activity_unlink_document(everyone["leader"], **facts)
    assert await linked() == [hidden]


async def test_who_does_not_prepare_it_links_nothing(everyone: Cast) -> None:
    row, document = await planned(everyone), await paper(everyone)

    with pytest.raises((NotThere, Refused)):
        await activities.activity_link_document(everyone["member"], activity=row.id, document=document)
    assert await linked() == []


async def test_what_is_cancelled_keeps_its_documents(everyone: Cast) -> None:
    row, document = await planned(everyone), await paper(everyone)
    await activities.activity_link_document(everyone["leader"], activity=row.id, document=document)
    await activities.activity_cancel(everyone["leader"], activity=row.id, reason="no quorum")

    for verb in (activities.activity_link_document, activities.activity_unlink_document):
        with pytest.raises(Conflict) as refused:
            await verb(everyone["leader"], activity=row.id, document=document)
        assert [one.code for one in refused.value.problems] == ["FINAL"]
    assert await linked() == [document]
