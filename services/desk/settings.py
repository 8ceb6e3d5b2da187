"""What the desk is configured by."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from shared.settings import HttpSettings, ServiceSettings, WrongSettings

SECRET_VARIABLE = "AFTERCARE_DESK_SECRET"
TOKEN_KEY_VARIABLE = "AFTERCARE_DESK_TOKEN_KEY_FILE"
LEAST_SECRET = 32
"""How many characters the secret has at least."""


class ServiceAddresses(BaseModel):
    """Where the desk reaches the other services."""

    intake: str = "http://127.0.0.1:8101"
    scoring: str = "http://127.0.0.1:8102"
    followup: str = "http://127.0.0.1:8103"
    complaints: str = "http://127.0.0.1:8104"
    identity: str = "http://127.0.0.1:8105"
    ca_file: Path | None = None
    """PEM file of the authorities that may have signed their certificates; without it those that
    the system trusts."""
    timeout_seconds: float = Field(default=10, gt=0, le=60)


class DeskSettings(ServiceSettings):
    """The settings of every service, and those of the desk's own."""

    http: HttpSettings = HttpSettings(port=8106)
    desk_services: ServiceAddresses = ServiceAddresses()
    desk_secret: SecretStr = SecretStr("")
    """What sessions, the index of customers and their particulars are sealed with: 32 characters or
    more, at random, for ever the same one."""
    desk_token_key_file: Path | None = None
    """The private key that the desk signs its users' tokens with, as `aftercare tokens key` makes
    it; the other services have its public part in AFTERCARE_AUTH__JWKS_FILE."""
    desk_session_hours: float = Field(default=12, gt=0, le=24 * 14)
    """How long somebody stays signed in at most."""
    desk_idle_minutes: float = Field(default=120, gt=0, le=24 * 60 * 14)
    """How long, without doing anything."""

    def require_secret(self) -> None:
        """Raises `WrongSettings` where the secret or the key is not set."""
        lines = []
        if len(self.desk_secret.get_secret_value()) < LEAST_SECRET:
            lines.append(
                f"{SECRET_VARIABLE}: set it to {LEAST_SECRET} characters or more, at random, and "
                "keep it: `openssl rand -hex 32` makes one"
            )
        if self.desk_token_key_file is None:
            lines.append(
                f"{TOKEN_KEY_VARIABLE}: set it to a file that `aftercare tokens key FILE` has made"
            )
        if lines:
            raise WrongSettings(lines)
