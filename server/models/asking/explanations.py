"""Questions about documents: asked of a department by who may read, answered, and shown to all readers (RD-4)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit, documents
from server.models.accounts.holders import who_may
from server.models.accounts.tables import Account
from server.models.calendar import calendar_around
from server.models.database import transaction
from server.models.documents import Document, Explanation, Folder
from server.models.facts import tidy
from server.models.history import locked, not_there
from server.models.members.queries import NOTHING
from server.models.messages import telling
from server.models.reads import Count, Read, read_all
from server.rules.documents import Act, decide, marked_secret
from server.rules.explanations import (
    ANSWERED_WITHIN,
    EXPLANATION_MOVES,
    LONGEST,
    ExplanationState,
    ExplanationStep,
    Part,
    explanation_due,
)
from server.rules.messages import Topic
from server.rules.permissions import Action, where
from server.viewer import NOWHERE, Viewer
from server.words import Words, say


def own_explanations(viewer: Viewer) -> Q:
    """What one asked oneself."""
    mine: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    return Q(**mine) if viewer.may(Action.READ_DOCUMENTS) else NOTHING


def answerable_explanations(viewer: Viewer) -> Q:
    """What others ask the departments for which one answers, as long as they do not take it back."""
    if not viewer.may(Action.ANSWER_EXPLANATIONS):
        return NOTHING
    bodies = where(viewer.roles, Action.ANSWER_EXPLANATIONS)
    asked: dict[str, Any] = {} if bodies is None else {"department_id__in": list(bodies)}
    return ~Q(state=ExplanationState.WITHDRAWN) & Q(**asked) & ~own_explanations(viewer)


def kept_explanations(viewer: Viewer) -> Q:
    """What is asked about the documents that one keeps, unless it was taken back."""
    folders = Subquery(Folder.filter(documents.kept_folders(viewer)).values("id"))
    about: Any = {"document_id__in": Subquery(Document.filter(folder_id__in=folders).values("id"))}
    return ~Q(state=ExplanationState.WITHDRAWN) & Q(**about)


def published_explanations(viewer: Viewer) -> Q:
    """What every reader sees, of the documents that the viewer may read at this moment."""
    read: Any = {"document_id__in": Subquery(Document.filter(documents.allowed(viewer, Act.READ)).values("id"))}
    return Q(to_all=True, **read)


def worked_on_explanations(viewer: Viewer) -> Q:
    """Those that one answers, and those about what one keeps."""
    return answerable_explanations(viewer) | kept_explanations(viewer)


def visible_explanations(viewer: Viewer) -> Q:
    """One's own, those that one works on, and what every reader sees."""
    return own_explanations(viewer) | worked_on_explanations(viewer) | published_explanations(viewer)


def late_explanations(viewer: Viewer) -> Q:
    """Those that should be answered by now; see `explanation_late_by`."""
    return Q(state=ExplanationState.ASKED, due_on__lt=viewer.today)


async def due_explanations(viewer: Viewer, until: dt.date) -> list[tuple[Explanation, list[UUID]]]:
    """Those to be answered until then, late ones included, each with the accounts that may."""
    rows = await Explanation.filter(state=ExplanationState.ASKED, due_on__lte=until).order_by("due_on", "id")
    contacts = {key: await _contacts(viewer, key) for key in {row.department_id for row in rows}}
    return [(row, await _others(contacts[row.department_id], row.person_id)) for row in rows]


def part_reads(viewer: Viewer, document: UUID) -> dict[str, Read]:
    """What is read to tell what the viewer is to a question about that document."""
    folders = Subquery(Folder.filter(documents.kept_folders(viewer)).values("id"))
    return {"keeps": Count(Document.filter(id=document, folder_id__in=folders))}


def part_of(viewer: Viewer, row: Any, found: Mapping[str, Any]) -> Part:
    """The same, made of what was read. row: has the columns of a question."""
    return Part(
        own=row.person_id == viewer.person,
        answers=bool(viewer.may(Action.ANSWER_EXPLANATIONS, row.department_id)),
        keeps=bool(found["keeps"]),
    )


