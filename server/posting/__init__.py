"""The ways out of the house: the mail server and what else the operator set up, and the worker that uses them."""

from server.models.messages.delivering import Rejected, deliver
from server.models.messages.letters import Letter
from server.posting.mail import MailServer
from server.posting.others import Other
from server.rules.messages import EMAIL
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words


class PostOffice:
    """All the ways that are set up. `async with PostOffice(settings) as post:`."""

    def __init__(self, settings: Settings) -> None:
        self.base, self.key = settings.base_url, settings.secret_key
        self._ways: dict[str, MailServer | Other] = {name: Other(name, url) for name, url in settings.channels.items()}
        if settings.mail:
            self._ways[EMAIL] = MailServer(settings.mail, settings.base_url)

    @property
    def channels(self) -> list[str]:
        """By name."""
        return list(self._ways)

    async def send(self, letter: Letter) -> None:
        """By the channel that it names."""
        if letter.channel not in self._ways:
            raise Rejected(f"{letter.channel} is not set up.", for_good=False)
        await self._ways[letter.channel].send(letter)

    async def __aenter__(self) -> "PostOffice":
        return self

    async def __aexit__(self, *_: object) -> None:
        for way in self._ways.values():
            await way.close()


async def run(viewer: Viewer, settings: Settings) -> Words:
    """Deliver all that is due by the ways that are set up; what was done, in one sentence."""
    async with PostOffice(settings) as post:
        return await deliver(viewer, post)
