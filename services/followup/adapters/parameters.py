"""What followup's endpoints may be asked in a query."""

from typing import Annotated

from fastapi import Header, Query

from services.followup.views.calendar import Component
from services.followup.views.work_list import NOBODY
from shared.contracts.followup import TaskKind
from shared.contracts.http.followup_figures import LeadFigure
from shared.contracts.http.followup_lists import ToDo
from shared.contracts.http.table import Lang
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade
from shared.contracts.surveys import SurveyKind
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
DueFrom = Annotated[
    str | None, Query(description="Those due on that day or later, or from that instant on.")
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
OfSurvey = Annotated[SurveyKind, Query(description="Which survey.")]
OfItem = Annotated[
    ShortText | None,
    Query(description="Those with an answer to this item alone, as the figures name it."),
]
IsLow = Annotated[bool | None, Query(alias="low", description="Whether they are to be low.")]
InFigure = Annotated[LeadFigure, Query(description="Those that count in this figure alone.")]
LostBecause = Annotated[
    LeadReason | None,
    Query(alias="because", description="Those that are lost for this reason alone."),
]
OfChannel = Annotated[
    LeadChannel | None, Query(alias="channel", description="Those that came so alone.")
]
WhoIsDone = Annotated[ShortText, Query(description="The staff id.")]
PageLimit = Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many lines at most.")]
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
