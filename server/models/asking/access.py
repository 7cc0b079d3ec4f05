"""Wishes to read a document: asked, completed, answered with a grant or a reason, reviewed once, lapsed (RD-5)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypedDict, Unpack
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.errors import Conflict, Invalid, Problem, Refused
from server.models import audit, documents
from server.models.accounts.holders import who_may
from server.models.accounts.tables import Account, RoleAssignment
from server.models.calendar import calendar_around
from server.models.database import transaction
from server.models.documents import AccessGrant, AccessRequest, Document, Folder, Whom
from server.models.facts import before_and_after, differing, tidy
from server.models.fields import holding
from server.models.history import locked, not_there, there
from server.models.messages import telling
from server.models.reads import Count, Read, read_all
from server.rules.access import (
    ACCESS_MOVES,
    ANSWERED_WITHIN,
    OF_KEEPER,
    OF_REVIEWER,
    WAITING,
    AccessState,
    AccessStep,
    Refusal,
    Standing,
    access_due,
    access_steps,
    end_of,
)
from server.rules.documents import Act, DocumentState, GrantState, decide
from server.rules.keeping import principals
from server.rules.messages import Topic
from server.rules.permissions import Action
from server.viewer import NOWHERE, Viewer
from server.words import Words, say

ASKABLE = (Act.READ, Act.DOWNLOAD)
"""What can be asked for; whoever asks knows already that it exists."""


class Conditions(TypedDict, total=False):
    """On what conditions a wish is granted; what is absent is as it was asked. until: the last day."""

    act: Act
    until: dt.date
    max_opens: int | None


def own_access_requests(viewer: Viewer) -> Q:
    """One's own wishes to read."""
    mine: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    return Q(**mine)


def answerable_access_requests(viewer: Viewer) -> Q:
    """Those of others for documents that one keeps, and refusals that went into a review which one may do."""
    reviewed = _in(documents.confirmed_folders(viewer)) & Q(review_asked_at__isnull=False)
    return (_in(documents.kept_folders(viewer)) | reviewed) & ~own_access_requests(viewer)


def visible_access_requests(viewer: Viewer) -> Q:
    """One's own, and those that one may answer."""
    return own_access_requests(viewer) | answerable_access_requests(viewer)


def late_access_requests(viewer: Viewer) -> Q:
    """Those whose answer, or whose review, should be there by now; see `access_late_by`."""
    answer = Q(state=AccessState.SUBMITTED, due_on__lt=viewer.today)
    return answer | Q(state=AccessState.IN_REVIEW, review_due_on__lt=viewer.today)


def _in(folders: Q) -> Q:
    """Wishes for documents that lie in these folders."""
    lying = Document.filter(folder_id__in=Subquery(Folder.filter(folders).values("id")))
    asked: Any = {"document_id__in": Subquery(lying.values("id"))}
    return Q(**asked)


async def due_access(viewer: Viewer, until: dt.date) -> dict[UUID, list[dt.date]]:
    """By account, the days of what it has to answer or review until then, late ones included."""
    answers = Q(state=AccessState.SUBMITTED, due_on__lte=until)
    due = AccessRequest.filter(answers | Q(state=AccessState.IN_REVIEW, review_due_on__lte=until))
    found: dict[UUID, list[dt.date]] = defaultdict(list)
    for row in await due.order_by("due_on", "id"):
        answers_now = row.state is AccessState.SUBMITTED
        whose = await _keepers(viewer, row) if answers_now else await _reviewers(viewer, row)
        for account in whose:
            found[account].append(row.due_on if answers_now else row.review_due_on or row.due_on)
    return found


def standing_reads(viewer: Viewer, document: UUID, *decided_by: UUID | None) -> dict[str, Read]:
    """What is read to tell what the viewer is to a wish for that document, which these decided: a deputy and who is
    away are one (RD-5)."""
    folders = {"keeps": documents.kept_folders(viewer), "confirms": documents.confirmed_folders(viewer)}
    lies = {
        name: Count(Document.filter(id=document, folder_id__in=Subquery(Folder.filter(found).values("id"))))
        for name, found in folders.items()
    }
    mine: Any = {"id__in": [*([viewer.account] if viewer.account else []), *principals(viewer.roles)]}
    same: Any = {"person_id__in": [viewer.person] if viewer.person else []}
    these: Any = {"id__in": [one for one in decided_by if one]}
    return {**lies, "refused": Count(Account.filter(Q(**mine) | Q(**same), **these))}


