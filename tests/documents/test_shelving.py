"""Folders and documents: made, changed, moved through every state that the table allows, and through no other."""

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import documents
from server.models.audit import AuditEntry
from server.models.documents import AgreementAcceptance, Document, DocumentAudience, Folder, FolderPath
from server.rules.documents import MOVES, CatalogueAudience, DocumentState, Level, ReadMode, takes_away
from server.rules.permissions import HeldRole, Role
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

DAY = dt.timedelta(days=1)


@pytest.fixture
def keeper(everyone: Cast) -> Viewer:
    return everyone["custodian"]


def keeps(cast: Cast) -> Viewer:
    """A custodian of the group "Spring" alone."""
    return replace(cast["member"], roles=(*cast["member"].roles, HeldRole(Role.CUSTODIAN, cast.group.id, "Spring")))


async def paper(keeper: Viewer, **facts: object) -> Document:
    folder = await documents.folder_add(keeper, name_en="Papers")
    return await documents.document_add(keeper, folder=folder.id, title_en="Paper", **facts)


async def last(action: str) -> dict[str, object]:
    return dict((await AuditEntry.filter(action=action).order_by("-serial"))[0].facts)


async def test_a_folder_within_another_is_of_its_body_and_knows_all_above_it(keeper: Viewer, everyone: Cast) -> None:
    top = await documents.folder_add(keeper, name_zh="议政", body=everyone.group.id)
    inner = await documents.folder_add(keeper, name_en="Schools", parent=top.id)
    low = await documents.folder_add(keeper, name_en="Nurseries", parent=inner.id)

    assert (inner.body_id, low.body_id) == (everyone.group.id, everyone.group.id)
    above = set(await FolderPath.filter(folder_id=low.id).values_list("above_id", flat=True))
    assert above == {top.id, inner.id, low.id}
    assert (await last("documents.folder_add"))["parent"] == str(inner.id)


async def test_a_folder_needs_a_name_a_parent_that_is_there_and_the_body_of_its_parent(
    keeper: Viewer, everyone: Cast
) -> None:
    top = await documents.folder_add(keeper, name_en="Papers")

    for said, code in (({}, "NAME_MISSING"), ({"name_en": "x", "body": everyone.group.id}, "OTHER_BODY")):
        with pytest.raises(Invalid) as wrong:
            await documents.folder_add(keeper, parent=top.id, **said)
        assert [problem.code for problem in wrong.value.problems] == [code]
    with pytest.raises(NotThere):
        await documents.folder_add(keeper, name_en="x", parent=make.some_id())
    assert await Folder.all().count() == 1


async def test_who_keeps_one_body_keeps_its_folders_and_no_others(keeper: Viewer, everyone: Cast) -> None:
    whole = await documents.folder_add(keeper, name_en="Papers")
    theirs = await documents.folder_add(keeper, name_en="Spring", body=everyone.group.id)
    one = keeps(everyone)

    assert (await documents.document_add(one, folder=theirs.id, title_en="Ours")).state is DocumentState.DRAFT
    for expected in (NotThere, Refused):
        with pytest.raises(expected):
            await documents.document_add(one, folder=whole.id, title_en="Not ours")
        with pytest.raises(expected):
            await documents.folder_rename(one, folder=whole.id, name_en="Ours")
        with pytest.raises(expected):
            await documents.folder_add(one, parent=whole.id, name_en="Ours")
        public = await documents.document_add(keeper, folder=whole.id, title_en="Plan", level=Level.PUBLIC)
        await Document.filter(id=public.id).update(state=DocumentState.AVAILABLE)  # now everyone knows of the folder
    for name in ("admin", "secretary", "chair", "auditor", "member", "department", "visitor"):
        with pytest.raises(Refused):
            await documents.folder_add(everyone[name], name_en="Mine")
    assert await Folder.all().count() == 2


async def test_renaming_says_what_changed_and_nothing_where_nothing_did(keeper: Viewer) -> None:
    row = await documents.folder_add(keeper, name_en="Papers")

    await documents.folder_rename(keeper, folder=row.id, name_en="Reports")
    await documents.folder_rename(keeper, folder=row.id, name_en="Reports")

    assert (await Folder.get(id=row.id)).name_en == "Reports"
    assert await AuditEntry.filter(action="documents.folder_rename").count() == 1


