"""The sample files beside this module, read as a mapping has it."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from services.intake.adapters.mappings import Mappings
from services.intake.domain.mappings.convert import Outcome
from services.intake.domain.mappings.converted import Converted
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.reads import ReadsJson, ReadsXml
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
    reads = shipped(name).reads
    if isinstance(reads, ReadsXml | ReadsJson):
        return tuple(_nested(FOLDER / file, reads))
    with (FOLDER / file).open("rb") as opened:
        return tuple(open_file(opened, reads).records)


def _nested(path: Path, reads: ReadsXml | ReadsJson) -> Iterator[SourceRecord]:
    if isinstance(reads, ReadsJson):
        content = json.loads(path.read_text("utf-8"))
        found: list[Any] = content if isinstance(content, list) else [content]
    else:
        root = ElementTree.parse(path).getroot()
        found = [_tree(each) for each in root.iter() if _local(each.tag) == reads.record]
    for number, each in enumerate(found, 1):
        yield SourceRecord(number, f"record {number}", each)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _tree(element: ElementTree.Element) -> Any:
    found: dict[str, Any] = {f"@{_local(name)}": text for name, text in element.attrib.items()}
    for child in element:
        name, inner = _local(child.tag), _tree(child)
        before = found.get(name)
        several = before if isinstance(before, list) else [before]
        found[name] = inner if before is None else [*several, inner]
    text = (element.text or "").strip()
    return found | ({"#text": text} if text else {}) if found else text


def became(name: str, file: str, dealer_id: str = PUDONG) -> list[Outcome]:
    return outcomes(shipped(name), records_of(name, file), dealer_id)


def documents(name: str, file: str, dealer_id: str = PUDONG) -> Iterator[dict[str, Any]]:
    """What is in each event of a file."""
    for found in became(name, file, dealer_id):
        if isinstance(found, Converted):
            data = found.event["data"]
            assert isinstance(data, dict)
            yield data
