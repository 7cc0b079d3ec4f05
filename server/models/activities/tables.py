"""The tables of activities: what is held when and by whom, who was invited, what they answered, and who came."""

from uuid import UUID

from tortoise import fields

from server.models.accounts.tables import Account
from server.models.bodies.tables import Body, BodyRole
from server.models.documents.tables import Document
from server.models.fields import Keyed
from server.models.members.tables import Person, Term
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, MajorityStage, ParticipantRole
from server.rules.attendance import LeaveScope, LeaveState, Method, Presence, Rsvp


class Activity(Keyed):
    """Something that is held. starts_at, ends_at: of its first and of its last session.

    announced_at: people were told then. urgent_reason: why later than AT-1 wants. reason: why it was postponed or
    called off. sequence: how often what calendars hold of it has changed.
    """

    kind = fields.CharEnumField(ActivityKind, max_length=20)
    state = fields.CharEnumField(ActivityState, max_length=20)
    audience = fields.CharEnumField(ActivityAudience, max_length=20)
    title_zh = fields.CharField(max_length=200, default="")
    title_en = fields.CharField(max_length=200, default="")
    about = fields.CharField(max_length=2000, default="")
    venue = fields.CharField(max_length=200, default="")
    online_url = fields.CharField(max_length=500, default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.IntField(null=True)
    materials_by = fields.DateField()
    leave_by = fields.DateField()
    announced_at = fields.DatetimeField(null=True)
    urgent_reason = fields.CharField(max_length=500, default="")
    reason = fields.CharField(max_length=500, default="")
    sequence = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    created_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    created_by_id: UUID | None
    updated_at = fields.DatetimeField()

    class Meta:
        table = "activity"


class ActivityOrganiser(Keyed):
    """A body that holds it. n: 0 for the one that leads; more than one kind of body makes it a joint activity."""

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="organisers", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    body: fields.ForeignKeyRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", related_name="organises", on_delete=fields.RESTRICT
    )
    body_id: UUID
    n = fields.IntField()

    class Meta:
        table = "activity_organiser"


class ActivitySession(Keyed):
    """A part of one day, half a day as a rule: the unit in which attendance is counted (AT-2)."""

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="sessions", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    n = fields.IntField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "activity_session"


class InvitedGroup(Keyed):
    """A body, one role in it, or a whole term that is invited: its people are found anew until it is announced."""

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="groups", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    body: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    body_id: UUID | None
    body_role = fields.CharEnumField(BodyRole, max_length=20, null=True)
    term: fields.ForeignKeyNullableRelation[Term] = fields.ForeignKeyField(
        "luzhi.Term", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    term_id: UUID | None
    role = fields.CharEnumField(ParticipantRole, max_length=20)
    added_at = fields.DatetimeField()

    class Meta:
        table = "invited_group"


class Participation(Keyed):
    """Someone and an activity. group: through which they are invited; null by name. joined_late: once it was announced.

    invited_at: they were told. rsvp_at: since when they stand as they do, and so their place among those who wait.
    """

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="participations", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", related_name="participations", on_delete=fields.RESTRICT
    )
    person_id: UUID
    group: fields.ForeignKeyNullableRelation[InvitedGroup] = fields.ForeignKeyField(
        "luzhi.InvitedGroup", null=True, related_name="participations", on_delete=fields.RESTRICT
    )
    group_id: UUID | None
    role = fields.CharEnumField(ParticipantRole, max_length=20)
    joined_late = fields.BooleanField(default=False)
    added_at = fields.DatetimeField()
    invited_at = fields.DatetimeField(null=True)
    rsvp = fields.CharEnumField(Rsvp, max_length=20)
    rsvp_at = fields.DatetimeField(null=True)

    class Meta:
        table = "participation"


class LeaveRequest(Keyed):
    """Leave that someone asks for. late: after its deadline (AT-1). reason: theirs, for who decides and nobody else."""

    participation: fields.ForeignKeyRelation[Participation] = fields.ForeignKeyField(
        "luzhi.Participation", related_name="leaves", on_delete=fields.RESTRICT
    )
    participation_id: UUID
    scope = fields.CharEnumField(LeaveScope, max_length=20)
    reason = fields.CharField(max_length=500)
    state = fields.CharEnumField(LeaveState, max_length=20)
    late = fields.BooleanField()
    submitted_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    decided_by_id: UUID | None
    answer = fields.CharField(max_length=500, default="")

    class Meta:
        table = "leave_request"


class LeaveSession(Keyed):
    """A session for which leave in part is asked."""

    leave: fields.ForeignKeyRelation[LeaveRequest] = fields.ForeignKeyField(
        "luzhi.LeaveRequest", related_name="sessions", on_delete=fields.RESTRICT
    )
    leave_id: UUID
    session: fields.ForeignKeyRelation[ActivitySession] = fields.ForeignKeyField(
        "luzhi.ActivitySession", related_name=False, on_delete=fields.RESTRICT
    )
    session_id: UUID

    class Meta:
        table = "leave_session"


class Attendance(Keyed):
    """What was seen of someone at a session. by: who noted it. device: a keyed hash of the phone that checked in."""

    participation: fields.ForeignKeyRelation[Participation] = fields.ForeignKeyField(
        "luzhi.Participation", related_name="attendances", on_delete=fields.RESTRICT
    )
    participation_id: UUID
    session: fields.ForeignKeyRelation[ActivitySession] = fields.ForeignKeyField(
        "luzhi.ActivitySession", related_name="attendances", on_delete=fields.RESTRICT
    )
    session_id: UUID
    presence = fields.CharEnumField(Presence, max_length=20)
    method = fields.CharEnumField(Method, max_length=20)
    noted_at = fields.DatetimeField()
    noted_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    noted_by_id: UUID | None
    device = fields.CharField(max_length=64, default="")

    class Meta:
        table = "attendance"


class AttendanceCorrection(Keyed):
    """Attendance that was put right after it was locked. was: null where nothing had been noted."""

    participation: fields.ForeignKeyRelation[Participation] = fields.ForeignKeyField(
        "luzhi.Participation", related_name="corrections", on_delete=fields.RESTRICT
    )
    participation_id: UUID
    session: fields.ForeignKeyRelation[ActivitySession] = fields.ForeignKeyField(
        "luzhi.ActivitySession", related_name=False, on_delete=fields.RESTRICT
    )
    session_id: UUID
    was = fields.CharEnumField(Presence, max_length=20, null=True)
    becomes = fields.CharEnumField(Presence, max_length=20)
    reason = fields.CharField(max_length=500)
    corrected_at = fields.DatetimeField()
    corrected_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    corrected_by_id: UUID | None

    class Meta:
        table = "attendance_correction"


class MajorityCheck(Keyed):
    """Whether members were the majority at one stage (MJ-1). Never edited. override: why it went on all the same."""

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="majorities", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    stage = fields.CharEnumField(MajorityStage, max_length=20)
    members = fields.IntField()
    everyone = fields.IntField()
    met = fields.BooleanField()
    checked_at = fields.DatetimeField()
    override = fields.CharField(max_length=500, default="")
    overridden_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    overridden_by_id: UUID | None

    class Meta:
        table = "majority_check"


class ActivityDocument(Keyed):
    """A document that belongs to an activity: read under the rules of documents, listed with it."""

    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "luzhi.Activity", related_name="papers", on_delete=fields.RESTRICT
    )
    activity_id: UUID
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "luzhi.Document", related_name="activities", on_delete=fields.RESTRICT
    )
    document_id: UUID
    linked_at = fields.DatetimeField()

    class Meta:
        table = "activity_document"
