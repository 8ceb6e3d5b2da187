"""A dealer group's own plan for who was not reached is a few lines of YAML."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.retry_plan import RetryStep
from services.followup.settings import FollowUpSettings
from shared.yaml_file import WrongFile
from tests import PROJECT
from tests.services.followup.given_attempts import next_attempt, talk, tried

PAGE = (PROJECT / "services" / "followup" / "README.md").read_text(encoding="utf-8")
PLAN = PAGE.split("### Attempts")[1].split("```yaml\n")[1].split("```")[0]
"""What the README shows."""


def policy(tmp_path: Path, text: str) -> FollowUpPolicy:
    file = tmp_path / "followup.yaml"
    file.write_text(text, encoding="utf-8")
    return FollowUpSettings(followup_policy_file=file).policy()


def test_the_plan_of_the_page_is_followed(tmp_path: Path) -> None:
    own = policy(tmp_path, PLAN)
    assert own.version != FollowUpPolicy().version
    assert own.retry.steps == (
        RetryStep(after=TaskOffset(hours=3)),
        RetryStep(after=TaskOffset(days=1, at=time(17))),
        RetryStep(after=TaskOffset(days=3, at=time(10)), another_channel=True),
    )
    calls = [tried("2025-03-03 10:00"), tried("2025-03-03 13:00"), tried("2025-03-04 17:00")]
    story = replace(talk(*calls), policy=own)
    times = [
        next_attempt(story.on(f"2025-03-0{when}")) for when in ("3 11:00", "3 14:00", "4 18:00")
    ]
    assert times == ["2025-03-03 13:00 phone", "2025-03-04 17:00 phone", "2025-03-07 10:00 email"]


def test_what_it_does_not_name_stays_as_shipped(tmp_path: Path) -> None:
    own = policy(tmp_path, "retry: {correction_days: 7}\n").retry
    assert (own.steps, own.correction_days) == (FollowUpPolicy().retry.steps, 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("retry:\n  step: []\n", "yaml:2: .*steps"),
        ("retry:\n  steps:\n    - after: {hours: -2}\n", "yaml:3: .*must lie after"),
        ("retry:\n  steps:\n    - {after: {days: 1}, another_chanel: true}\n", "another_channel"),
        ("retry:\n  steps:\n    - another_channel: true\n", "yaml:3: "),
        ("retry: {correction_days: 0}\n", "yaml:1: "),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(WrongFile, match=words):
        policy(tmp_path, text)
