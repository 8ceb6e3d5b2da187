"""Whom the command trusts where a service is reached over TLS, and who it is itself."""

import ssl
from pathlib import Path

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.cli import ca_file
from deploy.cli.failures import CannotRun
from shared.platform.tls import TlsFiles, client_context
from shared.yaml_file import WrongFile

CLIENT = ca_file.VARIABLE.removesuffix("CA_FILE")
"""What the names of these variables begin with."""


class ClientTls(BaseSettings):
    """Only the command reads these."""

    model_config = SettingsConfigDict(env_prefix=CLIENT, extra="ignore", hide_input_in_errors=True)

    ca_file: Path | None = None
    """PEM file of the authorities that may have signed the services' certificates; without it those
    that are usual."""
    certificate_file: Path | None = None
    """PEM file of a certificate to show, where the services ask for one."""
    key_file: Path | None = None
    key_password: SecretStr = SecretStr("")


def variables() -> set[str]:
    """The names of the variables that only the command reads."""
    return {f"{CLIENT}{field.upper()}" for field in ClientTls.model_fields}


def verify() -> ssl.SSLContext | bool:
    """For httpx. Raises `CannotRun` where a file cannot be used."""
    tls = ClientTls()
    if tls == ClientTls.model_construct():
        return True
    try:
        return client_context(
            TlsFiles(
                settings=CLIENT,
                authorities=tls.ca_file,
                certificate=tls.certificate_file,
                key=tls.key_file,
                key_password=tls.key_password.get_secret_value(),
            )
        )
    except WrongFile as wrong:
        raise CannotRun(str(wrong)) from None


def mistrust(error: Exception, where: str) -> None:
    """Raises `CannotRun` where it is TLS that keeps us from `where`; returns otherwise."""
    text = str(error).lower()
    if not isinstance(error, httpx.TransportError):
        return
    if "mismatch" in text:
        raise CannotRun(f"{where}: its certificate is for another name") from None
    if "certificate verify failed" in text:
        raise CannotRun(
            f"{where}: its certificate is not trusted: --ca-file or {ca_file.VARIABLE} names who "
            "signed it"
        ) from None
    cut_off = isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
    if "alert" in text or (cut_off and "https://" in where):
        raise CannotRun(
            f"{where} closes the connection: it may want a certificate, or another one: look at "
            f"{CLIENT}CERTIFICATE_FILE"
        ) from None
    if "wrong version number" in text or "record layer failure" in text:
        raise CannotRun(f"{where} does not speak TLS: is it http:// instead of https://?") from None
