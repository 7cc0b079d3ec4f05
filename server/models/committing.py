"""Group commit: small writes that arrive while a commit is under way go together with the next one.

A commit waits for the disk, so n writes that share one cost hardly more than one alone. Nothing is put off: a write
waits for the commit that is under way, and then for its own.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("luzhi.models")

Act = Callable[[list[Any]], Awaitable[None]]
"""Writes all its items, within the transaction of the task that calls it."""


@dataclass(frozen=True, eq=False)
class Write:
    """`act` is to be called with `item` among others. done: for the caller, None where nobody waits."""

    act: Act
    item: object
    done: asyncio.Future[None] | None

    def answer(self, error: Exception | None) -> None:
        """Tell the caller, or where nobody listens any more, the log."""
        if self.done is None or self.done.cancelled():
            if error:
                log.error("a write that nobody waits for failed", exc_info=error)
        elif error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)

    def call_off(self) -> None:
        """It will never be done: the loop ends before its time."""
        if self.done:
            self.done.cancel()


class GroupCommit:
    """The writer of one process, which all its tasks share.

    begin: opens the transaction of a batch. What arrives while it waits for its turn goes along. A batch that fails is
    halved until the write at fault stands alone and hurts nobody else. Where the connection is lost during a commit,
    nobody knows whether it was done, and it is done again: this is for writes for which twice does no harm.
    """

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        self._begin = begin
        self._waiting: list[Write] = []
        self._halves: list[list[Write]] = []
        self._work: asyncio.Task[None] | None = None

    async def write(self, act: Act, item: object) -> None:
        """Returns after the commit, or raises what went wrong with this write.

        Never call it within a transaction, which would wait for itself. A caller that is cancelled does not take
        its write back: others may hang on the same commit.
        """
        done = asyncio.get_running_loop().create_future()
        self._queue(Write(act, item, done))
        await done

    def leave(self, act: Act, item: object) -> None:
        """The same for who need not know: it is written soon, or the log says why not. A crash may lose it."""
        self._queue(Write(act, item, None))

    async def settle(self) -> None:
        """Wait until all that was handed in is committed or has failed."""
        while self._work:
            await asyncio.wait([self._work])

    def _queue(self, write: Write) -> None:
        """The work is done in a task and a context of its own: outside of every transaction, and of cancellations."""
        self._waiting.append(write)
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._until_none_waits(), context=Context())

    async def _until_none_waits(self) -> None:
        try:
            while self._waiting or self._halves:
                await self._commit()
        finally:
            self._work = None

    async def _commit(self) -> None:
        writes: list[Write] = []
        try:
            async with self._begin():
                writes = self._take()
                for act in dict.fromkeys(write.act for write in writes):
                    await act([write.item for write in writes if write.act is act])
        except Exception as error:  # noqa: BLE001  # whatever it is, those whom it concerns are told
            self._failed(writes, error)
        except BaseException:
            for write in sum(self._halves, writes + self._waiting):
                write.call_off()
            self._halves, self._waiting = [], []
            raise
        else:
            for write in writes:
                write.answer(None)

    def _take(self) -> list[Write]:
        if self._halves:
            return self._halves.pop(0)
        taken, self._waiting = self._waiting, []
        return taken

    def _failed(self, writes: list[Write], error: Exception) -> None:
        if len(writes) > 1:
            half = len(writes) // 2
            self._halves[:0] = [writes[:half], writes[half:]]
        else:  # the one at fault; or the transaction could not begin, and nobody of those waiting can be served
            for write in writes or self._take():
                write.answer(error)
