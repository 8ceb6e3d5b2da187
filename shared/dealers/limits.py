"""How much of a dealer is taken at once, where its entry in the dealers' file says so."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class DealerLimits(BaseModel):
    """What is not said here is as intake's settings have it for everybody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events_per_second: float | None = Field(default=None, gt=0, le=1_000_000)
    """For as long as it likes."""
    burst: int | None = Field(default=None, ge=1, le=10_000_000)
    """How many events beyond that at once, after a pause. Without it those of ten seconds."""
    concurrent_requests: int | None = Field(default=None, ge=1, le=10_000)
    max_batch_items: int | None = Field(default=None, ge=1, le=20_000)
    max_event_bytes: int | None = Field(default=None, ge=1_000, le=10_000_000)
    max_body_bytes: int | None = Field(default=None, ge=1_000, le=100_000_000)
    imports_waiting: int | None = Field(default=None, ge=1, le=10_000)
    """Files that arrive, wait or pause at the same time."""
    import_file_bytes: int | None = Field(default=None, ge=1_000, le=10_000_000_000)
    """Unpacked."""

    @model_validator(mode="after")
    def _an_event_fits_a_body(self) -> Self:
        event, body = self.max_event_bytes, self.max_body_bytes
        if event is not None and body is not None and event > body:
            raise ValueError(
                "max_event_bytes is more than max_body_bytes: no event is larger than the body "
                "that it comes in"
            )
        return self
