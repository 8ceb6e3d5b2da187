"""Drafts as operators write them: what they become, and what is said of what is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.complaints.adapters.policy_file import read_draft
from services.complaints.domain.policy import POLICY_2123
from services.complaints.domain.rulebook import CaseEdition
from shared.policies.drafts import Draft
from shared.yaml_file import WrongFile
from tests.services.complaints.given import RECEIVED
from tests.services.complaints.rules import CALENDAR

FULL = """\
dealer: sunrise/pudong
name: pudong 2026
calendar: pudong
alarm_horizon: 3d
clocks:
  contact:
    target: 4 business hours
    raise_grace: 1h
  executive_answer:
    ladder:
      - {name: warning, at: "50%", to: [general_manager]}
      - {name: breach, at: due, to: [group]}
  call_back: null
  regulator:
    title_en: Answer to the regulator
    title_zh: 答复监管部门
    start: received
    stops: [answered, resolved]
    target: 5 business days
    applies_when: {channel: [regulator]}
ladder:
  - {name: warning, at: "75%", to: [responsible_person]}
  - {name: breach, at: due, to: [department_head], repeat_every: 4h, repeat_at_most: 3}
  - {name: late, at: +1 business day, to: [general_manager]}
"""


def read(tmp_path: Path, text: str) -> Draft[CaseEdition]:
    path = tmp_path / "pudong.yaml"
    path.write_text(text, encoding="utf-8")
    return read_draft(path, {"pudong": CALENDAR, "broken": None}, RECEIVED)


def wrong(tmp_path: Path, text: str) -> list[str]:
    """What is said of a draft, without the folder."""
    with pytest.raises(WrongFile) as caught:
        read(tmp_path, text)
    return [line.removeprefix(f"{tmp_path}/") for line in caught.value.lines]


def test_a_draft_says_what_differs_from_the_shipped_policy(tmp_path: Path) -> None:
    draft = read(tmp_path, FULL)
    assert draft.dealer_id == "sunrise/pudong"
    assert draft.edition.calendar == CALENDAR
    rules = draft.edition.policy.rules
    assert list(rules) == [
        "contact",
        "answer",
        "executive_answer",
        "regulator",
    ]
    contact = rules["contact"]
    assert (str(contact.target), contact.pausable) == ("4 business hours", False)
    assert contact.raise_grace == timedelta(hours=1)
    assert contact.stops == POLICY_2123.rules["contact"].stops
    assert draft.edition.policy.alarm_horizon == timedelta(days=3)
    assert draft.edition.policy.memory == POLICY_2123.memory


def test_the_ladder_of_the_dealer_is_for_all_clocks_without_one_of_their_own(
    tmp_path: Path,
) -> None:
    rules = read(tmp_path, FULL).edition.policy.rules
    ladders = {name: [str(rung.at) for rung in rule.ladder] for name, rule in rules.items()}
    of_the_dealer = ["75%", "due", "+1 business day"]
    assert ladders == {
        "contact": of_the_dealer,
        "answer": of_the_dealer,
        "executive_answer": ["50%", "due"],
        "regulator": of_the_dealer,
    }
    assert rules["answer"].ladder[1].repeat_every == timedelta(hours=4)


def test_a_draft_of_nothing_is_the_shipped_policy(tmp_path: Path) -> None:
    draft = read(tmp_path, "dealer: sunrise/pudong\n")
    assert draft.edition.policy == POLICY_2123
    assert draft.edition.policy.version == POLICY_2123.version


def test_a_calendar_that_nothing_counts_by_is_left_out(tmp_path: Path) -> None:
    draft = read(tmp_path, "dealer: sunrise/pudong\ncalendar: pudong\n")
    assert draft.edition.calendar is None
    assert "pudong.yaml:2: calendar: no clock counts in business time" in draft.remarks[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dealer: Pudong\n", "pudong.yaml:1: dealer: String should match"),
        ("dealer: a/b\ndeadline: 2h\n", "pudong.yaml:2: deadline: there is no such field"),
        (
            "dealer: a/b\ncalendar: berlin\n",
            "pudong.yaml:2: calendar: there is no calendar 'berlin'",
        ),
        ("dealer: a/b\nmemory: 3\n", "pudong.yaml:2: memory: a length of elapsed time is written"),
        (
            "dealer: a/b\nclocks:\n  answer:\n    target: two hours\n",
            "pudong.yaml:4: clocks.answer.target: a length is written like",
        ),
        (
            "dealer: a/b\nclocks:\n  answer:\n    stops: [answered, phoned]\n",
            "pudong.yaml:4: clocks.answer.stops.1: Input should be 'contacted'",
        ),
        (
            "dealer: a/b\nclocks:\n  answer:\n    goal: 2h\n",
            "pudong.yaml:4: clocks.answer.goal: there is no such field",
        ),
        (
            "dealer: a/b\nclocks:\n  answer:\n    name: reply\n",
            "pudong.yaml:4: clocks.answer.name: a clock is named by its key",
        ),
        (
            "dealer: a/b\nclocks:\n  answer:\n    target: null\n",
            "pudong.yaml:4: clocks.answer.target: a length is written",
        ),
        (
            "dealer: a/b\nclocks:\n  answr: {target: 2h}\n",
            "pudong.yaml:3: clocks.answr: does not ship (which are contact, answer,",
        ),
        (
            "dealer: a/b\nclocks:\n  answr: null\n",
            "pudong.yaml:3: clocks.answr: does not ship",
        ),
        (
            "dealer: a/b\nladder:\n  - {name: breach, at: due, to: [boss]}\n",
            "pudong.yaml:3: ladder.0.to.0: Input should be 'responsible_person'",
        ),
        (
            "dealer: a/b\nladder:\n  - {name: breach, at: soon, to: [group]}\n",
            "pudong.yaml:3: ladder.0.at: a place on the ladder is written like",
        ),
        (
            "dealer: a/b\nladder:\n  - {name: first, at: 75%, to: [group]}\n",
            "pudong.yaml:2: ladder: for the clock contact: a ladder has its warnings first",
        ),
        (
            "dealer: a/b\nclocks:\n  contact:\n    ladder:\n"
            "      - {name: early, at: -3h, to: [group]}\n"
            "      - {name: breach, at: due, to: [group]}\n",
            "pudong.yaml:3: clocks.contact: the warning -3h is before the start of the clock",
        ),
        (
            "dealer: a/b\nclocks:\n  answer: {target: 8 business hours}\n",
            "pudong.yaml:3: clocks.answer: needs a 'calendar:' to count by",
        ),
        (
            "dealer: a/b\ncalendar: broken\nclocks:\n  answer: {target: 8 business hours}\n",
            "pudong.yaml:2: calendar: the calendar broken is wrong",
        ),
        (
            "dealer: a/b\ncalendar: pudong\nclocks:\n  answer: {target: 3660 business days}\n",
            "pudong.yaml:4: clocks.answer: the calendar pudong does not open enough",
        ),
        (
            "dealer: a/b\nclocks: {contact: , answer: , executive_answer: , call_back: }\n",
            "pudong.yaml:2: clocks: no clock is left",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(
    tmp_path: Path, text: str, said: str
) -> None:
    assert wrong(tmp_path, text)[0].startswith(said)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "dealer: a/b\nclocks:\n  answer: {target: 2x}\n  contact: {start: now}\n"
    assert [line.partition(": ")[0] for line in wrong(tmp_path, text)] == [
        "pudong.yaml:4",
        "pudong.yaml:3",
    ]
