"""The names of what identity says, and of what scoring tells who is the same person."""

import pytest

from shared.contracts.identifiers import car_key, car_of, is_of_persons, telephone_key
from shared.contracts.subjects import (
    ClaimSubject,
    LinkedSubject,
    OwnershipSubject,
    ReferredSubject,
)

CUSTOMER = "sunrise/pudong/cdk/C-1"
CAR = "LSVAU2180N2183294"


@pytest.mark.parametrize(
    "subject",
    [
        ClaimSubject("claim", car_key("sunrise", "pudong", CAR)),
        ClaimSubject("answer", CUSTOMER),
        ClaimSubject("links", CUSTOMER),
        OwnershipSubject(CAR),
        ReferredSubject("sunrise/pudong/cdk/referral/R-1"),
        LinkedSubject("visit", CUSTOMER),
    ],
)
def test_a_name_is_read_as_it_was_composed(
    subject: ClaimSubject | OwnershipSubject | ReferredSubject | LinkedSubject,
) -> None:
    assert type(subject).parse(str(subject)) == subject


@pytest.mark.parametrize("kind", [ClaimSubject, OwnershipSubject, ReferredSubject, LinkedSubject])
@pytest.mark.parametrize("about", ["", "score", "claim/", "owner/", "referred/", "linked/visit/"])
def test_any_other_name_is_refused(
    kind: type[ClaimSubject | OwnershipSubject | ReferredSubject | LinkedSubject], about: str
) -> None:
    with pytest.raises(ValueError, match="not the name of"):
        kind.parse(about)


@pytest.mark.parametrize("vin", [CAR, "A.B", "a b/c|d", "车"])
@pytest.mark.parametrize("scope", ["", "pudong"])
def test_the_key_of_a_car_tells_the_car_and_is_no_customers(scope: str, vin: str) -> None:
    key = car_key("sunrise", scope, vin)
    assert car_of(key) == vin
    assert is_of_persons(key)
    assert key.count("/") == 3
    assert not is_of_persons(CUSTOMER)


def test_no_scope_and_no_car_share_a_key_with_others() -> None:
    keys = {
        car_key("sunrise", "", "pudong.X"),
        car_key("sunrise", "pudong", "X"),
        telephone_key("sunrise", "", "X"),
        telephone_key("sunrise", "pudong", "X"),
        car_key("moon", "pudong", "X"),
    }
    assert len(keys) == 5
    assert car_of(telephone_key("sunrise", "", "X")) is None
