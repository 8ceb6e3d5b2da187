"""What a dealer's own limits change."""

import pytest

from services.intake.settings import IntakeSettings
from shared.dealers.limits import DealerLimits
from tests.services.intake.domain.limits.given import limits
from tests.services.intake.given import DEALERS, PUDONG

OWN: dict[str, object] = {
    "events_per_second": 7.5,
    "burst": 20,
    "concurrent_requests": 3,
    "max_batch_items": 11,
    "max_event_bytes": 2_000,
    "max_body_bytes": 30_000,
    "imports_waiting": 2,
    "import_file_bytes": 4_000,
}


def test_all_that_can_be_limited_has_a_name_here() -> None:
    assert set(OWN) == set(DealerLimits.model_fields)


@pytest.mark.parametrize("name", OWN)
def test_what_a_dealer_says_goes_before_the_settings(name: str) -> None:
    dealer = DEALERS.find(PUDONG)
    assert dealer is not None
    assert limits().of(dealer) == limits()
    own = dealer.model_copy(update={"limits": DealerLimits.model_validate({name: OWN[name]})})
    changed = {name: OWN[name]}
    if name == "events_per_second":
        changed["burst"] = 75  # those of ten seconds
    assert IntakeSettings().limits().of(own) == limits(**changed)
