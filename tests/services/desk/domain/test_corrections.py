"""A correction says what was changed, and nothing of what was not."""

from dataclasses import replace
from typing import Any

import pytest

from services.desk.domain.corrections import correction, over_what_is_known, typed_as_known
from shared.contracts.corrections import CustomerReported
from shared.contracts.intake import PhoneNumber
from tests.services.desk.given_customers import DEALER, WANG, customer

KNOWN = customer(
    phones=(
        PhoneNumber(kind="home", e164="+862112345678"),
        PhoneNumber(kind="mobile", e164="+8613812341234"),
    ),
    language="zh",
    birth_year=1980,
)
HOME = {"kind": "home", "number": "+862112345678"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, {}),
        ({"name": " 王小明 "}, {}),
        ({"name": "王大明"}, {"name": "王大明"}),
        ({"email": ""}, {"email": None}),
        ({"area": "浦东新区"}, {"area": "浦东新区"}),
        ({"phones": "+862112345678\r\n+8613812341234\r\n"}, {}),
        ({"phones": ""}, {"phones": []}),
        (
            {"phones": "+862112345678\n139 0000 1111"},
            {"phones": [HOME, {"kind": "mobile", "number": "139 0000 1111"}]},
        ),
        (
            {"phones": "+862112345678\n021 5555 1111", "new_phones": "work"},
            {"phones": [HOME, {"kind": "work", "number": "021 5555 1111"}]},
        ),
        ({"new_phones": "work"}, {}),
        ({"language": "de"}, {"language": "de"}),
        ({"language": ""}, {"language": None}),
        ({"birth_year": " 1981 "}, {"birth_year": 1981}),
        ({"birth_year": ""}, {"birth_year": None}),
        ({"occupation": "teacher"}, {"occupation": "teacher"}),
    ],
)
def test_what_was_changed_is_said(typed: dict[str, str], said: dict[str, Any]) -> None:
    found = correction(KNOWN, replace(typed_as_known(KNOWN), **typed))
    assert found == said
    CustomerReported.model_validate(
        {
            "source": "desk",
            "dealer_id": DEALER,
            "customer_key": WANG,
            "correction_no": "1",
            "at": "2025-06-01T00:00:00Z",
            "by": "s-lin",
            **found,
        }
    )


def test_what_nobody_touched_is_as_it_is_known_by_now() -> None:
    drawn = typed_as_known(KNOWN)
    typed = replace(drawn, email="new@example.com")
    assert KNOWN.profile is not None
    since = replace(KNOWN, profile=KNOWN.profile.model_copy(update={"area": "Minhang"}))
    found = over_what_is_known(drawn, typed, since)
    assert found == replace(typed, area="Minhang")
    assert correction(since, found) == {"email": "new@example.com"}
