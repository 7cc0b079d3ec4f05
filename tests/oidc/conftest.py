"""The application with single sign-on, at the provider that lies or at the real one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.models.accounts import Account
from server.settings import SingleSignOn
from tests.accounts.door import add
from tests.oidc import real
from tests.oidc.lying import CLIENT, SECRET, Liar, lying
from tests.web.visitors import HERE, Visitors

SetUp = Callable[[str, str], None]


@pytest.fixture
def set_up(visitors: Visitors) -> SetUp:
    """`set_up(issuer, secret)`: the application's provider from now on."""

    def by(issuer: str, secret: str) -> None:
        single = SingleSignOn(issuer, CLIENT, secret, ("市统一身份认证", "City ID"))
        visitors.app.state.settings = replace(visitors.app.state.settings, base_url=HERE, single_sign_on=single)

    return by


@pytest.fixture(scope="session")
def provider_that_lies() -> Iterator[Liar]:
    with lying() as liar:
        yield liar


@pytest.fixture
def liar(provider_that_lies: Liar, set_up: SetUp) -> Liar:
    """Honest at first."""
    provider_that_lies.reset()
    set_up(provider_that_lies.issuer, SECRET)
    return provider_that_lies


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the real one answers."""
    log: Path = tmp_path_factory.mktemp("provider") / "log"
    with real.running(f"{HERE}/single-sign-on/back", log) as issuer:
        yield issuer


@pytest.fixture
async def zhang(liar: Liar) -> Account:
    """An account that is linked to zhang-1 of the liar."""
    return await linked("zhang", liar.issuer, "zhang-1")


async def linked(name: str, issuer: str, subject: str) -> Account:
    """An account with PASSWORD, linked."""
    account = await add(name)
    account.oidc_issuer, account.oidc_subject = issuer, subject
    await account.save(update_fields=["oidc_issuer", "oidc_subject"])
    return account
