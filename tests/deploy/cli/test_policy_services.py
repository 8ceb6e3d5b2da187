"""`aftercare policy --service scoring|followup`: the same commands for the rules of customers."""

import json
import re
from pathlib import Path

import pytest

from services.scoring.settings import ScoringSettings
from shared.policies.paths import RulesPaths
from shared.settings import MongoSettings
from tests.deploy.cli.beside import Beside, beside, customer, visit
from tests.deploy.cli.policy_command import Done, policy
from tests.servers import Broker

DEALER = "sunrise/pudong"
DRAFTS = {
    "scoring": "dealer: sunrise/pudong\nvalue_is_high_from: 45\nrules: {referrals: {points: 12}}\n",
    "followup": "dealer: sunrise/pudong\nrules: {next_service: null}\nexpires_days: 20\n",
}
each = pytest.mark.parametrize("service", ["scoring", "followup"])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with a draft of each service."""
    root = tmp_path / "rules"
    for service, text in DRAFTS.items():
        folder = RulesPaths(root, service).policies
        folder.mkdir(parents=True)
        (folder / "pudong.yaml").write_text(text, encoding="utf-8")
    return root


def apply(rules: Path, service: str, *arguments: str) -> Done:
    without = ("--no-dry-run", "--no-wait", "--yes")
    return policy(rules, "apply", DEALER, "--service", service, *without, *arguments)


def test_a_check_looks_at_all_services_and_shows_those_that_have_any(rules: Path) -> None:
    done = policy(rules, "check")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "all other dealers: the shipped 2123"
    assert lines[1] == "scoring:"
    assert lines[2].startswith("sunrise/pudong: rules ")
    assert lines[2].endswith(f", from {rules}/scoring/policies/pudong.yaml")
    assert lines[3:5] == [
        "  rules.referrals.points: 12, not 4",
        "  value_is_high_from: 45, not 40",
    ]
    assert "  rules.next_service.trigger: taken away, not predicted_service" in lines
    only = policy(rules, "check", "--service", "followup")
    assert only.stdout.splitlines()[0] == "followup:"
    assert "value_is_high_from" not in only.stdout


@pytest.mark.parametrize(
    ("service", "draft", "said"),
    [
        ("scoring", "dealer: sunrise/pudong\nmargin: -1\n", ":2: margin: Input should be greater"),
        ("scoring", "margin: 1\n", ":1: dealer: Field required"),
        ("scoring", "- 1\n", ":1: Input should be"),
        ("scoring", "dealer: Pudong\n", ":1: dealer: String should match"),
        (
            "scoring",
            "dealer: sunrise/pudong\nrules:\n  referral: {points: 1}\n",
            ":3: rules.referral: there is no such field; did you mean 'referrals'?",
        ),
        (
            "followup",
            "dealer: sunrise/pudong\nrules:\n  birthday: {channel: phone}\n",
            ":3: rules.birthday: does not ship (which are delivery_thanks, ",
        ),
        ("followup", "dealer: sunrise/pudong\nremember_days: 2\n", ":1: a task must be remembered"),
        ("followup", "dealer: [\n", ":2: is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(
    rules: Path, service: str, draft: str, said: str
) -> None:
    path = RulesPaths(rules, service).policies / "pudong.yaml"
    path.write_text(draft, encoding="utf-8")
    for arguments in (("check",), ("diff", "--service", service, "--no-dry-run")):
        done = policy(rules, *arguments)
        assert done.returncode == 2
        assert f"{path}{said}" in done.stderr


def test_a_dealer_without_a_rate_is_pointed_out(rules: Path) -> None:
    draft = DRAFTS["scoring"] + "currency_per_point: {CNY: null}\n"
    (RulesPaths(rules, "scoring").policies / "pudong.yaml").write_text(draft, encoding="utf-8")
    (line,) = policy(rules, "check").stderr.splitlines()
    assert "scoring/policies/pudong.yaml: no rate for CNY: what customers pay" in line


@pytest.mark.parametrize(
    ("service", "shorter", "longer", "said"),
    [
        ("scoring", "remember_changes_days: 90", "remember_changes_days: 500", "not 400"),
        ("followup", "remember_days: 90", "remember_days: 300", "not 180"),
        ("complaints", "memory: 90d", "memory: 2000d", "not 1098"),
    ],
)
def test_a_memory_that_gets_shorter_is_pointed_out(
    tmp_path: Path, service: str, shorter: str, longer: str, said: str
) -> None:
    path = RulesPaths(tmp_path, service).policies / "pudong.yaml"
    path.parent.mkdir(parents=True)
    for text, warned in ((shorter, True), (longer, False)):
        path.write_text(f"dealer: {DEALER}\n{text}\n", encoding="utf-8")
        done = policy(tmp_path, "check", "--service", service)
        assert done.returncode == 0
        assert (f"is shorter than in force (90 days, {said})" in done.stderr) == warned


def test_a_folder_that_nothing_reads_is_pointed_out(rules: Path) -> None:
    (rules / "folowup").mkdir(parents=True)
    done = policy(rules, "check")
    assert done.stderr == f"warning: {rules}/folowup: nothing reads a folder of this name\n"


def test_a_folder_as_it_once_was_is_refused_by_every_command(rules: Path) -> None:
    (rules / "applied").mkdir()
    for arguments in (("check",), ("diff",), ("apply", DEALER, "--rebase-open", "--yes")):
        done = policy(rules, *arguments)
        assert done.returncode == 2
        assert f"mkdir -p {rules}/complaints && mv {rules}/applied {rules}/complaints/" in (
            done.stderr
        )


@each
def test_a_draft_is_applied_once_and_then_in_force(rules: Path, service: str) -> None:
    done = apply(rules, service, "--note", "as agreed")
    assert done.returncode == 0, done.stderr
    (path,) = RulesPaths(rules, service).edition_files()
    content = json.loads(path.read_text("utf-8"))
    assert (content["dealer"], content["note"]) == (DEALER, "as agreed")
    assert f"applied to {DEALER}, since {content['edition']['applied_at']}: {path}" in done.stdout
    again = apply(rules, service)
    assert again.stdout.startswith(f"nothing to apply: the draft of {DEALER} is in force already")
    assert "  in force (since " in policy(rules, "check", "--service", service).stdout
    assert "  no difference" in policy(rules, "diff", DEALER, "--service", service).stdout


def test_an_edition_is_complete_whatever_the_rules_of_all_are(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = tmp_path / "scoring.yaml"
    common.write_text("margin: 9\n", encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_SCORING_POLICY_FILE", str(common))
    assert apply(rules, "scoring").returncode == 0
    common.write_text("margin: 2\nvalue_is_high_from: 70\n", encoding="utf-8")
    rulebook = ScoringSettings(rules_dir=rules).rulebook()
    mine, others = rulebook.current(DEALER).policy, rulebook.current("sunrise/berlin").policy
    assert (mine.margin, mine.value_is_high_from) == (9, 45)
    assert (others.margin, others.value_is_high_from) == (2, 70)


@each
def test_open_cases_are_no_matter_of_theirs(rules: Path, service: str) -> None:
    done = apply(rules, service, "--rebase-open")
    assert done.returncode == 2
    assert "are for complaints alone" in done.stderr
    assert not RulesPaths(rules, service).applied.exists()


def test_a_service_with_a_draft_is_named_where_complaints_has_none(rules: Path) -> None:
    done = policy(rules, "apply", DEALER, "--rebase-open", "--yes")
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        "--service scoring has drafts; --service followup has drafts"
    )


# --- beside a running service -----------------------------------------------------------------


def shadow_is_followed(rules: Path, scoring: Beside) -> None:
    """The draft is tried beside the rules; lists and totals of a real database tell what of it."""
    draft = RulesPaths(rules, "scoring").policies / "pudong.yaml"
    begun = policy(rules, "shadow", "set", str(draft))
    assert begun.returncode == 0, begun.stderr
    on = ("show", "--dealer", DEALER, "--url", scoring.url, "--format", "json", "--limit", "500")

    def told() -> dict[str, int]:
        done = policy(rules, "shadow", *on)
        found = json.loads(done.stdout)["first"] if done.returncode == 0 else []
        return {each["customer_key"]: each["by"] for each in found if each["output"] == "score"}

    mine = {customer(DEALER, name): 5 for name in "AB"}
    scoring.until(lambda: mine.items() <= told().items())
    both = scoring.told_of(DEALER, "A")
    assert both["shadow"]["score"] == both["score"] + 5
    assert policy(rules, "shadow", "drop", "--dealer", DEALER).returncode == 0


@pytest.mark.broker
def test_a_draft_is_tried_and_applied_while_scoring_runs(
    rules: Path, tmp_path: Path, broker: Broker, mongo_settings: MongoSettings
) -> None:
    draft = f"dealer: {DEALER}\nrules: {{recent_visit: {{points: 25}}}}\n"
    (RulesPaths(rules, "scoring").policies / "pudong.yaml").write_text(draft, encoding="utf-8")
    people = [(DEALER, "A"), (DEALER, "B"), ("sunrise/berlin", "C")]
    with beside("scoring", rules, tmp_path / "logs", broker, mongo_settings) as scoring:

        def scores() -> list[int | None]:
            return [scoring.told_of(*person).get("score") for person in people]

        scoring.tell([visit(*person) for person in people])
        scoring.until(lambda: None not in scores())
        before = [each or 0 for each in scores()]
        on = (DEALER, "--service", "scoring", "--url", scoring.url)
        tried = policy(rules, "diff", *on)
        assert "  rules.recent_visit.points: 20 -> 25" in tried.stdout.splitlines(), tried.stderr
        # the broker may have customers of other tests, too
        assert re.search(r"^  of 2 of \d+ something would be different$", tried.stdout, re.M)
        assert "    score: 2 up (+10 points)" in tried.stdout.splitlines()
        shadow_is_followed(rules, scoring)
        done = policy(rules, "apply", *on, "--yes")
        assert re.search(
            rf"all \d+ customers of {DEALER} are decided by what is in force\n$", done.stdout
        ), done.stderr
        assert scores() == [before[0] + 5, before[1] + 5, before[2]]


CHICAGO = "sunrise/chicago"
"""Where no other test has customers."""
COMMON = """
hours: {week: {mon: [&day "00:00-24:00"], tue: [*day], wed: [*day], thu: [*day], fri: [*day],
  sat: [*day], sun: [*day]}}
