"""A real Prometheus that scrapes a running Aftercare, and what a panel shows on it."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.sandbox.processes import Child, free_port, running, spawn
from tests import PROJECT
from tests.servers import PATIENCE_SECONDS

VARIABLE = "AFTERCARE_TEST_PROMETHEUS"
"""Where the program is, if not on the path; .ci/run sets it."""
DASHBOARDS = PROJECT / "deploy/grafana/dashboards"
_BY_CI = PROJECT / ".aftercare/ci/usr/bin/prometheus"
_LABEL = re.compile(r"{{(\w+)}}")
_GRAFANAS = {"$__range": "1h", "$__rate_interval": "1m", "$dealer": ".*"}
"""What Grafana fills in."""


def program() -> str:
    """The program; skips the test where there is none."""
    named = os.environ.get(VARIABLE) or shutil.which("prometheus")
    if named is None and _BY_CI.exists():
        named = str(_BY_CI)
    if named is None:
        pytest.skip("Prometheus is not here: `apt install prometheus`, or name it in " + VARIABLE)
    return named


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running one."""

    child: Child
    url: str

    def ask(self, query: str, at: float | None = None) -> list[dict[str, Any]]:
        """The vector that answers an instant query."""
        asked = {"query": query} if at is None else {"query": query, "time": str(at)}
        answer = httpx.get(f"{self.url}/api/v1/query", params=asked, timeout=30).json()
        assert answer["status"] == "success", (query, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def last_scrape(self, job: str) -> float:
        """When it last asked a service, Unix time."""
        [found] = self.ask(f'timestamp(aftercare_ready{{job="{job}"}})')
        return float(found["value"][1])

    def scrapes_after(self, job: str, moment: float) -> bool:
        return bool(self.ask(f'up{{job="{job}"}} == 1')) and self.last_scrape(job) > moment

    def shown(self, panel: Mapping[str, Any], at: float) -> dict[str, float]:
        """Legend -> what a panel shows for the hour that ends at this moment."""
        values: dict[str, float] = {}
        for target in panel["targets"]:
            query = target["expr"]
            for name, value in _GRAFANAS.items():
                query = query.replace(name, value)
            for series in self.ask(query, at):
                labels = series["metric"]
                legend = target["legendFormat"]
                for label in _LABEL.findall(legend):
                    legend = legend.replace(f"{{{{{label}}}}}", labels.get(label, ""))
                values[legend] = float(series["value"][1])
        return values


@contextmanager
def prometheus(directory: Path, urls: Mapping[str, str], *, key: str) -> Iterator[Prometheus]:
    """One that asks these services every second: job -> address. `key`: what it shows."""
    path = program()
    directory.mkdir(parents=True, exist_ok=True)
    jobs = [
        {
            "job_name": job,
            "authorization": {"credentials": key},
            "static_configs": [{"targets": [url.removeprefix("http://")]}],
        }
        for job, url in urls.items()
    ]
    configuration = {"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}
    (directory / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")
    port = free_port()
    child = spawn(
        "prometheus",
        [
            path,
            f"--config.file={directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={directory / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ],
        logs=directory,
    )
    with running(child):
        found = Prometheus(child, f"http://127.0.0.1:{port}")
        child.wait_until(lambda: _all_up(found, len(urls)), within_seconds=PATIENCE_SECONDS)
        yield found


def panels() -> dict[str, dict[str, Any]]:
    """Title -> panel, of all dashboards."""
    return {
        f"{file.stem}: {panel['title']}": panel
        for file in sorted(DASHBOARDS.glob("*.json"))
        for panel in json.loads(file.read_text("utf-8"))["panels"]
    }


def _all_up(found: Prometheus, count: int) -> bool:
    try:
        ready = httpx.get(f"{found.url}/-/ready", timeout=30).is_success
    except httpx.TransportError:
        return False
    return ready and len(found.ask("up == 1")) == count
