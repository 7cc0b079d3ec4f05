"""What holds for every room, checked over all that is found on disk: names, guards, words and layers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLSchema, parse, validate
from graphql.type import is_introspection_type, is_specified_scalar_type

from server import schema
from server.schema.guard import Needs, Public
from tests import stored
from web.rendering import templates

ROOT = Path(__file__).parent.parent
GRAPHQL: GraphQLSchema = schema.api._schema
LAYERS = {
    "web": {"web", "server.schema", "server.paper", "server.words"},
    "server.schema": {
        "server.schema",
        "server.models",
        "server.files",
        "server.leaf",
        "server.imports",
        "server.jobs",
        "server.backup",
        "server.oidc",
        "server.rules",
        "server.errors",
    },
    "server.oidc": {"server.oidc"},
    "server.paper": {"server.paper"},
    "server.files": {"server.files"},
    "server.leaf": {"server.leaf"},
    "server.posting": {
        *("server.posting", "server.models", "server.rules", "server.errors"),
        *("server.settings", "server.viewer"),
    },
    "server.imports": {"server.imports", "server.models", "server.rules", "server.errors"},
    "server.jobs": {
        "server.jobs",
        "server.files",
        "server.backup",
        "server.posting",
        "server.imports",
        "server.models",
        "server.rules",
        "server.errors",
        "server.settings",
        "server.metrics",
    },
    "server.backup": {"server.backup", "server.models", "server.rules", "server.errors", "server.settings"},
    "server.models": {"server.models", "server.passwords", "server.rules", "server.errors"},
    "server.rules": {"server.rules", "server.errors"},
    "server.errors": set(),
    "server.words": set(),
    "server.viewer": {"server.rules", "server.errors"},
    "server.passwords": {"server.rules", "server.errors"},
    "server.migrations": set(),
}
"""Which of our own modules each layer may import. Everyone may say words; who is asked, they may all know."""
ROOTS = ("Query", "Mutation", "Subscription")
TOLD = {"server.words"}
ASKED = {"server.viewer"}


def test_the_printed_schema_is_the_committed_one() -> None:
    assert (ROOT / "server" / "schema.graphql").read_text("utf-8") == schema.api.as_str() + "\n"


@pytest.mark.parametrize("name", stored.documents())
def test_every_stored_operation_is_valid(name: str) -> None:
    assert validate(GRAPHQL, parse(stored.documents()[name])) == []


@pytest.mark.parametrize("root", [schema.Query, schema.Mutation, schema.Subscription])
def test_every_root_field_is_guarded_or_said_to_be_public(root: type) -> None:
    fields = root.__strawberry_definition__.fields

    assert [field.name for field in fields if len(_guards(field)) != 1] == []


def _guards(field: object) -> list[object]:
    return [extension for extension in field.extensions if isinstance(extension, Needs | Public)]


def test_everything_in_the_schema_says_what_it_is() -> None:
    named = {kind.name: kind for kind in GRAPHQL.type_map.values() if _ours(kind)}
    unsaid = [name for name, kind in named.items() if not kind.description and name not in ROOTS]

    assert unsaid + [place for name, kind in named.items() for place in _unsaid(name, kind)] == []


def _ours(kind: GraphQLNamedType) -> bool:
    return not is_introspection_type(kind) and not is_specified_scalar_type(kind)


def _unsaid(name: str, kind: GraphQLNamedType) -> Iterator[str]:
    values = kind.values if isinstance(kind, GraphQLEnumType) else {}
    fields = getattr(kind, "fields", {})
    yield from (f"{name}.{key}" for key, value in {**values, **fields}.items() if not value.description)
    if not isinstance(kind, GraphQLInputObjectType):
        for key, field in fields.items():
            yield from (f"{name}.{key}({arg})" for arg, value in field.args.items() if not value.description)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_one_way(layer: str) -> None:
    allowed = LAYERS[layer] | (TOLD if layer != "server.migrations" else set())
    asked = ("server.schema", "server.imports", "server.backup", "server.jobs", "server.models")
    allowed |= ASKED if layer in asked else set()

    assert [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in _files(layer)
        for module in _imported(file)
        if not any(f"{module}.".startswith(f"{known}.") for known in allowed)
    ] == []


def _files(layer: str) -> list[Path]:
    place = ROOT / layer.replace(".", "/")
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def _imported(file: Path) -> set[str]:
    """Our own modules that it imports anywhere, `from server import x` as server.x."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{a.name}" for a in node.names} if node.module == "server" else {node.module}
    return {module for module in found if module.partition(".")[0] in ("server", "web")}


CAMEL = re.compile("[a-z]+([A-Z][a-z]+)+")
DEVICES = {"iPhone", "iPad"}


@pytest.mark.parametrize("layer", ["server.rules", "server.models"])
def test_a_name_is_that_of_graphql_only_in_the_schema(layer: str) -> None:
    """A problem whose field is named as GraphQL writes it would be told beside no field at all."""
    said = {
        f"{file.relative_to(ROOT)}: {node.value}"
        for file in _files(layer)
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if CAMEL.fullmatch(node.value) and node.value not in DEVICES
    }

    assert said == set()


def test_every_problem_names_its_field_as_python_does() -> None:
    assert [
        f"{file.relative_to(ROOT)}: {field}"
        for file in _files("server")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for field in _fields(node)
        if not re.fullmatch("[a-z]+(_[a-z]+)*", field)
    ] == []


def _fields(call: ast.Call) -> list[str]:
    """The field that a problem names, or that is handed on to become one."""
    named = [word.value for word in call.keywords if word.arg == "field"]
    if ast.unparse(call.func) in ("Problem", "Said", "errors.Problem"):
        named += call.args[2:3]
    return [node.value for node in named if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("name", templates.list_templates(extensions=["html"]))
def test_every_template_can_be_read(name: str) -> None:
    assert templates.get_template(name)
