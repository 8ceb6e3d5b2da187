"""An address leads to the key or the id that it was made of, and to no other."""

from urllib.parse import unquote

import pytest

from services.desk.views.places import case_at, key_at, place_of, place_of_case
from shared.contracts.identifiers import customer_key, document_id, lead_key, vin_key
from tests.services.desk.given_customers import DEALER, VIN

KEYS = [
    *(customer_key(DEALER, "cdk", number) for number in ("C1", "A/1", "客 1%", "vin", "100%")),
    vin_key(DEALER, "cdk", VIN),
    lead_key(DEALER, "cdk", "L/1"),
]


@pytest.mark.parametrize("key", KEYS)
def test_an_address_decoded_once_leads_back_to_the_key(key: str) -> None:
    source, _, number = unquote(place_of(key)).partition("/")
    assert key_at(DEALER, source, number) == key


@pytest.mark.parametrize("number", ["A/1", "客 1%", "K1"])
def test_an_address_leads_back_to_the_case(number: str) -> None:
    case = document_id(DEALER, "cdk", "complaint", number)
    place, shown = place_of_case(f"{DEALER}/cdk/C1|{case}")
    source, _, rest = unquote(place).partition("/cases/")[2].partition("/")
    assert (case_at(DEALER, source, rest), shown) == (case, number)


@pytest.mark.parametrize("number", ["A/1", "客", "..", ".", "vin/..", "a%2fb", "%41", "", "x/y/z"])
def test_what_no_key_is_written_as_leads_nowhere(number: str) -> None:
    assert key_at(DEALER, "cdk", number) is None
    assert case_at(DEALER, "cdk", number) is None
