"""What is asked, as text: parsed, counted and validated once, and kept while others do not need its place.

Nothing here takes longer than the limits of `server/rules/budgets.py` allow, whatever the text: what has more names and
signs is not read to its end, and what costs too much is told before it is validated.
"""

from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from graphql import (
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension

from server.rules.budgets import SHAPE, Cost
from server.schema.compiling.cost import Costs

if TYPE_CHECKING:
    from server.schema import Schema

LONGEST = 10_000
"""Letters of a document: what is longer is not worth its place among those that are kept."""
KEPT_WEIGHT = 30_000
"""Of all documents that are kept: some 20 MB, with what is known of them."""
A_SIGN = 20
"""Letters that weigh as much as a name or sign: a document also has comments, and texts."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A memory that forgets what was not used for longest, by how much it all weighs."""

    def __init__(self, most: int) -> None:
        self.most, self.weight = most, 0
        self.values: dict[K, tuple[V, int]] = {}

    def find(self, key: K) -> V | None:
        """What is kept under that key, which is now the last that was used."""
        found = self.values.pop(key, None)
        if found is None:
            return None
        self.values[key] = found
        return found[0]

    def keep(self, key: K, value: V, weight: int) -> None:
        """Keeps it, and forgets others. What is heavier than all may be is not kept."""
        self.weight += weight - self.values.pop(key, (None, 0))[1]
        self.values[key] = (value, weight)
        while self.weight > self.most:
            self.weight -= self.values.pop(next(iter(self.values)))[1]

    def __len__(self) -> int:
        return len(self.values)


class TooLong(GraphQLSyntaxError):
    """The text has more names, signs, comments or depth than are read."""


class Text:
    """A document that could be parsed; it need not be valid."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        """Raises GraphQLSyntaxError, and TooLong."""
        self.schema, self.text = schema, text
        try:
            self.document = parse(text, max_lexical_tokens=SHAPE.tokens, max_comments=SHAPE.comments)
        except GraphQLSyntaxError as error:
            if error.source and "aborted" in error.message:
                raise TooLong(error.source, 0, error.message) from error
            raise
        found = self.document.definitions
        self.operations = [node for node in found if isinstance(node, OperationDefinitionNode)]

    @cached_property
    def costs(self) -> Costs:
        """Of its operations. Raises GraphQLError for fragments in a ring."""
        return Costs(self.schema, self.document)

    @cached_property
    def faults(self) -> list[GraphQLError]:
        """What is not valid about it."""
        return validate(self.schema, self.document)

    @property
    def weight(self) -> int:
        """In names and signs, what its letters weigh included."""
        return self.document.token_count + len(self.text) // A_SIGN

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The one of that name, or the only one."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((node for node in self.operations if node.name and node.name.value == name), None)

    def cost(self, name: str | None, given: Mapping[str, Any]) -> Cost | None:
        """What that operation costs with these variables, as they came; None where it is not clear which one it is."""
        node = self.operation(name)
        return self.costs.asked(node, given) if node else None


class Texts:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.kept: Kept[str, Text] = Kept(KEPT_WEIGHT)

    def of(self, text: str) -> Text:
        """The document of that text. Raises GraphQLSyntaxError, and TooLong."""
        found = self.kept.find(text)
        if found is None:
            found = Text(self.schema, text)
            if len(text) <= LONGEST:
                self.kept.keep(text, found, found.weight)
        return found


class Read(SchemaExtension):
    """On the ordinary road: a document that was read already is not read again."""

    def on_parse(self) -> Iterator[None]:
        """Strawberry's hook around parsing."""
        self.execution_context.graphql_document = self._text().document
        yield

    def on_validate(self) -> Iterator[None]:
        """Strawberry's hook around validation; what it leaves in the context is the answer."""
        self.execution_context.pre_execution_errors = list(self._text().faults)
        yield

    def _text(self) -> Text:
        return cast("Schema", self.execution_context.schema).texts.of(self.execution_context.query or "")
