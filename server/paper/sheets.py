"""What is to be printed: a page, and what its foot says."""

import datetime as dt
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Foot:
    """What stands below each page. page: what stands before, between and after its number and how many there are."""

    left: str
    right: str
    page: tuple[str, str, str]


@dataclass(frozen=True)
class Sheet:
    """A document. html: a page with an element of the id main. lang: zh or en. author: who prints it. made: when."""

    html: str
    lang: str
    author: str
    made: dt.datetime
    foot: Foot

    def as_json(self) -> bytes:
        """As the process reads it. Half a character, which no font has, becomes a question mark."""
        when = self.made
        made = {name: getattr(when, name) for name in ("year", "month", "day", "hour", "minute", "second")}
        return json.dumps(asdict(self) | {"made": made}, ensure_ascii=False).encode("utf-8", "replace")
