"""How the desk is put together."""

import subprocess
import sys

import pytest
from pydantic import SecretStr, ValidationError

from services.desk.adapters.oidc import OidcIssuer
from services.desk.app import issuer
from services.desk.settings import DeskSettings, OidcSettings
from shared.settings import WrongSettings
from shared.time.clock import SystemClock
from tests import PROJECT

ISSUER = OidcSettings(issuer="https://issuer.example", client_id="desk")


def test_nobody_needs_the_extra_who_has_no_issuer() -> None:
    found = "import sys, services.desk.app; sys.exit('authlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", found], cwd=PROJECT, check=False).returncode == 0
    assert issuer(OidcSettings(), SystemClock()) is None


def test_who_has_one_is_told_of_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(issuer(ISSUER, SystemClock()), OidcIssuer)
    monkeypatch.delitem(sys.modules, "services.desk.adapters.oidc")
    monkeypatch.setitem(sys.modules, "authlib", None)
    monkeypatch.setitem(sys.modules, "authlib.oauth2.rfc6749.parameters", None)
    with pytest.raises(WrongSettings) as wrong:
        issuer(ISSUER, SystemClock())
    assert "pip install 'aftercare[oidc]'" in wrong.value.lines[0]


def test_an_issuer_needs_to_know_where_the_desk_is() -> None:
    settings = DeskSettings(desk_secret=SecretStr("x" * 32), desk_oidc=ISSUER)
    with pytest.raises(WrongSettings) as wrong:
        settings.require_secret()
    assert any("AFTERCARE_DESK_PUBLIC_URL" in line for line in wrong.value.lines)
    for nonsense in (
        {"issuer": "https://issuer.example"},
        {"issuer": "http://issuer.example", "client_id": "desk"},
        {"issuer": "https://issuer.example/?x", "client_id": "desk"},
        {"scope": "profile"},
    ):
        with pytest.raises(ValidationError):
            OidcSettings.model_validate(nonsense)
