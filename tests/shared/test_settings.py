"""Configuration: what the environment says replaces that and nothing else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.scoring.settings import ScoringSettings
from shared.settings import HttpSettings, KafkaSettings


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
    with pytest.raises(ValidationError, match="need tls_certificate_file"):
        HttpSettings(tls_client_ca_file=Path("ca.pem"))
