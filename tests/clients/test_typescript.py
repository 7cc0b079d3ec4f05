"""What graphql-codegen makes of the schema and every operation holds under tsc; graphql-request asks by it."""

import re
from pathlib import Path

from graphql import OperationDefinitionNode, parse

from tests import make, stored
from tests.clients import demo, project
from tests.clients.answers import GOOD, bare, errors
from tests.clients.conftest import Luzhi, Trial
from tests.clients.demo import Things

UNKNOWN = {"ShowFolder"}
"""What a page asks of a folder, where the documents themselves decide who may know of it, not scopes (RD-1)."""
PERMISSIONS = "{ viewer { permissions { allowed reason } } }"
TOPICS = "query Topics($id: ID!) { person(id: $id) { focusTopics } }"


def test_every_stored_operation_has_its_types(compiled: Path) -> None:
    texts = [parse(text).definitions for text in stored.documents().values()]
    names = [
        node.name.value for text in texts for node in text if isinstance(node, OperationDefinitionNode) and node.name
    ]

    typed = re.findall(
        r"^export const (\w+)Document\b", (compiled / "typescript/generated/stored.ts").read_text(), re.M
    )

    assert set(names) - set(typed) == set()
    assert len(names) > 100
    assert (compiled / "compiled" / "stored.js").exists()


def test_the_running_product_gives_the_same_types(luzhi: Luzhi, compiled: Path) -> None:
    asked = {"ADDRESS": luzhi.address, "TOKEN": luzhi.token}
    project.run(compiled, "graphql-codegen", "--config", "introspection.yml", **asked)

    introspected = (compiled / "introspected" / "schema.ts").read_text("utf-8")
    assert uncommented(introspected) == uncommented((compiled / "typescript/generated/schema.ts").read_text("utf-8"))


def uncommented(types: str) -> str:
    """graphql-codegen loses the descriptions of scalars on the way."""
    return re.sub(r"^ */\*\*.*?\*/\n", "", types, flags=re.MULTILINE | re.DOTALL)


def test_every_stored_query_answers_a_typed_client_as_it_answers_plain_http(
    luzhi: Luzhi, things: Things, trial: Trial
) -> None:
    queries = list(demo.stored_queries(things))

    answers = trial("stored", "every", variables={name: given for name, _, given in queries})

    assert set(answers) == {name for name, _, _ in queries}
    for name, text, given in queries:
        plain = luzhi.plain(text, given, name=name)
        assert bare(answers[name]["data"]) == bare(plain["data"]), name
        assert "errors" not in answers[name], name
        # nobody asked for anything yet, or is expected in a reading room today
        assert next(iter(plain["data"].values())) or name in ("OwnRequests", "Desk"), name
        assert answers[name]["heard"] == {"sent": ["POST"], "received": [GOOD]}, name


def test_a_refusal_reaches_a_typed_client_with_the_words_of_the_permission_table(
    luzhi: Luzhi, things: Things, trial: Trial
) -> None:
    queries = list(demo.stored_queries(things))
    may = luzhi.plain(PERMISSIONS, token=luzhi.narrow)["data"]["viewer"]["permissions"]
    reasons = {one["reason"] for one in may if not one["allowed"]}

    answers = trial("stored", "every", token=luzhi.narrow, variables={name: given for name, _, given in queries})

    refused = {name: answer["errors"] for name, answer in answers.items() if "errors" in answer}
    assert {"ListAccounts", "ListAudit", "ShowCoverage", "ListImports"} <= set(refused)
    assert {"ListMembers", "ShowMember", "ListBodies", "Today"} & set(refused) == set()
    for name, text, given in queries:
        plain = luzhi.plain(text, given, name=name, token=luzhi.narrow)
        assert bare(answers[name].get("data")) == bare(plain.get("data")), name
        assert errors(answers[name]) == errors(plain), name
        codes = {error["extensions"]["code"] for error in errors(plain)}
        assert codes <= ({"NOT_THERE"} if name in UNKNOWN else {"SCOPE"}), name
        assert codes == {"NOT_THERE"} or {error["message"] for error in errors(plain)} <= reasons, name


def test_a_typed_change_answers_with_what_it_changed_or_with_problems(
    luzhi: Luzhi, things: Things, trial: Trial
) -> None:
    person = things["members/{id}"]

    done = trial("stored", "change", id=person, topics=["tides"])
    nobody = trial("stored", "change", id=f"per_{make.some_id()}", topics=["tides"])
    refused = trial("stored", "change", token=luzhi.narrow, id=person, topics=["dunes"])

    assert done == {"changed": person}
    assert nobody == {"kind": "NOT_THERE", "problems": [["NOT_THERE", "id"]]}
    assert refused == {"kind": "REFUSED", "problems": [["SCOPE", None]]}
    assert luzhi.plain(TOPICS, {"id": person})["data"] == {"person": {"focusTopics": ["tides"]}}


def test_a_token_that_does_not_hold_is_an_error_with_its_code(trial: Trial) -> None:
    answer = trial("stored", "one", token="lz_wrong")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOKEN_UNKNOWN"]
    assert answer["heard"] == {"sent": ["POST"], "received": ["401 application/graphql-response+json"]}
