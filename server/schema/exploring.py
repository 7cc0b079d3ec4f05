"""Who may ask the API what it can be asked: introspection, and the names that an error proposes."""

import re
from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, GraphQLError, Node
from strawberry.extensions import SchemaExtension

from server.errors import Problem, Refused
from server.rules.permissions import Action
from server.viewer import Viewer

INTROSPECTION = frozenset({"__schema", "__type"})
"""Fields that tell of the schema. `__typename` tells no more than an answer does, and stays open to all."""
SEEMS = re.compile(r"\b__(?:schema|type)\b")
"""What a text has in it, at least, that asks for one of these."""
PROPOSES = " Did you mean "


class Exploring(SchemaExtension):
    """Refuses introspection, before anything is run, where the permission table does. Stands after validation."""

    def on_validate(self) -> Iterator[None]:
        """Strawberry's hook around validation; what it leaves in the context is the answer."""
        context = self.execution_context
        document, text, viewer = context.graphql_document, context.query or "", context.context.viewer
        if not context.pre_execution_errors and document and (refused := kept_secret(document, text, viewer)):
            asked = list(_introspects(document))
            context.pre_execution_errors = [GraphQLError(str(refused), asked, original_error=refused)]
        yield


def kept_secret(document: DocumentNode, text: str, viewer: Viewer) -> Refused | None:
    """Why this viewer may not ask what this document does of the schema; None where they may, or it does not."""
    if not SEEMS.search(text) or next(_introspects(document), None) is None:
        return None
    return _refusal(viewer)


def without_proposal(message: str) -> str:
    """An error's message without the names of the schema that it proposes, for whoever is not signed in."""
    said, proposes, _ = message.rpartition(PROPOSES)
    return said if proposes else message


def _refusal(viewer: Viewer) -> Refused | None:
    decision = viewer.may(Action.EXPLORE_API)
    return None if decision else Refused(Problem(decision.code, decision.reason, rule=decision.rule))


def _introspects(document: DocumentNode) -> Iterator[FieldNode]:
    """The fields that tell of the schema, wherever they stand in the document."""
    todo: list[Node] = list(document.definitions)
    while todo:
        chosen = getattr(todo.pop(), "selection_set", None)
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
                yield node
            todo.append(node)
