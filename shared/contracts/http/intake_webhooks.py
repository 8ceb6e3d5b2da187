"""What intake answers to plain JSON that came through a mapping (producer: intake)."""

from typing import Literal

from pydantic import Field

from shared.contracts.http.problem import Problem
from shared.contracts.http.response import Response


class PlaceInRecord(Response):
    """One field of a record that is wrong, or doubtful."""

    field: str = Field(description="the canonical field, such as vehicle.vin; empty: the record")
    column: str = Field(description="the path in the record that it comes from; empty: none")
    detail: str = Field(description="what is wrong there; never the value itself")


class RecordItem(Response):
    """What became of one record."""

    record: int = Field(description="from 1, in the order they were sent")
    place: str = Field(description="where it stands, for people")
    outcome: Literal["accepted", "duplicate", "rejected", "skipped"]
    document_id: str | None = None
    version: str | None = None
    customer_keys: tuple[str, ...] = ()
    detail: str | None = None
    errors: tuple[PlaceInRecord, ...] = ()
    warnings: tuple[PlaceInRecord, ...] = ()


class RecordsAnswer(Response):
    """What became of each record."""

    accepted: int
    duplicate: int
    rejected: int
    skipped: int = Field(description="what the mapping says is no record, such as totals")
    items: tuple[RecordItem, ...]


class RecordsProblem(Problem):
    """All records were rejected."""

    items: tuple[RecordItem, ...] = ()
