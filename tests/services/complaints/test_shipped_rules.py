"""The examples of deadlines that ship: how a draft extends them, and what of it is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.complaints.adapters.shipped import FOLDER, names, shipped
from services.complaints.domain.coverage import missing_by_calendar, missing_years
from services.complaints.domain.differences import differences
from services.complaints.domain.policy import POLICY_2123
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.yaml_file import WrongFile
from tests.services.complaints.given import DEALER
from tests.services.complaints.regulators import EXAMPLES, draft


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(WrongFile) as found:
        draft(folder, text)
    return "\n".join(found.value.lines).replace(f"{folder}/", "")


def test_the_examples_ship_beside_2123_and_are_in_force_nowhere() -> None:
    assert names() == ["2123", *EXAMPLES]
    assert CaseRulebook().current(DEALER).policy == POLICY_2123
    for name in EXAMPLES:
        text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        assert "A lawyer must look at it" in text
        assert all(not rule.pausable for rule in shipped(name).clocks.values())


def test_a_policy_extends_several_and_changes_what_it_names(tmp_path: Path) -> None:
    text = (
        "extends: [2123, cn-sanbao, cn-12345]\n"
        "clocks:\n  exchange_done: {target: 15 working days}\n  call_back: null\n"
    )
    found = draft(tmp_path, text)
    assert found.edition.policy.name == "2123 + cn-sanbao + cn-12345"
    assert list(found.edition.policy.rules) == [
        "contact",
        "answer",
        "executive_answer",
        "exchange_answer",
        "exchange_done",
        "loaner_car",
        "work_order",
    ]
    assert str(found.edition.policy.rules["exchange_done"].target) == "15 working days"
    assert (
        found.edition.policy.rules["exchange_answer"]
        == shipped("cn-sanbao").clocks["exchange_answer"]
    )
    assert found.edition.working_days is not None
    assert found.edition.calendar is None


def test_a_condition_is_added_to_those_that_ship_and_null_takes_one_away(tmp_path: Path) -> None:
    of = "clocks:\n  executive_answer: {applies_when: {%s}}\n"
    both = (
        draft(tmp_path, of % "channel: [phone]")
        .edition.policy.rules["executive_answer"]
        .applies_when
    )
    assert (both.severity, both.channel) == ("major", ("phone",))
    none = (
        draft(tmp_path, of % "severity: null").edition.policy.rules["executive_answer"].applies_when
    )
    assert none.severity is None


def test_a_draft_without_extensions_is_2123_with_its_version(tmp_path: Path) -> None:
    for text in ("", "extends: [2123]\n", "extends: ['2123']\n"):
        assert draft(tmp_path, text).edition.policy.version == POLICY_2123.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: [cn-sanbo]\n", "2: extends.0: no policy of this name ships; did you mean 'cn-s"),
        ("extends: []\n", "1: no clock is left"),
        ("extends: [cn-12345]\ncalender: x\n", "3: calender: there is no such field; did you"),
        (
            "clocks:\n  answer: {target: 5 working days}\n",
            "3: clocks.answer: needs 'working_days:' with a country, such as CN",
        ),
        (
            "working_days: XX\nclocks:\n  answer: {target: 5 working days}\n",
            "2: working_days: no country whose working days are known",
        ),
        ("clocks:\n  answer: {target: regulator_due}\n", "3: clocks.answer.target: a length is"),
        (
            "clocks:\n  answer: {target: regulator_due_at}\n",
            "3: clocks.answer: a hold moves no deadline that the case names: pausable is false",
        ),
        ("clocks:\n  answer: {start: answered}\n", "the step 'answered' starts it and cannot stop"),
        ("clocks:\n  answer: {start: phoned}\n", "3: clocks.answer.start: Input should be"),
        (
            "extends: [2123, cn-sanbao]\nclocks:\n  exchange_anwser: {target: 9d}\n",
            "did you mean 'exchange_answer'?), so it must be complete",
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    assert said in wrong(tmp_path, text)


def test_working_days_that_nothing_counts_by_are_remarked_on(tmp_path: Path) -> None:
    found = draft(tmp_path, "working_days: CN\n")
    assert found.edition.working_days is None
    assert ":2: working_days: no clock counts in working days" in found.remarks[0]


def test_a_comparison_tells_what_extending_changes(tmp_path: Path) -> None:
    new = draft(tmp_path, "extends: [2123, cn-sanbao]\n").edition
    changes = {
        each.field: (each.old, each.new)
        for each in differences(CaseEdition(policy=POLICY_2123), new)
    }
    assert changes["clocks.exchange_answer"] == (None, "10 working days from demanded")
    assert changes["working_days"] == (
        None,
        "statutory working days of CN (UTC; 2025, 2026)",
    )
    assert differences(new, new) == []


def test_an_edition_is_kept_with_its_working_days(rules: dict[str, CaseRulebook]) -> None:
    edition = rules["cn-sanbao"].shipped
    again = CaseEdition.model_validate_json(edition.model_dump_json())
    assert again == edition
    assert again.version == edition.version
    assert edition.calendar_version is not None
    without = edition.model_dump(exclude={"working_days"})
    with pytest.raises(ValidationError, match="nothing says whose"):
        CaseEdition.model_validate(without)


def test_a_year_without_an_arrangement_is_missed(rules: dict[str, CaseRulebook]) -> None:
    edition = rules["cn-sanbao"].shipped
    soon, later = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 12))
    assert missing_by_calendar(edition, soon) == {}
    assert missing_by_calendar(edition, later) == {"statutory working days of CN": (2027,)}
    assert missing_years(edition, later) == (2027,)
