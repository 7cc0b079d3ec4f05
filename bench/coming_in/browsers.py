"""Those who come in by browser, and the one who guesses; what they see is noted."""

import asyncio
import itertools
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median

import httpx

from server.rules.invitations import ALPHABET, LENGTH, grouped

OFFICE, OFFICE_PASSWORD = "office", "paper goes out on monday"
ADDRESSES = ("198.51.100.7", "198.51.100.8", "203.0.113.20", "203.0.113.21", "203.0.113.22")
"""Of two offices and a carrier's three ways out."""
GUESSER = "192.0.2.66"
BESIDE, TWICE = 20, 10
"""Every so many people come from the guesser's address, and press the button twice."""
CODE = 'class="code" translate="no">'
LETTER = re.compile(rf"{CODE}([^<]+)</dd>.*?{CODE}([^<]+)</dd>", re.DOTALL)
LIMITED, WRONG = 429, 422
REFUSED = (WRONG, LIMITED, 503, 504)
"""How a guess or a second press may be answered: also that there is no time for it now."""
PATIENCE_S = 300

Send = Callable[[], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Letter:
    """What someone got by post."""

    number: int
    name: str
    code: str

    @property
    def password(self) -> str:
        """The one that they choose: long enough, and of nobody else."""
        return f"four quiet words {self.number:04}"

    @property
    def address(self) -> str:
        """Where they come from."""
        return ADDRESSES[self.number % len(ADDRESSES)] if self.number % BESIDE else GUESSER

    @property
    def presses(self) -> int:
        """How often they press the button."""
        return 1 if self.number % TWICE else 2


@dataclass
class Seen:
    """took: seconds of each person, by step. whole: seconds of the step. guesses: how many were answered how.

    waits: how often someone who did nothing wrong was told to come again later. wrong: what should not be.
    """

    took: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, float] = field(default_factory=dict)
    guesses: Counter[int] = field(default_factory=Counter)
    guessed: list[float] = field(default_factory=list)
    waits: int = 0
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Notes how long it took."""
        begun = time.monotonic()
        yield
        self.took.setdefault(step, []).append(time.monotonic() - begun)

    def expect(self, what: str, seen: object, wanted: object) -> None:
        """Notes what is otherwise."""
        if seen != wanted:
            self.wrong.append(f"{what}: {seen} instead of {wanted}")

    def lines(self) -> list[str]:
        """For people to read."""
        steps = [
            f"{step}: {len(took)} in {self.whole[step] / 60:.1f} min, median {median(took):.2f} s, "
            f"largest {max(took):.2f} s"
            for step, took in self.took.items()
        ]
        answered = ", ".join(f"{count} with {status}" for status, count in sorted(self.guesses.items()))
        rate = self.guesses.total() / self.whole["came in"]
        slow = f"median {median(self.guessed):.2f} s, largest {max(self.guessed):.2f} s"
        guesses = f"guesses: {self.guesses.total()}, {rate:.0f} a second, answered {answered}; {slow}"
        return [*steps, guesses, f"told to wait: {self.waits}", f"wrong: {len(self.wrong)}", *self.wrong[:20]]


class House:
    """The server as browsers reach it, through the proxy that it believes."""

    def __init__(self, base: str, seen: Seen) -> None:
        self.base, self.seen = base, seen
        self.wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None, max_keepalive_connections=50))

    def browser(self, address: str) -> httpx.AsyncClient:
        """A new one, without cookies; all share their connections."""
        headers = {"X-Forwarded-For": address, "Accept-Language": "zh"}
        return httpx.AsyncClient(transport=self.wire, base_url=self.base, headers=headers, timeout=PATIENCE_S)

    async def patient(self, send: Send) -> httpx.Response:
        """The answer, after as many waits as are asked for."""
        while (answer := await send()).status_code == LIMITED:
            self.seen.waits += 1
            await asyncio.sleep(int(answer.headers["Retry-After"]))
        return answer

    async def invite(self) -> list[Letter]:
        """The office signs in, and prints letters for all."""
        office = self.browser(ADDRESSES[0])
        await office.post("/login", data={"username": OFFICE, "password": OFFICE_PASSWORD})
        with self.seen.timed("invited"):
            page = await office.post("/invitations/letters", data={"naming": "PINYIN", "again": "false"})
        self.seen.whole["invited"] = sum(self.seen.took["invited"])
        return [Letter(number, *found) for number, found in enumerate(LETTER.findall(page.text), 1)]

    async def comes_in(self, letter: Letter) -> None:
        """As a person does it."""
        browser = self.browser(letter.address)
        data = {"name": letter.name, "oneTimeCode": letter.code, "new": letter.password}
        with self.seen.timed("came in"):
            form = await self.patient(lambda: browser.get("/invitation"))
            first = await self.patient(lambda: self._press(browser, data, letter.presses))
            page = await self.patient(lambda: browser.get("/welcome"))
        seen = (form.status_code, first.status_code, page.status_code)
        self.seen.expect(f"{letter.name} comes in", seen, (200, 303, 200))

    async def _press(self, browser: httpx.AsyncClient, data: dict[str, str], times: int) -> httpx.Response:
        """At the same moment; the answer that let them in, if any did, and no second one may."""
        presses = (browser.post("/invitation", data=data) for _ in range(times))
        first, *others = sorted(await asyncio.gather(*presses), key=lambda answer: answer.status_code)
        for other in others:
            self.seen.expect(f"{data['name']} presses again", other.status_code in REFUSED, True)
        return first

    async def signs_in(self, letter: Letter) -> None:
        """Another day, with the password."""
        browser = self.browser(letter.address)
        data = {"username": letter.name, "password": letter.password}
        with self.seen.timed("signed in"):
            answer = await self.patient(lambda: browser.post("/login", data=data))
        self.seen.expect(f"{letter.name} signs in", answer.status_code, 303)

    async def all(
        self, step: str, work: Callable[[Letter], Awaitable[None]], letters: list[Letter], at_once: int
    ) -> None:
        """Everyone does it, so many at the same moment."""
        begun, turn = time.monotonic(), asyncio.Semaphore(at_once)

        async def one(letter: Letter) -> None:
            async with turn:
                await work(letter)

        await asyncio.gather(*(one(letter) for letter in letters))
        self.seen.whole[step] = time.monotonic() - begun

    @asynccontextmanager
    async def guessing(self, letters: list[Letter], a_second: int) -> AsyncIterator[None]:
        """Within, someone guesses so many codes a second, of each name in turn. A late answer delays no other guess."""
        task = asyncio.create_task(self._guess([letter.name for letter in letters], a_second))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _guess(self, names: list[str], a_second: int) -> None:
        browser, begun = self.browser(GUESSER), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number, name in enumerate(itertools.cycle(names)):
                await asyncio.sleep(begun + number / a_second - time.monotonic())
                group.create_task(self._try(browser, name))

    async def _try(self, browser: httpx.AsyncClient, name: str) -> None:
        code, begun = grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))), time.monotonic()
        data = {"name": name, "oneTimeCode": code, "new": "a password of the guesser"}
        status = (await browser.post("/invitation", data=data)).status_code
        self.seen.guesses[status] += 1
        self.seen.guessed.append(time.monotonic() - begun)
        if status not in REFUSED:
            self.seen.wrong.append(f"a guess at {name} was answered with {status}")
