"""TLS from files: both ends know each other, and what cannot be used is told by its setting."""

import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.platform.tls import (
    TlsFiles,
    client_context,
    http_files,
    kafka_files,
    mongo_files,
    require_files,
    server_context,
)
from shared.settings import HttpSettings, KafkaSettings, MongoSettings, ServiceSettings
from shared.yaml_file import WrongFile
from tests.certificates import Authority

PASSWORD = "open sesame"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "certificates")


def shaken(client: ssl.SSLContext, server: ssl.SSLContext, name: str = "127.0.0.1") -> str:
    """The name that the server saw after a handshake in memory, or why there was none."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    ]
    try:
        for _ in range(4):
            for side in sides:
                with contextlib.suppress(ssl.SSLWantReadError):
                    side.do_handshake()
    except ssl.SSLError as error:
        return str(error)
    certificate: Any = sides[1].getpeercert()
    if not certificate:
        return f"somebody, by {sides[1].version()}"
    return str(dict(part[0] for part in certificate["subject"])["commonName"])


def serving(authority: Authority, **more: object) -> HttpSettings:
    own = authority.certificate("service")
    named = {"tls_certificate_file": own.chain, "tls_key_file": own.key}
    return HttpSettings.model_validate(named | more)


def trusting(authority: Authority, **more: object) -> TlsFiles:
    named = {"security_protocol": "SSL", "ssl_ca_file": authority.file}
    return kafka_files(KafkaSettings.model_validate(named | more))


def test_both_ends_know_each_other(authority: Authority) -> None:
    server = server_context(serving(authority, tls_client_ca_file=authority.file))
    mine = authority.certificate("client")
    known = trusting(authority, ssl_certificate_file=mine.chain, ssl_key_file=mine.key)
    assert shaken(client_context(known), server) == "client"
    assert "did not return a certificate" in shaken(client_context(trusting(authority)), server)
    stranger = Authority(authority.folder / "stranger").certificate("client")
    unknown = trusting(authority, ssl_certificate_file=stranger.together)
    assert "verify failed" in shaken(client_context(unknown), server)


def test_without_authorities_of_clients_none_is_asked_for_a_certificate(
    authority: Authority,
) -> None:
    server = server_context(serving(authority))
    assert shaken(client_context(trusting(authority)), server).startswith("somebody")


def test_a_server_is_not_believed(authority: Authority) -> None:
    client = client_context(trusting(authority))
    server = server_context(serving(authority))
    assert "mismatch" in shaken(client, server, name="elsewhere.example")
    system = client_context(kafka_files(KafkaSettings(security_protocol="SSL")))
    assert "verify failed" in shaken(system, server)
    old = authority.expired("old")
    late = server_context(HttpSettings(tls_certificate_file=old.together))
    assert "expired" in shaken(client, late)


@pytest.mark.parametrize(("least", "spoken"), [("1.2", "TLSv1.2"), ("1.3", None)])
def test_the_least_version_is_a_setting(
    authority: Authority, least: str, spoken: str | None
) -> None:
    server = server_context(serving(authority, tls_minimum_version=least))
    client = client_context(trusting(authority))
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    said = shaken(client, server)
    assert said == f"somebody, by {spoken}" if spoken else "unsupported protocol" in said


def test_a_key_behind_a_password_is_used(authority: Authority) -> None:
    own = authority.certificate("service")
    settings = HttpSettings(
        tls_certificate_file=own.chain,
        tls_key_file=own.encrypted(PASSWORD),
        tls_key_password=SecretStr(PASSWORD),
    )
    assert shaken(client_context(trusting(authority)), server_context(settings)) != ""


Spoil = Callable[[Authority], dict[str, object]]
"""The files of one end, one of them not to be used."""


def _missing(authority: Authority) -> dict[str, object]:
    return {"certificate": authority.folder / "none.crt"}


def _no_key(authority: Authority) -> dict[str, object]:
    return {"certificate": authority.certificate("a").chain}


def _no_certificate(authority: Authority) -> dict[str, object]:
    return {"certificate": authority.certificate("a").key}


def _key_is_none(authority: Authority) -> dict[str, object]:
    own = authority.certificate("a")
    return {"certificate": own.chain, "key": own.chain}


def _other_key(authority: Authority) -> dict[str, object]:
    own, other = authority.certificate("a"), authority.certificate("b")
    return {"certificate": own.chain, "key": other.key}


def _no_password(authority: Authority) -> dict[str, object]:
    own = authority.certificate("a")
    return {"certificate": own.chain, "key": own.encrypted(PASSWORD)}


def _wrong_password(authority: Authority) -> dict[str, object]:
    return _no_password(authority) | {"key_password": "close sesame"}


def _long_password(authority: Authority) -> dict[str, object]:
    return _no_password(authority) | {"key_password": "x" * 2000}


def _damaged(authority: Authority) -> dict[str, object]:
    own = authority.certificate("a")
    own.chain.write_text(own.chain.read_text("ascii").replace("M", "!"), "ascii")
    return {"certificate": own.chain, "key": own.key}


def _missing_authorities(authority: Authority) -> dict[str, object]:
    return {"authorities": authority.folder / "none.pem"}


def _folder(authority: Authority) -> dict[str, object]:
    return {"authorities": authority.file.parent}


def _authorities_are_a_key(authority: Authority) -> dict[str, object]:
    return {"authorities": authority.certificate("a").key}


def _damaged_authorities(authority: Authority) -> dict[str, object]:
    text = authority.file.read_text("ascii")
    authority.file.write_text(text[: len(text) // 2], "ascii")
    return {"authorities": authority.file}


@pytest.mark.parametrize(
    ("spoil", "setting", "why"),
    [
        (_missing, "CERTIFICATE_FILE", "none.crt: No such file or directory"),
        (_no_key, "CERTIFICATE_FILE", "a.crt: there is no private key in PEM in it"),
        (_no_certificate, "CERTIFICATE_FILE", "a.key: there is no certificate in PEM in it"),
        (_key_is_none, "KEY_FILE", "a.crt: there is no private key in PEM in it"),
        (_other_key, "KEY_FILE", "b.key: it is not the key of the certificate in "),
        (_no_password, "KEY_PASSWORD", "a.encrypted: its key is encrypted: set the password"),
        (_wrong_password, "KEY_PASSWORD", "a.encrypted: the password does not open its key"),
        (_long_password, "KEY_PASSWORD", "a.encrypted: the password does not open its key"),
        (_damaged, "CERTIFICATE_FILE", "a.crt: it, or its key, is damaged"),
        (_missing_authorities, "CA_FILE", "none.pem: No such file or directory"),
        (_folder, "CA_FILE", "certificates: Is a directory"),
        (_authorities_are_a_key, "CA_FILE", "a.key: there is no certificate in PEM in it"),
        (_damaged_authorities, "CA_FILE", "ca.pem: a certificate in it is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_setting_and_reason(
    authority: Authority, spoil: Spoil, setting: str, why: str
) -> None:
    files: Any = spoil(authority)
    with pytest.raises(WrongFile) as told:
        client_context(TlsFiles(settings="AFTERCARE_X__", **files))
    [line] = told.value.lines
    assert line.startswith(f"AFTERCARE_X__{setting}: {authority.folder}")
    assert why in line
    assert "sesame" not in line


def test_each_end_names_its_own_settings(tmp_path: Path) -> None:
    nowhere = tmp_path / "none.pem"
    settings = ServiceSettings(
        http=HttpSettings(tls_certificate_file=nowhere),
        kafka=KafkaSettings(security_protocol="SSL", ssl_ca_file=nowhere),
        mongo=MongoSettings(tls_ca_file=nowhere),
    )
    with pytest.raises(WrongFile) as told:
        require_files(settings)
    assert [line.partition(": ")[0] for line in told.value.lines] == [
        "AFTERCARE_MONGO__TLS_CA_FILE",
        "AFTERCARE_HTTP__TLS_CERTIFICATE_FILE",
        "AFTERCARE_KAFKA__SSL_CA_FILE",
    ]
    clients = http_files(HttpSettings(tls_certificate_file=nowhere, tls_client_ca_file=nowhere))
    with pytest.raises(WrongFile, match="AFTERCARE_HTTP__TLS_CLIENT_CA_FILE: "):
        client_context(clients)
    with pytest.raises(WrongFile, match="AFTERCARE_MONGO__TLS_CERTIFICATE_FILE: "):
        client_context(mongo_files(MongoSettings(tls_certificate_file=nowhere)))


def test_nothing_is_read_where_nothing_is_named() -> None:
    require_files(ServiceSettings())
