"""Problem details (RFC 9457): what is wrong and where, never what was sent."""

from collections.abc import Sequence

from pydantic import Field

from shared.contracts.values import Contract


class PlaceInEvent(Contract):
    """One place of an event that is wrong, or that was corrected; or a parameter of a request."""

    pointer: str = Field(
        description="JSON pointer into the event, such as /data/vehicle/vin; of a parameter "
        "/query/limit"
    )
    detail: str = Field(description="what is wrong there; never the value itself")

    def in_words(self) -> str:
        """Where and what."""
        return f"{self.pointer}: {self.detail}" if self.pointer else self.detail


class Problem(Contract):
    """RFC 9457 problem details."""

    type: str = Field(description="names the kind of problem; the same for ever")
    title: str = Field(description="the kind of problem, in words")
    status: int = Field(description="the HTTP status of the answer")
    detail: str | None = Field(default=None, description="what is wrong this time")
    errors: tuple[PlaceInEvent, ...] = Field(
        default=(), description="each place that is wrong, of many the first"
    )

    def in_words(self) -> str:
        """One line, with each place that is wrong."""
        places = "; ".join(place.in_words() for place in self.errors)
        return ": ".join(part for part in (self.title, self.detail, places) if part)


def problem(
    kind: str,
    title: str,
    status: int,
    *,
    detail: str | None = None,
    errors: Sequence[PlaceInEvent] = (),
) -> Problem:
    """A problem of the kind `urn:aftercare:problem:<kind>`."""
    return Problem(
        type=f"urn:aftercare:problem:{kind}",
        title=title,
        status=status,
        detail=detail,
        errors=tuple(errors),
    )
