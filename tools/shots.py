"""Pictures of the pages into screenshots/: `python -m tools.shots`, or `python -m tools.shots /members member` for one.

Each page is shown as its reader sees it, in both languages, light and dark, at 320, 390 and 1280 px, in large text and
on paper. They are for looking at before a change is called done; a page wider than its window is named at the end.
"""

import argparse
import re
import sys
import tempfile
from itertools import product as every
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium, product, windows
from tests.browser.windows import DESK, NARROW, PHONE, Locale, Theme

FOLDER = Path("screenshots")
PAGES = (
    ("/login", ""),
    ("/", "secretary"),
    ("/", "member"),
    ("/me", "member"),
    ("/members", "member"),
    ("/members first", "secretary"),
    ("/members/new", "secretary"),
    ("/members/roster", "secretary"),
    ("/members/labels", "secretary"),
    ("/help/member", "member"),
    ("/bodies", "member"),
    ("/bodies first", "secretary"),
    ("/learning-groups", "secretary"),
    ("/learning-groups first", "leader"),
    ("/coverage", "secretary"),
    ("/imports", "secretary"),
    ("/calendar", "secretary"),
    ("/calendar/day", "secretary"),
    ("/calendar/import", "secretary"),
    ("/assembly", "admin"),
    ("/bodies/several", "secretary"),
    ("/permissions", "custodian"),
    ("/accounts", "admin"),
    ("/tokens", "secretary"),
    ("/graphiql", "auditor"),
    ("/audit", "auditor"),
    ("/jobs", "auditor"),
    ("/nothing-here", "member"),
    ("/members?search=nobody-of-this-name", "member"),
    ("/members?first=x", "member"),
    ("/accounts", "member"),
    ("/terms", "secretary"),
    ("/renewal", "secretary"),
    ("/renewal/new", "secretary"),
    ("/members first /change", "secretary"),
    ("/members first /merge", "secretary"),
    ("/bodies first /add", "secretary"),
    ("/learning-groups first /leaders", "leader"),
    ("/coverage/assign", "secretary"),
    ("/accounts/new", "admin"),
    ("/accounts first", "admin"),
    ("/me/password", "member"),
    ("/me/sessions", "member"),
    ("/me/messages", "member"),
    ("/me/messages first", "member"),
    ("/me/messages/choices", "member"),
    ("/mailings", "secretary"),
    ("/mailings first", "secretary"),
    ("/mailings first /slips", "secretary"),
    ("/mailings/new", "secretary"),
    ("/deliveries", "secretary"),
    ("/deliveries?states=SENT", "secretary"),
)
"""Address and who looks; `first` after a list is the first thing of that list, what follows is an address in it."""
LANGUAGES: tuple[Locale, ...] = ("zh", "en")
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (NARROW, PHONE, DESK)
FIRST = "main th[scope=row] a"


def main() -> int:
    """Takes them all, or those of one address. Exit code 1 if a page is wider than its window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", help="one page, such as /members")
    parser.add_argument("who", nargs="?", default="secretary", help="the demo account that looks")
    parser.add_argument("--at", default="", help="a running product, such as http://127.0.0.1:8000")
    asked = parser.parse_args()
    pages = ((asked.address, asked.who),) if asked.address else PAGES
    program = chromium.program()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        if asked.at:
            wide = take(browser, asked.at, pages)
        else:
            with product.running(Path(folder)) as address:
                wide = take(browser, address, pages)
        browser.close()
    print(*wide, sep="\n", file=sys.stderr)
    return 1 if wide else 0


def take(browser: Browser, address: str, pages: tuple[tuple[str, str], ...]) -> list[str]:
    """Every picture of these pages; the names of those that are too wide."""
    FOLDER.mkdir(exist_ok=True)
    cookies = {who: signed_in(browser, address, who) for _, who in pages if who}
    wide = []
    for language, theme, width in every(LANGUAGES, THEMES, WIDTHS):
        for where, who in pages:
            known: dict[str, Any] = {"storage_state": cookies[who]} if who else {}
            with windows.window(browser, address, width=width, language=language, theme=theme, **known) as context:
                page = context.new_page()
                go(page, where)
                name = f"{file_name(where, who)}-{language}-{theme}-{width}"
                page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(f"{name} is wider than its window")
                if width == PHONE and theme == "light":
                    context.add_cookies([{"name": "text", "value": "large", "url": address}])
                    page.reload()
                    page.screenshot(path=FOLDER / f"{name}-large.png", full_page=True)
                if width == DESK and theme == "light":
                    page.emulate_media(media="print")
                    page.pdf(path=FOLDER / f"{name}-print.pdf", format="A4", prefer_css_page_size=True)
                    page.screenshot(path=FOLDER / f"{file_name(where, who)}-{language}-print.png", full_page=True)
    return wide


def signed_in(browser: Browser, address: str, who: str) -> dict[str, Any]:
    """What a browser keeps after that person signed in."""
    with windows.window(browser, address) as context:
        windows.sign_in(context.new_page(), who)
        return {"cookies": [c for c in context.cookies() if c.get("name") != "language"], "origins": []}


def go(page: Page, where: str) -> None:
    """Opens the page; for `first`, the first thing of the list."""
    address, *first = where.split()
    page.goto(address)
    if first and (target := page.locator(FIRST).first.get_attribute("href")):
        page.goto(target + "".join(first[1:]))


def file_name(where: str, who: str) -> str:
    """Such as members-first-secretary; today for the first page."""
    parts = re.findall(r"[\w-]+", where) or ["today"]
    return "-".join([*parts, who or "nobody"])


if __name__ == "__main__":
    sys.exit(main())
