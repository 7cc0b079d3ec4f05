"""What someone did before anyone looks, so that no page is empty: files taken in and looked at, a member placed ..."""

import re
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from playwright.sync_api import FilePayload, Page

TAKEN = "name,name_en\n尹初见,Yin Chujian\n"
WRONG = "name,birth_date,shoe size\n尹再见,yesterday,41\n"


def done(page: Page) -> list[str]:
    """Does it through the forms; the addresses where each deed can be seen."""
    issue_token(page)
    connect_app(page)
    plan_next_term(page)
    new = "/renewal/new"  # which nothing leads to while one is planned
    return [new, _upload(page, WRONG), _apply(page, _upload(page, TAKEN)), _place(page), _check(page), _compare(page)]


def shelved(page: Page) -> list[str]:
    """A custodian's: documents of each kind, one open, given, asked for, and a room; where each can be seen."""
    _send(page, "/agreement", textZh="不得拍照")
    folder = _send(page, "/folders/new", nameZh="议政材料").rpartition("/")[2]
    wanted, department = _materials(page, folder)
    public = _document(page, folder, "年鉴", level="PUBLIC", readMode="DOWNLOAD", origin=department)
    question = _send(page, f"{public}/question", question="Which year?")
    room = _document(page, folder, "会议记录", readMode="ROOM_ONLY")
    asked = _document(page, folder, "预算草案", agreement="true")
    on, own = asked.rpartition("/")[2], _first(page, "/", ".side a[href^='/members/per_']")
    terms = {"effect": "ALLOW", "act": "READ", "overrides": "false", "text": "true", "reason": "hearing"}
    for whom in (
        {"bodies": _first(page, own, "main a[href^='/bodies/bod_']").rpartition("/")[2]},
        {"people": _first(page, "/members", "main th[scope=row] a").rpartition("/")[2]},
    ):
        _send(page, f"/giving/{on}/add", **terms, **whom)
    tomorrow = page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)")
    hall = _send(page, "/rooms", nameZh="阅文室")
    _send(page, f"{hall}/times", day=tomorrow, hours="9:00-11:30", capacity="1")
    wish = _send(page, f"{room}/ask", purpose="hearing", wantedUntil=tomorrow)
    opened = _send(page, f"{public}/read")
    handing = _first(page, "/keeping", "form[action$='/hand-over']", "action")
    papers = [public, room, asked, f"/grants?on={on}", f"{asked}/readers", hall, wish, opened]
    return [*papers, wanted, question, handing]


def invited(page: Page) -> list[str]:
    """A secretary's: a study session to which all learning groups are invited, of which everyone was told; hearings."""
    page.goto("/learning-groups")
    groups = page.eval_on_selector_all("main th[scope=row] a", "all => all.map(one => one.getAttribute('href'))")
    tomorrow = page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)")
    facts = {"titleZh": "学习座谈", "kind": "STUDY_SESSION", "audience": "MEMBERS", "hours": "9:00-11:30"}
    first, *_ = keys = [group.rpartition("/")[2] for group in groups]
    planned = _send(page, "/activities/new", lead=first, day=tomorrow, **facts).removesuffix("/people")
    for key in keys:
        _send(page, f"{planned}/people/invite", body=key, role="MEMBER")
    _send(page, f"{planned}/approve")
    return [_send(page, f"{planned}/announce", urgentReason="the plan is due"), *_heard(page, first)]


def _heard(page: Page, body: str) -> list[str]:
    """A public hearing of that body for which one can apply, and somebody did; and a draft of another one."""
    day = f"{page.evaluate('new Date().getFullYear() + 1')}-12-14"
    facts = {
        "titleZh": "学前教育听证会",
        "kind": "HEARING",
        "audience": "MEMBERS",
        "hours": "9:00-11:30",
        "venue": "一号厅",
    }
    open_, draft = [_prepared(page, lead=body, day=day, **facts) for _ in range(2)]
    chair = _first(page, "/members", "main th[scope=row] a").rpartition("/")[2]
    _send(page, f"{open_}/panel", people=chair, duty="PRESIDING")
    _send(page, f"{open_}/places", ofPublic="10")
    for step in ("approve", "announce", "open"):
        _send(page, f"{open_}/{step}")
    who = {"name": "Nan", "phone": "1234", "capacity": "PUBLIC", "position": "FOR", "summary": "It is far"}
    receipt = page.request.post(f"{open_}/form", form=who).text()
    (link,) = set(re.findall(r"/hearings/applied/[\w-]+", receipt))
    return [
        open_,
        link,
        f"{open_}/form",
        *(f"{draft}/{page}" for page in ("change", "places", "choose", "start", "draw")),
    ]


