"""Alerts and dashboards ask only for what the services tell."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from docs.tables import declared_metrics, exposed_name

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana/dashboards/overview.json").read_text("utf-8")
)
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text("utf-8"))
ASKED = re.compile(r"\baftercare_[a-z_]+\b")
LABELS = re.compile(r"\bby \(([a-z_, ]+)\)")
SCRAPED_LABELS = {"job", "instance", "le"}


def told() -> dict[str, set[str]]:
    """Every series that the services expose -> its labels."""
    series: dict[str, set[str]] = {}
    for metric in declared_metrics():
        labels = set(metric._labelnames)
        name = exposed_name(metric)
        series[name] = labels
        if next(iter(metric.describe())).type == "histogram":
            series |= {f"{name}{part}": labels for part in ("_bucket", "_sum", "_count")}
    return series


def queries() -> Iterator[tuple[str, str]]:
    """Where a query is asked, and the query."""
    for group in RULES["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_every_metric_asked_for_exists() -> None:
    known = told()
    for where, query in queries():
        for name in ASKED.findall(query):
            assert name in known, f"{where}: {name}"


def test_every_query_asks_for_something_of_ours_or_for_what_is_up() -> None:
    assert [where for where, query in queries() if not ASKED.search(query)] == [
        "ServiceUnreachable"
    ]


def test_every_label_grouped_by_is_one_of_the_metric() -> None:
    known = told()
    for where, query in queries():
        labels = set().union(*(known[name] for name in ASKED.findall(query)))
        grouped = {each.strip() for found in LABELS.findall(query) for each in found.split(",")}
        assert grouped <= labels | SCRAPED_LABELS, where


def test_every_alert_says_how_grave_and_what() -> None:
    for rule in RULES["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


def test_panels_lie_side_by_side_on_the_grid() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24, panel["title"]
        taken |= cells


def test_panels_use_the_datasource_that_is_provisioned() -> None:
    provisioned = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    uid = provisioned["datasources"][0]["uid"]
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {uid}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_dashboards_are_mounted_where_grafana_looks() -> None:
    provider = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/aftercare.yml").read_text("utf-8")
    )
    compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text("utf-8"))
    grafana = compose["services"]["grafana"]
    path = provider["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in grafana["volumes"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{path}/overview.json"
