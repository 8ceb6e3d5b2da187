"""The manifests agree with the settings, with each other and with docker-compose.yml."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_PORT_BASE
from deploy.cli.kafka_rights import RIGHTS
from deploy.sandbox.stack import fixed_ports
from services.complaints.adapters.policies import read_rulebook
from services.intake.settings import IntakeSettings
from shared.dealers.file import read_dealers
from shared.platform.seal import new_key
from shared.policies.paths import SERVICES, RulesPaths
from shared.policies.paths import VARIABLE as RULES_VARIABLE
from tests import PROJECT

FOLDER = PROJECT / "deploy/kubernetes"


def manifests(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """All that is in files."""
    found = (yaml.safe_load_all(path.read_text("utf-8")) for path in sorted(paths))
    return [manifest for documents in found for manifest in documents]


APPLIED = {path for path in FOLDER.rglob("*") if path.suffix in {".yaml", ".yml", ".json"}}
"""The files that `kubectl apply -f` of the folder takes, with -R as well."""
MANIFESTS = manifests(APPLIED)
EXAMPLES = manifests(set(FOLDER.rglob("*.example")))
OURS = list(configuration.SETTINGS)
TLS = "aftercare-tls"
FILLED_IN = {"AFTERCARE_REJECTED_KEY": new_key()}
"""What the example leaves open, and a service does not start with as it stands there."""

each_of_ours = pytest.mark.parametrize("name", OURS)


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """Name -> manifest, examples included."""
    every = [*MANIFESTS, *EXAMPLES]
    return {each["metadata"]["name"]: each for each in every if each["kind"] == kind}


def pod(name: str) -> dict[str, Any]:
    """The pods of a service."""
    found: dict[str, Any] = of_kind("Deployment")[name]["spec"]["template"]["spec"]
    return found


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
        found |= of_kind("ConfigMap")[source["configMapRef"]["name"]]["data"]
    return found | {each["name"]: each["value"] for each in container(name)["env"]}


def secrets(name: str, each: dict[str, Any]) -> dict[str, str]:
    """What a container of a service's pods finds where it looks for secrets."""
    folder = environment(name)["AFTERCARE_SECRETS_DIR"]
    [volume] = [mount["name"] for mount in each["volumeMounts"] if mount["mountPath"] == folder]
    [secret] = [found["secret"] for found in pod(name)["volumes"] if found["name"] == volume]
    found: dict[str, str] = of_kind("Secret")[secret["secretName"]]["stringData"]
    return found


def test_everything_is_in_the_one_namespace() -> None:
    assert list(of_kind("Namespace")) == ["aftercare"]
    others = [each for each in (*MANIFESTS, *EXAMPLES) if each["kind"] != "Namespace"]
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
    folder = tmp_path / "secrets"
    folder.mkdir()
    for variable, value in secrets(name, container(name)).items():
        (folder / variable).write_text(FILLED_IN.get(variable, value), "utf-8")
    variables["AFTERCARE_SECRETS_DIR"] = str(folder)
    assert configuration.unread_variables(variables) == []
    dealers = tmp_path / "dealers.yaml"
    dealers.write_text(of_kind("ConfigMap")["aftercare-dealers"]["data"]["dealers.yaml"], "utf-8")
    here = {"AFTERCARE_DEALERS_FILE": str(dealers), RULES_VARIABLE: str(tmp_path)}
    for variable, value in (variables | here).items():
        monkeypatch.setenv(variable, value)
    settings = configuration.checked(name)
    assert settings.kafka.security_protocol == "SASL_SSL"
    assert settings.kafka.sasl_username == name
    assert settings.kafka.sasl_password.get_secret_value() == "change-me"
    assert f"//{name}:" in settings.mongo.uri.get_secret_value()
    assert settings.kafka.replication_factor == 3
    assert read_dealers(dealers).all() != []


def test_what_is_rejected_is_kept_under_the_key_that_is_filled_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AFTERCARE_SECRETS_DIR", str(tmp_path))
    file = tmp_path / "AFTERCARE_REJECTED_KEY"
    file.write_text(FILLED_IN[file.name], "utf-8")
    assert IntakeSettings().seal() is not None
    file.write_text(secrets("intake", container("intake"))[file.name], "utf-8")
    with pytest.raises(ValidationError, match="openssl rand -base64 32"):
        IntakeSettings()


