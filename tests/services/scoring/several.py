"""Several customers of several dealers: what is told of one, told of another."""

from typing import Any

from services.scoring.domain.facts import ScoringFacts, join
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.intake import KnownVehicle
from tests.services.scoring import given_identity
from tests.services.scoring.given import DEALER


def told_of(key: str, *events: Event[Any]) -> ScoringFacts:
    """What is known of the customer of this key when all that happened to them."""
    return join(ScoringFacts(), [belonging_to(key, event) for event in events])


def belonging_to(key: str, event: Event[Any]) -> Event[Any]:
    """The same event, of another customer."""
    dealer_id = dealer_of(key)
    update = {"customer_key": key, "dealer_id": dealer_id}
    if hasattr(event.data, "document_id"):
        update["document_id"] = event.data.document_id.replace(DEALER, dealer_id, 1)
    data = event.data.model_copy(update=update)
    return event._replace(key=key, dealer_id=dealer_id, data=data)


def profile(
    *,
    birth_year: int | None = None,
    occupation: str | None = None,
    area: str | None = None,
    cars: dict[str, tuple[str, str]] | None = None,
    revision: int = 1,
) -> Event[Any]:
    """Who the customer is; `cars`: VIN to make and model."""
    return given_identity.profile(
        revision=revision,
        birth_year=birth_year,
        occupation=occupation,
        area=area,
        vehicles={
            vin: KnownVehicle(make=make, model=model) for vin, (make, model) in (cars or {}).items()
        },
    )
