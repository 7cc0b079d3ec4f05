"""Operations that are stored: asked for by their hash, and where a deployment wants it so, the only ones that run.

Stored are those of our own pages, and those in a folder of the deployment: documents as `.graphql`, or lists as tools
of clients make them, `.json`. Whoever takes an operation from a request, by whatever way it came, asks `Stored.text`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    parse,
    print_ast,
    separate_operations,
    strip_ignored_characters,
    validate,
)

from server.schema.asked import Malformed

CODE = "PERSISTED_QUERY_NOT_FOUND"
UNKNOWN = "PersistedQueryNotFound"
"""By this word clients learn that they have to send the text."""
VERSION = 1
SLACK = 2
"""How many times as long as the longest of ours a text may be that is one of ours, but for its blanks and comments."""


class NotStored(Malformed):
    """No such operation is stored. Raised as what a client asks for, so its status is that of a query refused."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=None, code=CODE)


class NotRunnable(Exception):
    """An operation of the deployment's own that cannot be run; the words say which, and why."""


@dataclass(frozen=True)
class Stored:
    """What is stored. by_hash: the text of each; bare: the same by the text without blanks. only: nothing else runs."""

    by_hash: Mapping[str, str]
    bare: Mapping[str, str]
    only: bool

    @classmethod
    def of(cls, texts: Iterable[str], *, only: bool) -> "Stored":
        """texts: documents, each of which counts as a whole and by each of its operations, as it is and as printed."""
        return cls(*_forms(tuple(texts)), only)

    @cached_property
    def longest(self) -> int:
        """The letters of the longest."""
        return max(map(len, self.by_hash.values()), default=0)

    def text(self, given: Mapping[str, Any]) -> str | None:
        """What a request asks for, by `query` or by `extensions.persistedQuery.sha256Hash`; None where by neither.

        Raises NotStored, and Malformed where a hash is not that of the text beside it.
        """
        query, hashed = given.get("query"), _hash(given.get("extensions"))
        if query is None and hashed is not None:
            return self._named(hashed)
        if hashed is not None and isinstance(query, str) and digest(query) != hashed:
            raise Malformed("sha256Hash is not that of the query.")
        if self.only and isinstance(query, str):
            return self._same(query)
        return query

    def _named(self, hashed: str) -> str:
        if hashed not in self.by_hash:
            raise NotStored(UNKNOWN)
        return self.by_hash[hashed]

    def _same(self, query: str) -> str:
        """The stored text that is this one but for blanks and comments."""
        found = self.by_hash.get(digest(query)) or self.bare.get(self._stripped(query))
        if found is None:
            raise NotStored("Here only operations that are stored are run, and this is none of them.")
        return found

    def _stripped(self, query: str) -> str:
        """Of a text that is too long to be one of ours, or cannot be read, nothing."""
        if len(query) > SLACK * self.longest:
            return ""
        try:
            return strip_ignored_characters(query)
        except GraphQLError:
            return ""


def digest(text: str) -> str:
    """The name of a text: SHA-256 of its UTF-8 in hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_folder(folder: Path | None, schema: GraphQLSchema) -> list[str]:
    """The documents of a deployment's folder. Raises NotRunnable, naming the file that the schema refuses."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise NotRunnable(f"{folder} is not a folder.")
    return [text for file in sorted(folder.rglob("*")) for text in _sound(file, schema)]


@lru_cache(maxsize=1)
def _forms(texts: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    by_hash: dict[str, str] = {}
    bare: dict[str, str] = {}
    for one in (one for text in texts for one in _alone(text)):
        stripped = strip_ignored_characters(one)
        bare.setdefault(stripped, one)
        for form in (one, one.strip(), print_ast(parse(one)), stripped):
            by_hash.setdefault(digest(form), one)
    return by_hash, bare


def _alone(text: str) -> Iterator[str]:
    """The document as it is, then each of its operations with the fragments that it needs."""
    yield text
    apart = separate_operations(parse(text))
    if len(apart) > 1:
        yield from (print_ast(document) for document in apart.values())


def _sound(file: Path, schema: GraphQLSchema) -> Iterator[str]:
    for text in _texts(file):
        try:
            errors = validate(schema, _parsed(text))
        except GraphQLError as error:
            errors = [error]
        if errors:
            raise NotRunnable(f"{file} has an operation that cannot be run: {errors[0].message}")
        yield text


def _parsed(text: str) -> DocumentNode:
    document = parse(text)
    if not separate_operations(document):
        raise GraphQLError("There is no operation in it.")
    return document


def _texts(file: Path) -> Iterator[str]:
    try:
        if file.suffix in {".graphql", ".gql"}:
            yield file.read_text("utf-8")
        elif file.suffix == ".json":
            yield from _listed(file, json.loads(file.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise NotRunnable(f"{file} cannot be read: {error}") from error


def _listed(file: Path, found: Any) -> Iterator[str]:
    """The texts of a list: {hash: text}, or Apollo's manifest with `id` and `body`."""
    if isinstance(found, dict) and isinstance(found.get("operations"), list):
        found = {one.get("id"): one.get("body") for one in found["operations"] if isinstance(one, dict)}
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise NotRunnable(f"{file} is neither {{hash: text}} nor a manifest of operations.")
    for name, text in found.items():
        if digest(text) != name:
            raise NotRunnable(f"{file} names an operation {name}, which is not its SHA-256.")
        yield text


def _hash(extensions: Any) -> str | None:
    if not isinstance(extensions, dict) or extensions.get("persistedQuery") is None:
        return None
    said = extensions["persistedQuery"]
    if not isinstance(said, dict) or not isinstance(said.get("sha256Hash"), str) or said.get("version") != VERSION:
        raise Malformed("persistedQuery must have version 1 and sha256Hash.")
    return str(said["sha256Hash"]).lower()
