"""What can be read in the demo: folders, documents of every level, who was given what, and how far they came."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any, NamedTuple

from server.demo.assembly import COMMITTEES
from server.demo.bodies import body
from server.demo.places import committee_of
from server.demo.rows import Member, Rows, key
from server.models.bodies import BodyKind, BodyRole
from server.models.documents import (
    AccessGrant,
    AccessRequest,
    Document,
    DocumentVersion,
    Filed,
    Folder,
    FolderPath,
    GrantTemplate,
    ReadingAgreement,
)
from server.models.reading.tables import ReadingProgress, ReadReceipt
from server.models.rooms.tables import PaperCopy, ReadingRoom, ReadingSlot
from server.rules import names
from server.rules.access import AccessState
from server.rules.documents import Act, CatalogueAudience, DocumentState, Effect, GrantState, Level, ReadMode
from server.rules.rooms import CopyState
from server.schema.documents.bringing import filed_of
from server.schema.readings.giving import House

NURSERY, BUDGET, HANDBOOK, HEALTH = "nursery", "budget", "handbook", "health"
FILES = {
    NURSERY: "学前教育情况报告.md",
    BUDGET: "预算调整说明.md",
    HANDBOOK: "委员履职手册.md",
    HEALTH: "应急预案修订说明.md",
}
"""Each text of the demo and what its file is called."""
CUSTODIAN, CHAIR = key("account", "custodian"), key("account", "chair")
EDUCATION, ECONOMY = 4, 1
"""The special committees that were given something to read."""
DAY, WEEK, QUARTER, YEAR = dt.timedelta(days=1), dt.timedelta(days=7), dt.timedelta(days=90), dt.timedelta(days=366)
HALF_DAY = dt.timedelta(hours=3)


class Paper(NamedTuple):
    """A document. origin: the department of that number. Those named in `FILES` have a file."""

    name: str
    folder: str
    no: str
    title_zh: str
    title_en: str
    level: Level = Level.INTERNAL
    mode: ReadMode = ReadMode.ONLINE
    state: DocumentState = DocumentState.AVAILABLE
    told: CatalogueAudience = CatalogueAudience.EVERY_MEMBER
    origin: int | None = None


FOLDERS = {
    "papers": ("", "协商议政材料", "Papers for consultations"),
    "education": ("papers", "学前教育专题", "Nursery schools"),
    "economy": ("papers", "预算监督", "The budget"),
    "house": ("", "政协内部资料", "Of the house"),
}
"""By name: the folder in which it lies, if any, and what it is called."""
PAPERS = (
    Paper(
        NURSERY,
        "education",
        "云教〔2026〕18号",
        "关于全市学前教育普及普惠发展情况的报告",
        "How nursery schools stand",
        origin=0,
    ),
    Paper(
        BUDGET,
        "economy",
        "云财〔2026〕41号",
        "关于本年度市级预算调整方案（草案）的说明",
        "The budget as it is to be changed, a draft",
        Level.WORK_SENSITIVE,
        told=CatalogueAudience.NOBODY,
        origin=2,
    ),
    Paper(
        HANDBOOK, "house", "云协办〔2026〕3号", "委员履职手册", "Handbook of members", Level.PUBLIC, ReadMode.DOWNLOAD
    ),
    Paper(
        HEALTH,
        "papers",
        "云卫〔2026〕9号",
        "突发公共卫生事件应急预案修订说明",
        "Emergency plan for public health, as revised",
        origin=3,
    ),
    Paper(
        "archive",
        "house",
        "史〔1987〕12号",
        "历史街区调查档案（1987年）",
        "Survey of the old quarter, 1987",
        mode=ReadMode.ROOM_ONLY,
    ),
    Paper(
        "ageing",
        "papers",
        "",
        "养老服务专题调研提纲",
        "Questions for research on care for the old",
        state=DocumentState.DRAFT,
        told=CatalogueAudience.NOBODY,
        origin=5,
    ),
)
AGREEMENT = {
    "text_zh": "文件仅供本人履职使用。\n不拍照、不录屏、不转发；离开座位时关闭页面。",
    "text_en": "For your own work as a member only.\nTake no photographs, pass nothing on, close it when you leave.",
}


async def bring(house: House) -> dict[str, Filed]:
    """Puts the files of the demo where files lie; each by its name."""
    found = {}
    for name, called in FILES.items():
        with tempfile.TemporaryFile() as file:
            file.write(files("server.demo").joinpath("papers", f"{name}.md").read_bytes())
            file.seek(0)
            found[name] = await filed_of(house, file, called)
    return found


def add_reading(rows: Rows, members: list[Member], filed: Mapping[str, Filed]) -> None:
    """Shelved and given by the custodian a week ago."""
    at = rows.now - WEEK
    for name, (above, zh, en) in FOLDERS.items():
        _shelve(rows, name, above, zh, en, at)
    rows.agreements.append(
        ReadingAgreement(id=key("agreement"), n=1, published_at=at, published_by_id=CUSTODIAN, **AGREEMENT)
    )
    for paper in PAPERS:
        _file(rows, paper, filed, at)
    _give(rows, at)
    _read(rows, [member for member in members if committee_of(member) == EDUCATION], at)
    _ask(rows)
    _furnish(rows, at)


def _shelve(rows: Rows, name: str, above: str, zh: str, en: str, at: dt.datetime) -> None:
    folder = key("folder", name)
    named = {"name_zh": zh, "name_en": en, "sort": names.sort_pinyin(zh, en, "", "")[:400]}
    parent = key("folder", above) if above else None
    rows.folders.append(Folder(id=folder, parent_id=parent, created_at=at, updated_at=at, **named))
    rows.paths += [
        FolderPath(id=key("path", name, over), folder_id=folder, above_id=over)
        for over in filter(None, (folder, parent))
    ]


def _file(rows: Rows, paper: Paper, filed: Mapping[str, Filed], at: dt.datetime) -> None:
    said = (paper.title_zh, paper.title_en, paper.no)
    row = Document(
        id=key("document", paper.name),
        folder_id=key("folder", paper.folder),
        no=paper.no,
        title_zh=paper.title_zh,
        title_en=paper.title_en,
        search=names.search_text(*said, ""),
        origin_id=None if paper.origin is None else body(BodyKind.DEPARTMENT, paper.origin),
        level=paper.level,
        read_mode=paper.mode,
        state=paper.state,
        catalogue_audience=paper.told,
        agreement_id=key("agreement") if paper.level is Level.WORK_SENSITIVE else None,
        catalogue_only=paper.name == "archive",
        receipt_by=rows.today + WEEK if paper.name == NURSERY else None,
        created_at=at,
        updated_at=at,
    )
    rows.documents.append(row)
    if paper.name in FILES:
        whose = {"document_id": row.id, "n": 1, "added_at": at, "added_by_id": CUSTODIAN}
        rows.versions.append(DocumentVersion(id=key("version", paper.name), **asdict(filed[paper.name]), **whose))


def _give(rows: Rows, at: dt.datetime) -> None:
    """Permissions of every kind and in every state."""
    education, economy = (body(BodyKind.SPECIAL_COMMITTEE, n) for n in (EDUCATION, ECONOMY))
    people = {account.name: account.person_id for account in rows.accounts}
    nursery, budget, archive, health = (key("document", name) for name in (NURSERY, BUDGET, "archive", HEALTH))
    hearing, supervision, history = "学前教育专题协商会", "预算监督", "文史资料征集"
    confirmed = {"second_id": CHAIR, "decided_at": at, "decided_by_id": CHAIR}
    decided = {"decided_at": rows.now - DAY, "decided_by_id": CUSTODIAN}
    closed: dict[str, Any] = {"effect": Effect.DENY, "valid_until": rows.now + YEAR}
    given: tuple[dict[str, Any], ...] = (
        {"document_id": nursery, "body_id": education, "reason": hearing},
        {"document_id": nursery, "person_id": people["member"], "reason": hearing},
        {"document_id": nursery, "person_id": people["convener"], "reason": "回避：本人任职单位", **closed},
        {"document_id": budget, "person_id": people["member"], "reason": supervision, "max_opens": 5, **confirmed},
        {"document_id": budget, "body_id": economy, "reason": supervision, "state": GrantState.UNCONFIRMED},
        {"document_id": archive, "person_id": people["member"], "reason": history, "valid_until": rows.now + YEAR},
        {"document_id": health, "body_id": education, "body_role": BodyRole.HEAD, "reason": hearing},
        {"document_id": health, "body_id": economy, "reason": "与本委员会议题无关", **closed},
        {"document_id": health, "person_id": people["chair"], "reason": supervision, "overrides": True},
        {"folder_id": key("folder", "education"), "term_id": key("term", "15"), "act": Act.SEE, "reason": hearing},
        {"document_id": health, "person_id": people["convener"], "reason": history, "valid_from": rows.now + WEEK},
        {"document_id": archive, "person_id": people["leader"], "reason": history, "valid_until": rows.now - DAY},
        {
            "document_id": archive,
            "person_id": people["convener"],
            "reason": history,
            "state": GrantState.REVOKED,
            "decided_reason": "征集已结束",
            **decided,
        },
        {
            "document_id": archive,
            "person_id": people["chair"],
            "reason": history,
            "state": GrantState.SUSPENDED,
            "decided_reason": "档案正在修复",
            **decided,
        },
    )
    for n, facts in enumerate(given):
        usual: dict[str, Any] = {"act": Act.READ, "effect": Effect.ALLOW, "valid_from": at, "granted_at": at}
        usual |= {"granted_by_id": CUSTODIAN, "state": GrantState.ACTIVE, "valid_until": rows.now + QUARTER}
        rows.grants.append(AccessGrant(id=key("grant", n), **usual | facts))
    rows.templates.append(
        GrantTemplate(
            id=key("template"),
            folder_id=key("folder", "papers"),
            name=f"{COMMITTEES[EDUCATION].zh}，两周",
            body_id=education,
            act=Act.READ,
            days=14,
            reason=hearing,
            created_at=at,
            created_by_id=CUSTODIAN,
        )
    )


def _read(rows: Rows, readers: list[Member], at: dt.datetime) -> None:
    """Of the committee one in four has not opened it; the others are at page one, done, or have confirmed."""
    document, version = key("document", NURSERY), rows.versions[0]
    whose = {"document_id": document, "version_id": version.id}
    for n, member in enumerate(readers):
        person, opened = member.person.id, at + dt.timedelta(hours=n)
        if n % 4 == 0 or opened > rows.now:
            continue
        seen = version.pages if n % 4 > 1 else 1
        pages = {"pages": f"1-{seen}" if seen > 1 else "1", "pages_seen": seen, "last_page": seen}
        times = {"first_opened_at": opened, "last_opened_at": opened, "opens": 1, "seconds": 90 * seen}
        done = {"finished_at": opened if seen == version.pages else None}
        rows.progress.append(
            ReadingProgress(id=key("progress", n), person_id=person, **whose, **pages, **times, **done)
        )
        if n % 4 == 3:
            rows.receipts.append(ReadReceipt(id=key("receipt", n), person_id=person, confirmed_at=opened, **whose))


def _ask(rows: Rows) -> None:
    """The leader asks to read what there is of the emergency plan; it waits."""
    leader: Any = next(account.person_id for account in rows.accounts if account.name == "leader")
    rows.wishes.append(
        AccessRequest(
            id=key("wish"),
            document_id=key("document", HEALTH),
            person_id=leader,
            act=Act.READ,
            purpose="为基层医疗专题调研做准备",
            wanted_until=rows.today + 2 * WEEK,
            state=AccessState.SUBMITTED,
            asked_at=rows.now - dt.timedelta(days=1),
            due_on=rows.today + dt.timedelta(days=3),
        )
    )


def _furnish(rows: Rows, at: dt.datetime) -> None:
    """A reading room with times of two weeks, mornings and afternoons, and two copies on paper."""
    room = key("room")
    rows.rooms.append(
        ReadingRoom(id=room, name_zh="阅文室", name_en="Reading room", place="政协大楼 204 室", created_at=at)
    )
    for day in range(1, 15):
        morning = dt.datetime.combine(rows.today + dt.timedelta(days=day), dt.time(1), dt.UTC)
        for n, begins in enumerate((morning, morning + 2 * HALF_DAY)):
            times = {"starts_at": begins, "ends_at": begins + HALF_DAY, "capacity": 4}
            rows.slots.append(ReadingSlot(id=key("slot", day, n), room_id=room, **times))
    rows.copies += [
        PaperCopy(id=key("copy", n), document_id=key("document", "archive"), copy_no=n, state=CopyState.IN_STORE)
        for n in (1, 2)
    ]
