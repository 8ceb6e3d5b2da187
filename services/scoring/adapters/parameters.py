"""What scoring's endpoints may be asked in a query, and how they answer with a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response

from services.scoring.views.asked import WronglyAsked
from services.scoring.views.history import HistoryBy
from services.scoring.views.tables import Lang
from shared.contracts.http.scoring_lists import ListOrder, ListSort
from shared.contracts.http.scoring_months import AnalysisBy
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Day
from shared.platform.asked import Responses
from shared.platform.problems import Refusal, wrong_parameters
from shared.platform.tables import CSV_CONTENT, Accept, Format, asks_for_csv, csv_response

A = TypeVar("A")

DEFAULT_LIMIT = 100
PAGE_LIMIT = 500
TABLE_LIMIT = 10_000
"""How many customers a table has at most."""
AS_A_TABLE: Responses = {200: {"content": CSV_CONTENT}}

ListLimit = Annotated[
    int | None,
    Query(
        ge=1,
        le=TABLE_LIMIT,
        description=f"How many customers at most: up to {PAGE_LIMIT} (without it 100), in a table "
        f"up to {TABLE_LIMIT} (without it that many).",
    ),
]
After = Annotated[str, Query(description="The `after` of the page before; empty: the first page.")]
Sort = Annotated[
    ListSort | None,
    Query(
        description="`key`: all of them, by key. `score`. `risk`: by the risk, and since when they "
        "stand so. `next_visit`: when they are expected. `points`: won and lost in `period`. "
        "Without it `points` where a period is asked for, `score` where a grade or risk is, else "
        "`key`."
    ),
]
Order = Annotated[
    ListOrder | None,
    Query(description="Without it the next visits come first, of others what is the most."),
]
OfGrade = Annotated[Grade | None, Query(description="Those of this grade alone.")]
OfRisk = Annotated[Risk | None, Query(description="Those at this risk alone.")]
Period = Annotated[
    str | None,
    Query(description="A month such as `2026-10`, the present one or one of the 12 before it."),
]
FromMonth = Annotated[
    str | None,
    Query(alias="from", description="The first month, such as `2026-01`; at most 36 ago."),
]
ToMonth = Annotated[
    str | None, Query(alias="to", description="The last month; without it the present one.")
]
FromDay = Annotated[Day | None, Query(alias="from", description="The first day.")]
ToDay = Annotated[Day | None, Query(alias="to", description="The last day; without it today.")]
By = Annotated[AnalysisBy, Query(description="What customers have in common.")]
SeriesBy = Annotated[HistoryBy, Query(description="Every change, or the end of each day or month.")]
TableLang = Annotated[
    Lang | None,
    Query(description="The language of a table's headings and words; without it both."),
]


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


@contextmanager
def refusing() -> Iterator[None]:
    """Refuses (422) where `WronglyAsked` is raised within it."""
    try:
        yield
    except WronglyAsked as wrong:
        raise wrongly_asked(wrong.parameter, wrong.message) from None


def wrongly_asked(parameter: str, message: str) -> Refusal:
    """That a parameter cannot be so."""
    return Refusal(wrong_parameters([{"loc": ("query", parameter), "msg": message}]))
