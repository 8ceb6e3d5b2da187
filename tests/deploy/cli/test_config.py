"""`aftercare config`: what is in effect, and what is wrong."""

import re
from pathlib import Path

import pytest

from deploy.cli import configuration
from deploy.cli.address_file import SERVICES
from deploy.cli.failures import WrongConfiguration
from tests.deploy.cli.command import aftercare

SECRET = {
    "AFTERCARE_IDENTITY_SECRET": "a secret of tests, long enough",
    "AFTERCARE_DESK_SECRET": "a secret of tests, and long enough for the desk",
    "AFTERCARE_DESK_TOKEN_KEY_FILE": "desk.pem",
}


def test_the_configuration_is_shown_without_passwords() -> None:
    done = aftercare(
        "config",
        "check",
        **SECRET,
        AFTERCARE_MONGO__URI="mongodb://anna:se%3Ac%40ret@db.example/x",
        AFTERCARE_HASH_KEY="key sesame",
        AFTERCARE_KAFKA__SASL_PASSWORD="open sesame",
        AFTERCARE_KAFKA__SSL_KEY_PASSWORD="more sesame",
    )
    assert done.returncode == 0
    assert "uri: mongodb://anna:***@db.example/x" in done.stdout
    assert "identity_secret: '***'" in done.stdout
    for secret in ("ret@", "40ret", "sesame", "of tests"):
        assert secret not in done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("# ")] == [
        f"# {service}" for service in SERVICES
    ]


def test_a_wrong_value_is_one_line_that_names_the_variable() -> None:
    done = aftercare("config", "check", AFTERCARE_KAFKA__PARTITIONS="none")
    assert done.returncode == 2
    assert done.stderr.startswith("AFTERCARE_KAFKA__PARTITIONS: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("mongodb://anna:se:c@zq9@db.example/x", "special in user and password is escaped"),
        ("mongodb://anna:c/zq9@db.example/x", "it cannot be used"),
        ("postgres://anna:c-zq9@db.example/x", "it begins with mongodb://"),
        ("mongodb://anna:c-zq9@db.example/?tlsCAFil=x", "meant tlscafile"),
        ("mongodb://anna:c?zq9=x@db.example/", "it cannot be used|is unknown"),
        (
            "mongodb://anna:c-zq9@h/?tls=true&tlsCAFile=/none/zq9",
            "tlsCAFile.*No such file",
        ),
        (f"mongodb://anna:c-zq9@h/?tls=true&tlsCAFile={__file__}", "no certificate in PEM"),
        (f"mongodb://anna:c-zq9@h/?tls=true&tlsCertificateKeyFile={__file__}", "cannot be used"),
    ],
)
def test_a_uri_of_the_database_that_cannot_be_used_is_told_without_it(
    uri: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_MONGO__URI", uri)
    with pytest.raises(WrongConfiguration) as told:
        configuration.checked("intake")
    [line] = told.value.lines
    assert re.match(f"AFTERCARE_MONGO__URI: .*({why})", line), line
    assert "zq9" not in line


@pytest.mark.parametrize("service", SERVICES)
def test_keys_of_tokens_that_cannot_be_used_are_wrong_configuration(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"keys": [{"kty": "EC", "d": "zq9"}]}', "utf-8")
    monkeypatch.setenv("AFTERCARE_AUTH__JWKS_FILE", str(file))
    with pytest.raises(WrongConfiguration) as told:
        configuration.checked(service)
    [line] = told.value.lines
    assert line.startswith(f"AFTERCARE_AUTH__JWKS_FILE: {file}: key 1: it is private")
    assert "zq9" not in line


def test_a_variable_that_nothing_reads_is_pointed_out() -> None:
    done = aftercare("config", "check", **SECRET, AFTERCARE_KAFKA__BOOTSTRAP_SERVER="kafka:9092")
    assert done.returncode == 0
    assert "meant AFTERCARE_KAFKA__BOOTSTRAP_SERVERS?" in done.stderr


def test_a_secret_in_a_file_that_nothing_reads_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "AFTERCARE_KAFKA__SASL_PASWORD").write_text("open sesame", "utf-8")
    [line] = configuration.unread_variables({"AFTERCARE_SECRETS_DIR": str(tmp_path)})
    assert line.endswith("nothing reads it; meant AFTERCARE_KAFKA__SASL_PASSWORD?")
    assert "sesame" not in line


