"""What the trail is told of an act: which fields it speaks of, and whose it is."""

from typing import Any
from uuid import UUID

import pytest

from services.desk.domain.commands import Command, customer_in, fields_of

KEY = "sunrise/pudong/cdk/C1"


def command(**data: Any) -> Command:
    return Command(
        id=UUID(int=1), type="x", dealer_id="sunrise/pudong", data=data, numbered_by="case_no"
    )


@pytest.mark.parametrize(
    ("data", "customer", "fields"),
    [
        ({"customer_key": KEY, "name": "Wang", "phones": None}, KEY, "name, phones"),
        ({"customer": {"customer_key": KEY}, "case_no": "D-1", "vin": "V"}, KEY, "vin"),
        ({"case_id": "c", "step": "withdrawn", "reason": "calmed"}, "", "withdrawn: reason"),
        ({"case_id": "c", "step": "contacted"}, "", "contacted"),
        ({"customer_key": KEY, "task_id": "t", "person": None}, KEY, "person"),
    ],
)
def test_fields_are_told_and_nothing_that_they_say(
    data: dict[str, Any], customer: str, fields: str
) -> None:
    told = command(**data)
    assert (customer_in(told), fields_of(told)) == (customer, fields)
