"""What the desk is configured by."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from shared.auth.tokens import can_be_believed
from shared.settings import HttpSettings, ServiceSettings, WrongSettings

SECRET_VARIABLE = "AFTERCARE_DESK_SECRET"
TOKEN_KEY_VARIABLE = "AFTERCARE_DESK_TOKEN_KEY_FILE"
PUBLIC_URL_VARIABLE = "AFTERCARE_DESK_PUBLIC_URL"
LEAST_SECRET = 32
"""How many characters the secret has at least."""


def origin_in(text: str) -> str:
    """An origin as browsers write it. Raises `ValueError` where the text is none, or more."""
    parts = urlsplit(text.strip().lower())
    usual = {"https": 443, "http": 80}
    if parts.scheme not in usual or not parts.hostname or parts.username is not None:
        raise ValueError("https://HOST, with :PORT where it is not the usual one")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("without a path: the desk is at the beginning of its host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port
    return f"{parts.scheme}://{host}" + (
        f":{port}" if port not in (None, usual[parts.scheme]) else ""
    )


class OidcSettings(BaseModel):
    """An OpenID Connect issuer with whom users sign in. Needs the extra `oidc`, and
    AFTERCARE_DESK_PUBLIC_URL."""

    issuer: str = ""
    """Its address, exactly as its tokens have it in `iss`. Empty: nobody signs in elsewhere."""
    client_id: str = ""
    """What it calls the desk."""
    client_secret: SecretStr = SecretStr("")
    """Empty: the desk shows by PKCE alone who it is."""
    scope: str = Field(default="openid profile", pattern=r"(^| )openid( |$)")
    claim: str = Field(default="aftercare", min_length=1)
    """The claim, of its token or its userinfo, that lists `ROLE@DEALERS`."""
    staff_id_claim: str = Field(default="staff_id", min_length=1)
    """The claim by which dealers' systems know the user."""
    name: str = Field(default="", max_length=40)
    """What the button on the sign-in page calls it."""
    ca_file: Path | None = None
    """PEM file of the authorities that may have signed its certificate; without it those that the
    system trusts."""

    @field_validator("issuer")
    @classmethod
    def _can_be_believed(cls, issuer: str) -> str:
        if issuer and (not can_be_believed(issuer) or "?" in issuer or "#" in issuer):
            raise ValueError("an address that begins with https:// and has no ?, # or password")
        return issuer

    @model_validator(mode="after")
    def _knows_the_desk(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("issuer needs client_id")
        return self


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
    desk_public_url: str = ""
    """Where browsers reach the desk, such as `https://desk.example.org`: needed where a proxy
    stands before it. Forms are then taken from there alone, and where it is `https` cookies are
    sent over TLS alone."""
    desk_oidc: OidcSettings = OidcSettings()
    desk_session_hours: float = Field(default=12, gt=0, le=24 * 14)
    """How long somebody stays signed in at most."""
    desk_idle_minutes: float = Field(default=120, gt=0, le=24 * 60 * 14)
    """How long, without doing anything."""

    @field_validator("desk_public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        return origin_in(value) if value else ""

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
        if self.desk_oidc.issuer and not self.desk_public_url:
            lines.append(
                f"{PUBLIC_URL_VARIABLE}: set it to where browsers reach the desk: the issuer sends "
                "them back there"
            )
        if lines:
            raise WrongSettings(lines)
