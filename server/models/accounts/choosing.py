"""Whether a password may be chosen: long enough, on no list of stolen ones, and not made of words that lie near."""

from uuid import UUID

from server.models.bodies.tables import Body, BodyKind
from server.models.members.tables import Person
from server.passwords import must_be_unknown
from server.rules.accounts import fit_password, must_not_rest_on

OF_THE_HOUSE = (BodyKind.PLENARY, BodyKind.STANDING_COMMITTEE, BodyKind.CHAIRS_MEETING)
"""Bodies that bear the name of the assembly."""


async def chosen_password(
    password: str, *, name: str, person: UUID | None = None, field: str = "password", demo: bool = False
) -> str:
    """The password as it is hashed. name: of the account. Raises Invalid; that of the demo is for the demo alone."""
    fit = fit_password(password, field=field, demo=demo)
    if not demo:
        must_not_rest_on(fit, [name, *await _names(person)], field=field)
        await must_be_unknown(fit, field=field)
    return fit


async def _names(person: UUID | None) -> list[str]:
    """What the person and the assembly are called."""
    bodies = await Body.filter(kind__in=OF_THE_HOUSE).limit(100).values_list("name_zh", "name_en")
    people = await Person.filter(id=person).values_list("name_zh", "name_en") if person else []
    return [name for names in (*people, *bodies) for name in names]
