"""Who may come in: accounts, the roles they were given, their sessions and the tokens of other programs."""

from server.models.accounts.tables import Account, ApiClient, RoleAssignment, Session, SignInFailure

__all__ = ["Account", "ApiClient", "RoleAssignment", "Session", "SignInFailure"]
