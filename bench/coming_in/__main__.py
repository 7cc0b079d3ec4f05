"""`python -m bench.coming_in`: the whole drill, printed; exit code 1 where anything is lost, double or wrong.

One process of `luzhi serve` on SQLite, with its limits as they come. The general office prints letters for all. Each
person opens /invitation, types name, code and a new password, and looks at the page that follows. They come from few
addresses, as behind an office's router or a carrier's; every 20th from that of the guesser, every 10th presses the
button twice. Then all is counted in the database, everyone signs in by the password, and the trail is verified.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bench.coming_in.browsers import OFFICE, OFFICE_PASSWORD, House, Seen
from bench.coming_in.counts import faults
from bench.coming_in.machine import connected, prepare, serving
from bench.machine import described
from bench.report import today
from server.models.audit import verify

HOUR_S = 3600


def main() -> None:
    """Does it and says what was seen."""
    parser = argparse.ArgumentParser("bench.coming_in", description=__doc__)
    parser.add_argument("--people", type=int, default=800)
    parser.add_argument("--guesses", type=int, default=100, help="a second")
    parser.add_argument("--at-once", type=int, default=16, help="people at the same moment")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luzhi-coming-in-") as folder:
        seen = asyncio.run(drill(Path(folder), asked.people, guesses=asked.guesses, at_once=asked.at_once))
    print(f"{today()}, {described()}, {asked.at_once} at once.", *seen.lines(), sep="\n")
    sys.exit(bool(seen.wrong) or seen.whole["came in"] > HOUR_S)


async def drill(folder: Path, people: int, *, guesses: int, at_once: int) -> Seen:
    """All of it, in a database of its own in that folder."""
    seen = Seen()
    prepare(folder, people, OFFICE, OFFICE_PASSWORD)
    with serving(folder) as base:
        house = House(base, seen)
        letters = await house.invite()
        seen.expect("letters", len({letter.name for letter in letters}), people)
        async with house.guessing(letters, guesses):
            await house.all("came in", house.comes_in, letters, at_once)
        async with connected(folder):
            seen.wrong += await faults(people)
        await house.all("signed in", house.signs_in, letters, at_once)
        await house.wire.aclose()
    async with connected(folder):
        found = await verify()
    seen.expect("the audit trail", (found.ok, found.first_bad), (True, None))
    return seen


if __name__ == "__main__":
    main()
