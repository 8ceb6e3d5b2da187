"""The short chaos run: each disturbance once, three brokers, zero lost and zero doubled."""

import secrets
from pathlib import Path

import pytest

from deploy.sandbox.apache_kafka import kafka_libs
from tests.chaos.run import SHORT, run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(480)]


def test_nothing_is_lost_or_doubled_under_disturbances(tmp_path: Path) -> None:
    """The seed is printed, and `make chaos FLAGS='--seed N'` takes the same course again."""
    libs = kafka_libs()
    assert libs is not None
    account = run(tmp_path, libs=libs, seed=secrets.randbelow(10**6), course=SHORT, tell=print)
    found = {check.name: check.found[:5] for check in account.checks if check.found}
    assert not found, f"{found}; {account.figures}"
    assert all(check.looked_at for check in account.checks if check.name.startswith("lost"))
