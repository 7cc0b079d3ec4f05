"""What is said to whoever met a page that refused or failed, so that they can tell the office of it."""

from server.rules.mishaps import Mishap as Mishap
from server.rules.mishaps import mishap, sealed
from server.rules.permissions import Action
from server.schema.asking import Asking


def met(asking: Asking, path: str, status: int) -> Mishap:
    """Where, when and by which number; nothing secret. path: as it was asked for, without its query."""
    viewer = asking.viewer
    return mishap(path, status=status, number=viewer.request_id, at=viewer.now)


def given_along(asking: Asking, seen: Mishap) -> str:
    """What `requestReport` takes from whoever met it; empty for who may not send any."""
    account = asking.viewer.account
    return sealed(seen, account, asking.secret) if account and asking.viewer.may(Action.SEND_REQUEST) else ""
