"""Who comes is found out beside the answer: whatever changed a moment ago, it is as if that had been asked first."""

import datetime as dt
import json
import random
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server import schema
from server.models.accounts import Account, ApiClient, App, AppToken, Consent, RoleAssignment, Session
from server.models.accounts.standing import digest
from server.models.bodies import Body, BodyMembership, BodyRole
from server.models.members import MembershipStatus, Person, Status
from server.models.viewing import BearerToken, Coming, Credential, SessionCookie
from server.rules.permissions import SCOPES, Role
from server.schema.asking import Asking
from server.schema.compiling.marks import NotCompiled
from tests import make
from tests.compiling.comparing import Answer, differ
from tests.compiling.house import STRAY, House
from tests.web.test_statements import Statements

pytestmark = STRAY
MANY = 120
LATER, BEFORE = make.NOW + dt.timedelta(1), make.NOW - dt.timedelta(1)
TOMORROW, YESTERDAY = make.TODAY + dt.timedelta(1), make.TODAY - dt.timedelta(1)


@dataclass(frozen=True)
class Doors:
    """Everyone of the cast with a session, a token and an app, and what may happen to them meanwhile."""

    house: House
    chance: random.Random
    shown: list[Credential]

    async def change(self) -> None:
        """Something of what decides who asks, and what they may, is other from now on."""
        pick = self.chance.choice
        table, facts = pick(
            (
                (Account, {"active": pick((True, True, False)), "locale": pick(("", "zh", "en"))}),
                (Account, {"person_id": pick([None, *await Person.all().order_by("id").values_list("id", flat=True)])}),
                (Session, {"ended_at": pick((None, None, make.NOW)), "expires_at": pick((LATER, LATER, BEFORE))}),
                (ApiClient, {"revoked_at": pick((None, None, make.NOW)), "scopes": self.chance.sample(SCOPES, 3)}),
                (ApiClient, {"addresses": pick(([], [], ["192.0.2.0/24"], ["::/0"]))}),
                (App, {"disabled_at": pick((None, None, make.NOW)), "scopes": self.chance.sample(SCOPES, 6)}),
                (Consent, {"ended_at": pick((None, None, make.NOW)), "scopes": self.chance.sample(SCOPES, 6)}),
                (AppToken, {"revoked_at": pick((None, None, make.NOW)), "expires_at": pick((LATER, LATER, BEFORE))}),
                (RoleAssignment, {"role": pick(list(Role)), "ends_on": pick((None, TOMORROW, make.TODAY))}),
                (RoleAssignment, {"starts_on": pick((None, dt.date.min, TOMORROW))}),
                (RoleAssignment, {"voided_at": pick((None, make.NOW))}),
                (MembershipStatus, {"status": pick(list(Status)), "ends_on": pick((None, TOMORROW, dt.date.max))}),
                (BodyMembership, {"role": pick(list(BodyRole)), "starts_on": pick((None, YESTERDAY, TOMORROW))}),
                (Body, {"ends_on": pick((None, None, make.TODAY)), "name_zh": pick(("", "組"))}),
            )
        )
        rows = await table.all().order_by("id")
        keys = [row.id for row in self.chance.sample(rows, min(4, len(rows)))]
        with suppress(IntegrityError):  # one of them is given twice then
            await table.filter(id__in=keys).update(**facts)


@pytest.fixture
async def doors(house: House) -> Doors:
    """A session, a token and a connected app of each account that the cast has."""
    shown: list[Credential] = [SessionCookie("nobody's"), BearerToken("nobody's")]
    span = {"created_at": make.NOW, "expires_at": LATER}
    for name, account in house.cast.accounts.items():
        await Session.create(account=account, token_hash=digest(f"s {name}"), last_seen_at=make.NOW, **span)
        facts = {"owner": account, "name": name, "scopes": ["all:read"], "last_used_at": make.NOW}
        await ApiClient.create(token_hash=digest(f"t {name}"), **facts, **span)
        facts = {"scopes": ["all:read"], "created_at": make.NOW}
        app = await App.create(name_zh=name, name_en=name, redirects=[], **facts)
        consent = await Consent.create(account=account, app=app, last_used_at=make.NOW, **facts)
        line = {"line": consent.id, "refresh": False, "expires_at": LATER}
        await AppToken.create(consent=consent, token_hash=digest(f"lza_{name}"), **line, **facts)
        shown += [SessionCookie(f"s {name}"), BearerToken(f"t {name}"), BearerToken(f"lza_{name}")]
    return Doors(house, random.Random(house.seed), shown)


@pytest.mark.parametrize("house", [2], indirect=True)
async def test_who_asks_is_who_it_is_by_now(doors: Doors, statements: Statements) -> None:
    beside = 0
    for number in range(MANY):
        if number > MANY / 4:
            await doors.change()
        asked, shown = doors.house.operation(number), doors.chance.choice(doors.shown)
        there, here = _asking(shown), _asking(shown)
        await there.settle()
        ordinary = await schema.api.execute(asked.text, asked.variables, there)
        answer: Any = None
        with statements() as sent:
            try:
                answer = json.loads(await doors.house.compiler.read(asked.text, None, asked.variables, here))
            except NotCompiled:
                await here.settle()

        assert _known(here) == _known(there), (number, asked)
        assert len(sent) <= 2, (number, asked)
        if answer is not None:
            beside += len(sent) == 1
            said = Answer(schema.formatted(ordinary, there), there.files_read)
            assert not differ(said, Answer({"data": answer}, here.files_read)), (number, asked)

    assert beside > MANY / 6


def _asking(shown: Credential) -> Asking:
    return Asking(None, coming=Coming(shown, now=make.NOW, zone=make.ZONE, locale="en", address="192.0.2.7"))


def _known(asking: Asking) -> tuple[Any, str]:
    return replace(asking.viewer, request_id=""), str(asking.rejected)
