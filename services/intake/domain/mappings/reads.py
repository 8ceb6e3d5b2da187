"""How a file is read: the part of a mapping that its reader needs."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST_BYTES_OF_A_RECORD = 1_048_576
"""The largest record that is read; a larger one is unreadable, and the fault of no other."""

Encoding = Literal["utf-8", "gb18030", "utf-16", "latin-1"]
"""`utf-8` takes a byte order mark; `gb18030` is GBK, too."""


class _Reads(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Text(_Reads):
    encodings: Annotated[tuple[Encoding, ...], Field(min_length=1)] = ("utf-8", "gb18030")
    """The first that the beginning of the file is valid in, but for few faults; `utf-8` is tried
    before all others, for hardly anything else is valid in it. A byte order mark says it,
    whatever stands here. The rest of the file is read in the same; a record that is not valid
    in it is unreadable."""


class ReadsCsv(_Text):
    """A line of headings, then a record a line."""

    format: Literal["csv"]
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    """None: the one that the line of headings has most of."""
    headings_in: Annotated[int, Field(ge=1, le=100)] = 1
    """The line of the headings, from 1; what stands above it is a title."""


class ReadsXlsx(_Reads):
    """A row of headings, then a record a row."""

    format: Literal["xlsx"]
    sheet: str | None = None
    """None: the first that has anything in it."""
    headings_in: Annotated[int, Field(ge=1, le=100)] = 1


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


ElementName = Annotated[str, Field(min_length=1, max_length=200)]


class ReadsXml(_Text):
    """A record is an element of this name, wherever it stands; of those within each other the
    outermost. The rest of the file need not be well-formed."""

    format: Literal["xml"]
    record: Annotated[
        tuple[ElementName, ...], BeforeValidator(_one_or_several), Field(min_length=1)
    ]
    """The element's name, without its namespace; of several, the first that the file has."""


class ReadsJson(_Reads):
    """One JSON text in UTF-8."""

    format: Literal["json"]
    records: str = ""
    """JSON pointer to the array of records, or to the one that there is."""


class ReadsNdjson(_Reads):
    """A JSON object a line, in UTF-8."""

    format: Literal["ndjson"]
    records: str = ""
    """JSON pointer into each line, to its array of records, or to the one that there is."""


Reads: TypeAlias = Annotated[
    ReadsCsv | ReadsXlsx | ReadsXml | ReadsJson | ReadsNdjson, Field(discriminator="format")
]
