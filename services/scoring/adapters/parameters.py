"""What scoring's endpoints may be asked in a query."""

from typing import Annotated

from fastapi import Query

from services.scoring.views.history import HistoryBy
from shared.contracts.http.scoring_lists import ListOrder, ListSort
from shared.contracts.http.scoring_months import AnalysisBy
from shared.contracts.http.scoring_moves import MovesOf
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Day
from shared.platform.asked import MONTH
from shared.runtime import PAGE_LIMIT

DEFAULT_LIMIT = 100
TABLE_LIMIT = 10_000
"""How many customers a table has at most."""

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
    Query(
        description="A month such as `2026-10`, the present one or one of the 12 before it.",
        json_schema_extra=MONTH,
    ),
]
FromDay = Annotated[Day | None, Query(alias="from", description="The first day.")]
ToDay = Annotated[Day | None, Query(alias="to", description="The last day; without it today.")]
OfMoves = Annotated[MovesOf, Query(description="From one grade to another, or risk.")]
Left = Annotated[Grade | Risk | None, Query(description="From this grade, or risk, alone.")]
Reached = Annotated[Grade | Risk | None, Query(description="To this grade, or risk, alone.")]
PageLimit = Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many moves at most.")]
MoveMonth = Annotated[
    str | None,
    Query(
        alias="from",
        description="The first month, such as `2026-01`; at most 12 ago.",
        json_schema_extra=MONTH,
    ),
]
By = Annotated[AnalysisBy, Query(description="What customers have in common.")]
SeriesBy = Annotated[HistoryBy, Query(description="Every change, or the end of each day or month.")]