async def explanation_ask(viewer: Viewer, *, document: UUID, question: str) -> Explanation:
    """Ask the department of a document that one may read now.

    Raises NotThere for what one may not see, Refused for what one may not read and for who is nobody in the register,
    Invalid for what says nothing, Conflict where nobody could answer, or a question of one's own waits already.
    """
    viewer.must(Action.ASK_ABOUT_DOCUMENTS)
    if viewer.person is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    said = _sound(" ".join(question.split()), "question")
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    due = explanation_due(calendar, viewer.today)
    async with transaction():
        department = await _asked_about(viewer, document)
        mine: dict[str, Any] = {"document_id": document, "person_id": viewer.person}
        if await Explanation.filter(**mine, state=ExplanationState.ASKED).exists():
            message = say("A question of yours about it waits already. Withdraw it first, or wait for the answer.")
            raise Conflict(Problem("ASKED_ALREADY", message))
        contacts = await _others(await _contacts(viewer, department), viewer.person)
        if not contacts:
            message = say("Nobody here answers for that department yet. Ask the general office to name someone.")
            raise Conflict(Problem("NO_CONTACT", message, rule="RD-4"))
        dates: dict[str, Any] = {
            "asked_at": viewer.now,
            "due_on": due,
            "due_without": calendar.unknown(viewer.today, due),
        }
        row = await Explanation.create(state=ExplanationState.ASKED, department_id=department, **mine, **dates, **said)
        about = {"document": f"doc_{document}", "department": f"bod_{department}", "due_on": due}
        await audit.record(viewer, "explanation.ask", f"exp_{row.id}", about)
        words = say("Your department is asked about one of its documents; the answer is due by {day}", day=due)
        await _tell(viewer, row, words, topic=Topic.WORK, accounts=contacts)
    return row


async def explanation_answer(viewer: Viewer, *, explanation: UUID, reply: str) -> Explanation:
    """As the department: answer. Whoever asked is told."""
    text = reply.replace("\r\n", "\n").replace("\t", " ").strip()
    said = _sound(text, "reply")
    async with transaction():
        row = await _stepping(viewer, explanation, ExplanationStep.ANSWER)
        facts = said | {"replied_at": viewer.now, "replied_by_id": viewer.account}
        row = await _moved(viewer, row, ExplanationStep.ANSWER, facts)
        words = say("Your question about a document has been answered")
        await _tell(viewer, row, words, topic=Topic.DOCUMENTS, people=[row.person_id])
    return row


async def explanation_withdraw(viewer: Viewer, *, explanation: UUID) -> Explanation:
    """Take one's own question back, as long as it waits. Then nobody else sees it any more."""
    async with transaction():
        row = await _stepping(viewer, explanation, ExplanationStep.WITHDRAW)
        return await _moved(viewer, row, ExplanationStep.WITHDRAW)


async def explanation_publish(viewer: Viewer, *, explanation: UUID) -> Explanation:
    """Show question and answer, as they are, to everyone who may read the document; not who asked."""
    async with transaction():
        row = await _stepping(viewer, explanation, ExplanationStep.PUBLISH)
        return await _moved(viewer, row, ExplanationStep.PUBLISH)


async def explanation_unpublish(viewer: Viewer, *, explanation: UUID) -> Explanation:
    """Undo that: only whoever asked sees the answer again, and those who work on it."""
    async with transaction():
        row = await _stepping(viewer, explanation, ExplanationStep.UNPUBLISH)
        return await _moved(viewer, row, ExplanationStep.UNPUBLISH)


