"""Terms that are given often: kept by name with a folder, offered for all below it, and gone when they are ended."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import documents
from server.models.bodies import BodyRole
from server.models.documents import Document, Folder, GrantTemplate, offered_on, template_add, template_end
from server.models.documents import visible_templates as visible
from server.rules.documents import Act
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.documents.test_shelving import last


async def _folders(cast: Cast) -> tuple[Folder, Folder, Document]:
    top = await documents.folder_add(cast["custodian"], name_en="Papers")
    inner = await documents.folder_add(cast["custodian"], name_en="Education", parent=top.id)
    return top, inner, await documents.document_add(cast["custodian"], folder=inner.id, title_en="Nursery schools")


async def test_a_template_of_a_folder_is_offered_for_all_that_lies_below(everyone: Cast) -> None:
    top, inner, paper = await _folders(everyone)
    keeper = everyone["custodian"]
    await template_add(keeper, folder=top.id, name="B week", reason="a hearing")
    await template_add(keeper, folder=inner.id, name="A month", reason="a hearing", days=30, act=Act.DOWNLOAD)

    for place, row, names in (
        (Folder, top, ["B week"]),
        (Folder, inner, ["A month", "B week"]),
        (Document, paper, ["A month", "B week"]),
    ):
        found = GrantTemplate.filter(visible(keeper), offered_on(place, row.id)).order_by("name")
        assert await found.values_list("name", flat=True) == names


async def test_what_is_kept_is_on_the_trail_and_gone_when_it_is_ended(everyone: Cast) -> None:
    top, _, _ = await _folders(everyone)
    keeper = everyone["custodian"]
    row = await template_add(keeper, folder=top.id, name=" A week ", reason="a hearing", max_opens=2)
    said = await last("documents.template_add")

    assert (row.name, row.days, row.act, said["template"]) == ("A week", 7, Act.READ, str(row.id))

    await template_end(keeper, template=row.id)

    assert not await GrantTemplate.filter(visible(keeper)).exists()
    assert (await last("documents.template_end"))["name"] == "A week"
    with pytest.raises(NotThere):
        await template_end(keeper, template=row.id)
    await template_add(keeper, folder=top.id, name="A week", reason="its name is free again")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("days", {"days": 0}),
        ("days", {"days": 367}),
        ("max_opens", {"max_opens": 0}),
        ("act", {"act": Act.MANAGE}),
        ("body", {"body_role": BodyRole.HEAD}),
        ("reason", {"reason": ""}),
    ],
)
async def test_terms_that_no_grant_could_have_are_told_by_field(everyone: Cast, field: str, wrong: dict) -> None:
    top, _, _ = await _folders(everyone)
    with pytest.raises(Invalid) as refused:
        await template_add(everyone["custodian"], folder=top.id, **{"name": "A week", "reason": "a hearing"} | wrong)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert not await GrantTemplate.all().exists()


async def test_two_of_one_name_in_a_folder_would_not_be_told_apart(everyone: Cast) -> None:
    top, inner, _ = await _folders(everyone)
    await template_add(everyone["custodian"], folder=top.id, name="A week", reason="a hearing")
    await template_add(everyone["custodian"], folder=inner.id, name="A week", reason="a hearing")

    with pytest.raises(Conflict):
        await template_add(everyone["custodian"], folder=top.id, name="A week", reason="a hearing")


async def test_only_who_keeps_the_folder_keeps_templates_there(everyone: Cast) -> None:
    top, _, _ = await _folders(everyone)
    row = await template_add(everyone["custodian"], folder=top.id, name="A week", reason="a hearing")
    other = make.viewer(Role.CUSTODIAN, body=everyone.bureau, account=everyone.accounts["department"].id)

    assert not await GrantTemplate.filter(visible(other)).exists()
    for one in (everyone["member"], other):
        with pytest.raises((NotThere, Refused)):
            await template_add(one, folder=top.id, name="Mine", reason="a hearing")
        with pytest.raises(NotThere):
            await template_end(one, template=row.id)


async def test_of_what_is_not_there_nothing_is_kept_and_nothing_given(everyone: Cast) -> None:
    keeper = everyone["custodian"]
    top = await documents.folder_add(keeper, name_en="Papers")
    with pytest.raises(NotThere):
        await template_add(keeper, folder=top.id, name="A week", reason="a hearing", body=make.some_id())
    whom = [documents.Whom(person=everyone.people["member"].id)]
    with pytest.raises(NotThere):
        await documents.grant_add(keeper, folder=make.some_id(), whom=whom, reason="a hearing")
    assert not await GrantTemplate.all().exists()
