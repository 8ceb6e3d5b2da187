"""The rules as data."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.complaints.app import decider
from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from services.complaints.domain.wording import in_chinese, in_english
from services.complaints.settings import ComplaintSettings
from tests.services.complaints.given import span


def test_the_shipped_policy_is_2123() -> None:
    targets = {rule.name: str(rule.target) for rule in POLICY_2123.clocks}
    assert targets == {"contact": "2h", "answer": "1d", "executive_answer": "2d", "call_back": "3d"}
    assert {str(rule.ladder[0].at) for rule in POLICY_2123.clocks} == {"75%"}
    assert [rule.name for rule in POLICY_2123.clocks if not rule.pausable] == ["contact"]


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


def _rung(at: str, name: str = "step", to: str = "group") -> dict[str, object]:
    return {"name": name, "at": at, "to": [to]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": "0h"}, "target"),
        ({"target": "soon"}, "written like '2h' or '5 business days'"),
        ({"stops": ()}, "stops"),
        ({"stops": ["phoned"]}, "stops"),
        ({"name": "with/slash"}, "name"),
        ({"ladder": ()}, "ladder"),
        ({"ladder": [_rung("75%")]}, "one rung 'due'"),
        ({"ladder": [_rung("due"), _rung("75%", "warning")]}, "warnings first"),
        ({"ladder": [_rung("due"), _rung("150%")]}, "same name"),
        ({"ladder": [_rung("due", to="the boss")]}, "responsible_person"),
        ({"ladder": [_rung("later")]}, "written like '75%'"),
        ({"ladder": [_rung("100%")]}, "write 'due'"),
        ({"ladder": [_rung("-1 business hour"), _rung("due", "breach")]}, "unit of the target"),
        ({"ladder": [_rung("-3h"), _rung("due", "breach")]}, "before the start"),
        ({"ladder": [{**_rung("due"), "repeat_at_most": 3}]}, "go together"),
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


def test_the_machine_reads_complaints_and_writes_escalations_and_cases() -> None:
    built = decider(ComplaintSettings())
    assert [topic.name for topic in built.topics] == ["aftercare.complaints", "aftercare.merges"]
    written = {contract.TOPIC.name for contract in built.writes}
    assert written == {"aftercare.escalations", "aftercare.merges", "aftercare.cases"}
    assert built.policy.shipped.policy == POLICY_2123
