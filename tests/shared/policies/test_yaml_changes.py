"""A file changes of shipped rules what it names, and nothing else."""

from datetime import time
from pathlib import Path

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.settings import FollowUpSettings
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.rule import Fade
from services.scoring.settings import ScoringSettings
from shared.yaml_file import WrongFile

SHIPPED = ScoringPolicy()


def scoring(folder: Path, text: str) -> ScoringPolicy:
    path = folder / "scoring.yaml"
    path.write_text(text, encoding="utf-8")
    return ScoringSettings(scoring_policy_file=path).policy()


def followup(folder: Path, text: str) -> FollowUpPolicy:
    path = folder / "followup.yaml"
    path.write_text(text, encoding="utf-8")
    return FollowUpSettings(followup_policy_file=path).policy()


def wrong(folder: Path, text: str, *, of: str) -> list[str]:
    """What is said of a file, without its path."""
    with pytest.raises(WrongFile) as found:
        scoring(folder, text) if of == "scoring" else followup(folder, text)
    return [line.removeprefix(f"{folder}/{of}.yaml:") for line in found.value.lines]


def test_an_entry_of_a_map_is_added_or_changed_and_the_others_stay(tmp_path: Path) -> None:
    policy = scoring(tmp_path, "currency_per_point: {GBP: 12, CNY: 90}\n")
    assert policy.currency_per_point == {"CNY": 90, "EUR": 15, "USD": 15, "GBP": 12}
    assert policy == SHIPPED.model_copy(update={"currency_per_point": policy.currency_per_point})


def test_null_takes_an_entry_away(tmp_path: Path) -> None:
    policy = scoring(tmp_path, "currency_per_point: {EUR: null}\nrole_percent: {co_buyer: }\n")
    assert policy.currency_per_point == {"CNY": 100, "USD": 15}
    assert policy.role_percent == {"buyer": 100}


def test_single_fields_of_a_rule_are_changed(tmp_path: Path) -> None:
    text = "rules: {referrals: {points: 12}, recent_visit: {fades: [{up_to_days: 9, percent: 9}]}}"
    rules = scoring(tmp_path, text).rules
    assert rules.referrals == SHIPPED.rules.referrals.model_copy(update={"points": 12})
    assert rules.recent_visit.fades == (Fade(up_to_days=9, percent=9),)
    assert rules.recent_visit.points == SHIPPED.rules.recent_visit.points
    assert rules.complaints == SHIPPED.rules.complaints


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n  - {kind: next_service, due: {days: 3}}\n",
        "rules: {next_service: {due: {days: 3}}}\n",
    ],
)
def test_a_rule_of_a_list_is_matched_by_its_kind(tmp_path: Path, text: str) -> None:
    shipped = FollowUpPolicy()
    policy = followup(tmp_path, text)
    assert [rule.kind for rule in policy.rules] == [rule.kind for rule in shipped.rules]
    others = [rule for rule in shipped.rules if rule.kind != "next_service"]
    assert [rule for rule in policy.rules if rule.kind != "next_service"] == others
    changed, was = policy.by_kind["next_service"], shipped.by_kind["next_service"]
    assert (changed.due.days, changed.due.at) == (3, time(18))
    assert changed.opens == was.opens
    assert changed.title_zh == was.title_zh


OWN_RULE = """\
rules:
  - kind: thirty_day_call
    trigger: delivery
    opens: {days: 30, at: 09:00}
    due: {days: 37}
    owner_role: customer_relations
    channel: phone
    title_en: Call after a month
    title_zh: 满月回访
"""


def test_a_rule_is_added(tmp_path: Path) -> None:
    rules = followup(tmp_path, OWN_RULE).rules
    assert rules[:-1] == FollowUpPolicy().rules
    assert (rules[-1].kind, rules[-1].opens.at) == ("thirty_day_call", time(9))


