"""Pages: a template and the operation beside it, run against the schema as the viewer.

`members/show.html` reads only what `members/show.graphql` asked for, so a page can never show more than the API
would. `page()` shows one; `form()` runs a mutation of the same document, then redirects, or shows the page again
with each problem beside its field and the typed values kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import FragmentDefinitionNode, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server import schema
from server.schema.refusals import Refused
from web.casting import cast
from web.cookies import keep
from web.rendering import DONE, TEMPLATES, NotFound, Unreadable, refusal, render_template

Given = Mapping[str, Any] | ImmutableMultiDict[str, Any]


@dataclass(frozen=True)
class Document:
    """A stored document: its text, its one query, its mutations by name."""

    text: str
    query: OperationDefinitionNode
    mutations: dict[str, OperationDefinitionNode]


FRAME = "mine: viewer { unreadMessages }"
"""What the frame of every page shows, asked along with what the page itself asks."""


@cache
def document(name: str) -> Document:
    """The document beside a template, with what the frame around it asks."""
    text = _framed((TEMPLATES / f"{name}.graphql").read_text("utf-8"))
    found = [node for node in parse(text).definitions if not isinstance(node, FragmentDefinitionNode)]
    operations = [node for node in found if isinstance(node, OperationDefinitionNode)]
    (query,) = (node for node in operations if node.operation is OperationType.QUERY)
    return Document(text, query, {node.name.value: node for node in operations if node is not query and node.name})


def _framed(text: str) -> str:
    """The text, its query asking for the frame last: the first field of a page is the thing that it is about."""
    (query,) = (
        node
        for node in parse(text).definitions
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY
    )
    end = query.selection_set.loc.end - 1 if query.selection_set.loc else len(text)
    return f"{text[:end]}  {FRAME}\n{text[end:]}"


@dataclass(frozen=True)
class Outcome:
    """What an operation gave: data, or problems by field, with what was typed."""

    data: dict[str, Any]
    problems: list[dict[str, Any]]
    status: int = 200


STATUS = {"INVALID": 422, "CONFLICT": 422, "REFUSED": 403, "NOT_THERE": 404, "LIMITED": 429}


async def run(request: Request, name: str, operation: OperationDefinitionNode, given: Given) -> Outcome:
    """Runs one operation of a document as the request's viewer. Strings are cast by the declared types."""
    variables, problems = cast(operation, given)
    if problems:
        return Outcome({}, problems, 422)
    result = await schema.ask_for_pages(document(name).text, variables, request.state.asking, operation.name)
    return Outcome(result, *_refused(result))


def _refused(data: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    answer = next(iter(data.values()), None)
    if isinstance(answer, dict) and answer.get("problems"):
        return answer["problems"], STATUS[answer["kind"]]
    return [], 200


async def show(request: Request, name: str, status: int = 200, **extra: Any) -> Response:
    """The page, or the one block that htmx asks for."""
    data = await answered(request, name)
    return render_template(request, f"{name}.html", data | extra, status)


async def answered(request: Request, name: str, given: Given | None = None) -> dict[str, Any]:
    """What the query of a page answers. Raises NotFound where its first field is null, Unreadable for a bad address.

    given: variables as strings, those of the address unless given.
    """
    typed = {**query_of(request), **request.path_params} if given is None else given
    outcome = await run(request, name, document(name).query, typed)
    if outcome.problems:
        raise Unreadable(outcome.problems)
    if next(iter(outcome.data.values())) is None:
        raise NotFound
    return outcome.data


def query_of(request: Request) -> dict[str, Any]:
    """The query string: one value where there is one, else the list."""
    params = request.query_params
    return {key: values[0] if len(values := params.getlist(key)) == 1 else values for key in params}


def page(path: str, name: str, needs: str = "", *, own: bool = False) -> Route:
    """A page at an address: its template and document share their name.

    needs: the action without which a page that only asks for input would be of no use; who may not is told why.
    own: it is about whoever asks; who is not signed in is sent to do so.
    """

    async def get(request: Request) -> Response:
        try:
            data = await answered(request, name)
        finally:  # the query says who asks; who may not is told that, whatever else there is to say
            if needs:
                await request.state.asking.settle()
                request.state.asking.viewer.must(schema.Action[needs])
        if own and not request.state.asking.viewer.signed_in:
            raise Refused
        return render_template(request, f"{name}.html", data)

    return Route(path, get, methods=["GET"], name=name)


def form(path: str, name: str, mutation: str, *, then: str = "", done: str = "", shows: bool = False) -> Route:
    """A mutation of the page's document, reached by POST.

    then: where to go after success, with {fields} of the payload; the page itself unless given.
    done: the msgid shown there once. shows: the page answers at once with the payload as `payload`, for what is
    seen this one time only.
    """

    async def post(request: Request) -> Response:
        given, outcome = await posted(request, name, mutation)
        if outcome.status in (403, 404):
            return refusal(request, outcome.status, outcome.problems)
        if outcome.problems:
            return await show(request, name, outcome.status, problems=outcome.problems, typed=given, tried=mutation)
        if shows:
            return await show(request, name, payload=next(iter(outcome.data.values())))
        return succeed(request, _target(request, name, then, outcome.data), mutation if done else "")

    if done:
        DONE[mutation] = done
    return Route(path, post, methods=["POST"], name=mutation)


async def posted(request: Request, name: str, mutation: str) -> tuple[dict[str, Any], Outcome]:
    """What was typed into a form, and what the mutation of its document made of it."""
    async with request.form() as typed:
        given = {**_typed(typed), **request.path_params}
        return given, await run(request, name, document(name).mutations[mutation], given)


def _typed(typed: FormData) -> dict[str, Any]:
    return {key: values[0] if len(values := typed.getlist(key)) == 1 else values for key in typed}


def _target(request: Request, name: str, then: str, data: dict[str, Any]) -> str:
    if not then:
        return str(request.url_for(name, **request.path_params).path)
    return then.format(**request.path_params, **next(iter(data.values())))


def succeed(request: Request, target: str, done: str = "") -> Response:
    """303 to the target, where the sentence of that form is said once."""
    response = RedirectResponse(target, 303)
    if done:
        keep(request, response, "done", done, 60)
    return response
