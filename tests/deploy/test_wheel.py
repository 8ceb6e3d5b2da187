"""The wheel: the services and the command, and nothing of the sandbox."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from deploy.cli import configuration
from tests import PROJECT
from tests.running import without_aftercare
from tests.servers import PATIENCE_SECONDS, Broker

BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "shared", "services", "deploy")
"""The image is built from less: no sandbox and no examples, which the wheel leaves out anyway."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what the wheel installs, and nothing else of the project."""
    source, wheels, target = (tmp_path_factory.mktemp(name) for name in ("source", "dist", "site"))
    for name in BUILT_FROM:
        found = PROJECT / name
        if found.is_dir():
            shutil.copytree(
                found, source / name, ignore=shutil.ignore_patterns("__pycache__", "libs")
            )
        else:
            shutil.copy(found, source / name)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(wheels), str(source)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = wheels.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def python(
    installed: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python where the wheel is installed beside what it depends on, without the checkout.

    `-S` leaves out the `.pth` files of this environment, which lead to the checkout.
    """
    search = (str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return subprocess.run(
        [sys.executable, "-S", "-P", *arguments],
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        env=without_aftercare() | {"PYTHONPATH": os.pathsep.join(search)} | environment,
    )


def aftercare(
    installed: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as it is installed."""
    return python(installed, "-m", "deploy.cli.main", *arguments, **environment)


def test_it_has_every_module_but_the_sandboxs(installed: Path) -> None:
    def modules(root: Path, *folders: str) -> set[str]:
        return {
            str(file.relative_to(root))
            for folder in folders
            for file in root.glob(f"{folder}/*.py")
        }

    shipped = modules(PROJECT, "services/**", "shared/**", "deploy", "deploy/cli/**")
    assert modules(installed, "**") == shipped


def test_it_has_the_data_that_the_modules_read(installed: Path) -> None:
    def data(root: Path) -> set[str]:
        return {
            str(file.relative_to(root))
            for folder in ("services", "shared")
            for suffix in ("yaml", "yml", "json", "ics")
            for file in root.glob(f"{folder}/**/*.{suffix}")
        }

    assert data(installed) == data(PROJECT) != set()
    assert not list(installed.glob("deploy/**/*.y*ml"))


def test_the_program_is_its_main(installed: Path) -> None:
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    assert "aftercare = deploy.cli.main:main" in points.read_text("utf-8")


def test_the_command_says_what_there_is(installed: Path) -> None:
    assert aftercare(installed, "--version").stdout.startswith("aftercare ")
    shown = aftercare(installed, "--help")
    assert shown.returncode == 0, shown.stderr
    for name in ("up", "send", "example", "tail", "topics", "republish", "demo", "policy"):
        assert f" {name} " in shown.stdout


def test_the_configuration_is_checked(installed: Path) -> None:
    done = aftercare(
        installed,
        "config",
        "check",
        AFTERCARE_IDENTITY_SECRET="a secret of tests, long enough",
        AFTERCARE_DESK_SECRET="a secret of tests, and long enough for the desk",
        AFTERCARE_DESK_TOKEN_KEY_FILE="desk.pem",
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("# ")] == [
        f"# {service}" for service in configuration.SETTINGS
    ]


def test_an_event_to_try_is_printed(installed: Path) -> None:
    done = aftercare(installed, "example", "visit", "--dealer", "sunrise/pudong")
    assert json.loads(done.stdout)["data"]["dealer_id"] == "sunrise/pudong", done.stderr


@pytest.mark.broker
def test_the_topics_are_looked_at(installed: Path, broker: Broker) -> None:
    done = aftercare(
        installed,
        "topics",
        "--json",
        AFTERCARE_KAFKA__BOOTSTRAP_SERVERS=broker.bootstrap_servers,
        AFTERCARE_KAFKA__PARTITIONS="6",
        AFTERCARE_KAFKA__REPLICATION_FACTOR="1",
    )
    assert {report["state"] for report in json.loads(done.stdout)} == {"ok"}, done.stderr


@pytest.mark.parametrize("arguments", [["up", "--fresh"], ["demo", "--json"]])
def test_what_needs_the_sandbox_says_what_to_do(installed: Path, arguments: list[str]) -> None:
    done = aftercare(installed, *arguments)
    assert done.returncode == 2
    assert done.stderr == (
        f"`aftercare {arguments[0]}` runs on embedded servers, which are not installed with the "
        f"command: run `make {arguments[0]}` in a checkout of Aftercare\n"
    )
    assert done.stdout == ""
    assert not (installed.parent / ".aftercare").exists()


@pytest.mark.parametrize("service", configuration.SETTINGS)
def test_every_service_can_be_composed(installed: Path, service: str) -> None:
    done = python(installed, "-c", f"import services.{service}.app as app; print(app.__file__)")
    assert done.stdout.startswith(str(installed)), done.stderr


def test_every_module_of_the_command_can_be_imported(installed: Path) -> None:
    done = python(
        installed,
        "-c",
        "import deploy.cli, importlib, pkgutil\n"
        "for found in pkgutil.walk_packages(deploy.cli.__path__, 'deploy.cli.'):\n"
        "    importlib.import_module(found.name)\n"
        "    print(found.name)",
    )
    assert done.returncode == 0, done.stderr
    assert {"deploy.cli.up", "deploy.cli.dead_letters.work"} <= set(done.stdout.split())
