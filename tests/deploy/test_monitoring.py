"""Alerts and dashboards ask only for what the services tell."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from docs.tables import declared_metrics, exposed_name
from tests import PROJECT

DEPLOY = PROJECT / "deploy"
DASHBOARDS: dict[str, dict[str, Any]] = {
    file.name: json.loads(file.read_text("utf-8"))
    for file in sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
}
RULES: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text("utf-8"))
RUNBOOKS = DEPLOY.parent / "docs/operations/runbooks"
CODE = re.MULTILINE | re.DOTALL
ASKED = re.compile(r"\baftercare_[a-z_]+\b")
LABELS = re.compile(r"\bby \(([a-z_, ]+)\)")
VARIABLES = re.compile(r"\$(?!__)(\w+)")
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
    for dashboard in DASHBOARDS.values():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield panel["title"], target["expr"]


each_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


def test_every_metric_asked_for_exists() -> None:
    known = told()
    for where, query in queries():
        for name in ASKED.findall(query):
            assert name in known, f"{where}: {name}"


def test_every_query_asks_for_something_of_ours() -> None:
    assert [where for where, query in queries() if not ASKED.search(query)] == []


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


def test_every_alert_has_its_runbook_and_every_runbook_its_alert() -> None:
    alerts = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
    for name, rule in alerts.items():
        link = rule["annotations"].get("runbook_url")
        assert link == f"{{{{ $externalLabels.runbooks }}}}/{name}.md", name
    pages = {path.stem: path.read_text("utf-8") for path in RUNBOOKS.glob("*.md")}
    assert pages.keys() == alerts.keys()
    for name, text in pages.items():
        prose = re.sub(r"^```.*?^```", "", text, flags=CODE)
        titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
        assert titles == [name, "Look at", "Run", "Over when"], name
        assert re.search(r"^```sh\n.+^```", text, CODE), name


def test_prometheus_knows_where_runbooks_are() -> None:
    scraping = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    assert scraping["global"]["external_labels"]["runbooks"].endswith("docs/operations/runbooks")


@each_dashboard
def test_panels_lie_side_by_side_on_the_grid(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24, panel["title"]
        taken |= cells


@each_dashboard
def test_panels_use_the_datasource_that_is_provisioned(name: str) -> None:
    provisioned = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    uid = provisioned["datasources"][0]["uid"]
    panels, variables = DASHBOARDS[name]["panels"], DASHBOARDS[name]["templating"]["list"]
    assert {asking["datasource"]["uid"] for asking in (*panels, *variables)} == {uid}
    assert len({panel["id"] for panel in panels}) == len(panels)


@each_dashboard
def test_variables_are_those_of_the_dashboard_and_list_a_label_of_ours(name: str) -> None:
    dashboard, known = DASHBOARDS[name], told()
    variables = {found["name"]: found["definition"] for found in dashboard["templating"]["list"]}
    asked = {
        variable
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for variable in VARIABLES.findall(target["expr"])
    }
    assert asked == set(variables)
    for definition in variables.values():
        listed = re.fullmatch(r"label_values\((\w+), (\w+)\)", definition)
        assert listed is not None
        assert listed[2] in known[listed[1]]


def test_every_metric_of_a_complaint_is_on_its_dashboard() -> None:
    shown = json.dumps(DASHBOARDS["complaints.json"])
    ours = {name for name in told() if re.match(r"aftercare_(complaint|calendar)", name)}
    histogram = "aftercare_complaint_clock_seconds"
    ours -= {histogram, f"{histogram}_sum", f"{histogram}_count"}
    assert ours and not {name for name in ours if name not in shown}


def test_dashboards_can_be_told_apart() -> None:
    assert len({found["uid"] for found in DASHBOARDS.values()}) == len(DASHBOARDS) > 1
    assert len({found["title"] for found in DASHBOARDS.values()}) == len(DASHBOARDS)


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
