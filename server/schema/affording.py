"""Whether an operation may be run: what it costs, and what whoever asks may spend on one."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from server.errors import DomainError, Invalid, Limited
from server.rules.budgets import misshapen, too_costly, too_long
from server.schema.asking import Asking
from server.schema.compiling.texts import Texts, TooLong
from server.schema.exploring import kept_secret

LEAST, TRY = 10, 100
"""What is paid at least, and for what was not run: reading it costs us something, too."""


async def refused(
    texts: Texts, text: str, given: Mapping[str, Any], asking: Asking, name: str | None
) -> DomainError | None:
    """Why the operation is not run; None where it may be, and is paid. Told from its text, before it is validated.

    Whoever was not seen before with this credential is looked up first: what was made up buys nothing. Who was seen
    before spends what was theirs then: should that have ended, what is read for it is nobody's.
    """
    if asking.budgets is None:
        return None
    if asking.suppose() is None:
        await asking.settle()
    asking.limit = asking.budgets.of(asking.caller[0])
    refusal = asking.rejected or await _over(texts, text, given, asking, name)
    try:
        asking.pay(TRY if refusal else max(asking.cost or 0, LEAST))
    except Limited as limited:
        return limited
    return refusal


async def _over(
    texts: Texts, text: str, given: Mapping[str, Any], asking: Asking, name: str | None
) -> DomainError | None:
    try:
        document = texts.of(text)
        cost = document.cost(name, given)
    except TooLong:
        return Invalid(too_long())
    except GraphQLError:
        return None  # the ordinary road says what is wrong
    if cost is None:
        return None
    asking.cost = cost.cost
    if problem := misshapen(cost):
        return Invalid(problem)
    if cost.cost <= asking.limit:
        return None
    await asking.settle()
    secret = kept_secret(document.document, document.text, asking.viewer)
    return secret or Invalid(too_costly(cost.cost, asking.limit))
