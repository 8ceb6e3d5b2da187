"""`aftercare policy shadow`: rules are tried beside a dealer's, shown, dropped, and applied."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.scoring.api import routes
from services.scoring.app import service
from services.scoring.domain.dry_run import TRIAL
from services.scoring.settings import ScoringSettings
from shared.policies.paths import RulesPaths
from shared.testing.clock import ManualClock
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.deploy.cli.policy_command import Done, policy
from tests.services.policies_served import answering
from tests.services.scoring.given import day, given, sale, survey, visit

DEALER = "sunrise/pudong"
DRAFT = """\
dealer: sunrise/pudong
rules:
  recent_visit: {points: 40}
  survey_answers: {at_least: -1}
"""
NOW = day("2025-02-01")
STORIES = {
    "visit": given(visit("2025-01-20")).facts,
    "sale": given(sale("2025-01-10")).facts,
    "unhappy": given(visit("2025-01-20"), survey("2025-01-21", overall=1)).facts,
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """What somebody wants to try, in whatever file."""
    file = tmp_path / "try-this.yaml"
    file.write_text(DRAFT, encoding="utf-8")
    return file


def shadow(rules: Path, *arguments: str) -> Done:
    return policy(rules, "shadow", *arguments)


def tried(rules: Path) -> Path:
    return RulesPaths(rules, "scoring").shadow_of(DEALER)


@pytest.fixture
def scoring(rules: Path, draft: Path) -> Iterator[str]:
    """The address of scoring, which follows what is tried there, with three customers."""
    assert shadow(rules, "set", str(draft)).returncode == 0
    decider = service(ScoringSettings(rules_dir=rules))
    facts = {
        f"{DEALER}/cdk/{name}": facts.model_copy(update={"customer_key": f"{DEALER}/cdk/{name}"})
        for name, facts in STORIES.items()
    }
    clock = ManualClock(NOW)
    reader: Any = MemoryReader.deciding(decider, facts, NOW, dealers=DEALERS)
    with answering(decider, TRIAL, [], clock, routes(reader, clock, dealers=DEALERS)) as url:
        yield url


# --- set and drop -----------------------------------------------------------------------------


def test_what_is_to_be_tried_is_checked_and_taken_over_as_it_is(rules: Path, draft: Path) -> None:
    done = shadow(rules, "set", str(draft), "--dealer", DEALER)
    assert done.returncode == 0, done.stderr
    assert tried(rules).read_text("utf-8") == DRAFT
    assert done.stdout.splitlines()[:3] == [
        f"tried beside the rules of {DEALER} from now on: {tried(rules)}",
        "  rules.recent_visit.points: 20 -> 40",
        "  rules.survey_answers.at_least: -12 -> -1",
    ]
    check = policy(rules, "check", "--service", "scoring")
    assert check.returncode == 0
    assert f"{DEALER}: beside it {tried(rules)} is tried, and decides nothing" in check.stdout
    assert check.stdout in policy(rules, "check").stdout


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (f"dealer: {DEALER}\nmargin: -1\n", (), ":2: margin: Input should be greater"),
        ("margin: 1\n", (), ":1: dealer: Field required"),
        (DRAFT, ("--dealer", "sunrise/berlin"), ": is of sunrise/pudong, not of sunrise/berlin"),
        (f"dealer: {DEALER}\n", (), "nothing to try: it says what is in force already"),
        (DRAFT, ("--service", "followup"), "followup tries no rules beside its own"),
        (DRAFT, ("--service", "complaints"), "complaints tries no rules beside its own"),
    ],
)
def test_what_cannot_be_tried_is_refused_and_changes_nothing(
    rules: Path, draft: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    shadow(rules, "set", str(draft))
    before = tried(rules).read_bytes()
    draft.write_text(text, encoding="utf-8")
    done = shadow(rules, "set", str(draft), *arguments)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert tried(rules).read_bytes() == before


def test_another_one_takes_its_place_whatever_file_it_was_in(rules: Path, draft: Path) -> None:
    shadow(rules, "set", str(draft))
    other = tried(rules).rename(tried(rules).with_name("mine.yaml"))
    draft.write_text(DRAFT.replace("40", "50"), encoding="utf-8")
    assert shadow(rules, "set", str(draft)).returncode == 0
    assert not other.exists()
    assert "50" in tried(rules).read_text("utf-8")


@pytest.mark.parametrize("content", [DRAFT, "no: [yaml", f"dealer: {DEALER}\nmargin: -1\n"])
def test_whatever_is_tried_can_be_dropped(rules: Path, draft: Path, content: str) -> None:
    shadow(rules, "set", str(draft))
    tried(rules).write_text(content, encoding="utf-8")
    done = shadow(rules, "drop", "--dealer", DEALER)
    assert done.stdout == f"not tried any more: {tried(rules)}\n"
    assert not tried(rules).exists()
    again = shadow(rules, "drop", "--dealer", DEALER)
    assert again.stdout == f"nothing is tried beside the rules of {DEALER}\n"


def test_a_check_names_what_is_wrong_with_what_is_tried(rules: Path, draft: Path) -> None:
    shadow(rules, "set", str(draft))
    tried(rules).write_text(f"dealer: {DEALER}\nmargin: -1\n", encoding="utf-8")
    done = policy(rules, "check", "--service", "scoring")
    assert done.returncode == 2
    assert f"{tried(rules)}:2: margin: Input should be greater" in done.stderr
    RulesPaths(rules, "followup").shadows.mkdir(parents=True)
    done = policy(rules, "check", "--service", "followup")
    assert f"{rules}/followup/shadow: nothing reads it" in done.stderr


# --- show -------------------------------------------------------------------------------------


def show(rules: Path, url: str, *arguments: str) -> Done:
    return shadow(rules, "show", "--dealer", DEALER, "--url", url, *arguments)


def test_it_is_shown_what_it_would_make_of_the_customers(rules: Path, scoring: str) -> None:
    done = show(rules, scoring)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"{DEALER}: {tried(rules)} is tried beside what is in force (as shipped)"
    assert "  rules.recent_visit.points: 20 -> 40" in lines
    assert lines[lines.index("tried on 3 customers:") + 1 :] == [
        "  of 2 of 3 something would be different",
        "  grade general -> potential: 2",
        "  grade in all: general 3 -> 1, potential 0 -> 2",
        "  risk in all: active 3",
        "  points: +22.5 in the middle of those who win or lose any, from +20 to +25",
        "    +11 to +20: 1, +21 and more: 1",
        "    grade: 2 up",
        "    recent_visit: 2 won (+40 points)",
        "    score: 2 up (+45 points)",
        "    survey_answers: 1 won (+5 points)",
        f"    customer {DEALER}/cdk/unhappy general -> potential; 20 -> 45 (+25); "
        "recent_visit +20, survey_answers +5",
        f"    customer {DEALER}/cdk/visit general -> potential; 26 -> 46 (+20); recent_visit +20",
    ]


def test_programs_and_spreadsheets_are_told_the_same(rules: Path, scoring: str) -> None:
    told = json.loads(show(rules, scoring, "--format", "json", "--limit", "1").stdout)
    assert (told["customers"], told["changed"], told["left"]) == (3, 2, 0)
    assert {each["customer_key"] for each in told["first"]} == {f"{DEALER}/cdk/unhappy"}
    text = show(rules, scoring, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["points"] for row in rows] == ["25", "20"]


def test_what_the_service_does_not_follow_is_said(rules: Path, draft: Path, scoring: str) -> None:
    draft.write_text(DRAFT.replace("40", "50"), encoding="utf-8")
    shadow(rules, "set", str(draft))
    assert f"scoring at {scoring} tries other rules than {tried(rules)}" in (
        show(rules, scoring).stderr
    )
    shadow(rules, "drop", "--dealer", DEALER)
    done = show(rules, scoring)
    assert done.returncode == 2
    assert f"nothing is tried beside the rules of {DEALER}" in done.stderr


def test_a_service_that_tries_nothing_yet_is_said_to_follow_soon(
    rules: Path, draft: Path, scoring: str
) -> None:
    other = "dealer: sunrise/berlin\nmargin: 2\n"
    draft.write_text(other, encoding="utf-8")
    shadow(rules, "set", str(draft))
    done = shadow(rules, "show", "--dealer", "sunrise/berlin", "--url", scoring)
    assert done.returncode == 1
    told = f"scoring at {scoring} answers 404: Not known here: no rules are tried beside"
    assert told in done.stderr
    assert "within seconds where it reads this folder" in done.stderr


# --- apply ------------------------------------------------------------------------------------


def test_what_is_tried_is_applied_and_then_no_longer_tried(rules: Path, draft: Path) -> None:
    shadow(rules, "set", str(draft))
    without = ("--service", "scoring", "--no-dry-run", "--no-wait", "--yes")
    done = policy(rules, "apply", DEALER, "--shadow", *without)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"in force, and so not tried any more: {tried(rules)}\n")
    assert not tried(rules).exists()
    rulebook = ScoringSettings(rules_dir=rules).rulebook()
    assert rulebook.current(DEALER).policy.rules.recent_visit.points == 40
    again = policy(rules, "apply", DEALER, "--shadow", *without)
    assert again.returncode == 2
    assert f"nothing is tried beside the rules of {DEALER}" in again.stderr


def test_a_draft_that_says_the_same_ends_it_and_another_does_not(rules: Path, draft: Path) -> None:
    folder = RulesPaths(rules, "scoring").policies
    folder.mkdir(parents=True)
    without = ("--service", "scoring", "--no-dry-run", "--no-wait", "--yes")
    shadow(rules, "set", str(draft))
    for points, ends in ((30, False), (40, True)):
        text = DRAFT.replace("40", str(points))
        (folder / "pudong.yaml").write_text(text, encoding="utf-8")
        assert policy(rules, "apply", DEALER, *without).returncode == 0
        assert tried(rules).exists() is not ends
