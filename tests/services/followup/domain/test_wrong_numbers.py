"""A wrong number: another way, or none until somebody corrects it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.followup.domain.documents import Correction
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.retry_plan import RetryPlan
from services.followup.domain.wrong_numbers import WrongNumber, wrong_at
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.followup import task_id
from tests.services.followup.given import CUSTOMER, POLICY, at
from tests.services.followup.given_attempts import (
    another,
    found_wrong,
    next_attempt,
    refused,
    talk,
    tried,
)

WRONG = tried("2025-03-03 10:00", "wrong_number")
LASTS = timedelta(days=POLICY.retry.wrong_days)
CORRECTION = str(task_id(CUSTOMER, "data_correction/O0"))


def test_it_goes_on_by_the_next_channel_at_once() -> None:
    stand = talk(WRONG).on("2025-03-03 10:00")
    assert next_attempt(stand) == "any time email"
    assert [reason.en for reason in stand.reasons] == [
        "Not reached, tried once",
        "By e-mail, as the number known is wrong",
    ]


def test_a_text_message_needs_the_same_number() -> None:
    assert talk(WRONG, ways=("phone", "sms", "app")).on("2025-03-03 11:00").channel == "app"


def test_a_channel_that_is_refused_is_no_way_on() -> None:
    story = talk(WRONG, refused("2025-03-01", "email"), ways=("phone", "email", "post"))
    assert story.on("2025-03-03 11:00").channel == "post"


def test_without_another_way_it_waits_for_the_correction() -> None:
    stand = talk(WRONG, ways=("phone", "sms")).on("2025-03-03 11:00")
    assert next_attempt(stand) == "2025-03-06 10:00 phone"
    assert [reason.zh for reason in stand.reasons] == [
        "已知号码有误且无其他联系方式:待资料更正后再联系"
    ]


def test_whoever_has_corrected_it_may_call_at_once() -> None:
    done = tried("2025-03-04 10:00", "done", task=CORRECTION)
    story = replace(talk(WRONG, ways=("phone",)), elsewhere={"X1": done})
    assert story.on("2025-03-03 11:00").changes_at == at("2025-03-04 10:00")
    stand = story.on("2025-03-04 10:00")
    assert next_attempt(stand) == "any time phone"
    assert [reason.en for reason in stand.reasons] == ["Not reached, tried once"]


def test_it_is_wrong_for_every_conversation_of_the_customer() -> None:
    """Also for one that begins later."""
    other = replace(talk(), elsewhere={"X1": tried("2025-02-20", "wrong_number", task="other")})
    stand = other.on("2025-03-03 09:00")
    assert next_attempt(stand) == "any time email"
    assert [reason.zh for reason in stand.reasons] == ["已知号码有误,改用电子邮件"]


def test_reported_twice_it_is_wrong_once() -> None:
    again = WRONG.model_copy(update={"task_id": "another", "by": "u1"})
    assert found_wrong({"O0": WRONG, "O1": again}) == found_wrong({"O0": WRONG})


def test_it_counts_as_a_try() -> None:
    tries = [WRONG, *(tried(f"2025-03-03 1{hour}:00") for hour in range(1, 4))]
    assert next_attempt(talk(*tries).on("2025-03-04")) == "cancelled: not reached"


def test_a_wrong_address_leaves_the_telephone_right() -> None:
    story = talk(tried("2025-03-03 10:00", "wrong_number", "email"))
    assert story.on("2025-03-03 11:00").channel == "phone"


@pytest.mark.parametrize(
    ("what", "by", "until"),
    [
        ("done", "phone", "2025-03-05"),
        ("postponed", "sms", "2025-03-05"),
        ("declined", "phone", "2025-03-05"),
        ("renewed_elsewhere", "phone", "2025-03-05"),
        ("done", "email", None),
        ("done", None, None),  # who does not say how, does not say that the number is right
        ("not_reached", "phone", None),
        ("wrong_number", "phone", None),
        ("approved_lost", "phone", None),
    ],
)
def test_whoever_reaches_them_by_it_shows_that_it_is_right(
    what: TaskResult, by: Channel | None, until: str | None
) -> None:
    outcomes = {"O0": WRONG, "O1": tried("2025-03-05", what, by, task="another")}
    [found] = found_wrong(outcomes)
    reached_at = at(until) if until else None
    ends = reached_at or WRONG.at + LASTS
    assert found == WrongNumber("O0", ("phone", "sms"), WRONG.at, ends, reached_at)


def test_only_the_correction_of_this_one_corrects_it() -> None:
    other = str(task_id(CUSTOMER, "data_correction/O9"))
    for task, right in ((CORRECTION, True), (other, False)):
        outcomes = {"O0": WRONG, "O1": tried("2025-03-05", "done", task=task)}
        [found] = found_wrong(outcomes)
        assert (found.until == at("2025-03-05")) is right
        assert found.reached_at is None


@pytest.mark.parametrize(
    ("replaced", "until"),
    [
        pytest.param(another("2025-03-05"), "2025-03-05", id="another number"),
        pytest.param(another("2025-03-05", "email"), None, id="another address"),
        pytest.param(another("2025-03-02"), None, id="known before"),
        pytest.param(another("2025-03-03 10:00"), None, id="it is the one that was called"),
        pytest.param(another("2025-12-05"), None, id="long after"),
    ],
)
def test_another_number_that_is_reported_corrects_it(
    replaced: Correction, until: str | None
) -> None:
    [found] = found_wrong({"O0": WRONG}, POLICY, replaced)
    replaced_at = at(until) if until else None
    ends = replaced_at or WRONG.at + LASTS
    assert (found.until, found.reached_at, found.replaced_at) == (ends, None, replaced_at)


def test_another_address_corrects_a_wrong_one() -> None:
    wrong = tried("2025-03-03 10:00", "wrong_number", "email")
    [found] = found_wrong({"O0": wrong}, POLICY, another("2025-03-05", "email"))
    assert (found.channels, found.until) == (("email",), at("2025-03-05"))


def test_what_was_done_before_corrects_nothing() -> None:
    earlier = tried("2025-03-02", "done", "phone", task="another")
    [found] = found_wrong({"O0": WRONG, "O1": earlier})
    assert found.until == WRONG.at + LASTS


def test_it_is_tried_again_where_nobody_corrects_it() -> None:
    """Or it would be wrong for ever, though the source may have another by now."""
    again = tried("2025-06-02", "wrong_number", task="another")
    found = found_wrong({"O0": WRONG, "O1": again})
    assert [(each.document_id, each.since) for each in found] == [
        ("O0", WRONG.at),
        ("O1", again.at),
    ]
    own = FollowUpPolicy(retry=RetryPlan(wrong_days=365))
    assert len(found_wrong({"O0": WRONG, "O1": again}, own)) == 1


def test_once_corrected_it_may_turn_out_wrong_again() -> None:
    outcomes = {
        "O0": WRONG,
        "O1": tried("2025-03-04", "wrong_number", task="another"),
        "O2": tried("2025-03-05", "done", task=CORRECTION),
        "O3": tried("2025-03-06", "wrong_number", task="another"),
    }
    found = found_wrong(outcomes)
    assert [(each.document_id, each.until) for each in found] == [
        ("O0", at("2025-03-05")),
        ("O3", at("2025-03-06") + LASTS),
    ]
    assert wrong_at("phone", at("2025-03-05"), found) is None
    assert wrong_at("sms", at("2025-03-06"), found) is found[1]
