"""The one list of what a table of people can say: names in both languages, kinds, and where each belongs.

It drives the reader, the template, the export and the documentation.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

Group = Literal["person", "seat", "body", "membership", "term"]
Shape = Literal[
    "text", "day", "moment", "sex", "body_kind", "body_role", "status", "post", "term_status", "list", "yes", "ref",
    "pairs", "spans", "ties", "years",
]  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column. field: its name in options and messages. zh: its heading in Chinese. also: other headings.

    guarded: only with the right to read a member's file. exported: only an export writes it.
    """

    field: str
    group: Group
    zh: str
    shape: Shape = "text"
    also: tuple[str, ...] = ()
    longest: int = 300
    guarded: bool = False
    exported: bool = False


def _person(field: str, zh: str, shape: Shape = "text", *also: str, **facts: Any) -> Column:
    return Column(field, "person", zh, shape, also, **facts)


def _seat(field: str, zh: str, shape: Shape = "text", *also: str, **facts: Any) -> Column:
    return Column(field, "seat", zh, shape, also, **facts)


def _body(field: str, zh: str, shape: Shape = "text", *also: str, **facts: Any) -> Column:
    return Column(field, "body", zh, shape, also, **facts)


def _membership(field: str, zh: str, shape: Shape = "text", *also: str, **facts: Any) -> Column:
    return Column(field, "membership", zh, shape, also, **facts)


def _term(field: str, zh: str, shape: Shape = "text", **facts: Any) -> Column:
    return Column(field, "term", zh, shape, exported=True, **facts)


COLUMNS: tuple[Column, ...] = (
    _person("id", "编号", "text", "person_id", "人员编号", "标识"),
    _person("name", "姓名", "text", "full_name", "名字", longest=200),
    _person("name_zh", "中文姓名", longest=200, exported=True),
    _person("name_en", "英文姓名", "text", "english_name", "外文姓名", "英文名", longest=200),
    _person("family_name", "姓", "text", "surname", "last_name", "姓氏", longest=100),
    _person("given_name", "名", "text", "first_name", longest=150),
    _person("sort_pinyin", "拼音排序", longest=500, exported=True),
    _person("sort_strokes", "笔画排序", longest=500, exported=True),
    _person("sex", "性别", "sex", "gender"),
    _person("birth_date", "出生日期", "day", "出生年月", "生日", "date_of_birth", "born", guarded=True),
    _person("political_affiliation", "政治面貌", "text", "党派", longest=100, guarded=True),
    _person("education", "学历", "text", "文化程度", longest=200),
    _person("professional_title", "职称", longest=100),
    _person("expertise", "专长", "list", "专业"),
    _person("focus_topics", "关注议题", "list", "关注领域"),
    _person("email", "邮箱", "text", "电子邮箱", "电子邮件", "e_mail", "mail", longest=254, guarded=True),
    _person("phone", "电话", "text", "手机", "联系电话", "手机号", "mobile", "telephone", longest=60, guarded=True),
    _person("image", "照片", "text", "photo", longest=1000),
    _person("identifiers", "其他编号", "pairs", exported=True),
    _seat("term", "届次", "text", "届", longest=40),
    _seat("no", "委员证号", "text", "委员编号", "证号", "member_no", longest=40),
    _seat("status", "状态", "status"),
    _seat("status_start", "任职日期", "day", "入会日期", "joined", "joined_on"),
    _seat("status_end", "状态截止", "day"),
    _seat("status_reason", "状态原因", longest=500, guarded=True),
    _seat("post", "委员职务", "post"),
    _seat("sector", "界别", "ref"),
    _seat("unit", "工作单位", "text", "单位", "employer", longest=200),
    _seat("residence_area", "居住地", "text", "所在地区", longest=200),
    _seat("post_start", "界别开始", "day"),
    _seat("post_end", "界别截止", "day"),
    _seat("earlier", "以往经历", "spans", exported=True),
    _body("body_id", "机构编号", "text", "organization_id", "organisation_id"),
    _body("body", "所在机构", "text", "机构", "机构名称", "organization", "organisation", "organization_name"),
    _body("body_zh", "机构中文名", exported=True),
    _body("body_en", "机构英文名", "text", "body_name_en"),
    _body("body_kind", "机构类型", "body_kind", "机构类别"),
    _body("classification", "机构分类", "text", "body_classification", longest=100),
    _body("body_term", "机构届次", longest=40),
    _body("parent", "上级机构", "ref", "body_parent"),
    _body("body_start", "成立日期", "day", "founding_date"),
    _body("body_end", "撤销日期", "day", "dissolution_date"),
    _body("sensitive", "敏感", "yes", "body_sensitive"),
    _body("body_identifiers", "机构其他编号", "pairs", exported=True),
    _body("body_ties", "机构关系", "ties", exported=True),
    _membership("title", "职务", "text", "机构职务", "role"),
    _membership("body_role", "角色", "body_role"),
    _membership("primary", "主要", "yes"),
    _membership("start_date", "开始日期", "day", "起始日期", "starts_on", "start"),
    _membership("end_date", "结束日期", "day", "截止日期", "ends_on", "end"),
    _membership("membership_term", "任职届次", longest=40),
    _membership("on_behalf_of", "代表", "ref", "代表组织", "on_behalf_of_id"),
    _membership("voided_at", "更正时间", "moment", exported=True),
    _membership("voided_by", "更正人", longest=150, exported=True),
    _membership("voided_reason", "更正原因", longest=500, exported=True),
    _term("term_zh", "届次中文名", longest=200),
    _term("term_en", "届次英文名", longest=200),
    _term("term_start", "届次开始", "day"),
    _term("term_end", "届次截止", "day"),
    _term("term_status", "届次状态", "term_status"),
    _term("term_years", "届次年度", "years"),
)

BY_FIELD: dict[str, Column] = {column.field: column for column in COLUMNS}


def heading(column: Column, locale: str) -> str:
    """What stands over it in that language."""
    return column.zh if locale == "zh" else column.field


def plain(heading: str) -> str:
    """A heading without what people write differently: case, width, spaces, marks of necessity."""
    text = unicodedata.normalize("NFKC", heading).strip().casefold().strip("*:： ")
    return re.sub(r"[\s\-]+", "_", text)


HEADINGS: dict[str, Column] = {
    plain(heading): column for column in COLUMNS for heading in (column.field, column.zh, *column.also)
}


def find(heading: str) -> Column | None:
    """The column that this heading names, in either language."""
    return HEADINGS.get(plain(heading))


def nearest(heading: str) -> str:
    """The known heading most like this one."""
    close = difflib.get_close_matches(plain(heading), HEADINGS, n=1, cutoff=0.0)
    return close[0] if close else COLUMNS[0].field


def as_markdown() -> str:
    """The list as a table, for the documentation."""
    rows = [
        f"| `{c.field}` | {c.zh} | {', '.join(c.also)} | {c.group} | {c.shape.replace('_', ' ')} |" for c in COLUMNS
    ]
    return "\n".join(["| Field | Chinese heading | Also | Of | Value |", "|---|---|---|---|---|", *rows])
