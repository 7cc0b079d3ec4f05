"""Home: what awaits you; and what you may do here, and why."""

from web.pages import page

routes = [
    page("/", "home/today"),
    page("/me", "home/me", own=True),
]
