"""Configuration: what the environment says replaces that and nothing else."""

import pytest

from services.scoring.settings import ScoringSettings


def test_a_host_from_the_environment_leaves_the_port_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = ScoringSettings().http.port
    monkeypatch.setenv("AFTERCARE_HTTP__HOST", "0.0.0.0")
    assert (ScoringSettings().http.host, ScoringSettings().http.port) == ("0.0.0.0", shipped)
