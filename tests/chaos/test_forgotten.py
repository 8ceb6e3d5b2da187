"""A broker that forgets, as the embedded one does on exit: all that was accepted goes on."""

from functools import partial
from pathlib import Path

import pytest

from shared.contracts.topics import SCORES
from shared.settings import MongoSettings
from tests.e2e.house import holds, house, latest, visit
from tests.servers import broker_kind, running_broker

pytestmark = pytest.mark.broker

CONCERNED = ("intake", "scoring", "followup")


def test_a_restart_copes_with_a_broker_that_forgot_everything(
    tmp_path: Path, mongo_settings: MongoSettings
) -> None:
    with (
        running_broker(tmp_path / "first", broker_kind()) as broker,
        house(tmp_path / "before", broker, mongo_settings, only=CONCERNED) as running,
    ):
        assert running.send(visit(1, "1"), visit(2, "2")).json()["accepted"] == 2
        running.until(partial(holds, running, "scoring", 2))
        running.until(partial(holds, running, "followup", 2))
    with (
        running_broker(tmp_path / "second", broker_kind()) as broker,
        house(tmp_path / "after", broker, mongo_settings, only=CONCERNED) as running,
    ):
        answer = running.send(visit(1, "1"), visit(3, "1")).json()
        assert [item["outcome"] for item in answer["items"]] == ["duplicate", "accepted"]
        running.until(partial(holds, running, "scoring", 3))
        running.until(partial(holds, running, "followup", 3))
        running.until(lambda: len(latest(running.said(SCORES))) == 1)
