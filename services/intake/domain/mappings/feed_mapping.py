"""What a mapping file holds: where each canonical field comes from."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

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
DecimalMark = Literal[".", ","]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_text(key: object) -> object:
    match key:
        case None:
            return ""
        case bool():
            return str(key).lower()
        case int():
            return str(key)
        case _:
            return key


def _text_keys(value: object) -> object:
    """YAML reads `1: customer` and `true: …` as a number and a truth: here both are words."""
    if not isinstance(value, Mapping):
        return value
    return {_as_text(key): meaning for key, meaning in value.items()}


Paths = Annotated[tuple[str, ...], BeforeValidator(_one_or_several), Field(min_length=1)]
"""Headings of a table, or paths into a record such as `RoAmts/@PayType`; the first of them at which
something stands counts. `name[@part=first]` is only what has that there. What begins with `/` is
looked for from the record, also within `each`. FieldCase, width and spaces do not matter."""
Meaning: TypeAlias = str | bool | int | tuple[str, ...] | None
"""A canonical value; several for a list, none at all for an empty one. `null`: nothing is said."""


class Condition(_Part):
    """What says that a record, or a part of it, counts, or does not."""

    column: Paths
    says: Annotated[tuple[str, ...], BeforeValidator(_one_or_several)] = ("",)
    """Any of these, whatever case and width; one that ends in `*` is the beginning, and `*` alone
    is anything. Empty: nothing stands there."""


class FieldCase(Condition):
    """What a field means where other columns say something."""

    means: str | bool | int


class FieldRule(_Part):
    """Where a field comes from. A heading or path alone is short for `{column: …}`."""

    column: Paths | None = None
    take: Literal["first", "joined", "sum"] = "first"
    """Of several columns: the first at which something stands, all of them as one text, or their
    sum. A field that is a list has an entry for each. Texts that stand at one column, or path,
    several times are joined, unless `first` is said."""
    between: Annotated[str, Field(max_length=10)] = " "
    """What is put between texts that are joined."""
    split: Annotated[str, Field(max_length=10)] = ""
    """Of a list: each of these characters ends an entry."""
    read_as: Annotated[ReadAs | None, Field(alias="as")] = None
    """None: as the contract of the field has it."""
    formats: tuple[str, ...] = ()
    """Of days and instants, as `strptime` has them, tried in order; without any the usual ones:
    ISO 8601, `2026/1/5 9:05`, `20260105`, `2026年1月5日`, and a spreadsheet's serials."""
    time: Paths | None = None
    """Of an instant: where the time of day stands, if not beside the day."""
    whole_day: Literal["begins", "ends"] = "begins"
    """Of an instant: what a day alone stands for; something promised for a day, for its end."""
    not_before: str | None = None
    """Of an instant: a day alone does not begin before this field, where that is on the same
    day."""
    words: Annotated[Mapping[str, Meaning], BeforeValidator(_text_keys)] = {}
    """What stands there -> what it means, whatever its case and width; `null`: nothing is said."""
    otherwise: Meaning = None
    """What it means where `words` does not have what stands there; without it the record is
    refused. `null`: nothing is said."""
    cases: tuple[FieldCase, ...] = ()
    """What it means where nothing stands there: the first of these that is so."""
    default: Meaning = None
    """What it means where nothing stands there and no case is so, or the file has no such
    column."""
    unit: Literal["km", "mi"] = "km"
    decimal: DecimalMark | None = None
    """None: that of the mapping."""
    digits: Annotated[int, Field(ge=1, le=40)] | None = None
    """Of a number of digits alone: zeros are put in front up to this many, for a spreadsheet drops
    them."""
    counted: bool = False
    """Of an entry of a list: where nothing stands there, which one it is, from 1."""
    made_of: Paths | None = None
    """Of a number: where nothing stands there, it is made of what stands at all of these: the same
    again for the same. Choose nothing personal: what it is made of can be found out by trying."""


class EachRule(_Part):
    """A list: one entry for each of the parts of a record."""

    each: Paths
    """The path of what is repeated; `.`: the record itself is one entry, and records of the same
    document that follow each other are one document."""
    fields: "FieldRules"
    where: Condition | None = None
    """Only those count."""


class EntriesRule(_Part):
    """A list of which each entry has columns of its own."""

    entries: Annotated[tuple["FieldRules", ...], Field(min_length=1, max_length=50)]
    """One at which nothing stands is none."""


def _short(value: object) -> object:
    return {"column": value} if isinstance(value, str | list) else value


def _which(value: object) -> str:
    """The names of the tags are none that a field could have: errors are told by them."""
    match value:
        case EachRule():
            return "(each)"
        case EntriesRule():
            return "(entries)"
        case Mapping() if "each" in value:
            return "(each)"
        case Mapping() if "entries" in value:
            return "(entries)"
        case _:
            return "(field)"


AnyRule: TypeAlias = Annotated[
    Annotated[FieldRule, Tag("(field)")]
    | Annotated[EachRule, Tag("(each)")]
    | Annotated[EntriesRule, Tag("(entries)")],
    Discriminator(_which),
    BeforeValidator(_short),
]
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
    decimal: DecimalMark = "."
    """Which mark stands before the decimals; the other one, and spaces, may part thousands."""
    as_they_are: bool = False
    """Whether a record is a document already, with canonical fields; those of `fields` count
    besides, where nothing stands."""
    skip: tuple[Condition, ...] = ()
    """Records that are none, such as totals: each of these is enough."""
    fields: FieldRules = {}


EachRule.model_rebuild()
EntriesRule.model_rebuild()
FeedMapping.model_rebuild()
