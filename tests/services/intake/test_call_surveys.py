"""A survey that was answered in a call is a survey of its own, which goes where the call goes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.intake.adapters.republish import Republishing
from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.intake import Moved, SurveyAnswered, TaskOutcomeRecorded
from shared.testing.publisher import MemoryPublisher
from tests.services.intake.given import (
    DEALERS,
    NOW,
    PUDONG,
    Data,
    at,
    call,
    event,
    held,
    key,
    message_of,
    task_outcome,
)
from tests.services.intake.world import World

TASK = "0" * 36
SURVEY = f"{PUDONG}/cdk/survey/{TASK}/1"
LATER: Data = {"source_modified_at": at(-30)}
WITHOUT: Data = {"survey": None, "overall": None}


def surveys(world: World) -> dict[str, SurveyAnswered]:
    """Customer -> the survey that consumers hold there."""
    found = held(world.messages()).values()
    return {each.customer_key: each for each in found if isinstance(each, SurveyAnswered)}


async def test_both_are_published_the_outcome_first(world: World) -> None:
    item = await world.report("task-outcome", call(scale="1-5", overall=4, answers={"on_time": 2}))
    assert (item.outcome, item.document_id) == ("accepted", f"{PUDONG}/cdk/task-outcome/{TASK}/1")
    outcome, answered = world.messages()
    assert isinstance(outcome, TaskOutcomeRecorded)
    assert isinstance(answered, SurveyAnswered)
    assert outcome.answers == {"on_time": Decimal("2.5")} == answered.items
    assert (answered.document_id, answered.survey, answered.overall) == (
        SURVEY,
        "csi",
        Decimal("7.5"),
    )
    assert (answered.version, answered.at) == (outcome.version, outcome.at)


async def test_an_outcome_without_a_survey_is_nothing_but_that(world: World) -> None:
    await world.report("task-outcome", task_outcome(answers={"on_time": 8}))
    assert not surveys(world)
    assert SURVEY.replace("/1", "") not in "".join(world.register.rows)


@pytest.mark.parametrize("first", [0, 1])
async def test_a_correction_takes_the_survey_back_in_any_order(world: World, first: int) -> None:
    told = [call(), call(**LATER, **WITHOUT)]
    for data in (told[first], told[1 - first]):
        await world.report("task-outcome", data)
    assert not surveys(world)


async def test_a_survey_may_be_said_later(world: World) -> None:
    await world.report("task-outcome", call(**WITHOUT))
    world.clock.advance(timedelta(hours=1))
    await world.report("task-outcome", call(**LATER))
    assert surveys(world)[key()].overall == 9


async def test_a_corrected_answer_replaces_the_one_before(world: World) -> None:
    await world.report("task-outcome", call())
    await world.report("task-outcome", call(**LATER, overall=2))
    await world.report("task-outcome", call())
    assert surveys(world)[key()].overall == 2


async def test_the_survey_moves_with_the_outcome(world: World) -> None:
    await world.report("task-outcome", call())
    await world.report("task-outcome", call(**LATER, source_customer_id="C2"))
    assert surveys(world).keys() == {key("C2")}


async def test_a_repeat_changes_nothing(world: World) -> None:
    await world.report("task-outcome", call())
    before = len(world.publisher.records)
    item = await world.report("task-outcome", call())
    assert (item.outcome, len(world.publisher.records)) == ("duplicate", before)


@pytest.mark.parametrize("trouble", ["publish", "find", "save"])
async def test_an_attempt_that_was_cut_off_is_taken_back_when_it_comes_again(
    world: World, trouble: str
) -> None:
    cut_off = [event("task-outcome", call())]
    assert not await world.attempt(cut_off, trouble)
    await world.report("task-outcome", call(**LATER, **WITHOUT))
    await world.intake().receive(cut_off)
    assert not surveys(world)


async def test_two_instances_at_once_leave_what_the_newest_version_says(world: World) -> None:
    await world.race(
        [event("task-outcome", call())], [event("task-outcome", call(**LATER, **WITHOUT), id="e2")]
    )
    assert not surveys(world)
    assert world.register.rows[SURVEY].customer_keys == {}


async def test_it_is_published_again_with_the_rest(world: World) -> None:
    await world.report("task-outcome", call())
    await world.report("task-outcome", call(outcome_no="2"))
    await world.report("task-outcome", call(outcome_no="2", **LATER, **WITHOUT))
    broker = MemoryPublisher()
    republishing = Republishing(register=world.register, publisher=broker)
    await republishing.page(dealer_id=PUDONG, since=None, after="", limit=100)
    again = [message_of(record) for record in broker.records]
    assert held(again).keys() == held(world.messages()).keys()
    (taken_back,) = (each for each in again if isinstance(each, Moved))
    assert taken_back.document_id == SURVEY.removesuffix("1") + "2"


@pytest.mark.parametrize(
    ("channel", "told"), [(None, "phone"), ("phone", "phone"), ("app", "app"), ("sms", "web")]
)
async def test_how_it_was_answered_follows_from_how_they_were_contacted(
    world: World, channel: str | None, told: str
) -> None:
    await world.report("task-outcome", call(channel=channel, about_id=f"{PUDONG}/cdk/visit/R1"))
    answered = surveys(world)[key()]
    assert (answered.channel, answered.about_id) == (told, f"{PUDONG}/cdk/visit/R1")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (call(overall=None), "/data"),
        (call(survey=None), "/data"),
        (call(survey=None, overall=None, about_id=f"{PUDONG}/cdk/sale/D1"), "/data"),
        (call(outcome="not_reached"), "/data/survey"),
        (call(overall=12), "/data/overall"),
        (call(about_id=f"{PUDONG}/cdk/survey/S1"), "/data/about_id"),
    ],
)
def test_half_a_survey_is_none(data: Data, where: str) -> None:
    found = examine(event("task-outcome", data), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [error.pointer for error in found.errors] == [where]
