"""Backups: taken while others work, of either database, and restored into either."""

from server.backup.faults import BackupError as BackupError
from server.backup.faults import NotEmpty as NotEmpty
from server.backup.faults import Unfit as Unfit
from server.backup.files import Place as Place
from server.backup.files import place as place
from server.backup.nightly import nightly as nightly
from server.backup.reading import Backup as Backup
from server.backup.reading import opened as opened
from server.backup.restoring import Restored as Restored
from server.backup.restoring import Wish as Wish
from server.backup.restoring import must_know as must_know
from server.backup.restoring import name_of as name_of
from server.backup.restoring import restore as restore
from server.backup.shelf import Kept as Kept
from server.backup.shelf import damaged_of as damaged_of
from server.backup.shelf import last_good as last_good
from server.backup.shelf import lying_in as lying_in
from server.backup.taking import Taken as Taken
from server.backup.taking import take as take
