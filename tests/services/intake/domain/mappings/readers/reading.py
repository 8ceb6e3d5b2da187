"""Files in memory, and what is read of them."""

import io
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.reads import Reads
from services.intake.domain.mappings.records import OpenedFile, SourceRecord, UnreadableRecord

_READS: TypeAdapter[Reads] = TypeAdapter(Reads)

Found = Sequence[SourceRecord | UnreadableRecord]


def opened(content: bytes, **reads: Any) -> OpenedFile:
    return open_file(io.BytesIO(content), _READS.validate_python(reads))


def read(content: bytes, **reads: Any) -> Found:
    return list(opened(content, **reads).records)


def fields(found: Found) -> list[dict[str, Any]]:
    """Of the records that are none but readable."""
    return [dict(one.fields) for one in found if isinstance(one, SourceRecord)]


def unreadable(found: Found) -> list[tuple[str, str]]:
    """Place and reason."""
    return [(one.place, one.because) for one in found if isinstance(one, UnreadableRecord)]
