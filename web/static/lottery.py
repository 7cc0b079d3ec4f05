"""Recomputes the draw of a hearing from its published file: python lottery.py draw.json (Python 3.9, nothing else)."""

import json
import sys
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from typing import Any


def nearest(left: Any, rest: Any, apart: int, sides: int) -> Fraction:
    """The smallest |for - against| / (for + against) with which the places left can be filled."""
    sums = {apart: sides}
    for who, n in left.items():
        pro, con, neither = rest[who, "for"], rest[who, "against"], rest[who, "neutral"]
        pairs = [(f, a) for f in range(min(pro, n) + 1) for a in range(min(con, n) + 1) if 0 <= n - f - a <= neither]
        sums = dict(sorted((d + f - a, t + f + a) for d, t in sums.items() for f, a in pairs))
    return min((Fraction(abs(d), t or 1) for d, t in sums.items()), default=Fraction(2))


def draw(told: Any) -> dict[str, list[int]]:
    """The numbers of those who have a place, and of the reserve, each by rank."""
    ranked = sorted(
        told["applications"], key=lambda a: sha256(f"{told['seed']}:{told['public']}:{a[0]}".encode()).digest()
    )
    rest, apart, sides, drawn = Counter((who, side) for _, who, side in ranked), 0, 0, []
    left = {who: min(n, sum(a[1] == who for a in ranked)) for who, n in told["places"].items()}
    limit = max(Fraction(told["tolerance"]), nearest(left, rest, 0, 0))
    for serial, who, side in ranked:
        rest[who, side] -= 1
        d = {"for": 1, "against": -1, "neutral": 0}[side]
        if left.get(who) and nearest({**left, who: left[who] - 1}, rest, apart + d, sides + abs(d)) <= limit:
            left[who], apart, sides = left[who] - 1, apart + d, sides + abs(d)
            drawn.append(serial)
    reserve = [a[0] for a in ranked if told["places"].get(a[1]) and a[0] not in drawn]
    return {"drawn": drawn, "reserve": reserve}


def right(told: Any) -> bool:
    """Whether the seed is the promised one, the list the frozen one, and the result the one that follows."""
    lines = "".join(f"{serial} {who} {side}\n" for serial, who, side in told["applications"])
    seed: bool = sha256(bytes.fromhex(told["seed"])).hexdigest() == told["commitment"]
    frozen: bool = sha256(lines.encode()).hexdigest() == told["list_hash"]
    return seed and frozen and draw(told) == {part: told[part] for part in ("drawn", "reserve")}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        fits = right(json.load(file))
    print("相符。The result follows from seed and list." if fits else "不符。The result does not follow.")
    sys.exit(not fits)
