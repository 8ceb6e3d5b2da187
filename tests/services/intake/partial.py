"""Documents that name only part of a customer, for tests, and the profile that they make."""

from typing import Any

from shared.contracts.intake import ProfileRecorded
from tests.services.intake.given import PUDONG, Data, at, event, visit
from tests.services.intake.world import World

C1 = f"{PUDONG}/cdk/profile/C1"
MOBILE, HOME, WORK = "138 1234 5678", "139 1234 5678", "137 1234 5678"
E164 = {number: f"+86{number.replace(' ', '')}" for number in (MOBILE, HOME, WORK)}
FULL: Data = {
    "kind": "business",
    "name": "Li Lei",
    "phones": [{"kind": "mobile", "number": MOBILE}],
    "email": "li@example.com",
    "opt_outs": ["sms"],
    "language": "zh",
    "birth_year": 1987,
    "occupation": "teacher",
    "area": "浦东新区",
}


def who(**said: Any) -> Data:
    return {"source_customer_id": "C1"} | said


def said_by(
    minutes: float | None, number: str = "R", vehicle: Data | None = None, **said: Any
) -> Data:
    """A visit that was changed so many minutes from NOW, and what it says of C1."""
    changed = None if minutes is None else at(minutes)
    data = visit(ro_no=number, source_modified_at=changed, vehicle=vehicle, customer=who(**said))
    return event("visit", data, id=f"{number}/{minutes}")


def profiles(world: World) -> list[ProfileRecorded]:
    return [told for told in world.messages() if isinstance(told, ProfileRecorded)]


def told(world: World) -> Data:
    """The last record of C1's profile: what its topic keeps."""
    last = profiles(world)[-1]
    return last.model_dump(exclude={"document_id", "version", "customer_key", "dealer_id"})


def numbers(world: World) -> list[str]:
    return [phone["e164"] for phone in told(world)["phones"]]
