"""The five gaps of service quality, as far as they are measured; the rest is said, not guessed.
Pure."""

from collections.abc import Iterator
from fractions import Fraction

from services.followup.domain.satisfaction_aims import SatisfactionAims
from services.followup.domain.satisfaction_counters import SURVEYS
from services.followup.domain.survey_items import HARD_TITLES, ITEMS
from services.followup.views.satisfaction import Counted, aims_of, mean_of, rounded
from shared.contracts.http.followup_satisfaction import (
    GapFinding,
    GapName,
    SatisfactionFigure,
    SatisfactionOfPeriod,
    ServiceGap,
    SurveyFigures,
)
from shared.contracts.surveys import SurveyKind
from shared.contracts.values import Bilingual


def service_gaps(
    figures: SatisfactionOfPeriod, counted: Counted, aims: SatisfactionAims
) -> tuple[ServiceGap, ...]:
    """What is measured of each gap in a period, and what is not."""
    return (
        _gap(
            "expectation_not_understood",
            "what customers expect is not known",
            "不了解客户期望",
            *(_understood(survey, aims) for survey in figures.surveys),
        ),
        _gap("standard_not_set", "no standard is set", "未设定标准", *_standards(aims)),
        _gap(
            "performance_below_standard",
            "what is done is below the standard",
            "执行低于标准",
            *_performance(figures),
        ),
        _gap(
            "promise_not_kept", "what was promised is not kept", "承诺未兑现", *_promises(counted)
        ),
        _gap(
            "perceived_against_expected",
            "what customers perceive against what they expect: the sum of the others",
            "感知与期望的差距(总和)",
            *(_perceived(kind, counted, aims) for kind in SURVEYS),
        ),
    )


def _gap(gap: GapName, en: str, zh: str, *findings: GapFinding) -> ServiceGap:
    return ServiceGap(gap=gap, title=Bilingual(en=en, zh=zh), findings=findings)


def _found(en: str, zh: str) -> GapFinding:
    return GapFinding(is_measured=True, words=Bilingual(en=en, zh=zh))


def _not_measured(en: str, zh: str) -> GapFinding:
    return GapFinding(is_measured=False, words=Bilingual(en=en, zh=zh))


def _understood(survey: SurveyFigures, aims: SatisfactionAims) -> GapFinding:
    """Whether customers are asked about what matters to them."""
    name = survey.survey.upper()
    importance = aims_of(survey.survey, aims).importance
    if not importance:
        return _not_measured(
            f"{name}: not measured: the rules do not say how much items matter",
            f"{name}:未衡量:规则未设定各项目的重要度",
        )
    answered = {item.name for item in survey.items if not item.few}
    asked = sum(weight for item, weight in importance.items() if item in answered)
    silent = sorted(set(importance) - answered, key=lambda item: (-importance[item], item))
    en, zh = _listed(survey.survey, silent)
    return _found(
        f"{name}: of {sum(importance.values())} points of importance {asked} are of items that "
        f"enough customers answer; too few answers: {en}",
        f"{name}:重要度合计 {sum(importance.values())},其中 {asked} 有足够答复;答复不足:{zh}",
    )


def _standards(aims: SatisfactionAims) -> Iterator[GapFinding]:
    for kind in SURVEYS:
        targets, name = aims_of(kind, aims), kind.upper()
        en, zh = _listed(kind, [item for item in ITEMS[kind] if item not in targets.items])
        overall = targets.overall
        yield _found(
            f"{name}: overall target {'none' if overall is None else f'{overall:g}'}; without a "
            f"target: {en}",
            f"{name}:总体目标 {'未设定' if overall is None else f'{overall:g}'};未设目标:{zh}",
        )
    unset = [title for name, title in HARD_TITLES.items() if name not in aims.indicators]
    yield _found(
        f"hard indicators without a target: {_joined([title.en for title in unset], 'none', '; ')}",
        f"未设目标的客观指标:{_joined([title.zh for title in unset], '无', ';')}",
    )


