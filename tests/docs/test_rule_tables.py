"""The tables of rules in the READMEs say what the rules say."""

from pathlib import Path

import pytest

from docs import rule_tables
from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.services import NEXT_SERVICE
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rule import Fade


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"points": 12}, "| loyalty | `referrals` | 12 per customer referred, at most 8 |"),
        ({"at_least": -8}, "4 per customer referred; within ±8 |"),
        ({"at_most": 1000}, "4 per customer referred |"),
        ({"at_least": -5}, "4 per customer referred, at least −5, at most 8 |"),
        (
            {"fades": [Fade(up_to_days=90, percent=100), Fade(up_to_days=731, percent=30)]},
            "| 30 % after 90 days, nothing after 2 years |",
        ),
    ],
)
def test_a_rule_of_points_is_told_by_its_figures(changes: dict[str, object], row: str) -> None:
    shipped = ScoringPolicy()
    changed = shipped.rules.referrals.model_copy(update=changes)
    rules = shipped.rules.model_copy(update={"referrals": changed})
    assert row in rule_tables.points_table(shipped.model_copy(update={"rules": rules}))


def test_measures_are_told_by_the_policy() -> None:
    policy = ScoringPolicy.model_validate(
        {
            "role_percent": {"buyer": 100, "driver": 10},
            "currency_per_point": {"GBP": 12},
            "survey_bands": [{"overall_from": 6, "points": 4}],
        }
    )
    table = rule_tables.points_table(policy)
    assert "30 per car (10 % as driver), at most 60" in table
    assert "1 per 12 GBP paid" in table
    assert "from 6: 4; within ±12" in table


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (TaskOffset(), "at once"),
        (TaskOffset(hours=-3), "3 h before"),
        (TaskOffset(days=-2, hours=-1), "2 d before, 1 h before"),
        (TaskOffset.model_validate({"days": -14, "at": "09:30"}), "14 d before, 09:30"),
        (TaskOffset.model_validate({"at": "09:00"}), "that day, 09:00"),
    ],
)
def test_a_rule_of_tasks_is_told_by_its_figures(opens: TaskOffset, words: str) -> None:
    rule = NEXT_SERVICE.model_copy(update={"opens": opens, "closed_by": ()})
    table = rule_tables.tasks_table(FollowUpPolicy(rules=(rule,)))
    assert table.splitlines()[-1] == (
        f"| `next_service` 定期保养邀约 | Invite to the next service | predicted day | {words} "
        "| that day, 18:00 | service advisor, phone | reminding; priority 4 (2 for quality) "
        "| outcome |"
    )


def test_a_page_that_lost_the_marks_of_a_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / rule_tables.SCORING
    page.parent.mkdir(parents=True)
    page.write_text("# Scoring\n", encoding="utf-8")
    monkeypatch.setattr(rule_tables, "PROJECT", tmp_path)
    with pytest.raises(ValueError, match=r"README\.md has no marks for its table of rules"):
        rule_tables.pages()
