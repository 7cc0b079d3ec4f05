"""Roles and tokens by a browser without script: given from a day to a day, taken back, shown once."""

import datetime as dt
import re

import httpx

from server.rules.permissions import Role
from server.schema.ids import id_of
from tests import make
from tests.accounts.door import signs_in
from tests.cast import Cast
from tests.invitations.ways import NEW
from tests.web.visitors import SignIn, Visitors

LONG_AGO, YEARS_AGO, YEARS_AHEAD = dt.date(2020, 1, 1), dt.date(2021, 1, 1), dt.date(2040, 1, 1)


async def test_a_role_given_from_a_day_to_a_day_is_held_between_and_taken_back_before(
    sign_in: SignIn, everyone: Cast
) -> None:
    admin, member = await sign_in("admin"), await sign_in("member")
    account = f"/accounts/{id_of(everyone.accounts['member'])}"
    later = {"role": "AUDITOR", "startsOn": "2039-12-01", "endsOn": "2040-01-01"}
    now = {"role": "CUSTODIAN", "startsOn": "2020-01-01", "endsOn": "2040-01-01"}

    given = [(await admin.post(f"{account}/roles", data=data)).status_code for data in (later, now)]
    held = [(await member.get(address)).status_code for address in ("/audit", "/permissions")]
    ends = re.findall(r'href="(/roles/rol_[^"]+/end)"', (await admin.get(account)).text)
    taken = [(await admin.post(end)).status_code for end in ends]

    assert (given, held, taken) == ([303, 303], [403, 200], [303, 303])
    assert (await member.get("/permissions")).status_code == 403
    assert "/end" not in (await admin.get(account)).text


async def test_what_has_ended_is_not_offered_to_be_ended(sign_in: SignIn, everyone: Cast) -> None:
    holder = everyone.accounts["member"]
    for ends_on in (YEARS_AGO, YEARS_AHEAD, None):
        await make.role(holder, Role.CHAIR, starts_on=LONG_AGO, ends_on=ends_on)

    shown = await (await sign_in("admin")).get(f"/accounts/{id_of(holder)}")

    assert shown.text.count("End this role") == 2


async def test_a_token_is_shown_once_and_dead_when_it_is_revoked(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    office = await sign_in("secretary")

    issued = await office.post("/tokens", data={"name": "mirror", "scopes": ["members:read"], "days": "10"})
    secret = re.findall(r'id="secret" readonly value="([^"]+)"', issued.text)[0]
    listed = await office.get("/tokens")
    program = {"json": {"query": "{ viewer { name } }"}, "headers": {"Authorization": f"Bearer {secret}"}}
    before = await client.post("/graphql", **program)
    page = await office.get(re.findall(r'href="(/tokens/tok_[^"]+)"', listed.text)[0])
    await office.post(re.findall(r'href="(/tokens/tok_[^"]+/revoke)"', page.text)[0])
    after = await client.post("/graphql", **program)

    assert (issued.status_code, secret in listed.text, "mirror" in listed.text) == (200, False, True)
    assert (before.status_code, after.status_code) == (200, 401)


async def test_an_account_is_opened_without_a_password_from_the_head_of_the_list_and_its_holder_invited(
    sign_in: SignIn, visitors: Visitors
) -> None:
    admin, colleague = await sign_in("admin"), await visitors.browser()
    listed = (await admin.get("/accounts")).text

    opened = await admin.post("/accounts/new", data={"name": "colleague", "password": "", "roles": ["SECRETARY"]})
    account = opened.headers["Location"]
    before = await signs_in(colleague, "colleague", "")
    letter = await admin.post(f"{account}/invitation")
    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", letter.text)[0]
    came = await colleague.post("/invitation", data={"name": "colleague", "oneTimeCode": code, "new": NEW})

    assert listed.index('href="/accounts/new"') < listed.index("<table")
    assert (opened.status_code, before.status_code) == (303, 422)
    assert (came.status_code, (await colleague.get("/invitations")).status_code) == (303, 200)
