"""Finds the sentences of the product, and fails where one has no Chinese, or Chinese that does not fit it.

`python -m tools.translations` compares with the catalogue; `--list` prints what it found.
"""

import ast
import re
import string
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "server" / "locale" / "zh" / "LC_MESSAGES" / "luzhi.po"
WORDS = {"say": None, "_": None}
"""The functions whose first argument is a sentence."""

HAN = "\u4e00-\u9fff"
NOT_CHINESE = re.compile(rf"[{HAN}][,.;:!?()]|[,;:!?()][{HAN}]|！")
"""Punctuation of Latin text beside hanzi, and exclamation marks, which the product does not use."""


def sentences() -> dict[str, str]:
    """Every sentence -> the place where it stands first, such as `web/pages.py:12`."""
    found: dict[str, str] = {}
    for path in sources():
        for line, sentence in sentences_of(path):
            found.setdefault(sentence, f"{path.relative_to(ROOT)}:{line}")
    return found


def sources() -> Iterator[Path]:
    """Our Python files and templates."""
    for room in ("server", "web"):
        yield from sorted((ROOT / room).rglob("*.py"))
    yield from sorted((ROOT / "web" / "templates").rglob("*.html"))


def sentences_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and sentence. A template that cannot be read ends the search."""
    template = path.suffix == ".html"
    options = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"} if template else {}
    try:
        with path.open("rb") as file:
            for line, sentence, *_ in extract("jinja2" if template else "python", file, WORDS, options=options):
                if isinstance(sentence, str) and sentence:
                    yield line, sentence
    except TemplateSyntaxError as error:
        sys.exit(f"{path.relative_to(ROOT)}:{error.lineno}: {error.message}")
    if not template:
        yield from _done(path)


def _done(path: Path) -> Iterator[tuple[int, str]]:
    """What a form says after success: `form(..., done="The change is saved.")`."""
    for call in ast.walk(ast.parse(path.read_bytes())):
        for given in call.keywords if isinstance(call, ast.Call) else ():
            if given.arg == "done" and isinstance(given.value, ast.Constant) and given.value.value:
                yield given.value.lineno, str(given.value.value)


def facts(sentence: str) -> set[str]:
    """The names in its braces. Raises ValueError where the braces do not close."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def wrong(sentence: str, chinese: str) -> str:
    """What is wrong with the translation; empty if nothing."""
    if not chinese:
        return "has no Chinese"
    try:
        if facts(sentence) != facts(chinese):
            return "names other facts in Chinese"
    except ValueError as error:
        return f"cannot be filled ({error})"
    odd = NOT_CHINESE.search(chinese)
    return f"has Latin punctuation or an exclamation mark at {odd[0]!r}" if odd else ""


def gaps(found: dict[str, str], catalogue: Path = CATALOGUE) -> list[str]:
    """A line for each sentence that is missing, wrong, translated twice, or not used any more."""
    with catalogue.open("rb") as file:
        known = {str(m.id): str(m.string) for m in read_po(file, locale="zh") if m.id and not m.fuzzy}
    lines = Counter(re.findall(r'^msgid "(.+)"$', catalogue.read_text(encoding="utf-8"), re.MULTILINE))
    return [
        *(f"{place}: {why}: {s!r}" for s, place in found.items() if (why := wrong(s, known.get(s, "")))),
        *(f"{catalogue.name}: nobody says this any more: {s!r}" for s in known if s not in found),
        *(f"{catalogue.name}: stands there {times} times: {s!r}" for s, times in lines.items() if times > 1),
    ]


def main(*arguments: str) -> None:
    """Exit code 1 with a line for each gap."""
    found = sentences()
    if "--list" in arguments:
        print("\n".join(found))
        return
    missing = gaps(found)
    if missing:
        sys.exit(
            "\n".join([*missing, f"{len(missing)} to mend in {CATALOGUE.relative_to(ROOT)}; terms: docs/glossary.md."])
        )
    print(f"{len(found)} sentences, each in both languages.")


if __name__ == "__main__":
    main(*sys.argv[1:])
