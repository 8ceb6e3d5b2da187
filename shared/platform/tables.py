"""Answering with a table, where that is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, Header, Query, Request, Response

from shared.contracts.http.table import Lang
from shared.platform.asked import Responses

A = TypeVar("A")

CSV = "text/csv"
CSV_CONTENT: dict[str, Any] = {CSV: {"schema": {"type": "string"}}}
"""For OpenAPI: that the answer may be a table."""
AS_A_TABLE: Responses = {200: {"content": CSV_CONTENT}}

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


@dataclass(frozen=True, slots=True)
class TableWanted:
    """Whether a table is wanted instead of JSON, and in which language."""

    is_wanted: bool
    lang: Lang | None

    def answer(
        self, found: A, as_table: Callable[[A, Lang | None], str], *, name: str
    ) -> A | Response:
        """What was found, as it is wanted; a table is to be kept under that name."""
        if not self.is_wanted:
            return found
        return csv_response(as_table(found, self.lang), name=name)


TableLang = Annotated[
    Lang | None,
    Query(description="The language of a table's headings and words; without it both."),
]


def _table_wanted(
    asked: Format = None,
    lang: TableLang = None,
    accept: Accept = "application/json",
) -> TableWanted:
    return TableWanted(asks_for_csv(accept, asked), lang)


AskedTable = Annotated[TableWanted, Depends(_table_wanted)]


def with_next(answer: A | Response, request: Request, *, after: str | None) -> A | Response:
    """A table that ends before the list does tells where it goes on, by the header `link`; JSON
    says so itself."""
    if isinstance(answer, Response) and after is not None:
        following = request.url.include_query_params(after=after)
        answer.headers["link"] = f'<?{following.query}>; rel="next"'
    return answer