@pytest.mark.parametrize(
    ("level", "audience"),
    [
        (Level.PUBLIC, CatalogueAudience.EVERY_MEMBER),
        (Level.INTERNAL, CatalogueAudience.EVERY_MEMBER),
        (Level.WORK_SENSITIVE, CatalogueAudience.NOBODY),
    ],
)
async def test_who_may_know_of_it_follows_from_the_level(
    keeper: Viewer, level: Level, audience: CatalogueAudience
) -> None:
    row = await paper(keeper, level=level)

    assert (row.state, row.level, row.catalogue_audience) == (DocumentState.DRAFT, level, audience)


async def test_a_paper_in_a_room_is_read_there_only(keeper: Viewer) -> None:
    row = await paper(keeper, catalogue_only=True)

    assert row.read_mode is ReadMode.ROOM_ONLY
    with pytest.raises(Invalid):
        await documents.document_change(keeper, document=row.id, read_mode=ReadMode.DOWNLOAD)


@pytest.mark.parametrize("title", ["绝密★ 预算", "机 密 ★十年", "★秘密", "预算（秘密☆）"])
async def test_what_is_marked_as_a_state_secret_is_refused(keeper: Viewer, title: str) -> None:
    row = await paper(keeper)

    for field in ("title_zh", "title_en", "no"):
        with pytest.raises(Invalid) as wrong:
            await documents.document_change(keeper, document=row.id, **{field: title})
        assert [(one.code, one.field, one.rule) for one in wrong.value.problems] == [("STATE_SECRET", field, "RD-2")]
    assert (await Document.get(id=row.id)).search == row.search


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title_en": ""}, "NAME_MISSING"),
        ({"available_from": NOW, "expires_at": NOW}, "ENDS_FIRST"),
        ({"expires_at": NOW - DAY}, "ENDS_FIRST"),
        ({"level": Level.PUBLIC, "read_mode": ReadMode.ROOM_ONLY}, "PUBLIC_IN_ROOM"),
        ({"catalogue_only": True}, "PAPER_IN_ROOM"),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_changes(
    keeper: Viewer, facts: dict[str, object], code: str
) -> None:
    row = await paper(keeper, available_from=NOW - DAY / 2)

    with pytest.raises(Invalid) as wrong:
        await documents.document_change(keeper, document=row.id, **facts)

    assert [problem.code for problem in wrong.value.problems] == [code]
    assert dict(await Document.get(id=row.id)) == dict(row)


async def test_it_comes_from_a_department(keeper: Viewer, everyone: Cast) -> None:
    row = await paper(keeper, origin=everyone.bureau.id)

    with pytest.raises(Invalid):
        await documents.document_change(keeper, document=row.id, origin=everyone.sector.id)

    assert (await Document.get(id=row.id)).origin_id == everyone.bureau.id


async def test_a_change_is_told_once_with_what_was_before(keeper: Viewer) -> None:
    row = await paper(keeper, no="1")

    for _ in range(2):
        await documents.document_change(keeper, document=row.id, no="2", watermark=False)

    assert "2" in (await Document.get(id=row.id)).search
    assert await AuditEntry.filter(action="documents.change").count() == 1
    assert (await last("documents.change"))["no"] == ["1", "2"]


@pytest.mark.parametrize("state", DocumentState)
async def test_every_move_of_the_table_is_made_and_no_other(keeper: Viewer, state: DocumentState) -> None:
    row = await paper(keeper)

    for to in DocumentState:
        await Document.filter(id=row.id).update(state=state)
        if to in MOVES[state]:
            moved = await documents.document_move(keeper, document=row.id, to=to, reason="It is time.")
            assert moved.state is to
            assert await last("documents.move") == {"state": [state.value, to.value], "reason": "It is time."}
        else:
            with pytest.raises(Conflict):
                await documents.document_move(keeper, document=row.id, to=to, reason="It is time.")
            assert (await Document.get(id=row.id)).state is state


