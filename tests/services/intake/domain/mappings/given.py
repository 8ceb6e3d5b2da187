"""Records and mappings for tests, by hand."""

from collections.abc import Sequence
from typing import Any

from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.mappings.convert import Outcome, converted
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.records import Fields, Node, SourceRecord, UnreadableRecord
from shared.dealers.dealer import Dealer
from tests.services.intake.given import DEALERS, NOW, PUDONG

VISIT = {"ro_no": "no", "status": "status", "opened_at": "opened"}
"""What a repair order cannot do without."""
A_VISIT: Fields = {"no": "R1", "status": "open", "opened": "2026-01-05 09:05"}


def dealer(id_: str = PUDONG) -> Dealer:
    found = DEALERS.find(id_)
    assert found is not None
    return found


def mapping(report: str = "visit", format_: str = "csv", **more: Any) -> FeedMapping:
    """`fields`, and what else such a file has."""
    reads = {"format": format_} | ({"record": "record"} if format_ == "xml" else {})
    return FeedMapping.model_validate(
        {"title_en": "x", "title_zh": "x", "reads": reads, "report": report} | more
    )


def visit_mapping(format_: str = "csv", **fields: Any) -> FeedMapping:
    """Of repair orders; `__` in a name stands for the point."""
    named = {name.replace("__", "."): rule for name, rule in fields.items()}
    return mapping(format_=format_, fields=VISIT | named)


def records(*fields: Fields) -> list[SourceRecord]:
    """As of a file whose first line is of headings."""
    return [
        SourceRecord(number, f"line {number + 1}", each) for number, each in enumerate(fields, 1)
    ]


def outcomes(
    mapping: FeedMapping,
    found: Sequence[SourceRecord | UnreadableRecord],
    dealer_id: str = PUDONG,
) -> list[Outcome]:
    return list(converted(found, mapping, source="dms", dealer=dealer(dealer_id)))


def event_of(mapping: FeedMapping, *fields: Fields, dealer_id: str = PUDONG) -> Converted:
    """The only event that these records make."""
    (found,) = outcomes(mapping, records(*fields), dealer_id)
    assert isinstance(found, Converted), found
    return found


def data_of(mapping: FeedMapping, *fields: Fields, dealer_id: str = PUDONG) -> dict[str, Any]:
    """What is in the only event of these records."""
    data = event_of(mapping, *fields, dealer_id=dealer_id).event["data"]
    assert isinstance(data, dict)
    return data


def errors_of(mapping: FeedMapping, *fields: Fields) -> list[MappingNote]:
    """Why these records make none."""
    (found,) = outcomes(mapping, records(*fields))
    assert isinstance(found, Refused), found
    return list(found.errors)


def visit_of(cell: Node, rule: Any, field: str = "department", **more: Node) -> Any:
    """What one cell becomes as a field of a repair order; None: nothing."""
    name, _, inner = field.partition(".")
    found = data_of(visit_mapping(**{field: rule}), {**A_VISIT, "cell": cell, **more}).get(name)
    return found if not inner or found is None else found.get(inner)


def examined(found: Converted) -> Reported | InvalidEvent:
    """What intake says of it."""
    return examine(dict(found.event), dealers=DEALERS, now=NOW)