def standing_of(viewer: Viewer, person: UUID, found: Mapping[str, Any]) -> Standing:
    """The same, made of what was read. person: who asked."""
    said = {name: bool(found[name]) for name in ("keeps", "confirms", "refused")}
    return Standing(own=person == viewer.person, **said)


async def access_ask(
    viewer: Viewer, *, document: UUID, act: Act = Act.READ, purpose: str, wanted_until: dt.date
) -> AccessRequest:
    """Ask to read a document that one may see, for a purpose, until and with a day.

    Raises NotThere for what one may not see, Refused where no grant would help (RD-1) and for who is nobody in the
    register, Invalid for what says nothing, Conflict where one may read it already, or asked already.
    """
    viewer.must(Action.ASK_ABOUT_DOCUMENTS)
    if viewer.person is None:
        raise Refused(Problem("NO_PERSON", say("Your account belongs to nobody in the register.")))
    if act not in ASKABLE:
        raise Invalid(Problem("NOT_ASKABLE", say("Ask to read it, or to have it as a file."), "act"))
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    due = access_due(calendar, viewer.today)
    async with transaction():
        lies = await _askable(viewer, document, act)
        said = _sound(viewer, lies, {"purpose": purpose, "wanted_until": wanted_until})
        if await AccessRequest.filter(document_id=document, person_id=viewer.person, state__in=WAITING).exists():
            message = say("You have asked for this already. Withdraw that request first, or wait for the answer.")
            raise Conflict(Problem("ASKED_ALREADY", message))
        facts: dict[str, Any] = {"document_id": document, "person_id": viewer.person, "act": act, "due_on": due}
        facts["due_without"] = calendar.unknown(viewer.today, due)
        row = await AccessRequest.create(state=AccessState.SUBMITTED, asked_at=viewer.now, **facts, **said)
        about = {"document": f"doc_{document}", "act": act, "wanted_until": wanted_until}
        await audit.record(viewer, "access.ask", f"arq_{row.id}", about)
        await _tell_keepers(viewer, row, say("Someone asks to read a document that you keep"))
    return row


async def access_complete(
    viewer: Viewer, *, request: UUID, purpose: str, wanted_until: dt.date | None = None
) -> AccessRequest:
    """Say more, as the office asked: the purpose anew, and another end where one is given. The days run anew."""
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    due = access_due(calendar, viewer.today)
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.COMPLETE)
        lies = await there(Document, row.document_id)
        said = _sound(viewer, lies, {"purpose": purpose, "wanted_until": wanted_until or row.wanted_until})
        new = differing(row, said | {"due_on": due, "due_without": calendar.unknown(viewer.today, due)})
        row = await _moved(viewer, row, state, AccessStep.COMPLETE, new, before_and_after(row, new))
        await _tell_keepers(viewer, row, say("Someone added what you asked about their request to read a document"))
    return row


async def access_withdraw(viewer: Viewer, *, request: UUID) -> AccessRequest:
    """Take one's own wish back, as long as it waits."""
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.WITHDRAW)
        return await _moved(viewer, row, state, AccessStep.WITHDRAW)


async def access_give(
    viewer: Viewer, *, request: UUID, answer: str = "", **conditions: Unpack[Conditions]
) -> AccessRequest:
    """Grant what was asked, on conditions; what is work-sensitive waits for the second person (RD-2)."""
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.GIVE)
        grant = await _given(viewer, row, Action.MANAGE_DOCUMENTS, conditions)
        facts = _decided(viewer) | _told("answer", answer, "answer") | {"grant_id": grant.id}
        return await _moved(viewer, row, state, AccessStep.GIVE, facts, {"grant": f"grt_{grant.id}"})


