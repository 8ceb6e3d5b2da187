"""The rules as data."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.complaints.app import machine
from services.complaints.policy import POLICY_2123, ComplaintPolicy
from services.complaints.settings import ComplaintSettings
from services.complaints.wording import in_chinese, in_english
from tests.complaints.scenario import span


def test_the_shipped_policy_is_2123() -> None:
    targets = {rule.name: rule.target for rule in POLICY_2123.clocks}
    assert targets == {
        "contact": timedelta(hours=2),
        "answer": timedelta(days=1),
        "executive_answer": timedelta(days=2),
        "call_back": timedelta(days=3),
    }
    assert {rule.warning_fraction for rule in POLICY_2123.clocks} == {0.75}


def test_a_policy_survives_storage_with_its_version() -> None:
    again = ComplaintPolicy.model_validate_json(POLICY_2123.model_dump_json())
    assert again == POLICY_2123
    assert again.version == POLICY_2123.version
    stricter = POLICY_2123.model_copy(update={"alarm_horizon": timedelta(days=3)})
    assert ComplaintPolicy.model_validate(stricter.model_dump()).version != again.version


def test_two_clocks_of_one_name_are_refused() -> None:
    rule = POLICY_2123.clocks[0]
    with pytest.raises(ValidationError, match="same name"):
        ComplaintPolicy(name="twice", clocks=(rule, rule))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": timedelta(0)}, "target"),
        ({"warning_fraction": 1.0}, "warning_fraction"),
        ({"stops": ()}, "stops"),
        ({"name": "with/slash"}, "name"),
    ],
)
def test_a_clock_that_cannot_work_is_refused(change: dict[str, object], field: str) -> None:
    rule = {**POLICY_2123.clocks[0].model_dump(), **change}
    with pytest.raises(ValidationError, match=field):
        ComplaintPolicy.model_validate({"name": "wrong", "clocks": [rule]})


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        ("0s", "0 s", "0秒"),
        ("2h", "2 h", "2小时"),
        ("3d", "3 d", "3天"),
        ("1h 55m", "1 h 55 min", "1小时55分钟"),
        ("1d 2h 3m 4s", "1 d 2 h", "1天2小时"),
        ("5m 1s", "5 min 1 s", "5分钟1秒"),
    ],
)
def test_lengths_of_time_in_words(length: str, english: str, chinese: str) -> None:
    assert (in_english(span(length)), in_chinese(span(length))) == (english, chinese)


def test_the_machine_reads_complaints_and_writes_escalations() -> None:
    built = machine(ComplaintSettings())
    assert [topic.name for topic in built.topics] == ["aftercare.complaints"]
    assert {contract.TOPIC.name for contract in built.writes} == {"aftercare.escalations"}
    assert built.policy.version == POLICY_2123.version
