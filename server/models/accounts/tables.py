"""The tables of accounts: names, roles, sessions, tokens, and failed tries."""

from uuid import UUID

from tortoise import fields

from server.models.bodies import Body
from server.models.fields import Dated, Keyed
from server.models.members import Person
from server.rules.permissions import Role


class Account(Keyed):
    """A way in for one person or one office. A demo account has a published password and is loopback only."""

    name = fields.CharField(max_length=100)
    password_hash = fields.CharField(max_length=200, default="")
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "luzhi.Person", null=True, related_name="accounts", on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    oidc_issuer = fields.CharField(max_length=255, default="", db_default="")
    oidc_subject = fields.CharField(max_length=255, default="")
    """By what this provider knows the holder: never an address, which a provider may give to another one day."""
    active = fields.BooleanField(default=True)
    demo = fields.BooleanField(default=False)
    locale = fields.CharField(max_length=10, default="")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"


class RoleAssignment(Dated):
    """A role given to an account, for one body or for all, from a day to a day. Derived roles are never stored."""

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="assignments", on_delete=fields.RESTRICT
    )
    account_id: UUID
    role = fields.CharEnumField(Role, max_length=40)
    body: fields.ForeignKeyNullableRelation[Body] = fields.ForeignKeyField(
        "luzhi.Body", null=True, related_name="assignments", on_delete=fields.RESTRICT
    )
    deputy_for: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "role_assignment"


class Session(Keyed):
    """A browser that signed in. Only the hash of its cookie is kept; ending it works at the next request."""

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="sessions", on_delete=fields.RESTRICT
    )
    account_id: UUID
    token_hash = fields.CharField(max_length=64)
    device = fields.CharField(max_length=60, default="", db_default="")
    created_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class ApiClient(Keyed):
    """A program that asks in the name of its owner's account, within its scopes, until a day."""

    owner: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="clients", on_delete=fields.RESTRICT
    )
    owner_id: UUID
    name = fields.CharField(max_length=100)
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    token_hash = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_client"


class SignInFailure(Keyed):
    """A failed sign-in, counted for 15 minutes. The address is a keyed hash."""

    account_name = fields.CharField(max_length=100)
    address_hash = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "sign_in_failure"
