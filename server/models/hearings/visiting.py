"""Applications without an account: by a form, with a private link to how they stand; and what is erased of them."""

import hashlib
from secrets import token_urlsafe
from typing import Any, Unpack
from uuid import UUID

from server.errors import Invalid, Limited, Problem
from server.models import audit
from server.models.activities import Activity
from server.models.database import transaction
from server.models.facts import tidy
from server.models.hearings.applying import ApplicationFacts, open_for, sound, step, submit, withdrawn
from server.models.hearings.preparing import deadlines_of
from server.models.hearings.tables import Hearing, HearingApplication
from server.models.history import locked, not_there
from server.rules.hearings import ApplicationStep, Due, HearingState
from server.rules.hearings.applying import PER_ADDRESS, reaching_problems
from server.rules.hearings.deadlines import ERASED_AFTER, months_later
from server.rules.limits import WINDOW, wait
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

SECRET_BYTES = 24


async def hearing_apply_publicly(
    viewer: Viewer, *, hearing: UUID, name: str, email: str = "", phone: str = "", **facts: Unpack[ApplicationFacts]
) -> tuple[HearingApplication, str]:
    """Apply without an account; the application, and the secret of the link to it, which is told this once.

    Raises NotThere, Invalid, Conflict, and Limited after too many from one address.
    """
    if viewer.signed_in:
        viewer.must(Action.APPLY_FOR_HEARINGS)
    who = tidy(HearingApplication, {"name": name, "email": email, "phone": phone})
    async with transaction():
        row = await open_for(viewer, hearing)
        await _not_too_many(viewer)
        problems = list(reaching_problems(**who))
        if problems:
            raise Invalid(*problems)
        said = await sound(viewer, row, dict(facts), seated=False)
        secret = token_urlsafe(SECRET_BYTES)
        known = {"token_hash": hash_of(secret), "address_hash": viewer.address_hash}
        new = await submit(viewer, row, said, **who, **known)
    return new, secret


async def application_by(secret: str) -> HearingApplication | None:
    """The application to which that link leads; None where there is none."""
    return await HearingApplication.filter(token_hash=hash_of(secret)).first()


async def application_withdraw_by(viewer: Viewer, *, secret: str) -> HearingApplication:
    """As who has the link: take it back. Raises NotThere, Conflict."""
    async with transaction():
        return await withdrawn(viewer, await _by(secret))


async def application_confirm_by(viewer: Viewer, *, secret: str) -> HearingApplication:
    """As who has the link, and a place: they come. Raises NotThere, Conflict."""
    async with transaction():
        row = await _by(secret)
        await locked(Hearing, row.hearing_id)
        await step(viewer, await locked(HearingApplication, row.id), ApplicationStep.CONFIRM)
    return await HearingApplication.get(id=row.id)


async def erase_contacts(viewer: Viewer) -> int:
    """Erase how to reach those who applied without an account, six months after the feedback; how many.

    Their names go, too, but of those who agreed that it is published. From where they came is forgotten at once.
    """
    viewer.must_everywhere(Action.MANAGE_ASSEMBLY)
    lately = HearingApplication.filter(submitted_at__lte=viewer.now - WINDOW).exclude(address_hash="")
    await lately.update(address_hash="")
    waiting = HearingApplication.filter(erased_at__isnull=True).exclude(token_hash="")
    found = [await _erase(viewer, key) for key in sorted({each.hearing_id for each in await waiting})]
    return sum(found)


async def _erase(viewer: Viewer, hearing: UUID) -> int:
    """Of one hearing; how many, none before its day."""
    async with transaction():
        row = await locked(Hearing, hearing)
        if await _due(viewer, row) >= viewer.today:
            return 0
        theirs = HearingApplication.filter(hearing_id=hearing, erased_at__isnull=True).exclude(token_hash="")
        await theirs.filter(named=False).update(name="")
        count = await theirs.update(email="", phone="", erased_at=viewer.now)
        await audit.record(viewer, "hearings.erase_contacts", f"hea_{hearing}", {"count": count})
    return count


def hash_of(secret: str) -> str:
    """What is kept of a link: 192 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def _by(secret: str) -> HearingApplication:
    row = await application_by(secret)
    if row is None:
        raise not_there("secret")
    return row


async def _not_too_many(viewer: Viewer) -> None:
    here = HearingApplication.filter(address_hash=viewer.address_hash, submitted_at__gt=viewer.now - WINDOW)
    latest = await here.order_by("-submitted_at").limit(PER_ADDRESS)
    seconds = wait([each.submitted_at for each in latest], PER_ADDRESS, viewer.now) if viewer.address_hash else 0
    if seconds:
        message = say("Too many applications came from here. Try again in {minutes} min.", minutes=-(-seconds // 60))
        raise Limited(seconds, Problem("TOO_MANY_TRIES", message))


async def _due(viewer: Viewer, row: Hearing) -> Any:
    """The last day on which contact data are kept: reckoned from when feedback is due at the latest."""
    if row.state is HearingState.CANCELLED:
        return months_later(row.updated_at.astimezone(viewer.zone).date(), ERASED_AFTER)
    activity = await Activity.get(id=row.activity_id)
    day = activity.starts_at.astimezone(viewer.zone).date()
    return next(each.day for each in await deadlines_of(viewer, row.profile, day) if each.due is Due.ERASURE)
