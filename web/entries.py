"""What is on each day of the agenda: sessions of activities, and reading times."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

Entry = dict[str, Any]


def with_entries(
    days: Sequence[Mapping[str, Any]], activities: Mapping[str, Any], bookings: Mapping[str, Any], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Each day with what begins on it, in the order of time. activities, bookings: connections, as they are read."""
    found = [*_sessions(activities), *_times(bookings)]
    found.sort(key=lambda one: (one["startsAt"], one["href"]))
    on: dict[dt.date, list[Entry]] = {}
    for one in found:
        on.setdefault(one["startsAt"].astimezone(zone).date(), []).append(one)
    return [{**day, "entries": on.get(day["date"], [])} for day in days]


def _sessions(activities: Mapping[str, Any]) -> list[Entry]:
    return [
        {
            "activity": edge["node"],
            "booking": None,
            "href": f"/activities/{edge['node']['id']}",
            "startsAt": session["startsAt"],
            "endsAt": session["endsAt"],
        }
        for edge in activities["edges"]
        for session in edge["node"]["sessions"]
    ]


def _times(bookings: Mapping[str, Any]) -> list[Entry]:
    return [
        {
            "activity": None,
            "booking": edge["node"],
            "href": "/me/bookings",
            "startsAt": slot["startsAt"],
            "endsAt": slot["endsAt"],
        }
        for edge in bookings["edges"]
        if (slot := edge["node"]["slot"])
    ]


FILTERS: dict[str, Callable[..., Any]] = {"with_entries": with_entries}
