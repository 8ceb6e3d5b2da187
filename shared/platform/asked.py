"""What endpoints about customers and dealers ask for, and what they answer where it is not."""

from typing import Annotated, Any, TypeAlias

from fastapi import Path, Query
from pydantic import JsonValue

Responses: TypeAlias = dict[int | str, dict[str, Any]]

Limit = Annotated[int, Query(ge=1, le=500)]
CustomerKey = Annotated[
    str,
    Path(
        description="One of the `customer_keys` that intake answered, percent-encoded; slashes may "
        "stay."
    ),
]
MONTH: dict[str, JsonValue] = {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
"""For OpenAPI: how a month is written; what is said of another is the endpoint's."""
FromMonth = Annotated[
    str | None,
    Query(
        alias="from",
        description="The first month, such as `2026-01`; at most 36 ago.",
        json_schema_extra=MONTH,
    ),
]
ToMonth = Annotated[
    str | None,
    Query(
        alias="to",
        description="The last month; without it the present one.",
        json_schema_extra=MONTH,
    ),
]
OF_A_CUSTOMER: Responses = {
    404: {"description": "There is no such customer here."},
    503: {"description": "The customer was set aside after a fault, and is tried again by itself."},
}
"""For OpenAPI: what is answered where a customer cannot be shown."""
OF_A_DEALER: Responses = {404: {"description": "There is no such dealer here."}}
"""For OpenAPI: what is answered of a dealer who is not known."""