async def _asked_about(viewer: Viewer, document: UUID) -> UUID:
    """The department of the document, which is locked, so that nobody asks twice at once."""
    row = await locked(Document, document, "document")
    case = (await documents.deciding(viewer, [document]))[document]
    if not decide(*case, Act.SEE, viewer.clock):
        raise not_there("document")
    verdict = decide(*case, Act.READ, viewer.clock)
    if not verdict:
        raise Refused(Problem(verdict.code, verdict.reason, rule=verdict.rule))
    if department := row.origin_id or row.explainer_id:
        return department
    message = say("It comes from no department. Ask whoever keeps it to name one that explains it.")
    raise Conflict(Problem("NO_DEPARTMENT", message, rule="RD-4"))


async def _stepping(viewer: Viewer, explanation: UUID, step: ExplanationStep) -> Explanation:
    """The question, locked. Raises NotThere, Refused, and Conflict where it stands otherwise."""
    row = await locked(Explanation, explanation, "id")
    if not await Explanation.filter(visible_explanations(viewer), id=row.id).exists():
        raise not_there("id")
    await _must_be_theirs(viewer, row, step)
    if step not in EXPLANATION_MOVES[row.state, row.to_all]:
        raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
    return row


async def _must_be_theirs(viewer: Viewer, row: Explanation, step: ExplanationStep) -> None:
    """The same as `Part.takes`, with the reason."""
    if step is ExplanationStep.ANSWER:
        viewer.must(Action.ANSWER_EXPLANATIONS, row.department_id)
    elif step is not ExplanationStep.WITHDRAW:
        lies = await Document.get(id=row.document_id).select_related("folder")
        viewer.must(Action.MANAGE_DOCUMENTS, lies.folder.body_id or NOWHERE)
    part = part_of(viewer, row, await read_all(part_reads(viewer, row.document_id)))
    if part.takes(step):
        return
    if part.own:
        raise Refused(Problem("ONESELF", say("Nobody answers their own question: another person does."), rule="RD-4"))
    raise Refused(Problem("NOT_ASKER", say("Only whoever asked can do this."), rule="RD-4"))


async def _moved(
    viewer: Viewer, row: Explanation, step: ExplanationStep, facts: dict[str, Any] | None = None
) -> Explanation:
    """The question as it stands now, with its entry in the trail, which repeats no words of it."""
    state, to_all = EXPLANATION_MOVES[row.state, row.to_all][step]
    new = {"state": state, "to_all": to_all}
    await Explanation.filter(id=row.id, state=row.state, to_all=row.to_all).update(**new, **(facts or {}))
    said = {"state": [row.state, state], "to_all": [row.to_all, to_all]}
    await audit.record(viewer, f"explanation.{step.value}", f"exp_{row.id}", said)
    return await Explanation.get(id=row.id)


def _sound(text: str, field: str) -> dict[str, Any]:
    """A question, or an answer, which may have lines. Raises Invalid beside its field where it cannot be kept."""
    if not text:
        raise Invalid(Problem("WORDS_MISSING", say("Write something."), field))
    if marked_secret(text):
        message = say("It bears the marking of a state secret. Such words have no place here.")
        raise Invalid(Problem("STATE_SECRET", message, field, "RD-2"))
    tidy(Explanation, {field: text.replace("\n", " ")})
    if len(text) > LONGEST:
        message = say("At most {most} characters; these are {length}.", most=LONGEST, length=len(text))
        raise Invalid(Problem("TOO_LONG", message, field))
    return {field: text}


async def _contacts(viewer: Viewer, department: UUID) -> list[UUID]:
    """The accounts that may answer for the department."""
    return await who_may(Action.ANSWER_EXPLANATIONS, viewer.today, department)


async def _others(accounts: list[UUID], asker: UUID) -> list[UUID]:
    """Those that are not of whoever asks."""
    found = await Account.filter(id__in=accounts).values_list("id", "person_id")
    return [account for account, person in found if person != asker]


async def _tell(viewer: Viewer, row: Explanation, words: Words, **more: Any) -> None:
    """No title leaves the house (PU-1)."""
    await telling.tell(viewer, words=words, link=f"/explanations/exp_{row.id}", **more)
