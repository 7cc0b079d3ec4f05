"""Where bytes lie: in a folder, or in any store that speaks S3. What a file is called is its SHA-256."""

import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

PIECE = 1024 * 1024
"""Bytes that are held at once."""
IN_MEMORY = 4 * PIECE
"""A file that is larger lies on the disk of this machine while it is checked."""
ON_THE_WAY = 2
"""Parts of 5 MiB that are written at once; twelve, as obstore has it, pile up in memory where the disk is slow."""
COMING = ".coming"
"""Where a file lies until all of it is there. Hidden, so that no backup takes along what is not finished."""


class TooLarge(Exception):
    """More bytes came than may."""


class Gone(Exception):
    """No such file is here."""


class Unreachable(Exception):
    """Where files lie does not answer, and why."""


class Damaged(Exception):
    """What lies here under this name is not what was put here."""


@dataclass(frozen=True)
class Kept:
    """A file that is kept. size: in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Shelves:
    """A place for files."""

    store: ObjectStore

    @classmethod
    def at(cls, url: str) -> "Shelves":
        """file:///path, or s3://bucket/prefix?endpoint=https://...&region=...; its keys come from AWS_ variables.

        Raises ValueError for anything else.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            Path(parts.path).mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(LocalStore(parts.path))
        if parts.scheme == "s3" and parts.netloc:
            more: Any = {name.replace("-", "_"): value for name, value in parse_qsl(parts.query)}
            plain = more.get("endpoint", "").startswith("http://")
            prefix = parts.path.strip("/") or None
            return cls(S3Store(parts.netloc, prefix=prefix, client_options={"allow_http": plain}, config=more))
        raise ValueError(f"{url!r} is neither file:///path nor s3://bucket/prefix.")

    async def keep(self, pieces: AsyncIterator[bytes], most: int) -> Kept:
        """Keeps what comes, once all of it is there; twice the same is kept once. Raises TooLarge beyond `most` bytes.

        It may lie here as soon as this has returned, and before nothing does under its name.
        """
        coming, measured = f"{COMING}/{uuid4()}", _Measured(pieces, most)
        try:
            await obstore.put_async(self.store, coming, measured, max_concurrency=ON_THE_WAY)
            await obstore.copy_async(self.store, coming, _place(measured.sha256))
        finally:
            await self._without(coming)
        return Kept(measured.sha256, measured.size)

    async def read(self, sha256: str) -> IO[bytes]:
        """All of a file, at its beginning, checked to be what was put here. Raises Gone, Damaged."""
        hashed = hashlib.sha256()
        found = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # whoever reads it closes it
        try:
            answer = await obstore.get_async(self.store, _place(sha256))
            async for piece in answer.stream(min_chunk_size=PIECE):
                hashed.update(piece)
                found.write(piece)
        except FileNotFoundError:
            found.close()
            raise Gone(sha256) from None
        if hashed.hexdigest() != sha256:
            found.close()
            raise Damaged(sha256)
        found.seek(0)
        return found

    async def forget(self, sha256: str) -> None:
        """It lies here no more."""
        await self._without(_place(sha256))

    async def older(self, than: dt.datetime) -> AsyncIterator[set[str]]:
        """The hashes of all files that were put here before, some at a time. What never came whole is removed."""
        self._sweep(than)
        async for some in obstore.list(self.store):
            old = {one["path"] for one in some if one["last_modified"] < than}
            for path in {path for path in old if path.startswith(f"{COMING}/")}:
                await self._without(path)
            if names := {path.rpartition("/")[2] for path in old if not path.startswith(f"{COMING}/")}:
                yield names

    async def forget_older(self, sha256: str, than: dt.datetime) -> bool:
        """The same as `forget`, but not for what was put here once more since then; whether it is gone."""
        try:
            found = await obstore.head_async(self.store, _place(sha256))
        except FileNotFoundError:
            return False
        if found["last_modified"] >= than:
            return False
        await self._without(_place(sha256))
        return True

    async def lacking(self, hashes: Collection[str]) -> set[str]:
        """Those of these files that do not lie here. Raises Unreachable."""
        places = {_place(one) for one in hashes}
        try:
            async for some in obstore.list(self.store):
                places -= {one["path"] for one in some}
        except BaseError as error:
            raise Unreachable(str(error)) from error
        return {place.rpartition("/")[2] for place in places}

    def _sweep(self, than: dt.datetime) -> None:
        """Removes what killed processes left of files in a folder: obstore does not list it. S3 has rules for that."""
        if isinstance(self.store, LocalStore):
            for path in Path(str(self.store.prefix), COMING).glob("*#*"):
                if path.stat().st_mtime < than.timestamp():
                    path.unlink()

    async def _without(self, path: str) -> None:
        try:
            await obstore.delete_async(self.store, path)
        except FileNotFoundError:
            return


class _Measured:
    """Pieces on their way, counted and hashed."""

    def __init__(self, pieces: AsyncIterator[bytes], most: int) -> None:
        self.pieces, self.most, self.size, self._hashed = pieces, most, 0, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what has come."""
        return self._hashed.hexdigest()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self.pieces:
            self.size += len(piece)
            if self.size > self.most:
                raise TooLarge(self.most)
            self._hashed.update(piece)
            yield piece


def _place(sha256: str) -> str:
    """Folders of two letters, so that none of them holds all files."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
