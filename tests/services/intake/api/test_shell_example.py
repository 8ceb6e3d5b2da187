"""What docs/feeds.md prints of signing in a shell is what intake takes for genuine."""

import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from services.intake.domain.webhooks.signature import verdict_of
from tests import PROJECT
from tests.services.intake.signing import SECRET, SECRET_TEXT

TOLD = "curl() { printf '%s\\n' \"$@\"; }\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
@pytest.mark.parametrize("page", ["feeds.md", "feeds.zh-CN.md"])
def test_the_example_is_genuine(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text("utf-8")
    (example,) = [
        block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "openssl" in block
    ]
    done = subprocess.run(
        ["bash", "-euc", TOLD + example],
        env={"SECRET": SECRET_TEXT, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    lines = done.stdout.splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line.startswith("webhook-"))
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
    body = lines[-1].encode()
    assert verdict_of(headers, body, secrets=(SECRET,), now=at) == "genuine"
