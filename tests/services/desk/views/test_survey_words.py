"""Each step that a survey asks for has a name at the desk."""

from services.desk.domain import outcomes
from services.desk.views import survey_words


def test_each_step_of_a_survey_has_words() -> None:
    steps = {kind: tuple(each) for kind, each in survey_words.STEPS.items()}
    assert steps == {kind: tuple(each) for kind, each in outcomes.ITEMS.items()}
