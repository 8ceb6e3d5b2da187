"""What a domain may name brings nothing along that does I/O."""

import subprocess
import sys

import pytest

UNWANTED = {
    "aiokafka",
    "fastapi",
    "faststream",
    "httpx",
    "motor",
    "prometheus_client",
    "pymongo",
    "shared.platform",
    "shared.runtime",
    "shared.settings",
    "structlog",
    "yaml",
}


@pytest.mark.parametrize("module", ["decider", "decision", "facts", "policy", "snapshot"])
def test_a_module_of_the_decider_imports_no_io(module: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, shared.decider.{module}; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert UNWANTED.isdisjoint(loaded.stdout.split())
