"""What a mapping file holds: where each canonical field comes from."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.intake.domain.mappings.reads import Reads
from shared.contracts.values import SourceName
from shared.time.zones import known_zone

ReportKind = Literal["sale", "visit", "complaint", "complaint-step", "consent", "survey", "lead"]
"""What a record becomes: `dev.aftercare.KIND.reported.v1`."""
ReadAs = Literal[
    "text", "number", "instant", "day", "money", "kilometres", "odometer", "whole", "boolean"
]
"""How what stands there is read.

`text`: as it stands, trimmed. `number`: of a document, also where a spreadsheet made a numeral of
it. `instant`, `day`: see `formats`. `money`: an amount, whatever its currency sign, unit and
separators. `kilometres`: a reading, whatever its unit word. `odometer`: a reading with the unit
that stands there, else that of `unit`. `whole`: a whole number."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_one_or_several), Field(min_length=1)]
"""Headings of a table, or paths into a record such as `RoAmts/@PayType`; the first of them that
the record has counts. What begins with `/` is looked for from the record, also within `each`."""


class FieldRule(_Part):
    """Where a field comes from. A heading or path alone is short for `{column: …}`."""

    column: Paths | None = None
    read_as: Annotated[ReadAs | None, Field(alias="as")] = None
    """None: as the contract of the field has it."""
    formats: tuple[str, ...] = ()
    """Of days and instants, as `strptime` has them, tried in order; without any the usual ones:
    ISO 8601, `2026/1/5 9:05`, `20260105`, `2026年1月5日`, and a spreadsheet's serials."""
    words: Mapping[str, str | bool | None] = {}
    """What stands there -> what it means, whatever its case and width; `null`: nothing is said."""
    otherwise: str | bool | None = None
    """What it means where `words` does not have what stands there; without it the record is
    refused."""
    default: str | bool | None = None
    """What it means where nothing stands there, or the file has no such column."""
    unit: Literal["km", "mi"] = "km"


class EachRule(_Part):
    """A list: one entry for each of the parts of a record."""

    each: str
    """The path of what is repeated; `.`: the record itself is one entry, and records of the same
    document that follow each other are one document."""
    fields: "FieldRules"
    where: "Condition | None" = None
    """Only those count."""


class Condition(_Part):
    """What says that a record, or a part of it, counts, or does not."""

    column: Paths
    says: tuple[str, ...] = ("",)
    """Any of these, whatever case and width; empty: nothing stands there."""


def _short(value: object) -> object:
    return {"column": value} if isinstance(value, str | list) else value


AnyRule: TypeAlias = Annotated[FieldRule | EachRule, BeforeValidator(_short)]
FieldRules: TypeAlias = Mapping[str, AnyRule]
"""Canonical field -> where it comes from. A name may be a path into the document, such as
`customer.source_customer_id`, `vehicle.vin` or `odometer_in.value`."""


class FeedMapping(_Part):
    """How the files of one source become events."""

    title_en: str
    title_zh: str
    reads: Reads
    source: SourceName | None = None
    """The name of the source, where who sends does not say it."""
    report: ReportKind
    zone: Annotated[str, BeforeValidator(known_zone)] | None = None
    """Of days and instants without an offset; None: the dealer's."""
    skip: tuple[Condition, ...] = ()
    """Records that are none, such as totals: each of these is enough."""
    fields: FieldRules


EachRule.model_rebuild()