async def access_refuse(viewer: Viewer, *, request: UUID, code: Refusal, reason: str = "") -> AccessRequest:
    """Say no, with a reason of the closed list; whoever asked may ask for a review within five working days."""
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    until = access_due(calendar, viewer.today)
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.REFUSE)
        facts = _decided(viewer) | _told("answer", reason, "reason") | {"code": code, "review_until": until}
        row = await _moved(viewer, row, state, AccessStep.REFUSE, facts, {"code": code})
        words = say("Your request to read a document was refused; you can ask for a review until {day}", day=until)
        await _tell_asker(viewer, row, words)
    return row


async def access_ask_more(viewer: Viewer, *, request: UUID, question: str) -> AccessRequest:
    """Ask back what is missing."""
    said = _must_say("answer", question, "question")
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.ASK_MORE)
        row = await _moved(viewer, row, state, AccessStep.ASK_MORE, said)
        await _tell_asker(viewer, row, say("Something is asked back about your request to read a document"))
    return row


async def access_ask_review(viewer: Viewer, *, request: UUID, words: str) -> AccessRequest:
    """Ask once that another person looks at a refusal. Raises Conflict where nobody else could (RD-5)."""
    said = _must_say("review_words", words, "words")
    calendar = await calendar_around(viewer, viewer.today, ANSWERED_WITHIN)
    due = access_due(calendar, viewer.today)
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.ASK_REVIEW)
        reviewers = await _reviewers(viewer, row)
        if not reviewers:
            message = say("Nobody but who refused it may decide on this. Ask the general office to name someone.")
            raise Conflict(Problem("NO_REVIEWER", message, rule="RD-5"))
        facts = said | {"review_asked_at": viewer.now, "review_due_on": due}
        row = await _moved(viewer, row, state, AccessStep.ASK_REVIEW, facts)
        await _tell(viewer, row, say("Someone asks that you look at a refusal to read a document"), reviewers)
    return row


async def access_overturn(
    viewer: Viewer, *, request: UUID, answer: str = "", **conditions: Unpack[Conditions]
) -> AccessRequest:
    """As the reviewer: grant what was refused, on conditions."""
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.OVERTURN)
        grant = await _given(viewer, row, Action.CONFIRM_GRANTS, conditions)
        facts = _reviewed(viewer) | _told("review_answer", answer, "answer") | {"grant_id": grant.id}
        return await _moved(viewer, row, state, AccessStep.OVERTURN, facts, {"grant": f"grt_{grant.id}"})


async def access_uphold(viewer: Viewer, *, request: UUID, reason: str) -> AccessRequest:
    """As the reviewer: the refusal stands, and why."""
    said = _must_say("review_answer", reason, "reason")
    async with transaction():
        viewer, row, state = await _stepping(viewer, request, AccessStep.UPHOLD)
        row = await _moved(viewer, row, state, AccessStep.UPHOLD, _reviewed(viewer) | said)
        words = say("Another person looked at your request to read a document: the refusal stands")
        await _tell_asker(viewer, row, words)
    return row


async def lapse_access(viewer: Viewer) -> int:
    """End the wishes that nobody can fulfil any more: their document ended, or their wished end went by; how many."""
    viewer.must_everywhere(Action.MANAGE_MEMBERS)
    count = 0
    gone = ~Q(document__state=DocumentState.AVAILABLE) | Q(document__expires_at__lte=viewer.now)
    async with transaction():
        over = AccessRequest.filter(gone | Q(wanted_until__lt=viewer.today), state__in=WAITING)
        keys: Any = {"id__in": await over.values_list("id", flat=True)}
        waiting = AccessRequest.filter(**keys, state__in=WAITING).order_by("asked_at", "id")
        for found in await waiting.select_for_update(no_key=True):
            row = await _moved(viewer, found, ACCESS_MOVES[found.state][AccessStep.LAPSE], AccessStep.LAPSE)
            await _tell_asker(viewer, row, say("Your request to read a document has lapsed"))
            count += 1
    return count


