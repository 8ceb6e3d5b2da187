"""What a figure of the manager's is made of: whose lines, and what each says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.desk.views.lead_words import LEAD_CHANNELS, LEAD_FIGURES, LEAD_REASONS
from services.desk.views.manager_words import figure
from services.desk.views.speech import Speech
from services.desk.views.terms import GRADES, RISKS, term
from shared.contracts.http.followup_figures import DoneToday, Leads, SurveyAnswers
from shared.contracts.http.scoring_moves import Moves

CellOfLine: TypeAlias = str | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOfFigure:
    """One customer's part in it."""

    customer_key: str
    cells: tuple[CellOfLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """A page of what a figure is made of."""

    headings: tuple[str, ...]
    """Of the cells; the customer stands before them."""
    lines: Sequence[LineOfFigure]
    after: str | None
    """What asks for the next page."""
    behind_seconds: int | None


def of_answers(found: SurveyAnswers, say: Speech) -> MadeOf:
    """One line for each answer."""
    return MadeOf(
        headings=(say("Answered on"), say("Overall"), say("Counts as low"), say("Step by step")),
        lines=[
            LineOfFigure(
                customer_key=each.customer_key,
                cells=(
                    each.at,
                    figure(each.points, "points", say),
                    say("yes") if each.low else "",
                    say(", ").join(
                        f"{say.of(item.title)}: {figure(item.points, 'points', say)}"
                        for item in each.items
                    ),
                ),
            )
            for each in found.answers
        ],
        after=found.after,
        behind_seconds=found.behind_seconds,
    )


def of_leads(found: Leads, say: Speech) -> MadeOf:
    """One line for each lead."""
    return MadeOf(
        headings=(say("Came"), say("How they came"), say("Grade"), say("Counts as"), say("Why")),
        lines=[
            LineOfFigure(
                customer_key=each.customer_key,
                cells=(
                    each.at,
                    say(term(each.channel, LEAD_CHANNELS)),
                    say(term(each.grade, GRADES)),
                    say(", ").join(
                        say(term(name, LEAD_FIGURES)) for name in each.figures if name != "leads"
                    ),
                    say(term(each.lost_because, LEAD_REASONS)),
                ),
            )
            for each in found.leads
        ],
        after=found.after,
        behind_seconds=found.behind_seconds,
    )


def of_moves(found: Moves, say: Speech) -> MadeOf:
    """One line for each move."""
    names = GRADES if found.of == "grade" else RISKS
    return MadeOf(
        headings=(say("Moved"), say("From"), say("To")),
        lines=[
            LineOfFigure(
                customer_key=each.customer_key,
                cells=(each.at, say(term(each.before, names)), say(term(each.after, names))),
            )
            for each in found.moves
        ],
        after=found.after,
        behind_seconds=found.behind_seconds,
    )


def of_done(found: DoneToday, say: Speech) -> MadeOf:
    """One line for each customer."""
    return MadeOf(
        headings=(say("Done with"),),
        lines=[
            LineOfFigure(customer_key=each.customer_key, cells=(each.at,))
            for each in found.customers
        ],
        after=found.after,
        behind_seconds=found.behind_seconds,
    )
