"""What a producer makes of an event that is told in words."""

from typing import Any

from shared.contracts.envelope import Event, to_headers
from shared.contracts.values import instant_text
from shared.platform.publisher import Record


def record_of(event: Event[Any]) -> Record:
    """The record of its topic that says so."""
    attributes = {
        "id": event.id,
        "type": event.data.TYPE,
        "source": "simulation",
        "specversion": "1.0",
        "recordedtime": instant_text(event.recorded_at),
        "sequence": str(event.sequence),
    }
    value = event.data.model_dump_json().encode()
    return Record(event.data.TOPIC.name, event.key.encode(), value, tuple(to_headers(attributes)))
