"""Every other way: an address of the library apprise, with the reader's own telephone number or e-mail in it."""

import re
from urllib.parse import quote

from server.models.messages.delivering import Rejected, Unavailable
from server.models.messages.letters import Letter
from server.posting.mail import address


class Other:
    """A service such as WeCom, or the gateway of a provider of short messages. The library is loaded here."""

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
        url, reader = self.url, letter.reader
        for name, value, single in (("phone", reader.phone, number), ("email", reader.email, mailbox)):
            if f"{{{name}}}" in url:
                if not value:
                    raise Rejected(f"The register knows no {name}.", for_good=True)
                url = url.replace(f"{{{name}}}", quote(single(value), safe=""))
        return url


def mailbox(email: str) -> str:
    """The same address. Raises Rejected for what is not one."""
    return str(address(email).normalized)


def number(phone: str) -> str:
    """Its digits, after a plus where there is one. Raises Rejected for what is not one number: services take several
    with anything between, some of which mean a whole department.
    """
    bare = re.sub(r"[\s().-]", "", phone)
    if not re.fullmatch(r"\+?[0-9]{3,20}", bare):
        raise Rejected("The telephone number in the register is not a single one.", for_good=True)
    return bare
