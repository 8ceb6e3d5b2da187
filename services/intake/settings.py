"""What intake is configured by: every service's settings, and how much it takes at once."""

from pydantic import Field

from shared.settings import HttpSettings, ServiceSettings


class IntakeSettings(ServiceSettings):
    """The environment in, validated."""

    http: HttpSettings = HttpSettings(port=8101)
    max_body_bytes: int = Field(default=5_000_000, ge=1_000, le=100_000_000)
    """The largest request body; more is answered 413."""
    max_batch_items: int = Field(default=2_000, ge=1, le=20_000)
    """The most events of one request; more is answered 413."""
