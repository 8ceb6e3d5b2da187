"""The README's commands as they stand there, on a stack as `make up` starts it."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.address_file import DEFAULT_PORT_BASE, SERVICES
from deploy.sandbox.processes import running, spawn
from services.followup.domain.policy import FollowUpPolicy
from tests import PROJECT
from tests.running import COMMAND, free_port_base, without_aftercare
from tests.servers import PATIENCE_SECONDS

README = (PROJECT / "README.md").read_text("utf-8")
RULES = "AFTERCARE_RULES_DIR"

pytestmark = pytest.mark.timeout(4 * PATIENCE_SECONDS)


class Reader:
    """Somebody who types what a section of the README shows, in a checkout where `make up` runs."""

    def __init__(self, checkout: Path, port_base: int) -> None:
        self.checkout = checkout
        self._ports = {
            f":{DEFAULT_PORT_BASE + number}/": f":{port_base + number}/"
            for number in range(1, len(SERVICES) + 1)
        }

    def types(self, commands: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run them to their end, and stop at the first that fails."""
        for shown, ours in self._ports.items():
            commands = commands.replace(shown, ours)
        return subprocess.run(
            ["bash", "-euc", commands],
            cwd=self.checkout,
            env=without_aftercare() | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS * max(1, len(commands.splitlines())),
        )

    def until_answered(self, command: str, shown: Callable[[], object]) -> None:
        """Type it until the answer has all that is to be shown at that time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.types(command).stdout
            wanted = shown()
            if answer.startswith("{") and has(json.loads(answer), wanted):
                return
            assert time.monotonic() < deadline, f"{answer}\nhas not {wanted}"
            time.sleep(0.2)


def has(found: object, shown: object) -> bool:
    """Whether all that is shown is in what was found: some fields, the first of a list."""
    if isinstance(shown, dict) and isinstance(found, dict):
        return all(name in found and has(found[name], shown[name]) for name in shown)
    if isinstance(shown, list) and isinstance(found, list):
        return len(found) >= len(shown) and all(map(has, found, shown))
    return found == shown


def section(title: str) -> list[tuple[str, str]]:
    """Its code blocks in order: language and content."""
    text = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    checkout = tmp_path_factory.mktemp("checkout")
    (checkout / "deploy").symlink_to(PROJECT / "deploy")
    program = checkout / ".venv" / "bin" / "aftercare"
    program.parent.mkdir(parents=True)
    search = shlex.quote(os.pathsep.join(sys.path))
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={search} exec {sys.executable} -m deploy.cli.main "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    base = free_port_base()
    found = Reader(checkout, base)
    rules = section("Rules for complaints")[0][1]
    assert rules.splitlines()[-1] == "make up"
    prepared = found.types(rules.replace("make up", f"printenv {RULES}"))
    assert prepared.returncode == 0, prepared.stderr
    child = spawn(
        "up",
        [*COMMAND, "up", "--port-base", str(base)],
        logs=checkout,
        environment=without_aftercare()
        | {RULES: prepared.stdout.strip(), "PYTHONPATH": os.pathsep.join(sys.path)},
        directory=checkout,
    )
    with running(child):
        child.wait_until(
            (checkout / ".aftercare" / "running.json").exists, within_seconds=PATIENCE_SECONDS
        )
        yield found


def as_of_now(tasks: dict[str, Any]) -> dict[str, Any]:
    """What is shown, where the dealer is open; else the same call is to be made later."""
    now = datetime.now(UTC)
    if FollowUpPolicy().hours.next_open(now, "Europe/Berlin") == now:
        return tasks
    coming = [{"kind": task["kind"], "title_en": task["title_en"]} for task in tasks["tasks"]]
    return {"customer_key": tasks["customer_key"], "tasks": [], "coming": coming}


def test_the_events_to_try_are_answered_as_is_shown(reader: Reader) -> None:
    blocks = section("Send your own events")
    assert [language for language, _ in blocks] == ["sh", "json", "sh", "json", "sh", "json"]
    (_, sends), _, (_, customer), (_, tasks), (_, cases), (_, case) = blocks
    sent = reader.types(sends)
    assert sent.stdout.count('"outcome":"accepted"') == 2, sent
    asks_tasks, asks_score = customer.splitlines()
    reader.until_answered(asks_tasks, lambda: as_of_now(json.loads(tasks)))
    key = {"customer_key": json.loads(tasks)["customer_key"]}
    reader.until_answered(asks_score, lambda: key)
    reader.until_answered(cases, lambda: json.loads(case))


def test_rules_are_checked_compared_and_applied_as_is_shown(reader: Reader) -> None:
    _, (_, commands) = section("Rules for complaints")
    assert commands.splitlines()[-1].endswith("--new-cases-only")
    typed = reader.types(commands.rstrip() + " --yes")
    assert typed.returncode == 0, typed.stderr
    assert "are decided by what is in force" in typed.stdout
