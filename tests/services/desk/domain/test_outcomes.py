"""What may be said of a call, and what a form says."""

from collections.abc import Mapping
from datetime import date

import pytest

from services.desk.domain.outcomes import (
    KEYS,
    NO_OVERALL,
    NOBODY_TO_ANSWER,
    NONE_CHOSEN,
    NOT_A_DAY,
    TOO_LONG,
    OutcomeSaid,
    SurveyAsked,
    WronglySaid,
    offered,
    outcome_data,
    outcome_said,
    surveys_asked,
)
from shared.contracts.feeds import TaskOutcomeReported

TODAY = date(2026, 11, 21)
CSI = SurveyAsked(survey="csi", about_id="sunrise/pudong/cdk/visit/R1")
SSI = SurveyAsked(survey="ssi", about_id=None)


def said(fields: Mapping[str, str], *surveys: SurveyAsked) -> OutcomeSaid:
    return outcome_said(fields, results=tuple(KEYS), surveys=surveys, today=TODAY)


def wrong(fields: Mapping[str, str], *surveys: SurveyAsked) -> Mapping[str, str]:
    with pytest.raises(WronglySaid) as raised:
        said(fields, *surveys)
    return raised.value.problems


@pytest.mark.parametrize(
    ("kinds", "extra", "missing"),
    [
        (["service_satisfaction"], [], ["renewed_elsewhere", "approved_lost"]),
        (["insurance_renewal", "next_service"], ["renewed_elsewhere"], ["not_lost"]),
        (["lost_approval"], ["approved_lost", "not_lost"], ["done", "wrong_number"]),
        (["data_correction"], ["done"], ["wrong_number", "declined"]),
        (["a_dealers_own"], ["done", "declined"], ["approved_lost"]),
    ],
)
def test_what_may_come_of_a_conversation_follows_from_what_it_is_for(
    kinds: list[str], extra: list[str], missing: list[str]
) -> None:
    found = offered(kinds)
    assert set(extra) <= set(found)
    assert set(missing).isdisjoint(found)
    assert [KEYS[each] for each in found] == sorted(KEYS[each] for each in found)


def test_a_conversation_for_both_surveys_asks_both_once() -> None:
    found = surveys_asked(
        [
            ("delivery_satisfaction", "sunrise/pudong/cdk/sale/D1"),
            ("next_service", "sunrise/pudong/cdk/visit/R1"),
            ("service_satisfaction", "sunrise/pudong/cdk/visit/R1"),
            ("service_satisfaction", "sunrise/pudong/cdk/visit/R2"),
        ]
    )
    assert [(each.survey, each.about_id) for each in found] == [
        ("ssi", "sunrise/pudong/cdk/sale/D1"),
        ("csi", "sunrise/pudong/cdk/visit/R1"),
    ]
    assert surveys_asked([("next_service", "sunrise/pudong/cdk/visit/R1")]) == ()


def test_a_form_says_an_attempt_and_its_answers() -> None:
    fields = {
        "outcome": "postponed",
        "channel": "sms",
        "next_contact_on": "2026-11-21",
        "note": "  later ",
        "csi-overall": "10",
        "csi-on_time": "0",
        "csi-answers": "",
        "csi-unknown": "5",
    }
    found = said(fields, CSI)
    assert (found.outcome, found.channel, found.next_contact_on) == ("postponed", "sms", TODAY)
    assert found.note == "later"
    assert [(each.overall, each.items) for each in found.surveys] == [(10, {"on_time": 0})]
    assert "later" not in repr(found)


@pytest.mark.parametrize(
    ("fields", "surveys", "problems"),
    [
        ({}, [], {"outcome": NONE_CHOSEN}),
        ({"outcome": "invented"}, [], {"outcome": NONE_CHOSEN}),
        ({"outcome": "done", "next_contact_on": "2026-11-20"}, [], {"next_contact_on": NOT_A_DAY}),
        ({"outcome": "done", "next_contact_on": "soon"}, [], {"next_contact_on": NOT_A_DAY}),
        ({"outcome": "done", "note": "x" * 4001}, [], {"note": TOO_LONG}),
        ({"outcome": "done", "csi-on_time": "9"}, [CSI], {"csi-overall": NO_OVERALL}),
        ({"outcome": "not_reached", "csi-overall": "9"}, [CSI], {"csi-overall": NOBODY_TO_ANSWER}),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    fields: Mapping[str, str], surveys: list[SurveyAsked], problems: Mapping[str, str]
) -> None:
    assert wrong(fields, *surveys) == problems


@pytest.mark.parametrize("text", ["11", "-1", "9.5", "x", "01"])
def test_an_answer_that_is_none_of_the_scale_is_none(text: str) -> None:
    assert said({"outcome": "done", "csi-overall": text}, CSI).surveys == ()


def test_an_outcome_that_the_task_does_not_offer_is_none() -> None:
    with pytest.raises(WronglySaid):
        outcome_said(
            {"outcome": "approved_lost"}, results=offered(["silence"]), surveys=(), today=TODAY
        )


def test_what_is_reported_is_what_intake_takes() -> None:
    fields = {"outcome": "done", "channel": "phone", "note": "kind", "csi-overall": "8"}
    fields |= {"csi-on_time": "7", "ssi-overall": "9"}
    first, second = outcome_data(said(fields, CSI, SSI))
    assert (first["survey"], first["answers"], first["note"]) == ("csi", {"on_time": 7}, "kind")
    assert first["about_id"] == CSI.about_id
    assert (second["survey"], second["overall"], "note" in second) == ("ssi", 9, False)
    assert "about_id" not in second
    for each in (first, second):
        TaskOutcomeReported.model_validate(
            {
                "source": "desk",
                "dealer_id": "sunrise/pudong",
                "customer_key": "sunrise/pudong/cdk/C1",
                "task_id": "2bfc6351-1e26-5622-b98d-3bf28421d423",
                "at": "2026-11-21T10:00:00Z",
                **each,
            }
        )
    assert list(outcome_data(said({"outcome": "not_reached"}))) == [{"outcome": "not_reached"}]