async def test_what_takes_it_away_from_readers_needs_a_reason(keeper: Viewer) -> None:
    row = await paper(keeper)
    away = [(state, to) for state, to in product(DocumentState, repeat=2) if to in MOVES[state]]

    for state, to in away:
        await Document.filter(id=row.id).update(state=state)
        if takes_away(state, to):
            with pytest.raises(Invalid):
                await documents.document_move(keeper, document=row.id, to=to, reason=" ")
        else:
            await documents.document_move(keeper, document=row.id, to=to)
    assert [pair for pair in away if takes_away(*pair)] == [
        (DocumentState.CATALOGUED, DocumentState.WITHDRAWN),
        (DocumentState.AVAILABLE, DocumentState.WITHDRAWN),
        (DocumentState.AVAILABLE, DocumentState.ARCHIVED),
        (DocumentState.ARCHIVED, DocumentState.DESTROYED),
    ]


async def test_it_is_not_destroyed_before_its_retention_is_over(keeper: Viewer) -> None:
    row = await paper(keeper, retention_until=TODAY + DAY)
    await Document.filter(id=row.id).update(state=DocumentState.ARCHIVED)
    destroyed = {"document": row.id, "to": DocumentState.DESTROYED, "reason": "Its time is over."}

    with pytest.raises(Conflict) as wrong:
        await documents.document_move(keeper, **destroyed)
    later = replace(keeper, now=NOW + DAY)
    await documents.document_move(later, **destroyed)

    assert [(one.code, one.rule) for one in wrong.value.problems] == [("KEPT_UNTIL", "RT-1")]
    assert (await Document.get(id=row.id)).state is DocumentState.DESTROYED


async def test_whose_members_may_know_of_it_is_said_as_a_whole(keeper: Viewer, everyone: Cast) -> None:
    row = await paper(keeper)
    some = CatalogueAudience.SOME_BODIES
    group, sector = everyone.group.id, everyone.sector.id

    await documents.audience_set(keeper, document=row.id, bodies=[group, sector, group], audience=some)
    shown = await documents.audience_set(keeper, document=row.id, bodies=[sector])

    assert await DocumentAudience.filter(document_id=row.id).values_list("body_id", flat=True) == [sector]
    assert shown.catalogue_audience is some
    assert {len(bodies) for bodies in (await last("documents.audience"))["bodies"]} == {1, 2}
    with pytest.raises(NotThere):
        await documents.audience_set(keeper, document=row.id, bodies=[make.some_id()])


async def test_a_new_wording_takes_the_documents_over_and_asks_everybody_anew(keeper: Viewer, everyone: Cast) -> None:
    member = everyone["member"]
    first = await documents.agreement_publish(keeper, text_en="No photographs.")
    bound, free = await paper(keeper, agreement=first.id), await paper(keeper)
    for _ in range(2):
        await documents.agreement_accept(member, agreement=first.id)

    second = await documents.agreement_publish(keeper, text_zh="不得拍照。", text_en="No photographs, no copies.")

    assert (first.n, second.n) == (1, 2)
    assert (await Document.get(id=bound.id)).agreement_id == second.id
    assert (await Document.get(id=free.id)).agreement_id is None
    assert await AgreementAcceptance.all().values_list("agreement_id", flat=True) == [first.id]
    assert await AuditEntry.filter(action="documents.agreement_accept").count() == 1
    assert (await last("documents.agreement_publish")) == {"n": 2, "documents": 1}
    with pytest.raises(Conflict):
        await documents.agreement_accept(member, agreement=first.id)


async def test_who_may_publish_and_who_may_accept(keeper: Viewer, everyone: Cast) -> None:
    row = await documents.agreement_publish(keeper, text_en="No photographs.")

    for one in (keeps(everyone), everyone["secretary"], everyone["admin"], everyone["member"]):
        with pytest.raises(Refused):
            await documents.agreement_publish(one, text_en="Anything goes.")
    for one in (everyone["visitor"], keeper):
        with pytest.raises(Refused):
            await documents.agreement_accept(one, agreement=row.id)
    with pytest.raises(Invalid):
        await documents.agreement_publish(keeper, text_en=" ")
    assert (await AgreementAcceptance.all().count(), await documents.ReadingAgreement.all().count()) == (0, 1)


@pytest.mark.usefixtures("db")
async def test_a_folder_with_nothing_in_it_is_there_for_who_keeps_it(keeper: Viewer, everyone: Cast) -> None:
    row = await documents.folder_add(keeper, name_en="Empty")

    for viewer, sees in ((keeper, True), (everyone["member"], False), (everyone["visitor"], False)):
        assert await Folder.filter(documents.visible_folders(viewer), id=row.id).exists() == sees
