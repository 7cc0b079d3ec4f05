"""Tables of the working calendar: changes, each with the days and the whole years that it speaks of.

Nothing is overwritten. Of a day holds what the last change said that was not undone; so undoing one is a mark on it.
"""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.fields import Keyed
from server.rules.calendar import DayMark


class CalendarChange(Keyed):
    """What someone said of the calendar at once. serial: the order of changes. source: the file or list it is from."""

    serial = fields.BigIntField()
    at = fields.DatetimeField()
    by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    by_id: UUID | None
    reason = fields.CharField(max_length=500)
    source = fields.CharField(max_length=300, default="")
    undone_at = fields.DatetimeField(null=True)
    undone_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "calendar_change"


class CalendarYear(Keyed):
    """A year of which a change says the whole: what was said of its days before counts no more."""

    change: fields.ForeignKeyRelation[CalendarChange] = fields.ForeignKeyField(
        "luzhi.CalendarChange", related_name="years", on_delete=fields.RESTRICT
    )
    year = fields.IntField()

    class Meta:
        table = "calendar_year"


class CalendarDay(Keyed):
    """What a change says of a day."""

    change: fields.ForeignKeyRelation[CalendarChange] = fields.ForeignKeyField(
        "luzhi.CalendarChange", related_name="days", on_delete=fields.RESTRICT
    )
    change_id: UUID
    day = fields.DateField()
    mark = fields.CharEnumField(DayMark, max_length=20)
    name_zh = fields.CharField(max_length=100, default="")
    name_en = fields.CharField(max_length=100, default="")

    class Meta:
        table = "calendar_day"
