"""Backups: what lies on this machine, and whether it is whole."""

from web.pages import page

routes = [page("/backups", "backups/list")]
