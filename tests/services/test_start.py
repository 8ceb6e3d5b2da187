"""Every service ends at its start where a file or the URI cannot be used, and says why."""

from importlib import import_module
from pathlib import Path

import pytest

from deploy.cli.address_file import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_what_cannot_be_used_ends_the_start(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_IDENTITY_SECRET", "sixteen letters or more")
    main = import_module(f"services.{service}.app").main
    missing = tmp_path / "none.crt"
    monkeypatch.setenv("AFTERCARE_HTTP__TLS_CERTIFICATE_FILE", str(missing))
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value) == (
        f"aftercare {service} cannot start, a file is wrong:\n"
        f"AFTERCARE_HTTP__TLS_CERTIFICATE_FILE: {missing}: No such file or directory"
    )
    monkeypatch.delenv("AFTERCARE_HTTP__TLS_CERTIFICATE_FILE")
    monkeypatch.setenv("AFTERCARE_MONGO__URI", "mongodb://anna:sesame@h/?tlsCAFil=x")
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value).startswith(
        f"aftercare {service} cannot start, its settings are wrong:\nAFTERCARE_MONGO__URI: "
    )
    assert "sesame" not in str(ended.value)
