"""Who may come in: accounts, the roles they were given, their sessions and the tokens of other programs."""

from server.models import members as members  # it tells people things: who comes here first is led there first

# isort: split
from server.models.accounts.tables import (
    Account,
    ApiClient,
    App,
    AppCode,
    AppToken,
    CalendarFeed,
    Consent,
    ForgottenPassword,
    Invitation,
    InvitationChannel,
    RoleAssignment,
    Session,
    SignInFailure,
)

# isort: split
from server.models.accounts.account import (
    account_add,
    account_disable,
    account_enable,
    account_locale,
    account_named,
    account_password,
)
from server.models.accounts.feeds import OpenedFeed, feed_add, feed_end
from server.models.accounts.opening import Browser, SignedIn
from server.models.accounts.roles import role_end, role_grant
from server.models.accounts.sessions import (
    account_sign_out,
    own_sessions,
    session_end,
    session_end_others,
    sign_in,
    sign_out,
)
from server.models.accounts.tokens import IssuedToken, token_issue, token_revoke
from server.models.accounts.visible import visible_accounts, visible_assignments, visible_tokens

__all__ = [
    "Account",
    "ApiClient",
    "App",
    "AppCode",
    "AppToken",
    "Browser",
    "CalendarFeed",
    "Consent",
    "ForgottenPassword",
    "Invitation",
    "InvitationChannel",
    "IssuedToken",
    "OpenedFeed",
    "RoleAssignment",
    "Session",
    "SignInFailure",
    "SignedIn",
    "account_add",
    "account_disable",
    "account_enable",
    "account_locale",
    "account_named",
    "account_password",
    "account_sign_out",
    "feed_add",
    "feed_end",
    "own_sessions",
    "role_end",
    "role_grant",
    "session_end",
    "session_end_others",
    "sign_in",
    "sign_out",
    "token_issue",
    "token_revoke",
    "visible_accounts",
    "visible_assignments",
    "visible_tokens",
]
