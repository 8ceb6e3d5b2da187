"""Configuration: what the environment says replaces that and nothing else."""

import contextlib
import shlex
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.scoring.settings import ScoringSettings
from shared.platform.kafka import tls_context
from shared.settings import KafkaSettings
from shared.yaml_file import WrongFile


def test_a_host_from_the_environment_leaves_the_port_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = ScoringSettings().http.port
    monkeypatch.setenv("AFTERCARE_HTTP__HOST", "0.0.0.0")
    assert (ScoringSettings().http.host, ScoringSettings().http.port) == ("0.0.0.0", shipped)


def test_files_for_tls_are_refused_where_nothing_is_encrypted() -> None:
    with pytest.raises(ValidationError, match="needs security_protocol SSL or SASL_SSL"):
        KafkaSettings(ssl_ca_file=Path("ca.pem"))
    with pytest.raises(ValidationError, match="ssl_key_file needs ssl_certificate_file"):
        KafkaSettings(security_protocol="SSL", ssl_key_file=Path("key.pem"))


def test_a_file_for_tls_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    missing = KafkaSettings(security_protocol="SSL", ssl_ca_file=tmp_path / "ca.pem")
    with pytest.raises(WrongFile, match=r"ca\.pem: No such file"):
        tls_context(missing)
    (tmp_path / "ca.pem").write_text("no certificate", "utf-8")
    with pytest.raises(WrongFile, match=r"ca\.pem: "):
        tls_context(missing)


def test_both_sides_of_a_connection_know_each_other(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files["ca"])
    server.load_cert_chain(files["server"])
    server.verify_mode = ssl.CERT_REQUIRED
    trusting = KafkaSettings(security_protocol="SSL", ssl_ca_file=files["ca"])
    known = trusting.model_copy(update={"ssl_certificate_file": files["client"]})
    assert shaken(tls_context(known), server) == "client"
    assert "did not return a certificate" in shaken(tls_context(trusting), server)
    stranger = known.model_copy(update={"ssl_ca_file": None})
    assert "verify failed" in shaken(tls_context(stranger), server).lower()


def certificates(folder: Path) -> dict[str, Path]:
    """An authority's certificate, and one of its own for each side, with its key."""
    ca = folder / "ca.pem"
    made = {"ca": ca, "server": folder / "server.pem", "client": folder / "client.pem"}
    for name, path in made.items():
        signed = [] if name == "ca" else ["-CA", str(ca), "-CAkey", str(ca)]
        alternative = [] if name == "ca" else ["-addext", "subjectAltName=IP:127.0.0.1"]
        key = shlex.split("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes")
        files = ["-subj", f"/CN={name}", "-keyout", str(path), "-out", f"{path}.crt"]
        command = ["openssl", "req", "-x509", *key, *files, *alternative, *signed]
        subprocess.run(command, check=True, capture_output=True)
        path.write_text(path.read_text("utf-8") + Path(f"{path}.crt").read_text("utf-8"), "utf-8")
    return made


def shaken(client: ssl.SSLContext, server: ssl.SSLContext) -> str:
    """The name that the server saw after a handshake in memory, or why there was none."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(back, there, server_hostname="127.0.0.1"),
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
    return str(dict(part[0] for part in certificate["subject"])["commonName"])
