"""Points for the answers to surveys."""

from services.scoring.domain.documents import Survey
from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import survey


def test_an_answer_gives_the_points_of_its_band() -> None:
    answers = [survey("2025-01-10", overall, f"S{overall}") for overall in (0, 5, 7, 10)]
    given = points_of("survey_answers", *answers)
    assert sorted(points for since, _, points in given if since == "2025-01-10") == [-6, 3, 6]


def test_below_the_lowest_band_an_answer_gives_nothing() -> None:
    policy = changed(survey_bands=[{"overall_from": 9, "points": 4}])
    assert points_of("survey_answers", survey("2025-01-10", 8), policy=policy) == []
    assert points_of("survey_answers", survey("2025-01-10", 9), policy=policy)[0][2] == 4


def test_a_tenth_below_a_band_is_below_it() -> None:
    answers = [survey("2025-01-10", overall, f"S{overall}") for overall in (8.9, 9, 6.9, 7.1)]
    given = points_of("survey_answers", *answers)
    assert sorted(points for since, _, points in given if since == "2025-01-10") == [3, 3, 6]


def test_an_answer_kept_as_a_whole_number_is_read() -> None:
    kept = {"kind": "survey", "version": "1", "at": "2025-01-10T00:00:00Z", "overall": 9}
    assert (
        Survey.model_validate(kept).model_dump_json()
        == Survey.model_validate(kept | {"overall": "9"}).model_dump_json()
    )
    assert '"overall":8.5' in Survey.model_validate(kept | {"overall": 8.5}).model_dump_json()


def test_surveys_of_the_sale_and_of_the_service_count_what_the_policy_says() -> None:
    of_the_sale, of_the_service = (survey("2025-01-10", 10, kind=kind) for kind in ("ssi", "csi"))
    assert points_of("survey_answers", of_the_sale)[0][2] == 6
    policy = changed(survey_percent={"ssi": 50})
    assert points_of("survey_answers", of_the_sale, policy=policy)[0][2] == 3
    assert points_of("survey_answers", of_the_service, policy=policy) == []
