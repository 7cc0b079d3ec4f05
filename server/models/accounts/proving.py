"""That it is the holder of an account: by the password, guarded against guessing."""

from server.errors import Invalid, Problem, Refused
from server.models.accounts.tables import Account
from server.models.accounts.tries import forgive, reserve
from server.models.history import there
from server.passwords import COST, Cost, fits, turn
from server.rules.accounts import fold_password
from server.viewer import Viewer
from server.words import say


async def prove(viewer: Viewer, account: Account, password: str, *, field: str = "password", cost: Cost = COST) -> None:
    """The present password of the viewer's own account: a stolen session is not enough.

    Raises Invalid for a wrong one, Limited after too many.
    """
    async with turn():
        await reserve(account.name, viewer.address_hash, viewer.now)
        right = await fits(fold_password(password), account.password_hash, cost)
    if not right:
        raise Invalid(Problem("OLD_PASSWORD", say("This is not your present password."), field))
    await forgive(account.name, viewer.address_hash)


async def in_browser(viewer: Viewer) -> Account:
    """The account of one who is signed in with a browser. Raises Refused for others."""
    if viewer.session is None or viewer.account is None:
        raise Refused(Problem("NOT_IN_BROWSER", say("Sign in with a browser first: this is about your own account.")))
    return await there(Account, viewer.account, "account")
