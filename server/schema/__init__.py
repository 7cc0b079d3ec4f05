"""What the world may ask: the rooms merged into one schema, for clients and for our own pages alike."""

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLError, NameNode
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult, get_object_definition
from strawberry.types.execution import PreExecutionError

from server.models import audit as trail
from server.rules.permissions import Action
from server.schema.access import AccessMutation, AccessQuery, AccessRequest
from server.schema.accounts import AccountMutation, AccountQuery
from server.schema.activities import (
    Activity,
    ActivityAnswerMutation,
    ActivityMutation,
    ActivityQuery,
    LeaveRequest,
    Participation,
)
from server.schema.affording import refused
from server.schema.apps import AppMutation, AppQuery
from server.schema.assembly import Assembly, AssemblyMutation, AssemblyQuery
from server.schema.audit import AuditQuery
from server.schema.backups import BackupQuery
from server.schema.bodies import Body, BodyMembership, BodyMutation, BodyQuery, BodyRelation
from server.schema.calendar import CalendarChange, CalendarMutation, CalendarQuery
from server.schema.changes import ChangeQuery
from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.plans import Compiler
from server.schema.compiling.texts import Read, Texts
from server.schema.documents import (
    AccessGrant,
    Document,
    DocumentMutation,
    DocumentQuery,
    DocumentVersion,
    Folder,
    GivingMutation,
    GivingQuery,
    GrantTemplate,
    MatrixMutation,
    MatrixQuery,
    NamedQuery,
    PreviewQuery,
    ReadingAgreement,
    TemplateMutation,
    TemplateQuery,
)
from server.schema.explanations import Explanation, ExplanationMutation, ExplanationQuery
from server.schema.exploring import Exploring
from server.schema.happening import Subscription
from server.schema.hearings import (
    Hearing,
    HearingApplication,
    HearingChoiceMutation,
    HearingMutation,
    HearingQuery,
    HearingVisitMutation,
    HearingVisitQuery,
)
from server.schema.imports import ImportMutation, ImportQuery
from server.schema.invitations import Invitation, InvitationMutation, InvitationQuery
from server.schema.jobs import JobQuery
from server.schema.keeping import KeepingMutation, KeepingQuery
from server.schema.learning import AssigningMutation, AssigningQuery, CoverageQuery, LearningMutation, LearningQuery
from server.schema.materials import MaterialMutation, MaterialQuery, MaterialRequest
from server.schema.members import (
    MemberMutation,
    MemberQuery,
    Membership,
    MembershipPost,
    MembershipStatus,
    Person,
    Term,
)
from server.schema.messages import (
    ChoiceMutation,
    ChoiceQuery,
    DeliveryMutation,
    DeliveryQuery,
    MailingMutation,
    MailingQuery,
    MessageMutation,
    MessageQuery,
)
from server.schema.problems import ToProblems, error
from server.schema.readers import ReaderMutation, ReaderQuery
from server.schema.reading import Asking
from server.schema.readings import ReadingMutation, ReadingQuery, ReadingSession
from server.schema.renewal import RenewalMutation, RenewalQuery
from server.schema.repeating import repeatable
from server.schema.requests import Request, RequestMutation, RequestQuery
from server.schema.rooms import Booking, Loan, PaperCopy, ReadingRoom, ReadingSlot, RoomMutation, RoomQuery
from server.schema.sessions import Session, SessionMutation
from server.schema.tokens import TokenMutation, TokenQuery
from server.schema.viewing import ViewingQuery
from server.schema.welcome import WelcomeMutation, WelcomeQuery

__all__ = ["Action", "Asking", "api", "ask", "ask_at_a_moment", "ask_for_pages", "formatted", "pages"]

log = logging.getLogger("luzhi.schema")
MOST_ERRORS = 5
"""That are told in one answer."""

Query = merge_types(
    "Query",
    (
        ViewingQuery,
        MemberQuery,
        BodyQuery,
        LearningQuery,
        CoverageQuery,
        AssigningQuery,
        RenewalQuery,
        AccountQuery,
        InvitationQuery,
        RequestQuery,
        DocumentQuery,
        GivingQuery,
        NamedQuery,
        PreviewQuery,
        MatrixQuery,
        TemplateQuery,
        ReadingQuery,
        RoomQuery,
        ReaderQuery,
        AccessQuery,
        ExplanationQuery,
        MaterialQuery,
        KeepingQuery,
        ActivityQuery,
        HearingQuery,
        HearingVisitQuery,
        WelcomeQuery,
        TokenQuery,
        AppQuery,
        ImportQuery,
        MessageQuery,
        ChoiceQuery,
        MailingQuery,
        DeliveryQuery,
        AuditQuery,
        BackupQuery,
        ChangeQuery,
        JobQuery,
        CalendarQuery,
        AssemblyQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        MemberMutation,
        BodyMutation,
        LearningMutation,
        AssigningMutation,
        RenewalMutation,
        AccountMutation,
        InvitationMutation,
        RequestMutation,
        DocumentMutation,
        GivingMutation,
        MatrixMutation,
        TemplateMutation,
        ReadingMutation,
        RoomMutation,
        ReaderMutation,
        AccessMutation,
        ExplanationMutation,
        MaterialMutation,
        KeepingMutation,
        ActivityMutation,
        ActivityAnswerMutation,
        HearingMutation,
        HearingChoiceMutation,
        HearingVisitMutation,
        WelcomeMutation,
        TokenMutation,
        AppMutation,
        SessionMutation,
        ImportMutation,
        MessageMutation,
        ChoiceMutation,
        MailingMutation,
        DeliveryMutation,
        CalendarMutation,
        AssemblyMutation,
    ),
)
repeatable(Mutation)
get_object_definition(Query, strict=True).description = "All that can be asked."
get_object_definition(Mutation, strict=True).description = "All that can be changed."
get_object_definition(Subscription, strict=True).description = "All that can be waited for, over a socket."
TYPES = (
    Person,
    Membership,
    MembershipStatus,
    MembershipPost,
    Term,
    Body,
    BodyMembership,
    BodyRelation,
    Session,
    Invitation,
    Request,
    Folder,
    Document,
    DocumentVersion,
    AccessGrant,
    GrantTemplate,
    ReadingSession,
    AccessRequest,
    Explanation,
    MaterialRequest,
    Activity,
    Participation,
    LeaveRequest,
    Hearing,
    HearingApplication,
    ReadingAgreement,
    ReadingRoom,
    ReadingSlot,
    Booking,
    PaperCopy,
    Loan,
    CalendarChange,
    Assembly,
)


