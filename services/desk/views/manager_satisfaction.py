"""How satisfied customers are, for the manager: SSI and CSI against what the dealer aims at."""

from dataclasses import dataclass
from typing import Literal

from services.desk.views.charts import Chart, Series
from services.desk.views.manager_words import Say, month_label
from shared.contracts.http.followup_satisfaction import (
    Satisfaction,
    SatisfactionFigure,
    StepFigure,
    SurveyFigures,
)
from shared.contracts.values import Bilingual

Tongue = Literal["en", "zh"]
MOST_POINTS = 10.0


@dataclass(frozen=True, slots=True)
class MonthOfSurvey:
    """What one month's answers to a survey come to."""

    period: str
    overall: SatisfactionFigure
    responses: SatisfactionFigure
    low: int


@dataclass(frozen=True, slots=True)
class SurveyShown:
    """One survey over all months."""

    figures: SurveyFigures
    title: str
    months: tuple[MonthOfSurvey, ...]
    measured: tuple[StepFigure, ...]
    """The items that somebody answered, in the order of the process."""
    unmeasured: tuple[str, ...]
    """The titles of the others."""
    by_item: Chart | None
    by_month: Chart | None
    radar: Chart | None
    """None: there is too little to draw it."""
    strongest: tuple[str, ...]
    weakest: tuple[str, ...]


def surveys_shown(found: Satisfaction, language: Tongue, say: Say) -> tuple[SurveyShown, ...]:
    """Each survey that is asked here."""
    return tuple(_shown(found, each, language, say) for each in found.total.surveys)


def _shown(found: Satisfaction, figures: SurveyFigures, language: Tongue, say: Say) -> SurveyShown:
    months = tuple(
        MonthOfSurvey(month.period, each.overall, each.responses, each.low)
        for month in found.months
        for each in month.surveys
        if each.survey == figures.survey
    )
    measured = tuple(item for item in figures.items if item.value is not None)
    titles = {item.name: said(item.title, language) for item in figures.items}
    return SurveyShown(
        figures=figures,
        title=said(figures.title, language),
        months=months,
        measured=measured,
        unmeasured=tuple(titles[each.name] for each in figures.items if each.value is None),
        by_item=_by_item(figures, measured, language, say) if measured else None,
        by_month=_by_month(figures, months, language, say),
        radar=_radar(figures, measured, language, say) if len(measured) > 2 else None,
        strongest=tuple(titles.get(name, name) for name in figures.strongest),
        weakest=tuple(titles.get(name, name) for name in figures.weakest),
    )


def said(words: Bilingual, language: Tongue) -> str:
    """In that language."""
    return words.zh if language == "zh" else words.en


def numbered(measured: tuple[StepFigure, ...], language: Tongue) -> list[str]:
    """The items as charts and the table beside them name them."""
    return [f"{at} {said(item.title, language)}" for at, item in enumerate(measured, 1)]


def _by_item(
    figures: SurveyFigures, measured: tuple[StepFigure, ...], language: Tongue, say: Say
) -> Chart:
    return Chart(
        id=f"{figures.survey}-items",
        title=said(figures.title, language),
        described=say("The mean answer to each step, out of ten; the line is the target."),
        labels=[str(at) for at, _ in enumerate(measured, 1)],
        series=[Series(name=say("Mean"), values=[item.value for item in measured])],
        top=MOST_POINTS,
        target=figures.overall.target,
    )


def _by_month(
    figures: SurveyFigures, months: tuple[MonthOfSurvey, ...], language: Tongue, say: Say
) -> Chart | None:
    if all(month.overall.value is None for month in months):
        return None
    return Chart(
        id=f"{figures.survey}-months",
        title=said(figures.title, language),
        described=say("The mean of all answers, month by month; the line is the target."),
        labels=[month_label(month.period, language) for month in months],
        series=[Series(name=say("overall"), values=[month.overall.value for month in months])],
        top=MOST_POINTS,
        target=figures.overall.target,
    )


def _radar(
    figures: SurveyFigures, measured: tuple[StepFigure, ...], language: Tongue, say: Say
) -> Chart:
    """With the target of each step, where it has none of its own that of the whole survey."""
    whole = figures.overall.target
    targets = [whole if item.target is None else item.target for item in measured]
    is_aimed = any(target is not None for target in targets)
    aims = [Series(name=say("target"), values=targets, look="target")] if is_aimed else []
    return Chart(
        id=f"{figures.survey}-radar",
        title=said(figures.title, language),
        described=say("The steps of the process, from the middle outwards, out of ten."),
        labels=numbered(measured, language),
        series=[*aims, Series(name=say("Mean"), values=[item.value for item in measured])],
        top=MOST_POINTS,
    )
