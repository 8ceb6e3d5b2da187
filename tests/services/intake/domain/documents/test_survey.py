"""A survey: of one customer."""

from services.intake.domain.documents import kind_of
from shared.contracts.intake import SurveyAnswered
from tests.services.intake.given import key, only_of, reported, survey


def test_a_survey_is_of_its_customer_with_all_its_answers() -> None:
    answered = only_of("survey", survey())
    assert isinstance(answered, SurveyAnswered)
    assert answered.customer_key == key()
    assert (answered.overall, answered.items) == (9, {"q1": 8})


def test_a_survey_names_its_customer_by_number_or_by_key() -> None:
    by_key = survey(source_customer_id=None, customer_key=key("C7"))
    for data, where in ((survey(), "/source_customer_id"), (by_key, "/customer_key")):
        report = reported("survey", data).report
        ((pointer, found),) = kind_of(report).known_customers(report)
        assert (pointer, found) == (where, only_of("survey", data).customer_key)
