"""Requests to the office in the demo: one waits, one is late, one was declined, one tells of a page that failed."""

import datetime as dt

from server.demo.rows import SECRETARY, Rows, key
from server.models.requests import Request
from server.rules.requests import RequestField, RequestState

TWO_WEEKS = dt.timedelta(days=14)
LATE_DAYS, LATELY_DAYS, LONG_AGO_DAYS = 16, 3, 40


def add_requests(rows: Rows) -> None:
    """All of them by `member`."""
    _ask(rows, 1, LATELY_DAYS, RequestField.PHONE, wanted="010-0000-0001", words="新号码，旧的已停用。")
    _ask(rows, 2, LATE_DAYS, RequestField.OTHER, words="本人工作单位已更名，请更正。")
    failed = _ask(rows, 4, LATELY_DAYS, RequestField.ERROR_PAGE, words="想打开去年收到的链接，查看学习组名单。")
    failed.page, failed.status, failed.number = "/learning/groups", 404, key("number", 4).hex
    failed.happened_at = failed.created_at - dt.timedelta(minutes=2)
    declined = _ask(rows, 3, LONG_AGO_DAYS, RequestField.EXPERTISE, wanted="教育、法律")
    declined.state, declined.answer = RequestState.DECLINED, "请附上相关证明材料后再次提出。"
    declined.decided_at, declined.decided_by_id = rows.now - dt.timedelta(days=LONG_AGO_DAYS - 5), SECRETARY


def _ask(rows: Rows, n: int, days: int, field: RequestField, *, wanted: str = "", words: str = "") -> Request:
    asker = next(account for account in rows.accounts if account.name == "member")
    row = Request(
        id=key("request", n),
        account_id=asker.id,
        person_id=asker.person_id,
        sender=asker.name,
        field=field,
        wanted=wanted,
        words=words,
        state=RequestState.OPEN,
        created_at=rows.now - dt.timedelta(days=days),
        due_on=rows.today - dt.timedelta(days=days) + TWO_WEEKS,
    )
    rows.requests.append(row)
    return row