@each_of_ours
def test_it_listens_where_everything_expects_it(name: str) -> None:
    port = fixed_ports(DEFAULT_PORT_BASE).services[name]
    annotations = of_kind("Deployment")[name]["spec"]["template"]["metadata"]["annotations"]
    assert environment(name)["AFTERCARE_HTTP__PORT"] == str(port)
    assert environment(name)["AFTERCARE_HTTP__HOST"] == "0.0.0.0"
    assert container(name)["ports"] == [{"name": "http", "containerPort": port}]
    assert of_kind("Service")[name]["spec"]["ports"][0]["port"] == port
    assert annotations["prometheus.io/port"] == str(port)


@each_of_ours
def test_it_is_started_probed_and_bounded(name: str) -> None:
    found = container(name)
    assert found["command"] == ["python", "-m", f"services.{name}"]
    assert found["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert found["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert found["resources"]["requests"].keys() == {"cpu", "memory"}
    assert found["resources"]["limits"].keys() == {"memory"}


@each_of_ours
def test_files_are_mounted_where_the_settings_look(name: str) -> None:
    mounts = {mount["name"]: mount["mountPath"] for mount in container(name)["volumeMounts"]}
    maps = of_kind("ConfigMap")["aftercare-dealers"]["data"]
    assert {f"{mounts['dealers']}/{file}" for file in maps} == {
        environment(name)["AFTERCARE_DEALERS_FILE"]
    }
    assert mounts["tls"] == "/etc/aftercare-tls"
    assert mounts["tokens"] == "/etc/aftercare-tokens"
    told = (FOLDER / "10-configuration.yaml").read_text("utf-8")
    named = re.findall(r"# (AFTERCARE_\w+): /etc/aftercare-tls/(\S+)", told)
    assert {file for _, file in named} == of_kind("Secret")["aftercare-tls"]["stringData"].keys()
    assert configuration.unread_variables({variable: "" for variable, _ in named}) == []


@each_of_ours
def test_every_mount_has_its_volume_and_what_is_optional_may_be_missing(name: str) -> None:
    volumes = {volume["name"]: volume for volume in pod(name)["volumes"]}
    containers = [*pod(name).get("initContainers", []), *pod(name)["containers"]]
    mounted = {mount["name"] for each in containers for mount in each["volumeMounts"]}
    assert mounted == volumes.keys()
    assert volumes["tls"]["secret"] == {"secretName": "aftercare-tls", "optional": True}
    assert volumes["tokens"]["configMap"] == {"name": "aftercare-tokens", "optional": True}


@pytest.mark.parametrize("name", SERVICES)
def test_services_read_the_rules_that_are_packed_for_them(name: str, tmp_path: Path) -> None:
    [unpack] = pod(name)["initContainers"]
    [script] = unpack["args"]
    assert unpack["command"] == ["sh", "-c"]
    for place in ("packed", "etc/aftercare-rules"):
        (tmp_path / place).mkdir(parents=True)
        script = script.replace(f"/{place}", str(tmp_path / place))
    folder = tmp_path / environment(name)[RULES_VARIABLE].removeprefix("/")
    subprocess.run(["sh", "-c", script], check=True)
    RulesPaths(folder, name).require()
    assert read_rulebook(folder).editions == {}
    example = PROJECT / "deploy/examples/rules"
    packed = tmp_path / "packed" / "rules.tar.gz"
    subprocess.run(["tar", "-czf", packed, "-C", example, "."], check=True)
    subprocess.run(["sh", "-c", script], check=True)
    assert read_rulebook(folder).version == read_rulebook(example).version
    mounts = {mount["name"]: mount for mount in container(name)["volumeMounts"]}
    assert environment(name)[RULES_VARIABLE].startswith(mounts["rules"]["mountPath"])


def test_the_topics_are_created_before_intake_starts_and_hinder_nothing(tmp_path: Path) -> None:
    [topics] = pod("intake")["initContainers"]
    [script] = topics["args"]
    assert script.startswith("aftercare topics --create ")
    (tmp_path / "aftercare").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (tmp_path / "aftercare").chmod(0o755)
    search = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["sh", "-c", script], check=True, env={**os.environ, "PATH": search})
    assert topics["envFrom"] == container("intake")["envFrom"]
    assert topics["env"] == [{"name": "AFTERCARE_KAFKA__SASL_USERNAME", "value": "topics"}]
    assert secrets("intake", topics).keys() == {"AFTERCARE_KAFKA__SASL_PASSWORD"}


