"""Tables of what the manager's figures are made of, for a spreadsheet."""

from collections.abc import Iterable, Iterator

from services.desk.views.exports import EXPORTS, Row, SheetOfRows, SheetReader
from services.desk.views.lead_words import LEAD_CHANNELS, LEAD_FIGURES, LEAD_REASONS
from services.desk.views.manager_words import CLOCKS
from services.desk.views.survey_words import TITLES
from services.desk.views.terms import GRADES, RISKS, term
from shared.contracts.http.complaints_statistics import PeriodStatistics, Statistics
from shared.contracts.http.followup_figures import AnswerLine, LeadLine
from shared.contracts.http.scoring_moves import MoveLine
from shared.contracts.surveys import SurveyKind

SECONDS_OF_AN_HOUR = 3600


def clocks_sheet(found: Statistics, to: SheetReader) -> SheetOfRows:
    """One row for each clock of each week, and of all weeks."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["clocks"]),
        headings=(
            say("Week"),
            say("First day"),
            say("Last day"),
            say("Clock"),
            say("kept"),
            say("broken"),
            say("Running"),
            say("Half within hours"),
        ),
        rows=[row for period in (*found.periods, found.total) for row in _clocks(period, to)],
    )


def _clocks(period: PeriodStatistics, to: SheetReader) -> Iterator[Row]:
    week = to.say("All weeks") if period.period == "total" else period.period
    for name, clock in period.clocks.items():
        half = clock.median_seconds
        yield (
            week,
            period.first,
            period.last,
            to.say(term(name, CLOCKS)),
            clock.kept,
            clock.broken,
            clock.running,
            None if half is None else round(half / SECONDS_OF_AN_HOUR, 1),
        )


def answers_sheet(lines: Iterable[tuple[SurveyKind, AnswerLine]], to: SheetReader) -> SheetOfRows:
    """One row for each answer, and one for each item of it."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["answers"]),
        headings=(
            *to.headings_of_who,
            say("Answered on"),
            say("Survey"),
            say("Step"),
            say("Result"),
            say("Counts as low"),
        ),
        rows=[row for survey, line in lines for row in _answers(survey, line, to)],
    )


def _answers(survey: SurveyKind, line: AnswerLine, to: SheetReader) -> Iterator[Row]:
    who, title = to.who(line.customer_key), to.say(term(survey, TITLES))
    yield *who, line.at, title, to.say("overall"), line.points, to.say("yes") if line.low else ""
    for each in line.items:
        name = each.title.zh if to.language == "zh" else each.title.en
        yield *who, line.at, title, name, each.points, ""


def leads_sheet(lines: Iterable[LeadLine], to: SheetReader) -> SheetOfRows:
    """One row for each lead."""
    say = to.say
    figures = [name for name in LEAD_FIGURES if name != "leads"]
    return SheetOfRows(
        title=say(EXPORTS["leads"]),
        headings=(
            *to.headings_of_who,
            say("Came"),
            say("How they came"),
            say("Grade"),
            *(say(LEAD_FIGURES[name]) for name in figures),
            say("Why"),
        ),
        rows=[
            (
                *to.who(each.customer_key),
                each.at,
                say(term(each.channel, LEAD_CHANNELS)),
                say(term(each.grade, GRADES)),
                *(int(name in each.figures) for name in figures),
                say(term(each.lost_because, LEAD_REASONS)),
            )
            for each in lines
        ],
    )


def moves_sheet(lines: Iterable[MoveLine], to: SheetReader) -> SheetOfRows:
    """One row for each move from one grade, or risk, to another."""
    say, names = to.say, {**GRADES, **RISKS}
    return SheetOfRows(
        title=say(EXPORTS["moves"]),
        headings=(*to.headings_of_who, say("Moved"), say("From"), say("To")),
        rows=[
            (
                *to.who(each.customer_key),
                each.at,
                say(term(each.before, names)),
                say(term(each.after, names)),
            )
            for each in lines
        ],
    )
