"""`aftercare topics`, on a broker."""

import json
from pathlib import Path

from tests.certificates import Authority
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


def test_what_keeps_it_from_the_broker_is_told_with_its_setting(
    broker: Broker, tmp_path: Path
) -> None:
    reached = {"AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    stranger = Authority(tmp_path).file
    encrypted = {"AFTERCARE_KAFKA__SECURITY_PROTOCOL": "SSL"}
    trusting = {**reached, **encrypted, "AFTERCARE_KAFKA__SSL_CA_FILE": str(stranger)}
    unspoken = aftercare("topics", **trusting)
    assert unspoken.returncode == 1
    assert "AFTERCARE_KAFKA__S" in unspoken.stderr
    assert "Traceback" not in unspoken.stderr
    stranger.write_text("no certificate", "utf-8")
    wrong = aftercare("topics", **trusting)
    assert wrong.returncode == 2
    assert wrong.stderr == (
        f"AFTERCARE_KAFKA__SSL_CA_FILE: {stranger}: there is no certificate in PEM in it\n"
    )
