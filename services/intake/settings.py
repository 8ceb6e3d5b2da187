"""What intake is configured by: every service's settings, and how much it takes at once."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.rejected.seal import Seal, keys_of
from services.intake.domain.limits.sender_limits import SenderLimits
from services.intake.domain.webhooks.handshake import is_origin
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
    events_per_second: float = Field(default=10_000, gt=0, le=1_000_000)
    """The most events that one sender may send for long; more is answered 429. A request counts as
    one event at least, and as one for each 16 kB. This limit, and those of the other ones that the
    dealers' file knows, is of each instance."""
    events_burst: int = Field(default=100_000, ge=1, le=10_000_000)
    """How many events beyond that one sender may send at once, after a pause."""
    concurrent_requests: int = Field(default=100, ge=1, le=10_000)
    """The most requests of one sender that are in hand at the same time; more is answered 429."""
    imports_waiting: int = Field(default=100, ge=1, le=10_000)
    """The most files of one dealer that arrive, wait or pause at the same time; more is answered
    429."""
    max_batch_items: int = Field(default=2_000, ge=1, le=20_000)
    """The most events of one request; more is answered 413."""
    mappings_dir: Path | None = None
    """A folder of mappings of the site's own, `NAME.yaml` each; they go before those that ship.
    Empty: those that ship alone."""
    max_import_bytes: int = Field(default=500_000_000, ge=1_000, le=10_000_000_000)
    """The largest file that is imported, unpacked; more is answered 413."""
    import_deadline_seconds: float = Field(default=3_600, gt=0, le=86_400)
    """How long a file may take to arrive; then 408."""
    import_lease_seconds: float = Field(default=30, ge=1, le=600)
    """An instance that was not heard of for so long is taken to be gone: another one goes on with
    its imports."""
    import_file_days: float = Field(default=7, ge=0, le=365)
    """How long the file of an import is kept that failed, or of which records were refused or
    rejected, so that it can be resumed once the mapping is mended. Others are deleted when they
    are done."""
    import_days: float = Field(default=90, ge=1, le=3_650)
    """How long an import and its account are kept after its end. The account holds no values."""
    import_records_kept: int = Field(default=5_000, ge=0, le=1_000_000)
    """How many records of each kind (refused, rejected, warned) the account of an import keeps;
    more are counted."""
    rejected_key: SecretStr = SecretStr("")
    """Seals what was rejected and is kept: base64 of 32 random bytes. Of several, with commas
    between them, the first one seals and each opens. Empty: nothing of it is kept."""
    rejected_days: float = Field(default=30, gt=0, le=365)
    """How long what was rejected is kept, after the last time."""
    rejected_rows: int = Field(default=10_000, ge=1, le=1_000_000)
    """How much of one source of a dealer is kept, about; beyond it the oldest goes."""
    rejected_bytes: int = Field(default=100_000_000, ge=1_000, le=100_000_000_000)
    """The same in bytes."""
    rejected_dealer_rows: int = Field(default=50_000, ge=1, le=5_000_000)
    """How much of all sources of a dealer together is kept, about; beyond it the oldest goes."""
    rejected_dealer_bytes: int = Field(default=500_000_000, ge=1_000, le=500_000_000_000)
    """The same in bytes."""
    webhooks_dir: Path | None = None
    """The folder of webhooks that are expected, a file `NAME.yaml` each (see feeds); read again
    when it changes. Without one there are none."""
    webhook_origins: tuple[str, ...] = ("*",)
    """Who may send webhooks, as the handshake of CloudEvents asks it: DNS names, such as
    `["events.example.com", "*.example.org"]`. It admits nobody by itself."""

    drops_file: Path | None = None
    """The file that says which folders are watched for files (see drops). Without one there are
    none."""
    drops_every_seconds: float = Field(default=5, ge=0.05, le=3_600)
    """How often a watched folder is looked at."""

    connectors_file: Path | None = None
    """The file that says which topics of connectors are read (see connectors). Without one there
    are none."""

    @field_validator("webhook_origins")
    @classmethod
    def _are_names(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(is_origin, origins)):
            raise ValueError("write DNS names, such as events.example.com, *.example.com, or *")
        return origins

    @field_validator("rejected_key")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        keys_of(keys.get_secret_value())
        return keys

    def seal(self) -> Seal | None:
        """What seals what was rejected; None: there is no key."""
        keys = keys_of(self.rejected_key.get_secret_value())
        return Seal(keys) if keys else None

    def limits(self) -> SenderLimits:
        """Of a sender who has none of their own."""
        return SenderLimits(
            events_per_second=self.events_per_second,
            burst=self.events_burst,
            concurrent_requests=self.concurrent_requests,
            max_batch_items=self.max_batch_items,
            max_event_bytes=self.max_event_bytes,
            max_body_bytes=self.max_body_bytes,
            imports_waiting=self.imports_waiting,
            import_file_bytes=self.max_import_bytes,
        )

    def mappings(self) -> Mappings:
        """The mappings that there are, by name."""
        return Mappings(self.mappings_dir)
