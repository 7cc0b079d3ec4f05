"""The tables of accounts: names, roles, invitations, sessions, tokens, apps that act for a person, and failed tries."""

import enum
from uuid import UUID

from tortoise import fields

from server.models.bodies.tables import Body
from server.models.fields import Dated, Keyed
from server.models.members.tables import Person
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
    welcomed_at = fields.DatetimeField(null=True)
    """When its holder had seen what is stored about them."""

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
    body_id: UUID | None
    deputy_for: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    deputy_for_id: UUID | None

    class Meta:
        table = "role_assignment"


class InvitationChannel(enum.Enum):
    """How an invitation reached its person."""

    LINK = "link"
    LETTER = "letter"
    DESK = "desk"
    EMAIL = "email"


class Invitation(Keyed):
    """A way to choose a password, by the secret of a link or by a code from paper. Only hashes are kept.

    An account has at most one that neither was used nor ended. issued_by: null for the command line. lapse_told_at:
    when the office was told that it had run out unused.
    """

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="invitations", on_delete=fields.RESTRICT
    )
    account_id: UUID
    channel = fields.CharEnumField(InvitationChannel, max_length=20)
    secret_hash = fields.CharField(max_length=64)
    code_hash = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    issued_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    issued_by_id: UUID | None
    used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    lapse_told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"


class ForgottenPassword(Keyed):
    """Somebody asked for a new password: what they typed, and where from. It is looked at later, so that the answer is
    the same for every name. done_at: when that was."""

    typed = fields.CharField(max_length=100)
    address_hash = fields.CharField(max_length=64)
    asked_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "forgotten_password"


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
    """A program that asks in the name of its owner's account, within its scopes, until a day.

    addresses: the networks from which alone it may; empty for everywhere. replaced_by: the one with a new secret.
    """

    owner: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="clients", on_delete=fields.RESTRICT
    )
    owner_id: UUID
    name = fields.CharField(max_length=100)
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    addresses: fields.JSONField[list[str]] = fields.JSONField(default=list, db_default=[])
    token_hash = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    replaced_by: fields.ForeignKeyNullableRelation["ApiClient"] = fields.ForeignKeyField(
        "luzhi.ApiClient", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    replaced_by_id: UUID | None

    class Meta:
        table = "api_client"


class CalendarFeed(Keyed):
    """An address at which a calendar program fetches what its account is invited to. Only a keyed hash of it is kept.

    name: of the program or device, as its holder calls it.
    """

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="feeds", on_delete=fields.RESTRICT
    )
    account_id: UUID
    name = fields.CharField(max_length=100)
    token_hash = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "calendar_feed"


class App(Keyed):
    """A program that people can let act in their name, as an administrator registered it.

    redirects: where it may have people sent back to, letter by letter. scopes: the most that it may ever be given.
    confidential: it keeps a secret, of which we have the hash.
    """

    name_zh = fields.CharField(max_length=100, default="")
    name_en = fields.CharField(max_length=100, default="")
    redirects: fields.JSONField[list[str]] = fields.JSONField(default=list)
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    confidential = fields.BooleanField(default=False)
    secret_hash = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    created_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    disabled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "app"


class Consent(Keyed):
    """Someone lets an app act in their name, within these scopes, until it is ended.

    renewed_at: when it was last allowed anew; a year after that, or after the first time, the app has to ask again.
    """

    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "luzhi.Account", related_name="consents", on_delete=fields.RESTRICT
    )
    account_id: UUID
    app: fields.ForeignKeyRelation[App] = fields.ForeignKeyField(
        "luzhi.App", related_name="consents", on_delete=fields.RESTRICT
    )
    app_id: UUID
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    created_at = fields.DatetimeField()
    renewed_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "consent"


class AppCode(Keyed):
    """What a browser brings the app from the consent page; it is changed for tokens, once."""

    consent: fields.ForeignKeyRelation[Consent] = fields.ForeignKeyField(
        "luzhi.Consent", related_name="codes", on_delete=fields.RESTRICT
    )
    consent_id: UUID
    code_hash = fields.CharField(max_length=64)
    redirect = fields.CharField(max_length=1000, default="")
    challenge = fields.CharField(max_length=128)
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "app_code"


class AppToken(Keyed):
    """What an app shows. refresh: only to get new tokens, once (used_at).

    line: the code from which it came, at first or at last; what is of one line is revoked together.
    """

    consent: fields.ForeignKeyRelation[Consent] = fields.ForeignKeyField(
        "luzhi.Consent", related_name="tokens", on_delete=fields.RESTRICT
    )
    consent_id: UUID
    line = fields.UUIDField()
    refresh = fields.BooleanField()
    token_hash = fields.CharField(max_length=64)
    scopes: fields.JSONField[list[str]] = fields.JSONField(default=list)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "app_token"


class SignInFailure(Keyed):
    """A failed sign-in, counted for 15 minutes. The address is a keyed hash."""

    account_name = fields.CharField(max_length=100)
    address_hash = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "sign_in_failure"
