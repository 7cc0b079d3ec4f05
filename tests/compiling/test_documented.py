"""The operations in the documents: one for each root field, and each is compiled."""

import json
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

from server import schema
from server.rules.permissions import HeldRole, Role
from server.schema.compiling.marks import NotCompiled
from server.schema.explaining import Explainer
from server.schema.reading import Asking
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.furnished import Examples, furnish
from tests.test_docs import blocks
from tests.web.test_statements import Statements


def query(text: str) -> OperationDefinitionNode | None:
    """The operation of a document, if it is a query."""
    (found,) = (node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode))
    return found if found.operation is OperationType.QUERY else None


def _name(operation: OperationDefinitionNode) -> str:
    assert operation.name
    return operation.name.value


QUERIES = {_name(found): text for _, text in blocks("graphql") if (found := query(text))}


IN_PYTHON = {"BeforeHandingOver", "CodeOfNow", "HowItStands", "PlanOfTimes", "WhoKeepsFolders"}


def test_each_root_field_has_an_example_and_they_are_many() -> None:
    kind = schema.api._schema.query_type
    assert kind
    asked = [found for text in QUERIES.values() if (found := query(text))]
    roots = {node.name.value for one in asked for node in one.selection_set.selections if isinstance(node, FieldNode)}

    assert set(kind.fields) - roots == set()
    assert len(QUERIES) >= 40


async def test_both_roads_answer_the_documented_operations_alike(everyone: Cast, statements: Statements) -> None:
    given = _given(everyone, await furnish(everyone))
    viewer = make.viewer(
        account=everyone.accounts["admin"].id,
        person=everyone.people["chair"].id,
        roles=tuple(HeldRole(role) for role in Role),
    )
    for name, text in QUERIES.items():
        variables = {key: value for key, value in (given | given.get(name, {})).items() if f"${key}:" in text}
        there, here = Asking(viewer), Asking(viewer)
        ordinary = await schema.api.execute(text, variables, there)
        assert ordinary.errors is None, name
        assert ordinary.data, name
        assert None not in ordinary.data.values(), name
        if name in IN_PYTHON:
            with pytest.raises(NotCompiled, match="it is weighed in Python"):
                await schema.compiled.plan(text, name, variables, viewer)
            continue
        with statements() as asked:
            compiled = json.loads(await schema.compiled.read(text, name, variables, here))
        assert (compiled, here.files_read, len(asked)) == (ordinary.data, there.files_read, 1), name
        await _is_explained(text, variables, viewer)


async def _is_explained(text: str, variables: dict[str, Any], viewer: Viewer) -> None:
    explainer = Explainer.of(text)
    (operation,) = explainer.operations(None)

    told = await explainer.explain(operation, explainer.given(operation, variables), viewer, analyze=True)

    assert told.ordinary == ""
    assert all(any(line.startswith(f"{key}: ") for line in told.tree) for key, _ in told.parts)
    assert all((told.sql, told.values or not variables, told.plan))


def _given(cast: Cast, examples: Examples) -> dict[str, Any]:
    """A value for each variable by its name, as the examples have them."""
    day, group = make.TODAY.isoformat(), examples["learning-groups/{id}"][0]
    person, other = examples["members/{id}"][0], f"per_{cast.people['chair'].id}"
    plan = [{"person": other, "group": examples["learning-groups/{id}"][1]}]
    return {
        "term": "14",
        "code": "14",
        "day": day,
        "since": f"{day}T00:00:00Z",
        "words": "mei",
        "part": "sec",
        "person": person,
        "other": other,
        "id": person,
        "body": group,
        "group": group,
        "sector": f"bod_{cast.sector.id}",
        "seat": examples["seats/{id}"][0],
        "status": examples["statuses/{id}"][0],
        "post": examples["posts/{id}"][0],
        "place": examples["places/{id}"][0],
        "tie": examples["ties/{id}"][0],
        "app": examples["apps/{id}"][0],
        "account": examples["accounts/{id}"][0],
        "keeper": examples["keeping/{account}"][0],
        "taker": examples["accounts/{id}"][0],
        "import": examples["imports/{id}"][0],
        "assignment": examples["coverage/{id}"][0],
        "next": examples["renewal/{id}"][0],
        "plan": plan,
        "message": examples["me/messages/{id}"][0],
        "mailing": examples["mailings/{id}"][0],
        "request": examples["requests/{id}"][0],
        "paper": examples["giving/{on}"][0],
        "grant": examples["grants/{id}"][0],
        "folder": examples["folders/{id}"][0],
        "reading": examples["reading/{id}"][0],
        "reader": examples["readers/{id}"][0],
        "wish": examples["access-requests/{id}"][0],
        "question": examples["explanations/{id}"][0],
        "wanted": examples["materials/{id}"][2],
        "room": examples["rooms/{id}"][0],
        "activity": examples["activities/{id}"][0],
        "hearing": examples["hearings/{id}"][0],
        "secret": examples["hearings/applied/{secret}"][0],
        "session": examples["check-in/{session}"][0],
        "calendar": "date,kind\n2027-01-01,off\n",
        "YearsOfATerm": {"id": f"trm_{cast.term.id}"},
    }
