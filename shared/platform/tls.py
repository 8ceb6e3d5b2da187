"""TLS from files: whom we trust, and who we are.

Of a file that cannot be used it is said which setting names it, and why; nothing that stands in it.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shared.settings import PREFIX, HttpSettings, KafkaSettings, MongoSettings, ServiceSettings
from shared.yaml_file import WrongFile

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_KEY = b"PRIVATE KEY-----"
_ENCRYPTED = b"ENCRYPTED"
_OTHER_KEY = "KEY_VALUES_MISMATCH"
_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """The PEM files of one end of a connection."""

    settings: str
    """What the names of the settings begin with that name the files."""
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    """None: it stands in the file of the certificate."""
    key_password: str = ""
    authorities_setting: str = "CA_FILE"

    def trust(self, context: ssl.SSLContext) -> None:
        """Accept who is certified by the authorities, if any are named. Raises `WrongFile`."""
        if self.authorities is None:
            return
        setting = self._setting(self.authorities_setting)
        _require(setting, self.authorities, _CERTIFICATE, "certificate")
        try:
            context.load_verify_locations(self.authorities)
        except OSError:  # an SSLError is one
            raise _wrong(setting, self.authorities, "a certificate in it is damaged") from None

    def identify(self, context: ssl.SSLContext) -> None:
        """Show the certificate, if one is named, to who asks for it. Raises `WrongFile`."""
        if self.certificate is None:
            return
        key = self.key or self.certificate
        setting = self._setting("CERTIFICATE_FILE")
        key_setting = self._setting("KEY_FILE") if self.key else setting
        _require(setting, self.certificate, _CERTIFICATE, "certificate")
        is_encrypted = _ENCRYPTED in _require(key_setting, key, _KEY, "private key")
        if is_encrypted and not self.key_password:
            raise _wrong(
                self._setting("KEY_PASSWORD"), key, "its key is encrypted: set the password"
            )
        try:
            # never without a password: OpenSSL would ask for it at the terminal
            context.load_cert_chain(self.certificate, key, password=self.key_password)
        except (OSError, ValueError) as error:  # a password that is too long
            if getattr(error, "reason", None) == _OTHER_KEY:
                why = f"it is not the key of the certificate in {self.certificate}"
                raise _wrong(key_setting, key, why) from None
            if is_encrypted:
                why = "the password does not open its key, or the key is damaged"
                raise _wrong(self._setting("KEY_PASSWORD"), key, why) from None
            raise _wrong(setting, self.certificate, "it, or its key, is damaged") from None

    def _setting(self, name: str) -> str:
        return f"{self.settings}{name}"


def client_context(files: TlsFiles) -> ssl.SSLContext:
    """For who connects: the other end's certificate is checked, and that it has the name which we
    know it by. Without authorities of our own, those of the system. Raises `WrongFile`."""
    system = files.authorities is None
    context = ssl.create_default_context() if system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    files.trust(context)
    files.identify(context)
    return context


def server_context(settings: HttpSettings) -> ssl.SSLContext:
    """For who is connected to. With authorities of clients, nobody else is let in.

    Raises `WrongFile`.
    """
    files = http_files(settings)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = _VERSIONS[settings.tls_minimum_version]
    if files.authorities is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    files.trust(context)
    files.identify(context)
    return context


def require_files(settings: ServiceSettings) -> None:
    """Raises `WrongFile` with a line for each end whose files cannot be used."""
    makings: list[Callable[[], object]] = [partial(client_context, mongo_files(settings.mongo))]
    if settings.http.encrypted:
        makings.append(partial(server_context, settings.http))
    if settings.kafka.encrypted:
        makings.append(partial(client_context, kafka_files(settings.kafka)))
    lines = []
    for make in makings:
        try:
            make()
        except WrongFile as wrong:
            lines += wrong.lines
    if lines:
        raise WrongFile(lines)


def http_files(settings: HttpSettings) -> TlsFiles:
    """Those that a service is reached with."""
    return TlsFiles(
        settings=f"{PREFIX}HTTP__TLS_",
        authorities=settings.tls_client_ca_file,
        authorities_setting="CLIENT_CA_FILE",
        certificate=settings.tls_certificate_file,
        key=settings.tls_key_file,
        key_password=settings.tls_key_password.get_secret_value(),
    )


def kafka_files(settings: KafkaSettings) -> TlsFiles:
    """Those that Kafka is reached with."""
    return TlsFiles(
        settings=f"{PREFIX}KAFKA__SSL_",
        authorities=settings.ssl_ca_file,
        certificate=settings.ssl_certificate_file,
        key=settings.ssl_key_file,
        key_password=settings.ssl_key_password.get_secret_value(),
    )


def mongo_files(settings: MongoSettings) -> TlsFiles:
    """Those that MongoDB is reached with, but for what its URI names."""
    return TlsFiles(
        settings=f"{PREFIX}MONGO__TLS_",
        authorities=settings.tls_ca_file,
        certificate=settings.tls_certificate_file,
        key_password=settings.tls_key_password.get_secret_value(),
    )


def _require(setting: str, path: Path, marker: bytes, what: str) -> bytes:
    """What stands in a file that must hold `marker`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(setting, path, error.strerror or "it cannot be read") from None
    if marker not in content:
        raise _wrong(setting, path, f"there is no {what} in PEM in it")
    return content


def _wrong(setting: str, path: Path, why: str) -> WrongFile:
    return WrongFile([f"{setting}: {path}: {why}"])
