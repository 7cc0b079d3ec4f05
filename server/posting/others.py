"""Every other way: an address of the library apprise, with the reader's own telephone number or e-mail in it."""

from urllib.parse import quote

from server.models.messages.delivering import Rejected, Unavailable
from server.models.messages.letters import Letter


class Other:
    """A service such as WeCom, DingTalk or the gateway of a provider of short messages. The library is loaded here."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url

    async def send(self, letter: Letter) -> None:
        """Returns when the service has taken it. Raises Unavailable, Rejected."""
        import apprise  # it takes a second, and most houses never need it

        service = apprise.Apprise()
        if not service.add(self._address(letter)):
            raise Unavailable("The address of this service is not understood.")
        if not await service.async_notify(title=letter.title, body=letter.text):
            raise Rejected("The service did not take it.", for_good=False)

    async def close(self) -> None:
        """Nothing is kept open."""

    def _address(self, letter: Letter) -> str:
        """The reader's own. Raises Rejected where what it needs is not known."""
        own = {"phone": letter.reader.phone, "email": letter.reader.email}
        for name, value in own.items():
            if f"{{{name}}}" in self.url and not value:
                raise Rejected(f"The register knows no {name}.", for_good=True)
        url = self.url
        for name, value in own.items():
            url = url.replace(f"{{{name}}}", quote(value, safe=""))
        return url