def test_the_folder_can_be_applied_again_and_again() -> None:
    kinds = {each["kind"] for each in MANIFESTS}
    assert "Job" not in kinds, "a job cannot be changed"
    assert "Secret" not in kinds, "an example would replace the real one"
    assert {each["kind"] for each in EXAMPLES} == {"Secret"}
    assert not [each for each in MANIFESTS if "generateName" in each["metadata"]]


def test_the_network_lets_in_who_asks_and_out_to_the_servers() -> None:
    policy = of_kind("NetworkPolicy")["aftercare"]
    selector = policy["spec"]["podSelector"]["matchLabels"]
    for name in OURS:
        labels = of_kind("Deployment")[name]["spec"]["template"]["metadata"]["labels"]
        assert selector.items() <= labels.items()
    [let_in] = policy["spec"]["ingress"]
    [ports] = let_in["ports"]
    ours = set(fixed_ports(DEFAULT_PORT_BASE).services.values())
    assert ours == set(range(ports["port"], ports["endPort"] + 1))
    out = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    kafka = environment("intake")["AFTERCARE_KAFKA__BOOTSTRAP_SERVERS"].rpartition(":")[2]
    assert out == {53, int(kafka), 27017}


def test_the_desk_reaches_the_others_and_nobody_else_does() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies.keys() == {"aftercare", "desk"}
    assert policies["desk"]["spec"]["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "desk"
    }
    [let_out] = policies["desk"]["spec"]["egress"]
    [ports] = let_out["ports"]
    listening = fixed_ports(DEFAULT_PORT_BASE).services
    others = {name: port for name, port in listening.items() if name != "desk"}
    assert set(others.values()) == set(range(ports["port"], ports["endPort"] + 1))
    named = {
        name.removeprefix("AFTERCARE_DESK_SERVICES__").lower(): value
        for name, value in environment("desk").items()
        if name.startswith("AFTERCARE_DESK_SERVICES__")
    }
    assert named == {name: f"http://{name}:{port}" for name, port in others.items()}


@each_of_ours
def test_it_may_finish_its_batch_before_it_is_killed(name: str) -> None:
    stop = configuration.SETTINGS[name].model_fields["runtime"].default.graceful_stop_seconds
    assert pod(name)["terminationGracePeriodSeconds"] > stop


def test_each_has_secrets_of_its_own_alone() -> None:
    names = {name: secrets(name, container(name)).keys() for name in OURS}
    shared = {"AFTERCARE_KAFKA__SASL_PASSWORD", "AFTERCARE_MONGO__URI"}
    assert {name: found - shared for name, found in names.items() if found - shared} == {
        "identity": {"AFTERCARE_IDENTITY_SECRET"},
        "desk": {"AFTERCARE_DESK_SECRET", "token-key.pem"},
        "intake": {"AFTERCARE_REJECTED_KEY"},
    }
    assert all(found >= shared for found in names.values())
    assert {*OURS, "topics"} == {
        secret.removeprefix("aftercare-") for secret in of_kind("Secret") if secret != TLS
    }


def test_users_of_kafka_are_those_whose_rights_are_told() -> None:
    assert {*OURS, "topics"} <= RIGHTS.keys()


def test_secrets_are_examples_and_not_in_the_configuration() -> None:
    for secret in of_kind("Secret").values():
        for name, value in secret["stringData"].items():
            assert "change-me" in value, name
    settings = of_kind("ConfigMap")["aftercare"]["data"]
    assert [name for name in settings if name.endswith(("PASSWORD", "URI"))] == []


def test_nothing_runs_as_root_or_writes_to_its_image() -> None:
    for name in of_kind("Deployment"):
        assert pod(name)["securityContext"]["runAsNonRoot"] is True
        for each in (*pod(name).get("initContainers", []), *pod(name)["containers"]):
            rights = each["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
