"""The manifests agree with the settings, with each other and with docker-compose.yml."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import configuration
from deploy.local.stack import DEFAULT_PORT_BASE, fixed_ports
from shared.dealers import read_dealers

PROJECT = Path(__file__).parent.parent.parent
MANIFESTS: list[dict[str, Any]] = [
    manifest
    for path in sorted((PROJECT / "deploy/kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text("utf-8"))
]
OURS = list(configuration.SETTINGS)

each_of_ours = pytest.mark.parametrize("name", OURS)


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """Name -> manifest."""
    return {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == kind}


def container(name: str) -> dict[str, Any]:
    """The one container of a service."""
    spec = of_kind("Deployment")[name]["spec"]["template"]["spec"]
    assert len(spec["containers"]) == 1
    found: dict[str, Any] = spec["containers"][0]
    return found


def environment(name: str) -> dict[str, str]:
    """What the container of a service has of ours."""
    found: dict[str, str] = {}
    for source in container(name)["envFrom"]:
        if "configMapRef" in source:
            found |= of_kind("ConfigMap")[source["configMapRef"]["name"]]["data"]
        else:
            found |= of_kind("Secret")[source["secretRef"]["name"]]["stringData"]
    return found | {each["name"]: each["value"] for each in container(name)["env"]}


def test_everything_is_in_the_one_namespace() -> None:
    assert list(of_kind("Namespace")) == ["aftercare"]
    others = [each for each in MANIFESTS if each["kind"] != "Namespace"]
    assert {each["metadata"]["namespace"] for each in others} == {"aftercare"}


@pytest.mark.parametrize("kind", ["Deployment", "Service", "PodDisruptionBudget"])
def test_each_service_has_one(kind: str) -> None:
    assert sorted(of_kind(kind)) == sorted(OURS)


@each_of_ours
def test_its_selectors_find_its_pods(name: str) -> None:
    deployment = of_kind("Deployment")[name]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    selectors = [
        deployment["selector"]["matchLabels"],
        of_kind("Service")[name]["spec"]["selector"],
        of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"],
    ]
    for selector in selectors:
        assert selector.items() <= labels.items()
        assert selector == {"app.kubernetes.io/name": name}


@each_of_ours
def test_its_variables_are_all_read_and_accepted(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = environment(name)
    assert configuration.unread_variables(variables) == []
    dealers = tmp_path / "dealers.yaml"
    dealers.write_text(of_kind("ConfigMap")["aftercare-dealers"]["data"]["dealers.yaml"], "utf-8")
    for variable, value in (variables | {"AFTERCARE_DEALERS_FILE": str(dealers)}).items():
        monkeypatch.setenv(variable, value)
    settings = configuration.checked(name)
    assert settings.kafka.security_protocol == "SASL_SSL"
    assert settings.kafka.replication_factor == 3
    assert read_dealers(dealers).all() != []


@each_of_ours
def test_it_listens_where_everything_expects_it(name: str) -> None:
    port = fixed_ports(DEFAULT_PORT_BASE).services[name]
    pod = of_kind("Deployment")[name]["spec"]["template"]["metadata"]["annotations"]
    assert environment(name)["AFTERCARE_HTTP__PORT"] == str(port)
    assert environment(name)["AFTERCARE_HTTP__HOST"] == "0.0.0.0"
    assert container(name)["ports"] == [{"name": "http", "containerPort": port}]
    assert of_kind("Service")[name]["spec"]["ports"][0]["port"] == port
    assert pod["prometheus.io/port"] == str(port)


@each_of_ours
def test_it_is_started_probed_and_bounded(name: str) -> None:
    found = container(name)
    assert found["command"] == ["python", "-m", f"services.{name}"]
    assert found["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert found["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert found["resources"]["requests"].keys() == {"cpu", "memory"}
    assert found["resources"]["limits"].keys() == {"memory"}


@each_of_ours
def test_the_dealers_are_mounted_where_the_settings_look(name: str) -> None:
    mount = container(name)["volumeMounts"][0]
    maps = of_kind("ConfigMap")["aftercare-dealers"]["data"]
    assert {f"{mount['mountPath']}/{file}" for file in maps} == {
        environment(name)["AFTERCARE_DEALERS_FILE"]
    }


@each_of_ours
def test_it_may_finish_its_batch_before_it_is_killed(name: str) -> None:
    pod = of_kind("Deployment")[name]["spec"]["template"]["spec"]
    stop = configuration.SETTINGS[name].model_fields["runtime"].default.graceful_stop_seconds
    assert pod["terminationGracePeriodSeconds"] > stop


def test_secrets_are_examples_and_not_in_the_configuration() -> None:
    for name, value in of_kind("Secret")["aftercare"]["stringData"].items():
        assert "change-me" in value, name
    settings = of_kind("ConfigMap")["aftercare"]["data"]
    assert [name for name in settings if name.endswith(("PASSWORD", "URI"))] == []


def test_nothing_runs_as_root_or_writes_to_its_image() -> None:
    workloads = [*of_kind("Deployment").values(), *of_kind("Job").values()]
    assert len(workloads) == len(OURS) + 1
    for workload in workloads:
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        rights = pod["containers"][0]["securityContext"]
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["allowPrivilegeEscalation"] is False
