"""The tables of hearings: what is heard by which rules, who hears, the notices, and who wants to be heard."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.activities.tables import Activity
from server.models.bodies.tables import Body
from server.models.fields import Keyed
from server.models.members.tables import Person
from server.rules.hearings import ApplicationState, Capacity, HearingDuty, HearingState, Position, ProfileKey
from server.rules.hearings.lottery import Why


class Hearing(Keyed):
    """An activity at which people are heard. state: its phase, beside the state of its activity.

    department: which one is heard, where members hear one; per_sector: how many of one sector then at most.
    public_draw, public_draw_on: which public value a draw by lot takes, known from that day on.
    closed_because: why its doors are closed. applications_until: the last day, of the notice that counts.
    list_cause: why delegates of another kind or number than the rules ask were published.
    """

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="hearings", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    state = fields.CharEnumField(HearingState, max_length=20)
    profile = fields.CharEnumField(ProfileKey, max_length=20)
    matter = fields.CharField(max_length=2000, default="")
    purpose = fields.CharField(max_length=1000, default="")
    basis = fields.CharField(max_length=1000, default="")
    contact = fields.CharField(max_length=500, default="")
    conditions = fields.CharField(max_length=1000, default="")
    complaints = fields.CharField(max_length=500, default="")
    public_draw = fields.CharField(max_length=500, default="")
    public_draw_on = fields.DateField(null=True)
    department: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="heard_at", on_delete=fields.RESTRICT
    )
    department_id: UUID | None
    per_sector = fields.IntField(null=True)
    open_doors = fields.BooleanField(default=True)
    closed_because = fields.CharField(max_length=500, default="")
    good_cause = fields.CharField(max_length=500, default="")
    applications_until = fields.DateField(null=True)
    list_cause = fields.CharField(max_length=500, default="")
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "hearing"


class HearingOfficer(Keyed):
    """Someone who has a duty at a hearing."""

    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "luzhi.Hearing", related_name="officers", on_delete=fields.RESTRICT
    )
    hearing_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="hearing_duties", on_delete=fields.RESTRICT
    )
    person_id: UUID
    duty = fields.CharEnumField(HearingDuty, max_length=20)
    n = fields.IntField()

    class Meta:
        table = "hearing_officer"


class HearingPlaces(Keyed):
    """How many are heard of a capacity."""

    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "luzhi.Hearing", related_name="places", on_delete=fields.RESTRICT
    )
    hearing_id: UUID
    capacity = fields.CharEnumField(Capacity, max_length=20)
    count = fields.IntField()
    n = fields.IntField()

    class Meta:
        table = "hearing_places"


class HearingNotice(Keyed):
    """A notice as it was given; the last one counts. Of a draw by lot: what was promised in it, and what came of it.

    seed: secret until it is drawn. places: JSON, capacity -> how many; tolerance: a fraction; both as promised.
    held: the sides are near enough.
    """

    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "luzhi.Hearing", related_name="notices", on_delete=fields.RESTRICT
    )
    hearing_id: UUID
    n = fields.IntField()
    announced_at = fields.DatetimeField()
    starts_at = fields.DatetimeField()
    venue = fields.CharField(max_length=200, default="")
    organiser = fields.CharField(max_length=500, default="")
    applications_until = fields.DateField()
    good_cause = fields.CharField(max_length=500, default="")
    places = fields.CharField(max_length=500, default="")
    seed = fields.CharField(max_length=64, default="")
    commitment = fields.CharField(max_length=64, default="")
    tolerance = fields.CharField(max_length=20, default="")
    public_draw = fields.CharField(max_length=500, default="")
    public_draw_on = fields.DateField(null=True)
    frozen_at = fields.DatetimeField(null=True)
    list_hash = fields.CharField(max_length=64, default="")
    public_value = fields.CharField(max_length=500, default="")
    drawn_at = fields.DatetimeField(null=True)
    held = fields.BooleanField(null=True)

    class Meta:
        table = "hearing_notice"


class HearingApplication(Keyed):
    """Someone who wants to be heard, under one notice. serial: in order of arrival, from 1.

    person: whoever signed in; else name, email and phone tell who it is, and token_hash opens their status page.
    named: their name may be published; else only their number is. listed: on the list as it was frozen.
    superseded: another notice was given since, and one applies anew.
    lot, place, places, why: of a draw or a queue. because: why it was decided so.
    address_hash: from where it came, for a quarter of an hour.
    erased_at: since when nobody can be reached by it any more.
    """

    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "luzhi.Hearing", related_name="applications", on_delete=fields.RESTRICT
    )
    hearing_id: UUID
    notice: fields.ForeignKeyRelation[HearingNotice] = fields.ForeignKeyField(
        "luzhi.HearingNotice", related_name="applications", on_delete=fields.RESTRICT
    )
    notice_id: UUID
    serial = fields.IntField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="hearing_applications", on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    sector: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="hearing_applications", on_delete=fields.RESTRICT
    )
    sector_id: UUID | None
    name = fields.CharField(max_length=100, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=40, default="")
    represents = fields.CharField(max_length=200, default="")
    capacity = fields.CharEnumField(Capacity, max_length=20)
    position = fields.CharEnumField(Position, max_length=20)
    summary = fields.CharField(max_length=2000, default="")
    civil_servant = fields.BooleanField(default=False)
    named = fields.BooleanField(default=False)
    listed = fields.BooleanField(default=False)
    superseded = fields.BooleanField(default=False)
    state = fields.CharEnumField(ApplicationState, max_length=20)
    lot = fields.CharField(max_length=64, default="")
    place = fields.IntField(null=True)
    places = fields.IntField(null=True)
    why = fields.CharEnumField(Why, max_length=20, null=True)
    because = fields.CharField(max_length=500, default="")
    submitted_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    token_hash = fields.CharField(max_length=64, default="")
    address_hash = fields.CharField(max_length=64, default="")
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "hearing_application"