@pytest.mark.parametrize("secret", [None, "", "too short"])
@pytest.mark.parametrize("of", [(), ("--service", "identity")])
def test_identity_without_a_secret_is_wrong_configuration(
    secret: str | None, of: tuple[str, ...]
) -> None:
    named = {"AFTERCARE_IDENTITY_SECRET": secret} if secret is not None else {}
    done = aftercare("config", "check", *of, **named)
    assert done.returncode == 2
    assert done.stderr.startswith("AFTERCARE_IDENTITY_SECRET: set it to 16 characters or more")
    assert len(done.stderr.splitlines()) == 1
    assert not secret or secret not in done.stdout + done.stderr


def test_services_without_a_secret_are_checked_without_one() -> None:
    done = aftercare("config", "check", "--service", "scoring")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("secret", ["", "too short"])
def test_up_refuses_a_secret_that_identity_would(secret: str, tmp_path: Path) -> None:
    named = {"AFTERCARE_IDENTITY_SECRET": secret}
    done = aftercare("up", "--data-dir", str(tmp_path / "data"), **named)
    assert done.returncode == 2
    assert done.stderr.startswith("AFTERCARE_IDENTITY_SECRET: set it to 16 characters or more")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("dealers: [{id: a/b, name: A, timezone: Mars/Base, currency: EUR, region: DE}]", "IANA"),
        ("dealers: [", "not YAML"),
        (None, "No such file"),
    ],
)
def test_a_dealers_file_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, why: str
) -> None:
    file = tmp_path / "dealers.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_DEALERS_FILE", str(file))
    with pytest.raises(WrongConfiguration, match=f"AFTERCARE_DEALERS_FILE.*{why}"):
        configuration.checked("intake")


def test_rules_that_the_service_cannot_follow_are_wrong_configuration(tmp_path: Path) -> None:
    (tmp_path / "rosters").mkdir()
    roster = tmp_path / "rosters" / "berlin.yaml"
    roster.write_text("dealer: sunrise/berlin\nroles: {boss: [x]}\n", encoding="utf-8")
    for command in (("config", "check"), ("up", "--data-dir", str(tmp_path / "data"))):
        done = aftercare(*command, AFTERCARE_RULES_DIR=str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith(f"{roster}:2: roles.boss: Input should be")
        assert len(done.stderr.splitlines()) == 1


def test_a_wrong_draft_shows_in_the_check_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = tmp_path / "complaints" / "policies" / "berlin.yaml"
    draft.parent.mkdir(parents=True)
    draft.write_text("dealer: sunrise/berlin\nmemory: long\n", encoding="utf-8")
    done = aftercare("config", "check", **SECRET, AFTERCARE_RULES_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{draft}:2: memory: a length")
    monkeypatch.setenv("AFTERCARE_RULES_DIR", str(tmp_path))
    configuration.checked("complaints")


@pytest.mark.parametrize(
    ("variable", "content", "line"),
    [
        (
            "AFTERCARE_DROPS_FILE",
            "folders:\n  - {name: a, path: /b, dealer_id: sunrise/berlin, files: [{match: x}]}\n",
            ":2: folders.0.files.0.mapping: Field required",
        ),
        (
            "AFTERCARE_CONNECTORS_FILE",
            "connectors:\n  - topic: a\n    dealer_id: sunrise/berlin\n    source: b\n"
            "    takes: generic-ndjson-visit\n",
            ":5: connectors.0.takes: there is no such mapping; did you mean 'generic-ndjson-visits",
        ),
    ],
)
def test_files_of_folders_and_connectors_are_checked(
    tmp_path: Path, variable: str, content: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "doors.yaml"
    file.write_text(content, encoding="utf-8")
    monkeypatch.setenv(variable, str(file))
    with pytest.raises(WrongConfiguration) as wrong:
        configuration.checked("intake")
    assert any(each.startswith(f"{file}{line}") for each in wrong.value.lines), wrong.value.lines