def _prepared(page: Page, **facts: str) -> str:
    activity = _send(page, "/activities/new", **facts).removesuffix("/people").rpartition("/")[2]
    written = ("matter", "purpose", "basis", "contact", "conditions", "complaints")
    said = dict.fromkeys(written, "as the rules ask") | {"profile": "LIGHT", "openDoors": "true"}
    return _send(page, "/hearings/new", activity=activity, **said)


def _materials(page: Page, folder: str) -> tuple[str, str]:
    """Asked of the first department that has a contact who can deliver them; that department."""
    page.goto("/materials/new")
    departments = page.eval_on_selector_all("#department option", "all => all.map(one => one.value)")
    said = {"topic": "hearing", "what": "numbers", "folder": folder, "level": "INTERNAL", "workingDays": "5"}
    for department in filter(None, departments):
        answer = page.request.post("/materials/new", form=said | {"department": department}, max_redirects=0)
        if answer.status == 303:
            return answer.headers["location"], department
    raise AssertionError("no department has a contact")


def _document(page: Page, folder: str, title: str, **facts: str) -> str:
    """Available, with a file; its address."""
    usual = {"level": "INTERNAL", "readMode": "ONLINE"}
    address = _send(page, "/documents/new", folder=folder, titleZh=title, **usual | facts)
    file: FilePayload = {"name": "a.txt", "mimeType": "text/plain", "buffer": title.encode()}
    answer = page.request.post(f"{address}/versions", multipart={"file": file}, max_redirects=0)
    assert answer.status == 303, answer.text()
    for to in ("CHECKED", "AVAILABLE"):
        _send(page, f"{address}/move", to=to)
    return address


def _send(page: Page, address: str, **typed: str) -> str:
    """What a form there says, sent; the address to which it leads."""
    answer = page.request.post(address, form=dict(typed), max_redirects=0)
    assert answer.status == 303, (address, answer.status, answer.text())
    return answer.headers["location"]


def _first(page: Page, address: str, link: str, attribute: str = "href") -> str:
    page.goto(address)
    return page.locator(link).first.get_attribute(attribute) or ""


def issue_token(page: Page) -> None:
    """Leaves the page that shows the token, this once."""
    page.goto("/tokens")
    page.fill("#name", "mirror")
    page.check("input[value='members:read']")
    _press(page, "form[action='/tokens'] button.main")


def connect_app(page: Page) -> None:
    """Registers an app of this very machine, and lets it act."""
    page.goto("/apps/new")
    page.fill("#nameZh", "办公平台")
    page.fill("#nameEn", "Office platform")
    back = page.evaluate("location.origin + '/healthz'")
    page.fill("#redirects", back)
    page.check("input[value='members:read']")
    page.check("#confidential")
    _press(page, "form[action='/apps/new'] button.main")
    page.goto(wish(page.input_value("#client"), back))
    _press(page, "button[value=allow]")


def plan_next_term(page: Page) -> None:
    """Makes the draft of it."""
    page.goto("/renewal/new")
    page.fill("#code", "99")
    page.fill("#startsOn", "2099-01-01")
    _press(page, "form[action='/renewal/new'] button.main")


def wish(app: str, back: str, verifier: str = "v" * 64, **facts: str) -> str:
    """The address to which an app sends people."""
    asked = {"response_type": "code", "client_id": app, "redirect_uri": back, "scope": "members:read", "state": "xyz"}
    proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    return f"/oauth/authorize?{urlencode(asked | proof | facts)}"


def _upload(page: Page, text: str) -> str:
    page.goto("/imports")
    page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()})
    return _press(page, "form[enctype] button.main")


def _apply(page: Page, preview: str) -> str:
    page.goto(preview)
    return _press(page, "form[action$='/apply'] button")


def _place(page: Page) -> str:
    """One of those in no group."""
    page.goto("/coverage/assign")
    person = page.locator("main th[scope=row] a").first.get_attribute("href") or ""
    page.goto(f"/coverage/assign?people={person.rpartition('/')[2]}")
    _press(page, "form[action$='/check'] button.main")
    return _press(page, "form[method=post] button.main")


def _check(page: Page) -> str:
    """The others are looked at only."""
    page.goto("/coverage/assign")
    return _press(page, "form[action$='/check'] button.main")


def _compare(page: Page) -> str:
    page.goto("/members?search=wang")
    page.goto(f"{page.locator('main th[scope=row] a').first.get_attribute('href')}/merge?search=wang")
    return _where(page)


def _press(page: Page, button: str) -> str:
    with page.expect_navigation():
        page.click(button)
    return _where(page)


def _where(page: Page) -> str:
    here: str = page.evaluate("location.pathname + location.search")
    return here
