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


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"issuer": "http://login.zq9.example"}, "begins with https://"),
        ({"issuer": "login.zq9.example"}, "begins with https://"),
        ({"issuer": "https://anna:zq9@login.example"}, "no .* password"),
        ({"issuer": "https://login.example/?zq9"}, "begins with https://"),
        ({"issuer": "https://login.example/#zq9"}, "begins with https://"),
        ({"ca_file": "/zq9/ca.pem"}, "ca_file needs issuer"),
        ({"audience": ""}, "at least 1 character"),
        ({"claim": ""}, "at least 1 character"),
        (
            {"issuer": "https://zq9", "jwks_issuer": "https://zq9", "jwks_file": "/keys"},
            "would be mixed",
        ),
    ],
)
def test_whose_tokens_are_accepted_is_told_without_what_was_set(
    wrong: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(f"AFTERCARE_AUTH__{name.upper()}", value)
    with pytest.raises(WrongSettings, match=f"AFTERCARE_AUTH.*{why}") as told:
        from_environment(ScoringSettings)
    assert "zq9" not in str(told.value)


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
