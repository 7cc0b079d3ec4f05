"""All that the system does by itself."""

import datetime as dt

from server.backup import BackupError, nightly
from server.files import Shelves
from server.imports.forgetting import forget_previews
from server.imports.runs import FOLDER
from server.jobs.job import Failed, Job, settings_of_run
from server.models import audit
from server.models.accounts.ending import remind
from server.models.accounts.granting import forget_codes_and_tokens
from server.models.accounts.opening import forget_sessions
from server.models.accounts.tries import forget_tries
from server.models.asking import lapse_access
from server.models.deadlines import tell_deadlines
from server.models.documents import needed
from server.models.hearings import erase_contacts
from server.models.invitations import answer_forgotten
from server.models.jobs import forget_runs
from server.models.reading import close_silent, purge_notes, purge_records
from server.models.renewal import end_leavers
from server.models.repeating import forget_answers
from server.models.rooms.desk import end_times
from server.models.rooms.lending import remind_overdue
from server.posting import run
from server.rules.retention import KEPT, RecordClass
from server.viewer import Viewer
from server.words import Words, say

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


async def _sessions(viewer: Viewer) -> Words:
    return say("{count} sessions removed.", count=await forget_sessions(viewer))


async def _tries(viewer: Viewer) -> Words:
    return say("{count} failed sign-ins forgotten.", count=await forget_tries(viewer))


async def _access(viewer: Viewer) -> Words:
    return say("{count} requests to read lapsed.", count=await lapse_access(viewer))


async def _app_tokens(viewer: Viewer) -> Words:
    return say("{count} codes and tokens removed.", count=await forget_codes_and_tokens(viewer))


async def _answers(viewer: Viewer) -> Words:
    return say("{count} keys forgotten.", count=await forget_answers(viewer))


async def _trail(viewer: Viewer) -> Words:
    found = await audit.verify()
    if not found.ok:
        raise Failed(
            say(
                "Entry {serial} of the audit trail does not fit: someone changed the database by hand. Keep a copy of "
                "it, compare with the last backup, and find out who has access to the database.",
                serial=found.first_bad,
            ),
            again=False,
        )
    return say(
        "The audit trail is whole: {count} entries, {purged} of them purged.", count=found.entries, purged=found.purged
    )


async def _previews(viewer: Viewer) -> Words:
    previews, left = await forget_previews(viewer, folder=settings_of_run().data_dir / FOLDER)
    return say("{count} previews discarded, {left} rows and files of others removed.", count=previews, left=left)


async def _runs(viewer: Viewer) -> Words:
    return say("{count} runs forgotten.", count=await forget_runs(viewer))


async def _passwords(viewer: Viewer) -> Words:
    asked, sent = await answer_forgotten(viewer, key=settings_of_run().secret_key)
    return say("{asked} forgotten passwords, {sent} letters.", asked=asked, sent=sent)


async def _readings(viewer: Viewer) -> Words:
    closed, notes = await close_silent(viewer), await purge_notes(viewer)
    return say("{closed} openings closed, {notes} notes deleted.", closed=closed, notes=notes)


async def _retention(viewer: Viewer) -> Words:
    entries = sum([await audit.purge_class(viewer, one) for one in RecordClass])
    rows = await purge_records(viewer)
    return say("{entries} entries of the trail emptied, {rows} records of readers deleted.", entries=entries, rows=rows)


async def _files(viewer: Viewer) -> Words:
    shelves, before = Shelves.at(settings_of_run().files_url), viewer.now - DAY
    gone = 0
    async for some in shelves.older(before):
        for sha256 in some - await needed(some):
            gone += await shelves.forget_older(sha256, before)
    return say("{count} files removed to which no document points.", count=gone)


async def _contacts(viewer: Viewer) -> Words:
    return say("{count} applications can be reached no more.", count=await erase_contacts(viewer))


async def _messages(viewer: Viewer) -> Words:
    return await run(viewer, settings_of_run())


async def _backup(viewer: Viewer) -> Words:
    try:
        night = await nightly(viewer, settings_of_run())
    except (BackupError, OSError) as error:
        raise Failed(say("The backup of this night failed: {why}", why=str(error))) from error
    if night.damaged:
        raise Failed(night.words, again=False)
    return night.words


JOBS: tuple[Job, ...] = (
    Job(
        "passwords",
        say("Sends a way in to those who have forgotten their password"),
        _passwords,
        every=dt.timedelta(minutes=1),
    ),
    Job("messages", say("Sends messages that are due"), _messages, every=dt.timedelta(minutes=1)),
    Job("token-ends", say("Tells people whose API tokens end soon"), remind, at=dt.time(8)),
    Job("deadlines", say("Tells the office what is late, due soon or has run out"), tell_deadlines, at=dt.time(8)),
    Job("reading-times", say("Notes in reading rooms who did not come, and who has left"), end_times, every=HOUR / 4),
    Job("copies", say("Reminds people of paper copies that are overdue"), remind_overdue, at=dt.time(8)),
    Job("access", say("Ends requests to read whose document or wished end has gone by"), _access, every=HOUR),
    Job("leavers", say("Ends the access of members who left with their term"), end_leavers, every=HOUR / 4),
    Job("backup", say("Takes the backup of the night, and reads the earlier ones again"), _backup, at=dt.time(1, 30)),
    Job("sessions", say("Removes sessions that have ended by themselves"), _sessions, every=HOUR),
    Job("tries", say("Forgets failed sign-ins that count no more"), _tries, every=HOUR / 4),
    Job("app-tokens", say("Removes codes and tokens of apps that have ended"), _app_tokens, every=HOUR),
    Job(
        "contacts",
        say("Erases how to reach those who applied for hearings, half a year after the feedback"),
        _contacts,
        every=HOUR / 4,
    ),
    Job("answers", say("Forgets keys of changes after a day"), _answers, every=HOUR),
    Job(
        "readings",
        say("Closes documents that nobody reads any more, and deletes notes of what expired"),
        _readings,
        every=HOUR / 12,
    ),
    Job("files", say("Removes files to which no document points"), _files, at=dt.time(4)),
    Job(
        "retention",
        say(
            "Empties and deletes what was recorded of readers more than {years} years ago",
            years=KEPT[RecordClass.READING].years,
        ),
        _retention,
        at=dt.time(2),
    ),
    Job("trail", say("Checks the audit trail"), _trail, at=dt.time(2, 30)),
    Job("previews", say("Discards previews of imports that nobody decided on for 30 days"), _previews, at=dt.time(3)),
    Job("runs", say("Forgets runs of jobs after 30 days"), _runs, at=dt.time(3, 30)),
)
"""In the order in which they are shown; each word is used once."""
