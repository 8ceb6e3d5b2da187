"""docker-compose.yml and the image, as far as they can be checked without containers."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_PORT_BASE
from deploy.cli.main import COMMANDS, app
from deploy.cli.tokens.work import make_key, read_key
from deploy.sandbox.stack import fixed_ports
from shared.platform.signing import public_part
from shared.settings import MongoSettings
from tests import PROJECT

SCHEMA = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json")
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = list(configuration.SETTINGS)
DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")

OWN_SERVERS: dict[str, Any] = yaml.safe_load(
    (PROJECT / "deploy/compose/own-servers.yaml").read_text("utf-8")
)

each_of_ours = pytest.mark.parametrize("name", OURS)


def environment(name: str) -> dict[str, str]:
    """What the container of a service has of ours."""
    return {key: str(value) for key, value in SERVICES[name]["environment"].items()}


def bind_mounts(name: str) -> dict[str, str]:
    """Host path -> container path."""
    mounts = [each.split(":") for each in SERVICES[name].get("volumes", [])]
    return {parts[0]: parts[1] for parts in mounts if parts[0].startswith("./")}


def test_it_is_valid_by_the_published_schema() -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_the_one_for_own_servers_is_too() -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert [error.message for error in validator.iter_errors(OWN_SERVERS)] == []
    assert OWN_SERVERS["services"].keys() == set(OURS)


@each_of_ours
def test_secrets_of_own_servers_are_files_that_settings_read(name: str) -> None:
    service = OWN_SERVERS["services"][name]
    variables = {key: str(value) for key, value in service["environment"].items()}
    targets = {each["target"]: each["source"] for each in service["secrets"]}
    assert configuration.unread_variables(variables | dict.fromkeys(targets, "")) == []
    assert set(targets.values()) <= OWN_SERVERS["secrets"].keys()
    assert variables["AFTERCARE_KAFKA__SASL_USERNAME"] == name
    assert {"AFTERCARE_KAFKA__SASL_PASSWORD", "AFTERCARE_MONGO__URI"} <= targets.keys()
    assert ("AFTERCARE_IDENTITY_SECRET" in targets) == (name == "identity")
    assert ("AFTERCARE_DESK_SECRET" in targets) == (name == "desk")
    port = variables["AFTERCARE_HTTP__PORT"]
    assert port == environment(name)["AFTERCARE_HTTP__PORT"]
    assert service["ports"] == [f"{port}:{port}"]


def test_the_schema_would_notice_a_misspelt_key() -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    wrong = {"services": {"intake": {**SERVICES["intake"], "depend_on": ["kafka"]}}}
    assert list(validator.iter_errors(wrong)) != []


def test_all_services_are_there_from_one_image() -> None:
    assert set(OURS) <= SERVICES.keys()
    assert {SERVICES[name]["image"] for name in (*OURS, "topics")} == {"aftercare:local"}


@each_of_ours
def test_its_command_starts_a_module_that_exists(name: str) -> None:
    python, option, module = SERVICES[name]["command"]
    assert (python, option) == ("python", "-m")
    assert importlib.util.find_spec(f"{module}.__main__") is not None
    assert module == f"services.{name}"


def test_the_topics_are_created_by_a_command_that_exists() -> None:
    program, command, *options = SERVICES["topics"]["command"]
    assert program == "aftercare"
    known = {
        option for parameter in COMMANDS[command].load(command).params for option in parameter.opts
    }
    assert set(options) <= known


@pytest.mark.parametrize("name", [*OURS, "topics"])
def test_its_variables_are_all_read(name: str) -> None:
    assert configuration.unread_variables(environment(name)) == []


@each_of_ours
def test_its_variables_are_accepted(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside_out = {inside: outside for outside, inside in bind_mounts(name).items()}
    key = make_key(tmp_path / "token-key.pem")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [public_part(key)]}), "utf-8")
    made = {"AFTERCARE_AUTH__JWKS_FILE": str(keys)}
    for variable, value in (environment(name) | made).items():
        found = PROJECT / inside_out[value] if value in inside_out else value
        monkeypatch.setenv(variable, str(found))
    settings = configuration.checked(name)
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.kafka.replication_factor == 1
    assert settings.kafka.idempotent_producer
    assert settings.dealers().all() != []


@each_of_ours
def test_its_port_is_the_one_that_aftercare_up_uses(name: str) -> None:
    port = int(environment(name)["AFTERCARE_HTTP__PORT"])
    assert port == fixed_ports(DEFAULT_PORT_BASE).services[name]
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{port}:{port}"]


@each_of_ours
def test_it_starts_when_topics_and_replica_set_are_there(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "topics": {"condition": "service_completed_successfully"},
        "mongo-replica-set": {"condition": "service_completed_successfully"},
        "desk-key": {"condition": "service_completed_successfully"},
    }


def test_the_desk_signs_with_a_key_whose_public_part_all_others_have(tmp_path: Path) -> None:
    """Its command, run twice: the second time the key is there."""
    shell, option, script = SERVICES["desk-key"]["command"]
    assert (shell, option) == ("sh", "-c")
    assert script.endswith("&& chown 10001:10001 /private/token-key.pem"), "the image's user"
    making = script.partition(" && chown")[0]
    for place in ("private", "public"):
        (tmp_path / place).mkdir()
        making = making.replace(f"/{place}/", f"{tmp_path}/{place}/")
    program = f'aftercare() {{ "{sys.executable}" -m deploy.cli.main "$@"; }}\n'
    found = []
    for _ in range(2):
        subprocess.run(["sh", "-ec", program + making], check=True, cwd=PROJECT)
        found.append((tmp_path / "public" / "jwks.json").read_text("utf-8"))
    assert found[0] == found[1]
    signs = read_key(tmp_path / "private" / "token-key.pem")
    assert json.loads(found[0])["keys"] == [public_part(signs)]
    for name in OURS:
        assert "token-keys:/etc/aftercare-tokens:ro" in SERVICES[name]["volumes"]
    private = [name for name in SERVICES if "desk-key:" in str(SERVICES[name].get("volumes"))]
    assert private == ["desk", "desk-key"]


@each_of_ours
def test_its_health_is_its_readiness(name: str) -> None:
    command, python, option, code = SERVICES[name]["healthcheck"]["test"]
    assert (command, python, option) == ("CMD", "python", "-c")
    compile(code, "healthcheck", "exec")
    assert "/health/ready" in code
    assert "AFTERCARE_HTTP__PORT" in code


def test_whatever_is_waited_for_can_come() -> None:
    for name, service in SERVICES.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], name
            else:
                assert "restart" not in SERVICES[other], f"{other} would never complete"


def test_every_mounted_file_exists() -> None:
    for name in SERVICES:
        for outside in bind_mounts(name):
            assert (PROJECT / outside).exists(), f"{name}: {outside}"


def test_every_named_volume_is_declared() -> None:
    named = {
        each.split(":")[0]
        for service in SERVICES.values()
        for each in service.get("volumes", [])
        if not each.startswith("./")
    }
    assert named == COMPOSE["volumes"].keys()


def test_every_port_is_published_on_loopback_only_and_once() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert len(ports) == len(set(ports))


def test_kafka_and_the_topics_agree_with_one_broker() -> None:
    broker = SERVICES["kafka"]["environment"]
    factors = [key for key in broker if key.endswith(("_REPLICATION_FACTOR", "_MIN_ISR"))]
    assert {broker[key] for key in factors} == {"1"}
    assert environment("topics")["AFTERCARE_KAFKA__REPLICATION_FACTOR"] == "1"
    assert "kafka:9092" in broker["KAFKA_ADVERTISED_LISTENERS"]


def test_prometheus_scrapes_every_service_where_it_listens() -> None:
    config = yaml.safe_load((PROJECT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    scraped = {
        job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]
    }
    assert scraped == {
        name: [f"{name}:{environment(name)['AFTERCARE_HTTP__PORT']}"] for name in OURS
    }


def test_prometheus_shows_a_key_that_is_made_for_it_alone() -> None:
    config = yaml.safe_load((PROJECT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    [told] = {job["authorization"]["credentials_file"] for job in config["scrape_configs"]}
    folder, _, name = told.rpartition("/")
    assert f"prometheus-key:{folder}:ro" in SERVICES["prometheus"]["volumes"]
    shell, option, script = SERVICES["prometheus-key"]["command"]
    assert (shell, option) == ("sh", "-c")
    making, giving = script.split(" && ")
    words = shlex.split(making)
    to = words[words.index("--to") + 1]
    assert to == f"/keys/{name}"
    assert giving == f"chown 65534:65534 {to}", "the user of Prometheus's image"
    assert "prometheus-key:/keys" in SERVICES["prometheus-key"]["volumes"]
    users = [each for each in SERVICES if "prometheus-key" in str(SERVICES[each].get("volumes"))]
    assert users == ["prometheus-key", "prometheus"]
    assert configuration.unread_variables(environment("prometheus-key")) == []


def test_the_key_of_prometheus_may_read_metrics_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mongo_settings: MongoSettings
) -> None:
    """Its command, run twice: the second time the key is good."""
    script = SERVICES["prometheus-key"]["command"][2].partition(" && ")[0]
    file = tmp_path / "prometheus"
    words = [str(file) if word.startswith("/keys/") else word for word in shlex.split(script)[1:]]
    monkeypatch.setenv("AFTERCARE_MONGO__URI", mongo_settings.uri.get_secret_value())
    monkeypatch.setenv("AFTERCARE_MONGO__DATABASE_PREFIX", mongo_settings.database_prefix)
    monkeypatch.setenv("AFTERCARE_DEALERS_FILE", str(PROJECT / "shared/dealers/example.yaml"))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, words).exit_code == 0
    made = file.read_text("utf-8")
    assert CliRunner().invoke(app, words).exit_code == 0
    assert file.read_text("utf-8") == made
    listed = CliRunner().invoke(app, ["keys", "list", "--json"])
    [found] = json.loads(listed.stdout)
    assert (found["scopes"], found["dealers"]) == (["metrics:read"], ["*"])


def test_the_image_copies_only_what_exists_and_is_not_ignored() -> None:
    let_in = re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            assert (PROJECT / source).exists(), source
            assert source in let_in, source


def test_the_image_has_the_command_and_no_sandbox() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in copied if source.startswith("deploy")] == [
        "deploy/__init__.py",
        "deploy/cli",
    ]
    assert "sandbox" not in DOCKERFILE


def test_the_image_runs_as_nobody_in_particular() -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert len(users) == 1
    assert "0" not in users[-1]


def test_the_image_installs_hashed_requirements_only() -> None:
    installs = [line for line in re.split(r"&&|\n(?=RUN)", DOCKERFILE) if "pip install" in line]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or "--no-deps" in install, install
