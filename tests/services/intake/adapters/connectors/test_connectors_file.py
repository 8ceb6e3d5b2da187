"""The file of connectors: what is wrong in it is told by line and field."""

from pathlib import Path

import pytest

from services.intake.adapters.connectors.connectors_file import (
    Connector,
    read_connectors,
    topics_in,
)
from services.intake.adapters.mappings import Mappings
from services.intake.domain.examine.feed import Feed
from shared.yaml_file import WrongFile
from tests.services.intake.given import DEALERS, PUDONG

FINE = f"""\
connectors:
  - topic: dms.repair_order
    dealer_id: {PUDONG}
    source: dms
    takes: generic-ndjson-visits
    envelope: debezium
    deletes: voided
  - topic: crm.events
    dealer_id: {PUDONG}
    source: crm
    takes: cloudevents
"""


def read(folder: Path, text: str) -> list[Connector]:
    path = folder / "connectors.yaml"
    path.write_text(text)
    return list(read_connectors(path, dealers=DEALERS, mappings=Mappings(None)))


def test_a_connector_has_all_that_is_said_of_it(tmp_path: Path) -> None:
    first, second = read(tmp_path, FINE)
    assert (first.topic, first.mapping, first.envelope, first.deletes) == (
        "dms.repair_order",
        "generic-ndjson-visits",
        "debezium",
        True,
    )
    assert first.feed == Feed(dealer_id=PUDONG, source="dms")
    assert (second.mapping, second.envelope, second.deletes) == (None, "plain", False)
    assert topics_in(tmp_path / "connectors.yaml") == ["dms.repair_order", "crm.events"]


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert not read_connectors(None, dealers=DEALERS, mappings=Mappings(None))
    assert not topics_in(None)
    assert not read(tmp_path, "")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("sunrise/pudong", "sunrise/pudonk", ":3: connectors.0.dealer_id: there is no such dealer"),
        ("generic-ndjson-visits", "generic-ndjson", ":5: connectors.0.takes: there is no such"),
        ("generic-ndjson-visits", "generic-csv-visits", ":5: connectors.0.takes: a connector"),
        ("envelope: debezium", "envelope: debezum", ":6: connectors.0.envelope: Input should"),
        (
            "takes: cloudevents",
            "takes: cloudevents\n    envelope: connect",
            ":12: connectors.1",
        ),
        ("takes: cloudevents", "takes: cloudevents\n    deletes: voided", ":12: connectors.1"),
        ("topic: crm.events", "topic: dms.repair_order", ":8: connectors.1.topic: another entry"),
        ("crm.events", "aftercare.visits", ":8: connectors.1.topic: this topic is one of"),
        ("crm.events", "crm events", ":8: connectors.1.topic: String should match"),
        ("source: crm", "source: followup", ":10: connectors.1.source: this name is kept"),
        ("deletes: voided", "delete: voided", ":7: connectors.0.delete: there is no such field"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(
    tmp_path: Path, before: str, after: str, line: str
) -> None:
    assert before in FINE
    with pytest.raises(WrongFile) as wrong:
        read(tmp_path, FINE.replace(before, after, 1))
    assert any(line in each for each in wrong.value.lines), wrong.value.lines


def test_what_cannot_be_void_cannot_be_voided(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "answers.yaml").write_text(
        "title_en: a\ntitle_zh: a\nreads: {format: json}\nreport: survey\nas_they_are: true\n"
    )
    path = tmp_path / "connectors.yaml"
    path.write_text(FINE.replace("generic-ndjson-visits", "answers"))
    with pytest.raises(WrongFile, match="a survey cannot be voided"):
        read_connectors(path, dealers=DEALERS, mappings=Mappings(tmp_path / "mine"))