class Schema(strawberry.Schema):
    """A schema whose bugs are logged once, by whoever answers; a refusal is no error of ours."""

    @cached_property
    def texts(self) -> Texts:
        """The documents that it read."""
        return Texts(self._schema)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: see `problems.error` for clients and the pages' own handlers."""


def build(query: type, mutation: type | None = None, subscription: type | None = None, **config: Any) -> Schema:
    """A schema over the same types and resolvers."""
    return Schema(
        query,
        mutation,
        subscription,
        types=TYPES,
        exception_handlers=[ToProblems()],
        extensions=[Read, Exploring],
        config=StrawberryConfig(**config),
    )


def _kept(name: str, kind: type[dt.date]) -> Any:
    return strawberry.scalar(name=name, serialize=lambda value: value, parse_value=lambda value: value)


api = build(Query, Mutation, Subscription)
"""What clients see: dates are ISO strings."""
moments = build(Subscription)
"""What a subscription asks, each time that something may have changed."""
pages = build(
    Query, Mutation, scalar_map={dt.datetime: _kept("DateTime", dt.datetime), dt.date: _kept("Date", dt.date)}
)
"""What our own pages see: dates stay dates."""


compiled, compiled_pages = Compiler(api._schema, api.texts), Compiler(pages._schema, pages.texts, dates=True)
compiled_moments = Compiler(moments._schema, moments.texts)
"""The short road, for operations that only read what is declared; all others take the ordinary one."""


async def ask(
    text: str, variables: Mapping[str, Any] | None, asking: Asking, name: str | None, **how: Any
) -> ExecutionResult | bytes:
    """Runs an operation of a client: the JSON of `data`, or a result where the ordinary road was taken.

    Afterwards it is known who asks; the answer is for that viewer, and leaves only after the files it opened are
    logged (AU-1). What costs too much is not run, where `asking` has budgets.
    """
    return await _asked(compiled, api, text, variables, asking, name, **how)


async def ask_at_a_moment(
    text: str, variables: Mapping[str, Any], asking: Asking, name: str | None
) -> ExecutionResult | bytes:
    """The same for what a subscription asks; see `watching`."""
    return await _asked(compiled_moments, moments, text, variables, asking, name)


async def _asked(
    compiler: Compiler,
    schema: Schema,
    text: str,
    variables: Mapping[str, Any] | None,
    asking: Asking,
    name: str | None,
    **how: Any,
) -> ExecutionResult | bytes:
    result: ExecutionResult | bytes
    if refusal := await refused(schema.texts, text, variables or {}, asking, name):
        await asking.settle()
        return PreExecutionError(data=None, errors=[GraphQLError(str(refusal), original_error=refusal)])
    try:
        result = await compiler.read(text, name, variables or {}, asking)
    except NotCompiled as why:
        log.debug("ordinary road: %s", why)
        await asking.settle()
        with _dropping(asking):
            result = await schema.execute(text, dict(variables or {}), asking, operation_name=name, **how)
    await _log_files(asking)
    return result


async def ask_for_pages(
    text: str, variables: Mapping[str, Any], asking: Asking, name: NameNode | None
) -> dict[str, Any]:
    """Runs a stored operation for a page; afterwards it is known who asks. Raises what its resolver raised."""
    called = name.value if name else None
    try:
        data = await compiled_pages.values(text, called, variables, asking)
    except NotCompiled as why:
        log.debug("ordinary road: %s", why)
        await asking.settle()
        with _dropping(asking):
            result = await pages.execute(text, dict(variables), asking, operation_name=called)
        if result.errors:
            raise result.errors[0].original_error or result.errors[0] from None
        data = result.data or {}
    await _log_files(asking)
    return data


@contextmanager
def _dropping(asking: Asking) -> Iterator[None]:
    """Who gives up within gives up all that is done for it."""
    try:
        yield
    except asyncio.CancelledError:
        asking.drop()
        raise


def formatted(result: ExecutionResult | bytes, asking: Asking) -> dict[str, Any]:
    """The answer as JSON values; each error with its code."""
    if isinstance(result, bytes):
        return {"data": json.loads(result)}
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        ran = not isinstance(result, PreExecutionError)
        answer = {"errors": [error(found, asking, ran=ran) for found in result.errors[:MOST_ERRORS]]} | answer
    return answer


async def _log_files(asking: Asking) -> None:
    """One entry an answer, however many files it opened: {person: [fields]}."""
    if not asking.files_read:
        return
    opened = {f"per_{person}": sorted(fields) for person, fields in asking.files_read.items()}
    asking.files_read.clear()
    await trail.record(asking.viewer, "members.read_file", next(iter(opened)) if len(opened) == 1 else "", opened)
