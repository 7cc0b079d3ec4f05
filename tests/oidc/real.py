"""A real provider: npm's oidc-provider in a process of its own, and what a person does on its pages."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import httpx2

from tests.browser.product import free_port

FOLDER = Path(__file__).parent
SECRET = "not-a-secret-but-long-enough-for-a-test"
PATIENCE_S = 30


@contextmanager
def running(back: str, log: Path) -> Iterator[str]:
    """It answers until the end; its name, which is its address. back: the redirect address of our client."""
    port = free_port()
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["node", "provider.mjs", str(port), back], cwd=FOLDER, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(process: "subprocess.Popen[bytes]", issuer: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{issuer}/.well-known/openid-configuration", timeout=PATIENCE_S):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The provider did not start. Run: make needs\n{log.read_text()}")


async def says_who(address: str, login: str, *, no: bool = False) -> str:
    """Goes to that address as a person would and says who it is, or no; where the provider then sends the browser."""
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(address)
        while answer.is_redirect or "<form" in answer.text:
            if answer.is_redirect:
                there = urljoin(str(answer.url), answer.headers["Location"])
                if not there.startswith(address.partition("/auth")[0]):
                    return there
                answer = await browser.get(there)
            else:
                action = re.findall(r'action="([^"]+)"', answer.text)[-1 if no else 0]
                answer = await browser.post(urljoin(str(answer.url), action), data={"login": login})
        raise AssertionError(f"{answer.status_code}: {answer.text[:500]}")
