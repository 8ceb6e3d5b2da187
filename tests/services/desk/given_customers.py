"""Customers whom tests of the desk look for."""

from typing import Any

from services.desk.adapters.directory.directory import known_customer
from services.desk.domain.people import CustomerCard
from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_key, dealer_of, number_in, profile_id
from shared.contracts.intake import KnownVehicle, PhoneNumber, ProfileRecorded

DEALER, OTHER_DEALER = "sunrise/pudong", "sunrise/berlin"
WANG = customer_key(DEALER, "cdk", "C1")
VIN = "LSRCB6C16S2100606"


def profile(key: str = WANG, version: str = "1733472360000.aaa", **more: Any) -> ProfileRecorded:
    """王小明, unless something else is said."""
    said: dict[str, Any] = {
        "name": "王小明",
        "phones": (PhoneNumber(kind="mobile", e164="+8613812341234"),),
        "email": "xiaoming.wang@example.cn",
        "vehicles": {VIN: KnownVehicle(plate="沪A12345", make="Sunrise", model="Lanting")},
    } | more
    return ProfileRecorded(
        document_id=profile_id(key),
        version=version,
        customer_key=key,
        dealer_id=dealer_of(key),
        kind="person",
        **said,
    )


def customer(key: str = WANG, **more: Any) -> CustomerCard:
    """As the desk knows them."""
    return known_customer(profile(key, **more))


def number_of(key: str) -> str:
    """By which the source knows them."""
    return number_in(key)


ANOTHER = customer_key(DEALER, "cdk", "C7")


def of_another(event: Event[Any]) -> Event[Any]:
    """The same of a customer who is nobody else's, too."""
    data = event.data.model_copy(update={"customer_key": ANOTHER})
    return event._replace(id=f"{event.id} {ANOTHER}", key=ANOTHER, data=data)
