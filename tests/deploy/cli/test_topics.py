"""`aftercare topics`, on a broker."""

import json
from pathlib import Path

from tests.deploy.cli.command import aftercare
from tests.servers import Broker


def test_topics_are_verified(broker: Broker, tmp_path: Path) -> None:
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "6",
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": "1",
    }
    fine = aftercare("topics", "--verify", "--json", **environment)
    assert fine.returncode == 0, fine.stderr
    assert {report["state"] for report in json.loads(fine.stdout)} == {"ok"}
    wrong = aftercare("topics", **environment | {"AFTERCARE_KAFKA__PARTITIONS": "24"})
    assert wrong.returncode == 1
    assert "expected 24, found 6" in " ".join(wrong.stdout.split())
