"""A survey: of one customer, in points whatever the scale, perhaps about a document."""

from decimal import Decimal

import pytest

from services.intake.domain.documents import kind_of
from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.intake import SurveyAnswered
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    NOW,
    PUDONG,
    Data,
    event,
    key,
    only_of,
    reported,
    survey,
    task_outcome,
)


def test_a_survey_is_of_its_customer_with_all_its_answers() -> None:
    answered = only_of("survey", survey())
    assert isinstance(answered, SurveyAnswered)
    assert answered.customer_key == key()
    assert (answered.overall, answered.items) == (Decimal(9), {"q1": Decimal(8)})


def test_a_survey_names_its_customer_by_number_or_by_key() -> None:
    by_key = survey(source_customer_id=None, customer_key=key("C7"))
    for data, where in ((survey(), "/source_customer_id"), (by_key, "/customer_key")):
        report = reported("survey", data).report
        ((pointer, found),) = kind_of(report).known_customers(report)
        assert (pointer, found) == (where, only_of("survey", data).customer_key)


def answered(data: Data) -> SurveyAnswered:
    found = only_of("survey", data)
    assert isinstance(found, SurveyAnswered)
    return found


@pytest.mark.parametrize(
    ("scale", "overall", "points"),
    [
        ("0-10", 7, "7"),
        ("0-10", 8.55, "8.6"),
        ("0-100", 0, "0"),
        ("0-100", 87, "8.7"),
        ("0-100", 100, "10"),
        ("1-10", 1, "0"),
        ("1-10", 5, "4.4"),
        ("1-10", 10, "10"),
        ("1-5", 1, "0"),
        ("1-5", 3, "5"),
        ("1-5", 4, "7.5"),
        ("1-5", 4.5, "8.8"),
        ("1-5", "5", "10"),
    ],
)
def test_answers_are_published_in_points(scale: str, overall: object, points: str) -> None:
    told = answered(survey(scale=scale, overall=overall, items={"on_time": overall}))
    assert (str(told.overall), str(told.items["on_time"])) == (points, points)


@pytest.mark.parametrize(
    ("noun", "data", "expected"),
    [
        ("survey", survey(overall=11), {"/data/overall": "0-10"}),
        (
            "survey",
            survey(scale="1-5", overall=6, items={}),
            {"/data/overall": "1-5"},
        ),
        ("survey", survey(scale="1-5", overall=0, items={}), {"/data/overall": "1-5"}),
        ("survey", survey(scale="1-10", overall=0.5, items={}), {"/data/overall": "1-10"}),
        ("survey", survey(items={"on_time": 10.1}), {"/data/items/on_time": "0-10"}),
        ("survey", survey(items={"my mother Wei": 11, "y": 12}), {"/data/items": "2 of them"}),
        ("task-outcome", task_outcome(answers={"on_time": 55}), {"/data/answers/on_time": "0-10"}),
        ("survey", survey(overall=101), {"/data/overall": "100"}),
        ("survey", survey(overall=-1), {"/data/overall": "0"}),
        ("survey", survey(overall="NaN"), {"/data/overall": ""}),
        ("survey", survey(overall=True), {"/data/overall": ""}),
        ("survey", survey(scale="0-5"), {"/data/scale": "'0-10', '0-100', '1-10' or '1-5'"}),
    ],
)
def test_what_the_scale_does_not_have_is_told_by_field_and_scale(
    noun: str, data: Data, expected: dict[str, str]
) -> None:
    found = examine(event(noun, data), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert {error.pointer for error in found.errors} == expected.keys()
    for error in found.errors:
        assert expected[error.pointer] in error.detail
        assert "mother" not in repr(error), "a name of the sender's own is not repeated"


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ({}, None),
        ({"ro_no": "RO 7"}, f"{PUDONG}/cdk/visit/RO%207"),
        ({"deal_no": "D1"}, f"{PUDONG}/cdk/sale/D1"),
        ({"about_id": f"{PUDONG}/dms/visit/R1"}, f"{PUDONG}/dms/visit/R1"),
    ],
)
def test_what_a_survey_is_about_is_told_by_its_id(more: Data, about: str | None) -> None:
    assert answered(survey(**more)).about_id == about


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"ro_no": "R1", "deal_no": "D1"}, "/data"),
        ({"about_id": f"{BERLIN}/dms/visit/R1"}, "/data/about_id"),
        ({"about_id": f"{PUDONG}/dms/visit/R%31"}, "/data/about_id"),
        ({"about_id": f"{PUDONG}/dms/complaint/K1"}, "/data/about_id"),
    ],
)
def test_a_survey_is_about_one_document_of_its_dealer(more: Data, where: str) -> None:
    found = examine(event("survey", survey(**more)), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [error.pointer for error in found.errors] == [where]


def test_a_survey_company_is_named() -> None:
    told = answered(survey(source="survey-company", provider="JD Power", channel="web"))
    assert (told.provider, told.channel) == ("JD Power", "web")
