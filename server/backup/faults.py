"""What can be wrong with a backup, or with the place where one is to go, in words for whoever runs the machine."""


class BackupError(Exception):
    """It cannot be done. Says why, and what to do; nothing was changed."""


class NotEmpty(BackupError):
    """The database holds something already."""


class Unfit(BackupError):
    """The file cannot be restored: it is damaged, cut short, not ours, or from a newer version."""