def test_a_rule_is_taken_away_by_its_kind(tmp_path: Path) -> None:
    kinds = [rule.kind for rule in followup(tmp_path, "rules: {delivery_thanks: null}").rules]
    assert kinds == [rule.kind for rule in FollowUpPolicy().rules if rule.kind != "delivery_thanks"]


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "{}\n", "rules: {}\n"):
        assert scoring(tmp_path, text) == SHIPPED
        assert followup(tmp_path, text) == FollowUpPolicy()
    assert scoring(tmp_path, "").version == SHIPPED.version


def test_a_time_of_day_is_what_it_looks_like(tmp_path: Path) -> None:
    for text in ("postponed_until: 18:00", "postponed_until: '18:00'", "postponed_until: 18:00:00"):
        assert followup(tmp_path, text).postponed_until == time(18)


@pytest.mark.parametrize("written", ["1080", "18", "64800.5", "6pm", "25:00", "9:00", "true"])
def test_what_is_no_time_of_day_is_refused(tmp_path: Path, written: str) -> None:
    for text in (
        f"postponed_until: {written}\n",
        f"rules: {{next_service: {{due: {{at: {written}}}}}}}",
    ):
        assert wrong(tmp_path, text, of="followup")[0].startswith("1: ")


@pytest.mark.parametrize(
    ("of", "text", "said"),
    [
        ("scoring", "margn: 1\n", "1: margn: there is no such field; did you mean 'margin'?"),
        (
            "scoring",
            "margin: 1\nrules:\n  referral: {points: 1}\n",
            "3: rules.referral: there is no such field; did you mean 'referrals'?",
        ),
        (
            "scoring",
            "rules:\n  referrals:\n    pionts: 1\n",
            "3: rules.referrals.pionts: there is no such field; did you mean 'points'?",
        ),
        ("scoring", "currency_per_point: {EURO: 1}\n", "1: currency_per_point.EURO: a currency is"),
        ("scoring", "currency_per_point: {eur: 1}\n", "did you mean EUR?"),
        ("scoring", "currency_per_point: {GBP: null}\n", "so it cannot be taken away"),
        ("scoring", "currency_per_point: {GBP: 0}\n", "1: currency_per_point.GBP: Input should"),
        ("scoring", "role_percent:\n  cobuyer: 5\n", "did you mean 'co_buyer'?"),
        ("scoring", "rules: {referrals: null}\n", "1: rules.referrals: "),
        ("scoring", "rules: null\n", "1: rules: "),
        ("scoring", "currency_per_point: 3\n", "1: currency_per_point: Input should be"),
        ("scoring", "margin: 1\nmargin: 2\n", "2: the field margin is here twice"),
        ("scoring", "- margin\n", "1: Input should be"),
        ("followup", "expire_days: 3\n", "did you mean 'expires_days'?"),
        (
            "followup",
            "rules:\n  - kind: nextservice\n    due: {days: 3}\n",
            "did you mean 'next_service'?), so it must be complete: without trigger, opens, "
            "owner_role, channel, title_en, title_zh",
        ),
        (
            "followup",
            "rules:\n  - kind: next_service\n    due: {dyas: 3}\n",
            "3: rules.0.due.dyas: there is no such field; did you mean 'days'?",
        ),
        (
            "followup",
            "rules:\n  - {kind: next_service}\n  - {kind: next_service}\n",
            "3: rules.1.kind: is here twice",
        ),
        ("followup", "rules:\n  - due: {days: 3}\n", "2: rules.0: a rule names its 'kind'"),
        ("followup", "rules: []\n", "1: rules: an empty list changes nothing"),
        ("followup", "rules: {next_servic: null}\n", "did you mean 'next_service'?"),
        ("followup", "rules: {next_service: {kind: x}}\n", "a task is named by its key alone"),
        ("followup", "rules: {next_service: 3}\n", "1: rules.next_service: Input should be"),
        ("followup", "remember_days: 20\n", "1: a task must be remembered for longer"),
    ],
)
def test_what_is_wrong_is_told_with_line_field_and_what_was_meant(
    tmp_path: Path, of: str, text: str, said: str
) -> None:
    assert said in "\n".join(wrong(tmp_path, text, of=of))
