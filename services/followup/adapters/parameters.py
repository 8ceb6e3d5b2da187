"""What followup's endpoints may be asked in a query."""

from typing import Annotated

from fastapi import Header, Query

from services.followup.views.calendar import Component
from services.followup.views.work_list import NOBODY
from shared.contracts.followup import TaskKind
from shared.contracts.http.followup_lists import ToDo
from shared.contracts.http.table import Lang
from shared.contracts.scoring import Grade
from shared.contracts.values import Day, ShortText
from shared.platform.asked import Responses
from shared.runtime import PAGE_LIMIT

DEFAULT_LIMIT = 100
TABLE_LIMIT = 10_000
"""How many tasks a table has at most."""
CALENDAR_LIMIT = 1_000
"""How many tasks a calendar has at most: those that are due first."""
MOST_PEOPLE = 50
AS_A_CALENDAR: Responses = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "As it was when it had the `etag` that `if-none-match` names."},
}

OfRole = Annotated[ShortText | None, Query(description="Those of this role alone.")]
OfPerson = Annotated[
    ShortText | None,
    Query(
        description=f"Those of this staff id alone; `{NOBODY}`: those of nobody in particular, "
        "which whoever has the role takes."
    ),
]
OfKind = Annotated[TaskKind | None, Query(description="Those that are for this kind, too.")]
OfGrade = Annotated[Grade | None, Query(description="Those of customers of this grade alone.")]
DueBefore = Annotated[
    str | None,
    Query(
        description="Those due before a day of the dealer's, such as `2026-12-01`, or an instant, "
        "such as `2026-12-01T09:00:00Z`."
    ),
]
IsOverdue = Annotated[
    bool | None, Query(alias="overdue", description="Whether they are to be overdue.")
]
OfStatus = Annotated[ToDo | None, Query(description="`open`: those not due yet; `overdue`.")]
After = Annotated[str, Query(description="The `after` of the page before; empty: the first page.")]
ListLimit = Annotated[
    int | None,
    Query(
        ge=1,
        le=TABLE_LIMIT,
        description=f"How many tasks at most: up to {PAGE_LIMIT} (without it 100), in a table up "
        f"to {TABLE_LIMIT} (without it that many).",
    ),
]
OfDay = Annotated[
    Day | None, Query(alias="date", description="Today or a later day; without it today.")
]
People = Annotated[
    int,
    Query(
        ge=1,
        le=MOST_PEOPLE,
        description="How many have the role on these days: each of them does so many tasks.",
    ),
]
AsComponent = Annotated[
    Component,
    Query(alias="as", description="`event`, which any calendar shows, or `todo`."),
]
CalendarLang = Annotated[
    Lang | None, Query(description="The language of titles and reasons; without it both.")
]
IfNoneMatch = Annotated[
    str, Header(description="The `etag` of what the caller has: 304 where it is still so.")
]
