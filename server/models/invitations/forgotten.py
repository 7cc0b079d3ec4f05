"""A forgotten password: the question is written down and answered later, by e-mail, to whom the register knows.

So whoever asks is told the same, as quickly, for every name. A stranger who asks for someone else ends nothing and
shuts nobody out: a way in that still holds is sent once more, and at most once an hour.
"""

from collections.abc import Iterable

from tortoise.expressions import Q

from server.errors import Invalid, Limited, Problem
from server.models import audit
from server.models.accounts.changing import changing
from server.models.accounts.invitations import all_roles, holding
from server.models.accounts.opening import Browser
from server.models.accounts.tables import Account, ForgottenPassword, Invitation, InvitationChannel
from server.models.database import transaction
from server.models.invitations.entering import called
from server.models.invitations.issuing import written
from server.models.invitations.links import is_ours
from server.models.messages.invitations import mail
from server.models.messages.tables import Message
from server.models.sweeping import sweep
from server.rules.invitations import FORGOTTEN_AGAIN, FORGOTTEN_PER_ADDRESS, NAMESAKES, TYPED_MAX, may_mail
from server.rules.limits import WINDOW, wait
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


async def forgot(typed: str, browser: Browser) -> None:
    """Write down that somebody says so. typed: a name, a number or an e-mail address.

    Raises Invalid where nothing is typed, Limited after too many from one address.
    """
    typed = "".join(c if c.isprintable() else "?" for c in typed.strip()[:TYPED_MAX])
    if not typed:
        raise Invalid(Problem("NAME_MISSING", say("Type your name, your number or your e-mail address."), "name"))
    async with transaction():
        here = ForgottenPassword.filter(address_hash=browser.address_hash, asked_at__gt=browser.now - WINDOW)
        latest = await here.order_by("-asked_at").limit(FORGOTTEN_PER_ADDRESS).values_list("asked_at")
        seconds = wait([at for (at,) in latest], FORGOTTEN_PER_ADDRESS, browser.now)
        if seconds:
            raise Limited(seconds, _too_many(seconds))
        await ForgottenPassword.create(typed=typed, address_hash=browser.address_hash, asked_at=browser.now)


async def answer_forgotten(viewer: Viewer, *, key: str) -> tuple[int, int]:
    """Send a way in to those who are meant and may have it by e-mail: how many questions, how many letters.

    key: the secret of the house. Each question is answered in one transaction, once, whoever does it.
    """
    viewer.must_everywhere(Action.INVITE)
    asked = sent = 0
    for row in await ForgottenPassword.filter(done_at=None).order_by("asked_at", "id"):
        async with changing():
            mine = await ForgottenPassword.filter(id=row.id, done_at=None).update(done_at=viewer.now)
            asked += mine
            sent += await _answer(viewer, row.typed, key) if mine else 0
    await sweep(ForgottenPassword.filter(asked_at__lte=viewer.now - WINDOW).exclude(done_at=None))
    return asked, sent


async def _answer(viewer: Viewer, typed: str, key: str) -> int:
    meant = called(typed, "") | Q(person__email__iexact=typed)
    rows = await Account.filter(meant, active=True).exclude(person=None).distinct().limit(NAMESAKES)
    fit = [row for row in await _reachable(viewer, rows) if not await _sent_lately(viewer, row)]
    await mail(viewer, [(row, await _invitation(viewer, row, key)) for row in fit], forgotten=True)
    return len(fit)


async def _reachable(viewer: Viewer, rows: Iterable[Account]) -> list[Account]:
    """Those with an address, that may have a way in by e-mail, and that do not come in by single sign-on alone."""
    found = Account.filter(id__in=[row.id for row in rows]).exclude(person__email="")
    accounts = [row for row in await found.order_by("created_at", "id") if row.password_hash or not row.oidc_subject]
    held = await all_roles(viewer, accounts)
    return [row for row in accounts if may_mail(held[row.id])]


async def _sent_lately(viewer: Viewer, row: Account) -> bool:
    since = viewer.now - FORGOTTEN_AGAIN
    return await Message.filter(invitation__account_id=row.id, created_at__gt=since).exists()


async def _invitation(viewer: Viewer, row: Account, key: str) -> Invitation:
    """The one that holds, which stays what it is; else a new one."""
    open_one = await holding(viewer.now).get_or_none(account_id=row.id)
    if open_one is None or not is_ours(open_one, key):
        return (await written(viewer, [row], InvitationChannel.EMAIL, key))[0].invitation
    await Invitation.filter(id=open_one.id).update(channel=InvitationChannel.EMAIL)
    await audit.record(viewer, "invitation.send", f"acc_{row.id}", {"invitation": f"inv_{open_one.id}"})
    return open_one


def _too_many(seconds: int) -> Problem:
    message = say(
        "From here it was asked very often just now. Try again in {minutes} min, or ask the general office.",
        minutes=-(-seconds // 60),
    )
    return Problem("TOO_MANY_TRIES", message)
