"""Problem details (RFC 9457): what is wrong and where, never what was sent."""

from pydantic import Field

from shared.contracts.values import Contract


class PlaceInEvent(Contract):
    """One place of an event that is wrong, or that was corrected; or a parameter of a request."""

    pointer: str = Field(
        description="JSON pointer into the event, such as /data/vehicle/vin; of a parameter "
        "/query/limit"
    )
    detail: str = Field(description="what is wrong there; never the value itself")


class Problem(Contract):
    """RFC 9457 problem details."""

    type: str = Field(description="names the kind of problem; the same for ever")
    title: str = Field(description="the kind of problem, in words")
    status: int = Field(description="the HTTP status of the answer")
    detail: str | None = Field(default=None, description="what is wrong this time")
    errors: tuple[PlaceInEvent, ...] = Field(
        default=(), description="each place that is wrong, of many the first"
    )
