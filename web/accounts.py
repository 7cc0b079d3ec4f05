"""Accounts: who may do what and why and since when; accounts with their roles; tokens; the audit trail."""

from web.pages import form, page

routes = [
    page("/permissions", "accounts/permissions"),
    page("/accounts", "accounts/list"),
    page("/accounts/new", "accounts/new", "MANAGE_ACCOUNTS"),
    form("/accounts/new", "accounts/new", "AddAccount", then="/accounts/{account[id]}", done="The account is open."),
    page("/accounts/{id}", "accounts/show"),
    form(
        "/accounts/{account}/roles",
        "accounts/grant",
        "GrantRole",
        then="/accounts/{account}",
        done="The role is given.",
    ),
    page("/accounts/{account}/roles", "accounts/grant"),
    form(
        "/roles/{id}/end", "accounts/role", "EndRole", then="/accounts/{assignment[account][id]}", done="The role ends."
    ),
    page("/roles/{id}/end", "accounts/role"),
    page("/accounts/{id}/disable", "accounts/disable"),
    form(
        "/accounts/{id}/disable",
        "accounts/disable",
        "DisableAccount",
        then="/accounts/{id}",
        done="Nobody comes in by this account any more.",
    ),
    form("/accounts/{id}/enable", "accounts/show", "EnableAccount", done="The account lets its holder in again."),
    page("/accounts/{id}/password", "accounts/password"),
    form(
        "/accounts/{id}/password",
        "accounts/password",
        "ResetPassword",
        then="/accounts/{id}",
        done="The password is changed.",
    ),
    page("/me/password", "accounts/own_password"),
    form("/me/password", "accounts/own_password", "ChangePassword", then="/login", done="The password is changed."),
    page("/tokens", "accounts/tokens"),
    form("/tokens", "accounts/tokens", "IssueToken", shows=True),
    page("/me/tokens", "accounts/own_tokens"),
    page("/tokens/{id}", "accounts/token_show"),
    page("/tokens/{id}/rotate", "accounts/token_rotate"),
    form("/tokens/{id}/rotate", "accounts/token_rotate", "RotateToken", shows=True),
    page("/tokens/{id}/addresses", "accounts/token_addresses"),
    form(
        "/tokens/{id}/addresses",
        "accounts/token_addresses",
        "RestrictToken",
        then="/tokens/{id}",
        done="The addresses are saved.",
    ),
    form("/tokens/{id}/revoke", "accounts/token", "RevokeToken", then="/tokens/{id}", done="The token is revoked."),
    page("/tokens/{id}/revoke", "accounts/token"),
    page("/audit", "accounts/audit"),
]
