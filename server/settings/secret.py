"""The secret key of this house, where the operator sets none: made once, and kept in the data directory."""

import fcntl
import os
import secrets
import stat
from pathlib import Path
from typing import IO

from server.settings.reading import SettingsError, checked
from server.settings.values import secret


def kept_secret(data_dir: Path) -> str:
    """The key in secret.key, made at the first call. Processes that start together share the key of the first.

    Raises SettingsError where the file cannot be kept, is damaged, or can be read by others.
    """
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise SettingsError(f"{path} can be read by others. Run: chmod 600 {path}")
            return _kept(file)
    except OSError as error:
        raise SettingsError(f"{path} cannot be kept ({error.strerror}). Mend that, or set LUZHI_SECRET_KEY.") from error


def _kept(file: IO[str]) -> str:
    key = file.read().strip()
    if not key:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return checked("secret.key", key, secret)
