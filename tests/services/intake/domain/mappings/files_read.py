"""The sample files beside this module, read as a mapping has it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from services.intake.adapters.mappings import Mappings
from services.intake.domain.mappings.convert import Outcome
from services.intake.domain.mappings.converted import Converted
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.records import SourceRecord, UnreadableRecord
from tests.services.intake.domain.mappings.given import outcomes
from tests.services.intake.given import PUDONG

FOLDER = Path(__file__).parent / "files"
MAPPINGS = Mappings(None)
SAMPLES = (
    ("generic-csv-visits", "generic-visits.csv"),
    ("generic-csv-sales", "generic-sales.csv"),
    ("generic-ndjson-visits", "generic-visits.ndjson"),
    ("chinese-workshop", "chinese-workshop-gb18030.csv"),
    ("chinese-workshop", "chinese-workshop-bom.csv"),
    ("chinese-workshop-xlsx", "chinese-workshop.xlsx"),
    ("chinese-sales", "chinese-sales-gb18030.csv"),
    ("reynolds-ro", "reynolds-ro.xml"),
    ("reynolds-deals", "reynolds-deals.xml"),
    ("star-ro", "star-ro.json"),
    ("jtt-1132", "jtt-1132.json"),
    ("adf-leads", "adf-leads.xml"),
)
"""Mapping -> a file of its kind."""


def shipped(name: str) -> FeedMapping:
    found = MAPPINGS.find(name)
    assert found is not None
    return found


@cache
def records_of(name: str, file: str) -> tuple[SourceRecord | UnreadableRecord, ...]:
    with (FOLDER / file).open("rb") as opened:
        return tuple(open_file(opened, shipped(name).reads).records)


def became(name: str, file: str, dealer_id: str = PUDONG) -> list[Outcome]:
    return outcomes(shipped(name), records_of(name, file), dealer_id)


def documents(name: str, file: str, dealer_id: str = PUDONG) -> Iterator[dict[str, Any]]:
    """What is in each event of a file."""
    for found in became(name, file, dealer_id):
        if isinstance(found, Converted):
            data = found.event["data"]
            assert isinstance(data, dict)
            yield data
