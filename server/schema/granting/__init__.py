"""OAuth 2 for apps that act for a person, beside GraphQL: authlib decides by the RFCs, we say what is there.

Its server does all at once and waits for nothing, and our database is waited for. So what a request shows is looked up
before, and what comes of it is done after, in the same transaction.
"""

from server.schema.granting.doors import ROUTES
from server.schema.granting.wishes import Unfit, Wish, wish

__all__ = ["ROUTES", "Unfit", "Wish", "wish"]
