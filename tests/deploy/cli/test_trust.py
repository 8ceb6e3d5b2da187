"""The command trusts whom it is told to, and says what to do where it does not."""

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
import uvicorn

from deploy.cli import ca_file, configuration, trust
from deploy.cli.answers import answer
from deploy.cli.failures import CannotRun
from deploy.cli.readiness import what_keeps
from shared.contracts.http.problem import Problem
from shared.platform.handshakes import listening
from shared.platform.http import make_app, operations
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from tests.certificates import HERE, Authority

CA = "AFTERCARE_CLIENT__TLS_CA_FILE"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def _serving(
    authority: Authority, *, hosts: Sequence[str] = HERE, asks_for_one: bool = False
) -> Iterator[str]:
    """A service in a thread, over TLS, that is ready."""
    app = make_app(title="tried", doorman=KnowsEverybody())

    async def ready() -> list[str]:
        return []

    app.include_router(operations(ready))
    settings = HttpSettings(
        tls_certificate_file=authority.certificate("service", hosts).together,
        tls_client_ca_file=authority.file if asks_for_one else None,
    )
    config = uvicorn.Config(
        app, port=0, http=listening(settings), ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    started = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
            await asyncio.sleep(0.01)
        started.set()
        await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    started.wait()
    yield f"https://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def service(authority: Authority) -> Iterator[str]:
    yield from _serving(authority)


@pytest.fixture
def misnamed(authority: Authority) -> Iterator[str]:
    yield from _serving(authority, hosts=["elsewhere.example"])


@pytest.fixture(scope="module")
def mutual(authority: Authority) -> Iterator[str]:
    yield from _serving(authority, asks_for_one=True)


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in trust.variables():
        monkeypatch.setenv(variable, "")  # taken back at the end, whatever `option` sets
        monkeypatch.delenv(variable)


def test_without_being_told_it_trusts_nobody_unusual(service: str) -> None:
    assert trust.verify() is True
    [told] = what_keeps(service)
    assert told == (
        f"{service}: its certificate is not trusted: --ca-file or {CA} names who signed it"
    )


def test_the_option_goes_before_the_variable(
    authority: Authority, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CA, str(Authority(authority.folder / "stranger").file))
    assert "is not trusted" in what_keeps(service)[0]
    ca_file.option(authority.file)
    assert what_keeps(service) == []


def test_another_name_is_told(authority: Authority, misnamed: str) -> None:
    ca_file.option(authority.file)
    [told] = what_keeps(misnamed)
    assert told.endswith(": its certificate is for another name")


def test_a_service_that_wants_a_certificate_is_shown_one(
    authority: Authority, mutual: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca_file.option(authority.file)
    assert "AFTERCARE_CLIENT__TLS_CERTIFICATE_FILE" in what_keeps(mutual)[0]
    own = authority.certificate("staff")
    monkeypatch.setenv("AFTERCARE_CLIENT__TLS_CERTIFICATE_FILE", str(own.chain))
    monkeypatch.setenv("AFTERCARE_CLIENT__TLS_KEY_FILE", str(own.encrypted("open sesame")))
    monkeypatch.setenv("AFTERCARE_CLIENT__TLS_KEY_PASSWORD", "open sesame")
    assert what_keeps(mutual) == []


def test_what_asks_services_says_it_as_well(authority: Authority, service: str) -> None:
    with httpx.Client(verify=trust.verify()) as http, pytest.raises(CannotRun, match=CA):
        answer(http, Problem, service="scoring", url=service, path="/")
    ca_file.option(authority.file)
    assert isinstance(trust.verify(), ssl.SSLContext)


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    ca_file.option(tmp_path / "none.pem")
    with pytest.raises(CannotRun, match=rf"{CA}: .*none\.pem: No such file or directory"):
        trust.verify()


def test_these_variables_are_known() -> None:
    assert configuration.unread_variables(dict.fromkeys(trust.variables(), "x")) == []
