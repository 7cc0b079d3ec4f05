"""What is shown of invitations: who is to come in, how far they are, and the invitations there were."""

import datetime as dt

import strawberry

from server.models import accounts, invitations
from server.models.accounts import InvitationChannel
from server.rules.invitations import InviteeStanding
from server.schema.accounts import Account
from server.schema.bodies import Body
from server.schema.making import picked
from server.schema.members import Person
from server.schema.node import Node
from server.schema.paging import Connection
from server.schema.reading import column, one, reads


@strawberry.type(description="A way into an account that works once, for 14 days. What opens it is shown once.")
@reads(accounts.Invitation, invitations.visible_invitations)
class Invitation(Node):
    """An invitation."""

    account = one(accounts.Account, "account", Account | None, "Into which account; null where you may not see it.")
    channel: InvitationChannel = column("How it reached its person.")
    created_at: dt.datetime = column("When it was issued.")
    expires_at: dt.datetime = column("When it ends by itself.")
    used_at: dt.datetime | None = column("When its person came in by it; null if not.")
    ended_at: dt.datetime | None = column("When it was ended, by a newer one or with the account; null if not.")
    issued_by = one(accounts.Account, "issued_by", Account | None, "Who issued it; null where you may not see it.")


@strawberry.type(description="Someone of the register, and how far they have come in.")
class Invitee:
    """One line of the list."""

    person: Person = picked("people", "Who.")
    sector: Body | None = picked("sectors", "The sector of their seat.")
    standing: InviteeStanding = strawberry.field(description="How far they have come in.")
    invitable: bool = strawberry.field(
        description="Whether you may invite them: not whose account may more than yours."
    )
    has_email: bool = strawberry.field(description="Whether an e-mail address is known.")
    number: str = strawberry.field(description="The number of the member's card, or empty.")
    account_name: str = strawberry.field(description="The name they sign in with; empty where there is no account.")
    invited_at: dt.datetime | None = strawberry.field(description="When they were invited last.")
    channel: InvitationChannel | None = strawberry.field(description="How.")
    expires_at: dt.datetime | None = strawberry.field(description="Until when that invitation holds, or held.")
    undelivered: bool = strawberry.field(description="Whether it left by e-mail and did not arrive.")
    entered_at: dt.datetime | None = strawberry.field(description="When they last came in by an invitation.")


@strawberry.type(description="How many stand so.")
class StandingCount:
    """A count."""

    standing: InviteeStanding = strawberry.field(description="How far they have come in.")
    count: int = strawberry.field(description="How many people.")


@strawberry.type(description="A part of the list of those who are to come in.")
class InviteeConnection(Connection[Invitee]):
    """People, by sector and pinyin."""

    standings: list[StandingCount] = strawberry.field(description="How many stand how, whatever standing is asked for.")


@strawberry.type(description="Someone who would be invited.")
class Inviting:
    """One line of a plan."""

    person: Person = picked("people", "Who.")
    sector: Body | None = picked("sectors", "The sector of their seat.")
    account_name: str = strawberry.field(description="The name they sign in with.")
    opens: bool = strawberry.field(description="Whether that account would be opened.")
    replaces: bool = strawberry.field(description="Whether an invitation that they have and that holds would end.")
    undelivered: bool = strawberry.field(description="Whether the last one left by e-mail and did not arrive.")
    has_email: bool = strawberry.field(description="Whether an e-mail address is known.")


@strawberry.type(description="Who would be invited, and who not. Nothing is changed.")
class InvitationCheck:
    """A look at it before it is done."""

    count: int = strawberry.field(description="How many would be invited.")
    opening: int = strawberry.field(description="For how many of them an account would be opened.")
    replacing: int = strawberry.field(
        description="Of how many of them an invitation that they have and that holds would end."
    )
    undelivered: int = strawberry.field(
        description="Of how many of them the last one left by e-mail and did not arrive."
    )
    without_email: int = strawberry.field(
        description="How many have no e-mail address; by e-mail they would not be invited."
    )
    by_email: bool = strawberry.field(description="Whether this house has a mail server, so that e-mail can be chosen.")
    most: int = strawberry.field(description="How many can be invited at once.")
    left_out: list[StandingCount] = strawberry.field(description="Who would not be invited, by how they stand.")
    beyond: int = strawberry.field(
        description="How many would not because their account may what you may not, or by e-mail, what not all may who "
        "keep the addresses."
    )
    lines: list[Inviting] = strawberry.field(description="The first of those who would, by sector and pinyin.")