def _performance(figures: SatisfactionOfPeriod) -> Iterator[GapFinding]:
    """Every figure that is measured often enough and has a target it does not reach."""
    named = [(figure, "") for figure in figures.hard]
    for survey in figures.surveys:
        name = f"{survey.survey.upper()}: "
        all_of_it: tuple[SatisfactionFigure, ...] = (survey.overall, survey.responses)
        named += [(figure, name) for figure in (*all_of_it, *survey.items)]
    judged = [(figure, name) for figure, name in named if figure.is_met is not None]
    if not judged:
        yield _not_measured(
            "not measured: nothing has both a target and a value",
            "未衡量:没有既有目标又有数值的项目",
        )
    for figure, name in judged:
        if figure.few:
            yield _not_measured(
                f"{name}{figure.title.en}: only {figure.measured} to go by",
                f"{name}{figure.title.zh}:样本仅 {figure.measured}",
            )
        elif not figure.is_met:
            yield _found(
                f"{name}{figure.title.en}: {figure.value:g}, target {figure.target:g} "
                f"({figure.difference:+g} {figure.unit})",
                f"{name}{figure.title.zh}:{figure.value:g},目标 {figure.target:g}"
                f"({figure.difference:+g})",
            )
    if judged and all(figure.is_met and not figure.few for figure, _ in judged):
        yield _found(
            f"all {len(judged)} figures with a target reach it", f"{len(judged)} 项指标均达标"
        )


def _promises(counted: Counted) -> Iterator[GapFinding]:
    kept, late = counted.of("in_time"), counted.of("late")
    without = counted.of("orders") - kept - late
    if kept + late:
        yield _found(
            f"{late} of {kept + late} promised orders were done late; nothing was promised for "
            f"{without} others",
            f"{kept + late} 个承诺时间的工单中 {late} 个延误;另有 {without} 个未作承诺",
        )
    else:
        yield _not_measured(
            f"not measured: no order names a promised time, of {without}",
            f"未衡量:{without} 个工单均无承诺时间",
        )
    in_time, due = counted.of("call_backs_in_time"), counted.of("call_backs") - counted.outstanding
    if due:
        yield _found(
            f"{due - in_time} of {due} call-backs after complaints were late or not made",
            f"{due} 次投诉回访中 {due - in_time} 次延误或未做",
        )
    else:
        yield _not_measured("no call-back after a complaint was due", "无到期的投诉回访")


def _perceived(kind: SurveyKind, counted: Counted, aims: SatisfactionAims) -> GapFinding:
    name, perceived = kind.upper(), mean_of(counted, kind)
    expected, basis = _expected(kind, aims)
    if perceived is None or expected is None:
        missing_en = "no answers" if perceived is None else "no targets"
        missing_zh = "无答复" if perceived is None else "未设目标"
        return _not_measured(f"{name}: not measured: {missing_en}", f"{name}:未衡量:{missing_zh}")
    answers = counted.of("answers", kind)
    shown, wanted = rounded(perceived, "points"), rounded(expected, "points")
    difference = rounded(perceived - expected, "points")
    return _found(
        f"{name}: perceived {shown:g} by {answers} answers, expected {wanted:g} ({basis.en}): "
        f"{difference:+g} points",
        f"{name}:感知 {shown:g}({answers} 份答复),期望 {wanted:g}({basis.zh}):{difference:+g} 分",
    )


def _expected(kind: SurveyKind, aims: SatisfactionAims) -> tuple[Fraction | None, Bilingual]:
    """The overall target, else the mean of the items' targets by importance."""
    survey = aims_of(kind, aims)
    if survey.overall is not None:
        return Fraction(str(survey.overall)), Bilingual(en="overall target", zh="总体目标")
    basis = Bilingual(en="targets of items by their importance", zh="按重要度加权的项目目标")
    weights = {item: survey.importance.get(item, 1) for item in survey.items}
    if not weights:
        return None, basis
    each = (Fraction(str(survey.items[item])) * weight for item, weight in weights.items())
    weighted = sum(each, Fraction(0))
    return weighted / sum(weights.values()), basis


def _listed(kind: SurveyKind, items: list[str]) -> tuple[str, str]:
    """What they are called; one of a dealer's own as it is."""
    titles = [ITEMS[kind].get(item, Bilingual(en=item, zh=item)) for item in items]
    return (
        _joined([title.en for title in titles], "none", ", "),
        _joined([title.zh for title in titles], "无", "、"),
    )


def _joined(items: list[str], none: str, separator: str) -> str:
    return separator.join(items) if items else none
