"""The command `aftercare` as a process of its own."""

import subprocess

from tests.running import COMMAND, without_aftercare
from tests.servers import PATIENCE_SECONDS


def aftercare(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        env=without_aftercare() | environment,
    )