async def _stepping(viewer: Viewer, request: UUID, step: AccessStep) -> tuple[Viewer, AccessRequest, AccessState]:
    """The viewer as they act, the wish, locked, and how it will stand.

    Raises NotThere, Refused, and Conflict where it stands otherwise.
    """
    row = await locked(AccessRequest, request, "id")
    if not await AccessRequest.filter(visible_access_requests(viewer), id=row.id).exists():
        raise not_there("id")
    found = await read_all(standing_reads(viewer, row.document_id, row.decided_by_id, row.decided_for_id))
    standing = standing_of(viewer, row.person_id, found)
    if not standing.takes(step):
        raise Refused(_not_yours(step, standing))
    if step not in access_steps(row.state, standing, review_until=row.review_until, today=viewer.today):
        raise Conflict(_not_now(step, row))
    return await _acting(viewer, row, step), row, ACCESS_MOVES[row.state][step]


async def _acting(viewer: Viewer, row: AccessRequest, step: AccessStep) -> Viewer:
    """Who answers or reviews only as a deputy does it in somebody's place."""
    if step in OF_KEEPER:
        return viewer.acting(Action.MANAGE_DOCUMENTS, await _body_of(row))
    if step in OF_REVIEWER:
        body = await _body_of(row)
        confirms = viewer.may(Action.CONFIRM_GRANTS, body)
        return viewer.acting(Action.CONFIRM_GRANTS if confirms else Action.MANAGE_DOCUMENTS, body)
    return viewer


def _not_yours(step: AccessStep, standing: Standing) -> Problem:
    if standing.own:
        return Problem("ONESELF", say("Nobody answers their own request: another person does."), rule="RD-5")
    if standing.refused:
        return Problem("REFUSED_BY_YOU", say("You refused it: another person looks at it now."), rule="RD-5")
    keeper = Problem("NOT_KEEPER", say("Whoever keeps the folder of the document answers this."), rule="RD-5")
    asker = Problem("NOT_ASKER", say("Only whoever asked can do this."), rule="RD-5")
    return keeper if step in OF_KEEPER else asker


def _not_now(step: AccessStep, row: AccessRequest) -> Problem:
    if step is AccessStep.ASK_REVIEW and row.state is AccessState.REFUSED and row.review_until:
        message = say("A review could be asked for until {day}.", day=row.review_until)
        return Problem("REVIEW_TOO_LATE", message, rule="RD-5")
    return Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands."))


async def _moved(
    viewer: Viewer,
    row: AccessRequest,
    state: AccessState,
    step: AccessStep,
    facts: dict[str, Any] | None = None,
    said: dict[str, Any] | None = None,
) -> AccessRequest:
    """The wish as it stands now, with its entry in the trail."""
    await AccessRequest.filter(id=row.id, state=row.state).update(state=state, **(facts or {}))
    await audit.record(viewer, f"access.{step.value}", f"arq_{row.id}", {"state": [row.state, state]} | (said or {}))
    return await AccessRequest.get(id=row.id)


async def _askable(viewer: Viewer, document: UUID, act: Act) -> Document:
    """The document, locked, so that nobody asks for it twice at once."""
    row = await locked(Document, document, "document")
    case = (await documents.deciding(viewer, [document]))[document]
    if not decide(*case, Act.SEE, viewer.clock):
        raise not_there("document")
    verdict = decide(*case, act, viewer.clock)
    if verdict:
        raise Conflict(Problem("ALLOWED_ALREADY", verdict.reason, rule=verdict.rule))
    if not verdict.may_request:
        raise Refused(Problem(verdict.code, verdict.reason, rule=verdict.rule))
    return row


def _sound(viewer: Viewer, document: Document, facts: dict[str, Any]) -> dict[str, Any]:
    until = facts["wanted_until"]
    said = _must_say("purpose", facts["purpose"], "purpose")
    if until < viewer.today:
        raise Invalid(Problem("PAST", say("This day has gone by."), "wanted_until"))
    ends = document.expires_at
    if ends is not None and until > ends.astimezone(viewer.zone).date():
        message = say("The document itself is there until {moment} only.", moment=ends.astimezone(viewer.zone))
        raise Invalid(Problem("AFTER_DOCUMENT", message, "wanted_until", "RD-2"))
    return said | {"wanted_until": until}


def _told(column: str, words: str, field: str) -> dict[str, Any]:
    """A text that was typed, perhaps in several lines. Raises Invalid beside its field where it does not fit."""
    try:
        return tidy(AccessRequest, {column: " ".join(words.split())})
    except Invalid as wrong:
        raise Invalid(*(replace(problem, field=field) for problem in wrong.problems)) from None


