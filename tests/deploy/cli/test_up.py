"""`aftercare up`, as an operator uses it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.cli.address_file import addresses
from deploy.cli.client_key import key_for, shown
from deploy.sandbox.processes import Child
from tests.deploy.cli.command import aftercare
from tests.running import free_port_base, running_up
from tests.servers import PATIENCE_SECONDS


@pytest.fixture
def port_base() -> int:
    return free_port_base()


@pytest.fixture
def up(tmp_path: Path, port_base: int) -> Iterator[Child]:
    with running_up(tmp_path, port_base) as child:
        yield child


def test_up_runs_everything_and_stops_it(up: Child, tmp_path: Path, port_base: int) -> None:
    data = tmp_path / "data"
    urls, key = addresses(data).urls, shown(key_for(addresses(data).urls["intake"], data))
    assert urls["complaints"] == f"http://127.0.0.1:{port_base + 4}"
    for url in urls.values():
        assert httpx.get(f"{url}/health/ready").status_code == 200
        page = httpx.get(f"{url}/docs", headers=key).text
        assets = re.findall(r'(?:src|href|url: )="?\'?([^"\'>]+)', page)
        assert [asset.rpartition(".")[2] for asset in assets] == ["css", "png", "js"]
        for asset in assets:  # from the service itself, for a CDN is not reached everywhere
            assert len(httpx.get(f"{url}{asset}", headers=key).content) > 1000, asset
        assert httpx.get(f"{url}/redoc", headers=key).status_code == 404
    again = aftercare("up", "--data-dir", str(tmp_path / "other"), "--port-base", str(port_base))
    assert again.returncode == 1
    assert f"port {port_base + 1}, which intake needs, is in use" in again.stderr
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(PATIENCE_SECONDS) == 0
    assert up.last_words(1) == "stopped"
    assert not (tmp_path / "data" / "running.json").exists()
    for url in urls.values():
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)


def test_up_ends_when_a_service_does(up: Child, tmp_path: Path) -> None:
    listening = subprocess.run(
        ["pgrep", "-P", str(up.process.pid), "-f", "services.scoring"],
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(listening.stdout), signal.SIGKILL)
    assert up.process.wait(PATIENCE_SECONDS) == 1
    assert "scoring ended by itself (exit code -9)" in up.log.read_text(encoding="utf-8")