rules:
  - {kind: ask_again, trigger: closing, owner_role: service_advisor, channel: phone,
     opens: {days: 1, at: "09:00"}, due: {days: 6, at: "18:00"}, title_en: Ask, title_zh: 询问}
"""
OTHERWISE = f"""
dealer: {CHICAGO}
rules:
  ask_again: null
  service_satisfaction: {{due: {{days: 5}}}}
  look_after: {{trigger: closing, owner_role: service_advisor, channel: phone,
     opens: {{days: 1, at: "09:00"}}, due: {{days: 4, at: "18:00"}}, title_en: Ask, title_zh: 询问}}
"""


@pytest.mark.broker
def test_a_draft_is_tried_and_applied_while_followup_runs(
    rules: Path, tmp_path: Path, broker: Broker, mongo_settings: MongoSettings
) -> None:
    """How many tasks would open, close and move today; and then they do."""
    (RulesPaths(rules, "followup").policies / "chicago.yaml").write_text(OTHERWISE, "utf-8")
    (tmp_path / "common.yaml").write_text(COMMON, "utf-8")
    common = {"AFTERCARE_FOLLOWUP_POLICY_FILE": str(tmp_path / "common.yaml")}
    people = [(CHICAGO, "K"), (CHICAGO, "L"), ("sunrise/berlin", "M")]
    logs = tmp_path / "logs"
    with beside("followup", rules, logs, broker, mongo_settings, **common) as followup:

        def kinds() -> list[set[str]]:
            plans = [followup.told_of(*person).get("tasks", []) for person in people]
            return [
                {
                    said["kind"]
                    for task in plan
                    for said in task["purposes"]
                    if not task["closed_at"]
                }
                for plan in plans
            ]

        followup.tell([visit(*person, days_ago=2) for person in people])
        before = {"ask_again", "service_satisfaction"}
        followup.until(lambda: kinds() == [before] * 3)
        on = (CHICAGO, "--service", "followup", "--url", followup.url)
        tried = policy(rules, "diff", *on, "--json", **common)
        (found,) = json.loads(tried.stdout)
        assert found["dry_run"]["rules"] == {
            "ask_again": {"closes": 2},
            "look_after": {"opens": 2},
            "service_satisfaction": {"moves": 2},
        }, tried.stderr
        done = policy(rules, "apply", *on, "--yes", **common)
        assert done.returncode == 0, done.stderr
        followup.until(lambda: kinds() == [{"look_after", "service_satisfaction"}] * 2 + [before])
