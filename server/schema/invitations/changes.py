"""Issuing invitations: to one at the desk, and to many at once."""

from typing import Annotated, Any

import strawberry

from server.errors import Invalid
from server.errors import Problem as Hindrance
from server.models import accounts, invitations, members
from server.models.accounts import InvitationChannel
from server.rules.invitations import AccountNaming
from server.rules.messages import EMAIL
from server.rules.permissions import Action
from server.schema.arguments import spread
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.invitations.letters import InvitationLetter, letter_of, letters_of
from server.schema.invitations.queries import Again, TheChannel, TheNaming, Which, Whom, people_of
from server.schema.problems import Problems
from server.schema.reading import Answer, Asking
from server.schema.repeating import ONCE
from server.schema.rows import seen
from server.words import say

OfPerson = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Whom; an account is opened for whoever has none. This or the account."),
]
OfAccount = Annotated[strawberry.ID | None, strawberry.argument(description="The account of an office, or any other.")]


@strawberry.type(description="The invitation; what opens it is shown this once.")
class InvitationIssued:
    """Success."""

    letter: InvitationLetter | None = strawberry.field(
        description="What opens it, and what its person is told; null where that has left by e-mail."
    )


@strawberry.type(description="The invitations; what opens them is shown this once.")
class InvitationsIssued:
    """Success."""

    count: int = strawberry.field(description="How many were invited.")
    letters: list[InvitationLetter] = strawberry.field(description="Theirs, by sector and pinyin; none by e-mail.")


InvitationResult = Annotated[
    InvitationIssued | Problems, strawberry.union("InvitationResult", description="The invitation, or why not.")
]
InvitationsResult = Annotated[
    InvitationsIssued | Problems, strawberry.union("InvitationsResult", description="The invitations, or why not.")
]


@strawberry.type
class InvitationMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Invites one person, or issues a code to someone who has forgotten their password. It works once, "
        "for 14 days, and ends the one before. Refused for your own account, and for one that may more than you; by "
        "e-mail for one that may more than those who keep the addresses.",
        extensions=needs(Action.INVITE),
        metadata=ONCE,
    )
    async def invitation_issue(
        self,
        info: Answer,
        person: OfPerson = None,
        account: OfAccount = None,
        channel: TheChannel = InvitationChannel.DESK,
        naming: TheNaming = AccountNaming.PINYIN,
    ) -> InvitationResult:
        """Using it ends all sessions of the account."""
        asking = info.context
        _must_be_a_way(asking, channel)
        if (person is None) == (account is None):
            raise Invalid(Hindrance("WHOM", say("Say whom: a person or an account."), "person"))
        how: dict[str, Any] = {"channel": channel, "key": asking.secret}
        if account is not None:
            whose = key_of(account, accounts.Account, field="account")
            issued = await invitations.invitation_issue(asking.viewer, account=whose, **how)
        else:
            whom = await seen(asking, members.Person, str(person), "person")
            issued = await invitations.invite_person(asking.viewer, person=whom, naming=naming, **how)
        return InvitationIssued(letter=None if channel is InvitationChannel.EMAIL else await letter_of(asking, issued))

    @strawberry.mutation(
        description="Invites all of these people who have not come in yet, with an account for whoever has none: all "
        "or nobody. Left out are those whose account may more than you. Asked again, it changes nothing but what "
        "is new.",
        extensions=needs(Action.INVITE),
        metadata=ONCE,
    )
    @spread
    async def invitation_issue_many(
        self,
        info: Answer,
        *,
        whom: Whom,
        which: Which,
        naming: TheNaming = AccountNaming.PINYIN,
        again: Again = False,
        channel: TheChannel = InvitationChannel.LETTER,
    ) -> InvitationsResult:
        """At most 1000 at once."""
        asking = info.context
        _must_be_a_way(asking, channel)
        asking.take_time()
        people = await people_of(asking, whom)
        invited = await invitations.invite(
            asking.viewer, people, such=which, naming=naming, again=again, channel=channel, key=asking.secret
        )
        shown = [] if channel is InvitationChannel.EMAIL else await letters_of(asking, invited)
        return InvitationsIssued(count=len(invited), letters=shown)


def _must_be_a_way(asking: Asking, channel: InvitationChannel) -> None:
    if channel is InvitationChannel.EMAIL and EMAIL not in asking.ways:
        message = say("This house has no mail server. Print letters, or issue codes at the desk.")
        raise Invalid(Hindrance("NO_MAIL_SERVER", message, "channel"))
