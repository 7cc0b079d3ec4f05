"""What is announced in the demo: for everyone, for members and for a group; amended, over, handed in and a draft."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from server.demo.accounts import LED
from server.demo.bodies import body
from server.demo.reading import NURSERY
from server.demo.rows import SECRETARY, Member, Rows, key, pick
from server.models.announcements import (
    Announcement,
    AnnouncementBody,
    AnnouncementComment,
    AnnouncementDocument,
    AnnouncementReading,
    AnnouncementVersion,
)
from server.models.bodies import BodyKind
from server.rules.announcements import AnnouncementAudience, AnnouncementKind, AnnouncementState
from server.rules.documents import Level

DAY = dt.timedelta(days=1)
A, K, S = AnnouncementAudience, AnnouncementKind, AnnouncementState


class News(NamedTuple):
    """An announcement. department: its number, None for the office. ago: days since it happened and was published.

    left: days for which it is still displayed, and for which people can comment; None for always, and for never.
    was: its text before it was corrected, and why it was.
    """

    name: str
    kind: AnnouncementKind
    state: AnnouncementState
    audience: AnnouncementAudience
    department: int | None
    ago: tuple[int | None, int]
    zh: str
    en: str
    text: str
    left: tuple[int | None, int | None] = (None, None)
    was: tuple[str, str] = ("", "")


SCHOOLS, DISPLAY, STREETS, HANDED_IN = "schools", "display", "streets", "handed-in"
NEWS = (
    News(
        SCHOOLS,
        K.INFORMATION,
        S.PUBLISHED,
        A.EVERYONE,
        0,
        (4, 2),
        "全市新增普惠幼儿园12所",
        "Twelve new public nursery schools",
        "## 布局\n\n秋季学期起，全市新增普惠幼儿园**12所**，学位3240个：\n\n- 城东区5所\n- 城西区4所\n- 开发区3所\n\n"
        "名单见所附文件。",
        (None, 20),
        ("秋季学期起，全市新增普惠幼儿园11所，学位2970个。", "开发区第三所已于本周验收，一并计入。"),
    ),
    News(
        DISPLAY,
        K.DISPLAY,
        S.PUBLISHED,
        A.EVERYONE,
        None,
        (None, 1),
        "优秀提案拟表彰名单公示",
        "Proposals to be commended: display",
        "拟对以下提案予以表彰，现予公示。公示期内如有异议，请在评论中说明，或与办公室联系。\n\n"
        "1. 关于增加普惠托育服务供给的提案\n2. 关于完善老旧小区加装电梯协商机制的提案",
        (7, 7),
    ),
    News(
        STREETS,
        K.SITUATION,
        S.PUBLISHED,
        A.MEMBERS,
        1,
        (18, 10),
        "养老服务设施建设情况通报",
        "Care for the old: where building stands",
        "截至上月底，街道养老服务中心已开工6个，其中3个投入使用。",
    ),
    News(
        "group",
        K.NOTICE,
        S.PUBLISHED,
        A.BODIES,
        None,
        (None, 3),
        "学习小组资料领取",
        "Papers of the learning group",
        "本季度学习资料已到，请到委员之家领取。",
    ),
    News(
        "over",
        K.NOTICE,
        S.PUBLISHED,
        A.MEMBERS,
        None,
        (None, 40),
        "委员证换发通知",
        "New cards for members",
        "请于两周内到办公室换发委员证。",
        (-10, None),
    ),
    News(
        HANDED_IN,
        K.INFORMATION,
        S.SUBMITTED,
        A.MEMBERS,
        0,
        (1, 0),
        "中小学课后服务全覆盖",
        "After school in every school",
        "本学期起，全市中小学课后服务实现全覆盖。",
    ),
    News(
        "draft",
        K.APPOINTMENT,
        S.DRAFT,
        A.MEMBERS,
        None,
        (None, 0),
        "专门委员会人事安排",
        "Appointments to committees",
        "",
    ),
)


def add_news(rows: Rows, members: list[Member]) -> None:
    """Written by the secretary; what a department has handed in waits for them."""
    own = {account.person_id for account in rows.accounts}
    here = [member.person.id for member in members if member.until is None and member.person.id not in own]
    for news in NEWS:
        row = _write(rows, news)
        rows.announcements.append(row)
        if row.version:
            _keep_versions(rows, news, row)
    rows.announced_to.append(
        AnnouncementBody(
            id=key("announced", LED),
            announcement_id=key("announcement", "group"),
            body_id=body(BodyKind.LEARNING_GROUP, LED),
        )
    )
    for name, chances in ((SCHOOLS, [2, 2, 1, 0]), (DISPLAY, [1, 0, 0]), (STREETS, [1, 1, 1, 0])):
        _read(rows, name, here, chances)
    _comment(rows, here)
    rows.listed.append(
        AnnouncementDocument(
            id=key("listed", SCHOOLS),
            announcement_id=key("announcement", SCHOOLS),
            document_id=key("document", NURSERY),
            linked_at=rows.now - 2 * DAY,
        )
    )


def _write(rows: Rows, news: News) -> Announcement:
    happened, told = news.ago
    at = rows.now - told * DAY
    out = news.state is S.PUBLISHED
    display, comments = (None if left is None else rows.today + left * DAY for left in news.left)
    return Announcement(
        id=key("announcement", news.name),
        kind=news.kind,
        state=news.state,
        audience=news.audience,
        level=Level.PUBLIC if news.audience is A.EVERYONE else Level.INTERNAL,
        origin_id=None if news.department is None else body(BodyKind.DEPARTMENT, news.department),
        occurred_on=None if happened is None else rows.today - happened * DAY,
        title_zh=news.zh,
        title_en=news.en,
        body_zh=news.text,
        version=(2 if news.was[0] else 1) if out else 0,
        publish_at=at if out else None,
        told_at=at if out else None,
        display_until=display,
        comment_until=comments,
        created_at=at - DAY,
        created_by_id=SECRETARY,
        updated_at=at,
    )


def _keep_versions(rows: Rows, news: News, row: Announcement) -> None:
    texts = [(news.was[0], ""), (news.text, news.was[1])] if news.was[0] else [(news.text, "")]
    for n, (text, changed) in enumerate(texts, 1):
        rows.announcement_versions.append(
            AnnouncementVersion(
                id=key("version", news.name, n),
                announcement_id=row.id,
                n=n,
                title_zh=news.zh,
                title_en=news.en,
                body_zh=text,
                occurred_on=row.occurred_on,
                changed=changed,
                published_at=(row.publish_at or rows.now) + (n - 1) * DAY,
                published_by_id=SECRETARY,
            )
        )


def _read(rows: Rows, name: str, people: list[UUID], chances: list[int]) -> None:
    """chances: the version that some of the people saw last, 0 for never; the demo's own people have read nothing."""
    row = next(one for one in rows.announcements if one.id == key("announcement", name))
    for person in people:
        if seen := min(pick(chances, name, person), row.version):
            at = (row.publish_at or rows.now) + dt.timedelta(hours=pick(range(1, 20), name, person, "at"))
            of = {"announcement_id": row.id, "person_id": person, "seen": seen}
            rows.announcement_readings.append(
                AnnouncementReading(id=key("announced", name, person), **of, first_read_at=at, read_at=at)
            )


def _comment(rows: Rows, people: list[UUID]) -> None:
    """Two of those who read; one of them was off the matter, and hidden."""
    said = (("建议同步公布收费标准。", ""), ("请问停车位何时增加？", "与本公告内容无关，已转有关部门。"))
    for n, (text, hidden) in enumerate(said):
        rows.comments.append(
            AnnouncementComment(
                id=key("comment", SCHOOLS, n),
                announcement_id=key("announcement", SCHOOLS),
                person_id=people[n],
                text=text,
                version=2,
                written_at=rows.now - dt.timedelta(hours=8 - n),
                hidden_at=rows.now - dt.timedelta(hours=4) if hidden else None,
                hidden_by_id=SECRETARY if hidden else None,
                hidden_reason=hidden,
            )
        )
