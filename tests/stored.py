"""The operations stored beside the templates, found on disk, so that each new room is covered by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, parse

from web.rendering import TEMPLATES

Path = tuple[str, ...]


def documents() -> dict[str, str]:
    """Every stored document by its name, such as members/show, with its text."""
    found = sorted(TEMPLATES.rglob("*.graphql"))
    return {str(file.relative_to(TEMPLATES).with_suffix("")): file.read_text("utf-8") for file in found}


def leaves(name: str) -> set[Path]:
    """What a document's query selects, by the keys of its answer: ("person", "mergedInto", "id") ..."""
    from web.pages import document

    doc = document(name)
    fragments = {
        node.name.value: node for node in parse(doc.text).definitions if isinstance(node, FragmentDefinitionNode)
    }
    return set(_leaves(doc.query.selection_set, (), fragments))


def _leaves(part: SelectionSetNode, above: Path, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[Path]:
    for node in part.selections:
        if isinstance(node, FragmentSpreadNode):
            yield from _leaves(fragments[node.name.value].selection_set, above, fragments)
        elif isinstance(node, InlineFragmentNode):
            yield from _leaves(node.selection_set, above, fragments)
        elif isinstance(node, FieldNode):
            here = (*above, (node.alias or node.name).value)
            if node.selection_set:
                yield from _leaves(node.selection_set, here, fragments)
            else:
                yield here


class Watched(dict[str, Any]):
    """An answer that notes which of its fields are read, each by its path."""

    def __init__(self, data: Mapping[str, Any], noted: set[Path], path: Path = ()) -> None:
        super().__init__({key: watched(value, noted, (*path, key)) for key, value in data.items()})
        self.noted, self.path = noted, path

    def __getitem__(self, key: str) -> Any:
        self.noted.add((*self.path, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.noted.add((*self.path, key))
        return super().get(key, default)


def watched(value: Any, noted: set[Path], path: Path = ()) -> Any:
    """The same value, its objects watched."""
    if isinstance(value, dict):
        return Watched(value, noted, path)
    if isinstance(value, list):
        return [watched(item, noted, path) for item in value]
    return value
