"""Answering with a table, where that is asked for."""

from typing import Annotated, Any, Literal

from fastapi import Header, Query, Response

CSV = "text/csv"
CSV_CONTENT: dict[str, Any] = {CSV: {"schema": {"type": "string"}}}
"""For OpenAPI: that the answer may be a table."""

Accept = Annotated[
    str, Header(description="`text/csv` asks for a table for a spreadsheet; else JSON.")
]
Format = Annotated[
    Literal["json", "csv"] | None,
    Query(
        alias="format",
        description="`csv`: a table for a spreadsheet. It goes before the header `accept`.",
    ),
]


def asks_for_csv(accept: str, asked: Literal["json", "csv"] | None = None) -> bool:
    """Whether a table is wanted: by the parameter, else by the header where it wants no JSON."""
    if asked is not None:
        return asked == "csv"
    kinds = [kind.partition(";")[0].strip() for kind in accept.lower().split(",")]
    return CSV in kinds and "application/json" not in kinds


def csv_response(text: str, *, name: str) -> Response:
    """The table, to be kept as `name`.csv; a dealer's `/` in it becomes `-`."""
    return Response(
        text,
        media_type=f"{CSV}; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name.replace("/", "-")}.csv"',
            "vary": "accept",
        },
    )
