"""Questions about documents by a browser without script, and as programs ask them; nobody is told who asked."""

from dataclasses import replace

from server.models.asking import explanation_publish
from server.models.documents import Explanation, grant_end
from server.rules.documents import GrantState, Level
from server.rules.explanations import ExplanationState
from tests import make
from tests.asking.shelf import DAY, TITLE
from tests.asking.test_explanations import answered, asked, given
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

FIELDS = "id state own toAll steps lateBy title no document { title } department { name }"
READ = f"query ($id: ID!) {{ explanation(id: $id) {{ {FIELDS} }} }}"
ASKER = "Mei Member"


async def test_from_the_question_to_the_page_of_every_reader(sign_in: SignIn, everyone: Cast) -> None:
    paper = await given(everyone)
    address = f"/documents/doc_{paper.id}"
    member, bureau, keeper, leader = [await sign_in(n) for n in ("member", "department", "custodian", "leader")]

    page, form = await member.get(address), await member.get(f"{address}/question")
    empty = await member.post(f"{address}/question", data={"question": " "})
    sent = await member.post(f"{address}/question", data={"question": "Which year?"})
    one = sent.headers["Location"]
    assert (sent.status_code, one.startswith("/explanations/exp_")) == (303, True)
    today, listed, shown = [await bureau.get(place) for place in ("/", "/explanations", one)]
    hidden, other = await bureau.get(address), await leader.get(one)
    blank = await bureau.post(f"{one}/answer", data={"reply": ""})
    done = await bureau.post(f"{one}/answer", data={"reply": "Of 2025.\r\n\r\nSee page 2."})
    own, kept = await member.get(one), await keeper.get(one)
    await keeper.post(f"{one}/publish")
    public = await leader.get(address)
    await keeper.post(f"{one}/unpublish")
    closed = await leader.get(address)

    assert (f"{address}/question" in page.text, "Education Bureau" in form.text) == (True, True)
    assert (empty.status_code, 'id="question-problem"' in empty.text) == (422, True)
    assert "1 questions about documents wait for your department" in today.text
    assert (one in listed.text, TITLE in listed.text, TITLE in shown.text) == (True, True, True)
    assert (address in shown.text, hidden.status_code, other.status_code) == (False, 404, 404)
    assert not any(ASKER in answer.text for answer in (listed, shown, kept, public))
    assert (blank.status_code, 'id="reply-problem"' in blank.text, done.status_code) == (422, True, 303)
    assert ("<p>See page 2.</p>" in own.text, "/publish" in own.text, "/publish" in kept.text) == (True, False, True)
    assert ("Which year?" in public.text, "Of 2025." in public.text, "Which year?" in closed.text) == (
        True,
        True,
        False,
    )
    assert (await Explanation.get()).to_all is False


async def test_who_may_not_read_it_is_told_why_and_asks_nothing(sign_in: SignIn, everyone: Cast) -> None:
    paper, hidden = await given(everyone, "leader"), await given(everyone, "leader", level=Level.WORK_SENSITIVE)
    member = await sign_in("member")

    told = await member.get(f"/documents/doc_{paper.id}/question")
    tried = await member.post(f"/documents/doc_{paper.id}/question", data={"question": "Which year?"})
    missing = [
        await member.get(f"/documents/doc_{hidden.id}/question"),
        await member.post(f"/documents/doc_{hidden.id}/question", data={"question": "Which year?"}),
    ]

    assert ("Nobody has given you permission" in told.text, 'name="question"' in told.text) == (True, False)
    assert (tried.status_code, [one.status_code for one in missing]) == (403, [404, 404])
    assert await Explanation.all().count() == 0


async def test_one_takes_back_what_waits(sign_in: SignIn, everyone: Cast) -> None:
    row = await asked(everyone)
    member, bureau = await sign_in("member"), await sign_in("department")
    one = f"/explanations/exp_{row.id}"

    done = await member.post(f"{one}/withdraw")

    assert (done.status_code, done.headers["Location"]) == (303, "/me/explanations")
    assert "withdrawn" in (await member.get("/me/explanations")).text
    assert (await bureau.get(one)).status_code == 404
    assert (await Explanation.get()).state is ExplanationState.WITHDRAWN


async def test_the_api_tells_each_what_is_theirs(ask: Asks, everyone: Cast) -> None:
    row = await answered(everyone)
    key = f"exp_{row.id}"
    await Explanation.filter(id=(waits := await asked(everyone, name="leader")).id).update(due_on=make.TODAY - 3 * DAY)

    found = {n: (await ask(n, READ, id=key))["data"]["explanation"] for n in ("member", "department", "custodian")}
    others = [(await ask(name, READ, id=key))["data"] for name in ("leader", "auditor", "visitor")]
    text = "query ($late: Boolean!) { explanations(late: $late) { edges { node { id lateBy steps } } } }"
    lists = [
        [edge["node"] for edge in (await ask("department", text, late=late))["data"]["explanations"]["edges"]]
        for late in (False, True)
    ]

    assert others == [{"explanation": None}] * 3
    assert [one["own"] for one in found.values()] == [True, False, False]
    assert [one["steps"] for one in found.values()] == [[], [], ["PUBLISH"]]
    assert [one["title"] for one in found.values()] == [None, TITLE, None]
    assert [one["document"] for one in found.values()] == [{"title": TITLE}, None, {"title": TITLE}]
    assert [one["id"] for one in lists[0]] == [f"exp_{waits.id}", key]
    assert lists[1] == [{"id": f"exp_{waits.id}", "lateBy": 3, "steps": ["ANSWER"]}]


async def test_what_all_readers_see_goes_with_the_permission(ask: Asks, everyone: Cast) -> None:
    paper = await given(everyone)
    row = await answered(everyone, paper)
    await explanation_publish(everyone["custodian"], explanation=row.id)
    text = "query ($id: ID!) { document(id: $id) { explanations { question reply } } }"

    async def seen() -> tuple[list[object], object]:
        shown = (await ask("leader", text, id=f"doc_{paper.id}"))["data"]["document"]["explanations"]
        return shown, (await ask("leader", READ, id=f"exp_{row.id}"))["data"]["explanation"]

    before = await seen()
    grants = [one.id for one in await paper.grants.filter(person_id=everyone.people["leader"].id)]
    await grant_end(everyone["custodian"], grants=grants, to=GrantState.REVOKED, reason="over")

    assert (len(before[0]), before[1] is not None) == (1, True)
    assert await seen() == ([], None)
    reader = replace(everyone["member"], scopes=frozenset({"documents:read"}))
    tried = (
        f'mutation {{ it: explanationWithdraw(id: "exp_{row.id}") {{ ... on Problems {{ problems {{ code }} }} }} }}'
    )
    assert "SCOPE" in str(await ask(reader, tried))
