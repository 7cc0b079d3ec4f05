"""Finds the sentences of the product, and fails where one has no Chinese, or one that names other facts.

`python -m tools.translations` compares with the catalogue; `--list` prints what it found.
"""

import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "server" / "locale" / "zh" / "LC_MESSAGES" / "luzhi.po"
WORDS = {"say": None, "_": None, "N_": None}
"""The functions whose first argument is a sentence."""


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
    method = "jinja2" if path.suffix == ".html" else "python"
    options = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"} if path.suffix == ".html" else {}
    try:
        with path.open("rb") as file:
            for line, sentence, *_ in extract(method, file, keywords=WORDS, options=options):
                if isinstance(sentence, str) and sentence:
                    yield line, sentence
    except TemplateSyntaxError as error:
        sys.exit(f"{path.relative_to(ROOT)}:{error.lineno}: {error.message}")


def facts(sentence: str) -> set[str]:
    """The names in its braces. Raises ValueError where the braces do not close."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def wrong(sentence: str, chinese: str) -> str:
    """What is wrong with the translation; empty if nothing."""
    if not chinese:
        return "has no Chinese"
    try:
        return "" if facts(sentence) == facts(chinese) else "names other facts in Chinese"
    except ValueError as error:
        return f"cannot be filled ({error})"


def main(*arguments: str) -> None:
    """Exit code 1 with a line for each gap."""
    found = sentences()
    if "--list" in arguments:
        print("\n".join(found))
        return
    with CATALOGUE.open("rb") as file:
        known = {str(m.id): str(m.string) for m in read_po(file, locale="zh") if m.id and not m.fuzzy}
    gaps = [f"{place}: {problem}: {s!r}" for s, place in found.items() if (problem := wrong(s, known.get(s, "")))]
    gaps += [
        f"{CATALOGUE.name}: {problem}: {s!r}" for s in known.keys() - found.keys() if (problem := wrong(s, known[s]))
    ]
    if gaps:
        sys.exit(
            "\n".join([*gaps, f"{len(gaps)} of {len(found)} sentences need Chinese in {CATALOGUE.relative_to(ROOT)}."])
        )
    print(f"{len(found)} sentences, each in both languages.")


if __name__ == "__main__":
    main(*sys.argv[1:])
