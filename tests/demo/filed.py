"""What stands for the files of the demo where nobody opens them: making their pages takes a process for each."""

from hashlib import sha256

from server.demo.reading import FILES
from server.models.documents import Filed
from server.rules.documents import Media


def _of(name: str, called: str) -> Filed:
    found = sha256(name.encode()).hexdigest()
    return Filed(called, Media.MARKDOWN, found, 2000, found, 3)


FILED = {name: _of(name, called) for name, called in FILES.items()}