def _must_say(column: str, words: str, field: str) -> dict[str, Any]:
    """The same, which may not be empty."""
    if not words.strip():
        raise Invalid(Problem("WORDS_MISSING", say("Say why, so that it can be understood later."), field))
    return _told(column, words, field)


async def _given(viewer: Viewer, row: AccessRequest, by: Action, conditions: Conditions) -> AccessGrant:
    """The grant, in the transaction of the answer."""
    act, until = conditions.get("act", row.act), conditions.get("until", row.wanted_until)
    if act not in ASKABLE or not row.act.carries(act):
        raise Invalid(Problem("NOT_ASKED", say("That is more than was asked for."), "act"))
    if until < viewer.today:
        raise Invalid(Problem("PAST", say("This day has gone by."), "until"))
    lies = await there(Document, row.document_id)
    ends = end_of(until, viewer.zone)
    terms: documents.Terms = {
        "act": act,
        "valid_until": min(ends, lies.expires_at) if lies.expires_at else ends,
        "max_opens": conditions.get("max_opens"),
        "reason": row.purpose[:500],
    }
    (grant,) = await documents.grant_add(
        viewer, document=row.document_id, whom=[Whom(person=row.person_id)], by=by, **terms
    )
    if grant.state is GrantState.UNCONFIRMED:  # else the grant itself is told
        words = say("What you asked to read was agreed to; a second person has to confirm it")
        await _tell_asker(viewer, row, words)
    return grant


def _decided(viewer: Viewer) -> dict[str, Any]:
    return {"decided_at": viewer.now, "decided_by_id": viewer.account, "decided_for_id": viewer.acting_for}


def _reviewed(viewer: Viewer) -> dict[str, Any]:
    return {"reviewed_at": viewer.now, "reviewer_id": viewer.account}


async def _reviewers(viewer: Viewer, row: AccessRequest) -> list[UUID]:
    """The accounts that may review: neither who refused, nor who stands in for them or they for whom, nor who asked."""
    body = await _body_of(row)
    may = {*await who_may(Action.CONFIRM_GRANTS, viewer.today, body)}
    may |= {*await who_may(Action.MANAGE_DOCUMENTS, viewer.today, body)}
    refusers = await Account.filter(id__in=[one for one in (row.decided_by_id, row.decided_for_id) if one])
    hands = {one.id for one in refusers}
    deputies = RoleAssignment.filter(holding(viewer.today), deputy_for_id__in=hands)
    hands |= {account for (account,) in await deputies.values_list("account_id")}
    people = [row.person_id, *(one.person_id for one in refusers if one.person_id)]
    return await _others(may - hands, people)


async def _others(accounts: Collection[UUID], people: Collection[UUID]) -> list[UUID]:
    """Of these accounts those that do not belong to any of these people."""
    found = await Account.filter(id__in=accounts).values_list("id", "person_id")
    return [account for account, person in found if person not in people]


async def _body_of(row: AccessRequest) -> UUID:
    folder = (await Document.get(id=row.document_id).select_related("folder")).folder
    return folder.body_id or NOWHERE


async def _tell_keepers(viewer: Viewer, row: AccessRequest, words: Words) -> None:
    await _tell(viewer, row, words, await _keepers(viewer, row))


async def _keepers(viewer: Viewer, row: AccessRequest) -> list[UUID]:
    """The accounts that may answer: those that keep the folder, but not who asked."""
    keepers = await who_may(Action.MANAGE_DOCUMENTS, viewer.today, await _body_of(row))
    return await _others(keepers, [row.person_id])


async def _tell_asker(viewer: Viewer, row: AccessRequest, words: Words) -> None:
    link = f"/access-requests/arq_{row.id}"
    await telling.tell(viewer, topic=Topic.DOCUMENTS, words=words, people=[row.person_id], link=link)


async def _tell(viewer: Viewer, row: AccessRequest, words: Words, accounts: Collection[UUID]) -> None:
    """Those who answer. No title leaves the house (PU-1)."""
    await telling.tell(viewer, topic=Topic.WORK, words=words, accounts=accounts, link=f"/access-requests/arq_{row.id}")
