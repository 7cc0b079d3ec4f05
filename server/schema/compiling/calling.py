"""Calls of resolvers outside of an execution: while a statement is written, and when values are made after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path, is_awaitable

from server.schema.compiling.marks import NotCompiled
from server.schema.compiling.nodes import Making
from server.schema.reading import Asking


@dataclass(frozen=True)
class Call:
    """One field of an operation, to be resolved."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    kind: GraphQLObjectType
    key: str
    definition: GraphQLField
    asked: FieldDetailsList

    async def __call__(self, root: Any, asking: Asking, variables: Mapping[str, Any]) -> Any:
        """What the resolver gives. variables: as the schema reads them."""
        if self.definition.resolve is None:
            raise NotCompiled(f"{self.kind.name}.{self.asked[0].node.name.value} has no resolver")
        known = VariableValues({}, dict(variables))
        arguments = get_argument_values(self.definition, self.asked[0].node, known)
        found = self.definition.resolve(root, self._info(asking, known), **arguments)
        return await found if is_awaitable(found) else found

    async def later(self, root: Any, making: Making) -> Any:
        """The same when values are made."""
        return await self(root, making.asking, making.variables)

    async def directly(self, root: Any, making: Making) -> Any:
        """The same for a pure function (root, info) without arguments: with nothing around it."""
        said = self.definition.extensions["strawberry-definition"]
        return said.base_resolver.wrapped_func(root, SimpleNamespace(context=making.asking))

    def _info(self, asking: Asking, known: VariableValues) -> GraphQLResolveInfo[Asking]:
        return GraphQLResolveInfo(
            field_name=self.asked[0].node.name.value,
            field_nodes=[one.node for one in self.asked],
            return_type=self.definition.type,
            parent_type=self.kind,
            path=Path(None, self.key, self.kind.name),
            schema=self.schema,
            fragments=dict(self.fragments),
            root_value=None,
            operation=self.operation,
            variable_values=known,
            context=asking,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=cast(Any, None),
        )
