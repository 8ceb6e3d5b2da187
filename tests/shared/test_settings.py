"""Configuration: what the environment says replaces that and nothing else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.identity.settings import IdentitySettings
from services.scoring.settings import ScoringSettings
from shared.settings import HttpSettings, KafkaSettings, WrongSettings, from_environment


def test_a_host_from_the_environment_leaves_the_port_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = ScoringSettings().http.port
    monkeypatch.setenv("AFTERCARE_HTTP__HOST", "0.0.0.0")
    assert (ScoringSettings().http.host, ScoringSettings().http.port) == ("0.0.0.0", shipped)


def test_what_makes_no_sense_together_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs security_protocol SSL or SASL_SSL"):
        KafkaSettings(ssl_ca_file=Path("ca.pem"))
    with pytest.raises(ValidationError, match="ssl_key_file needs ssl_certificate_file"):
        KafkaSettings(security_protocol="SSL", ssl_key_file=Path("key.pem"))
    with pytest.raises(ValidationError, match="SASL_SSL needs sasl_username and sasl_password"):
        KafkaSettings(security_protocol="SASL_SSL", sasl_username="scoring")
    with pytest.raises(ValidationError, match="need tls_certificate_file"):
        HttpSettings(tls_client_ca_file=Path("ca.pem"))


def _secrets(folder: Path, monkeypatch: pytest.MonkeyPatch, **named: str) -> None:
    """Files as Kubernetes mounts them: links into a folder that is replaced as a whole."""
    there = folder / "..2026_11_29"
    there.mkdir(parents=True)
    (folder / "..data").symlink_to(there.name)
    for name, content in named.items():
        (there / name).write_text(content, "utf-8")
        (folder / name).symlink_to(f"..data/{name}")
    monkeypatch.setenv("AFTERCARE_SECRETS_DIR", str(folder))


def test_secrets_are_read_from_files_named_as_their_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _secrets(
        tmp_path / "secrets",
        monkeypatch,
        AFTERCARE_KAFKA__SASL_PASSWORD="open sesame\n",
        AFTERCARE_IDENTITY_SECRET="sixteen letters or more",
        AFTERCARE_HTTP__PORT="9999",
        README="not one of ours",
    )
    monkeypatch.setenv("AFTERCARE_KAFKA__SASL_USERNAME", "identity")
    monkeypatch.setenv("AFTERCARE_HTTP__PORT", "8888")
    settings = from_environment(IdentitySettings)
    assert settings.kafka.sasl_password.get_secret_value() == "open sesame"
    assert settings.kafka.sasl_username == "identity"
    assert settings.identity_secret.get_secret_value() == "sixteen letters or more"
    assert settings.http.port == 8888, "the environment goes first"


def test_a_folder_of_secrets_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(WrongSettings, match=r"AFTERCARE_SECRETS_DIR: .*none"):
        from_environment(ScoringSettings)


def test_a_wrong_file_is_told_by_its_variable_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _secrets(tmp_path / "secrets", monkeypatch, AFTERCARE_KAFKA__PARTITIONS="sesame")
    with pytest.raises(WrongSettings) as told:
        from_environment(ScoringSettings)
    assert str(told.value).startswith("AFTERCARE_KAFKA__PARTITIONS: ")
    assert "sesame" not in str(told.value)
