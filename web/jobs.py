"""Jobs: what the system does by itself, and how it went."""

from web.pages import page

routes = [page("/jobs", "jobs/list")]
