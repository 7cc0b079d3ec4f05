"""The limit: bare ASGI and one hand-written statement a request, with the same sign-in and visibility in it."""
