"""What intake is configured by: every service's settings, and how much it takes at once."""

from pathlib import Path

from pydantic import Field, SecretStr

from services.intake.adapters.mappings import Mappings
from shared.settings import HttpSettings, ServiceSettings


class IntakeSettings(ServiceSettings):
    """The environment in, validated."""

    http: HttpSettings = HttpSettings(port=8101)
    max_body_bytes: int = Field(default=5_000_000, ge=1_000, le=100_000_000)
    """The largest request body; more is answered 413."""
    max_event_bytes: int = Field(default=1_000_000, ge=1_000, le=10_000_000)
    """The largest event of a request; more is answered 413."""
    max_bytes_in_flight: int = Field(default=64_000_000, ge=1_000, le=10_000_000_000)
    """Bodies that are read or worked on at the same time, together; more is answered 503.
    The first 64 kB of each are not counted."""
    body_deadline_seconds: float = Field(default=30, gt=0, le=600)
    """How long a body may take to arrive; then 408."""
    body_stall_seconds: float = Field(default=5, gt=0, le=600)
    """How long a body may pause; then 408."""
    hash_key: SecretStr = SecretStr("")
    """Keys the hashes of what was reported, for ever the same one. Empty: made by the first
    instance and kept in the database."""
    max_batch_items: int = Field(default=2_000, ge=1, le=20_000)
    """The most events of one request; more is answered 413."""
    mappings_dir: Path | None = None
    """A folder of mappings of the site's own, `NAME.yaml` each; they go before those that ship.
    Empty: those that ship alone."""

    def mappings(self) -> Mappings:
        """What files and webhooks can be read by."""
        return Mappings(self.mappings_dir)
