"""`aftercare policy`, as an operator uses it: beside a running service, and without one."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.cli import terminal
from deploy.cli.policy import command as policy_cli
from deploy.cli.policy.client import PolicyClient
from deploy.sandbox.processes import free_port
from services.complaints.adapters.policies import read_rulebook
from services.complaints.domain.dry_run import TRIAL
from services.complaints.domain.rulebook import CaseRulebook
from shared.time.clock import SystemClock
from tests.deploy.cli.command import aftercare
from tests.deploy.cli.policy_command import policy
from tests.deploy.cli.rules_folder import DEALER, DRAFT, apply, drafts, with_roster
from tests.servers import PATIENCE_SECONDS
from tests.services.complaints.given import DECIDER
from tests.services.complaints.several import Cases
from tests.services.complaints.several import complaint as complaint_of
from tests.services.policies_served import answering

# --- check ------------------------------------------------------------------------------------


def test_a_check_tells_what_each_dealer_would_be_judged_by(rules: Path) -> None:
    with_roster(rules)
    done = policy(rules, "check")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"sunrise/pudong: 2123, from {rules}/complaints/policies/pudong.yaml"
    assert lines[2] == (
        "  answer: 4h from received, stops while held; all cases; 75% responsible_person, "
        "due responsible_person+department_head, 150% general_manager, 200% group"
    )
    assert "  a draft: another is in force (as shipped)" in lines
    assert done.stderr.splitlines() == [
        f"warning: {rules}/complaints/policies/pudong.yaml: nobody is {role} on the roster; "
        "general_manager is told"
        for role in ("department_head", "group")
    ]


def test_a_check_and_a_comparison_know_what_regulators_set(rules: Path) -> None:
    draft = "dealer: sunrise/pudong\nextends: [2123, cn-sanbao, cn-12345]\n"
    (drafts(rules) / "pudong.yaml").write_text(draft, encoding="utf-8")
    done = policy(rules, "check")
    assert done.returncode == 0, done.stderr
    assert "sunrise/pudong: 2123 + cn-sanbao + cn-12345, from" in done.stdout
    assert "  exchange_answer: 10 working days from demanded, runs on while held; all cases;" in (
        done.stdout
    )
    assert "  work_order: regulator_due_at from received, runs on while held;" in done.stdout
    assert "  statutory working days of CN, in the dealer's zone, holidays of " in done.stdout
    done = policy(rules, "diff", DEALER, "--no-dry-run")
    assert "  + clocks.exchange_done: 20 working days from demanded" in done.stdout.splitlines()
    assert "  + working_days: statutory working days of CN (UTC; " in done.stdout
    assert apply(rules, "--new-cases-only", "--yes").returncode == 0
    assert "in force (since " in policy(rules, "check").stdout
    assert "  no difference" in policy(rules, "diff", DEALER, "--no-dry-run").stdout
    again = apply(rules, "--new-cases-only", "--yes")
    assert again.stdout.startswith("nothing to apply")
    edition = read_rulebook(rules).current(DEALER)
    assert edition.working_days is not None
    assert edition.policy.rules["work_order"].target == "regulator_due_at"


def test_a_check_names_file_line_and_field_of_everything_wrong(rules: Path) -> None:
    (drafts(rules) / "berlin.yaml").write_text(
        "dealer: sunrise/berlin\nclocks:\n  answer: {target: soon}\n", encoding="utf-8"
    )
    with_roster(rules, "dealer: sunrise/pudong\nroles:\n  boss: [wang]\n")
    done = policy(rules, "check")
    assert done.returncode == 2
    wrong = [line for line in done.stderr.splitlines() if not line.startswith("warning")]
    assert wrong[0].startswith(
        f"{rules}/complaints/policies/berlin.yaml:3: clocks.answer.target: a length"
    )
    assert wrong[1].startswith(f"{rules}/rosters/pudong.yaml:3: roles.boss: Input should be")
    assert "sunrise/pudong: 2123" in done.stdout, "what is right is shown all the same"


def test_two_drafts_of_a_dealer_are_one_too_many(rules: Path) -> None:
    (drafts(rules) / "other.yaml").write_text(DRAFT, encoding="utf-8")
    done = policy(rules, "check")
    assert done.returncode == 2
    assert (
        f"{rules}/complaints/policies/pudong.yaml:1: dealer: {DEALER} has other.yaml already"
        in done.stderr
    )
    done = apply(rules, "--new-cases-only", "--yes")
    assert done.returncode == 2 and not (rules / "complaints" / "applied").exists()


def test_a_dealer_that_does_not_exist_is_pointed_out(rules: Path) -> None:
    (drafts(rules) / "pudong.yaml").write_text("dealer: sunrise/padong\n", encoding="utf-8")
    done = policy(rules, "check")
    assert done.returncode == 0
    assert "no such dealer in AFTERCARE_DEALERS_FILE: sunrise/padong" in done.stderr


def test_without_a_folder_it_says_how_to_name_one() -> None:
    done = aftercare("policy", "check")
    assert done.returncode == 2
    assert "AFTERCARE_RULES_DIR" in done.stderr
    done = aftercare("policy", "check", "--rules", "/nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("/nowhere: there is no such folder")


# --- diff and apply without servers -----------------------------------------------------------


def test_a_difference_is_told_field_by_field(rules: Path) -> None:
    text = DRAFT + "  call_back: null\nmemory: 400d\n"
    (drafts(rules) / "pudong.yaml").write_text(text, encoding="utf-8")
    done = policy(rules, "diff", "--no-dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "  memory: 1098d -> 400d",
        "  clocks.answer.target: 1d -> 4h",
        "  - clocks.call_back: 3d from resolved",
    ]
    (told,) = json.loads(policy(rules, "diff", DEALER, "--no-dry-run", "--json").stdout)
    assert told["changes"][1] == {"field": "clocks.answer.target", "old": "1d", "new": "4h"}
    assert told["dry_run"] is None


def test_without_the_service_there_is_no_dry_run_and_nothing_is_applied(rules: Path) -> None:
    nowhere = ("--url", f"http://127.0.0.1:{free_port()}")
    done = policy(rules, "diff", *nowhere)
    assert done.returncode == 1
    assert "clocks.answer.target: 1d -> 4h" in done.stdout
    assert f"no dry run: complaints at {nowhere[1]} does not answer; --url says" in done.stderr
    done = policy(rules, "apply", DEALER, "--rebase-open", "--yes", *nowhere)
    assert done.returncode == 1 and "--no-dry-run goes on without" in done.stderr
    assert not (rules / "complaints" / "applied").exists()


@pytest.mark.parametrize("arguments", [(), ("--new-cases-only", "--rebase-open")])
def test_what_happens_to_open_cases_must_be_said(rules: Path, arguments: tuple[str, ...]) -> None:
    done = apply(rules, *arguments, "--yes")
    assert done.returncode == 2
    assert "--new-cases-only   they are judged on by the rules they have" in done.stderr
    assert not (rules / "complaints" / "applied").exists()


def test_nothing_is_applied_without_somebody_who_agrees(rules: Path) -> None:
    done = apply(rules, "--new-cases-only")
    assert done.returncode == 2 and "add --yes" in done.stderr
    assert not (rules / "complaints" / "applied").exists()


@pytest.mark.parametrize(("answer", "applied"), [(b"n\n", 0), (b"y\n", 1)])
def test_it_asks_on_a_terminal(rules: Path, answer: bytes, applied: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    command = [sys.executable, "-m", "deploy.cli.main", "policy", "apply", DEALER, "--no-wait"]
    done = subprocess.run(
        [*command, "--rebase-open", "--no-dry-run", "--rules", str(rules)],
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1 - applied
    assert f"Apply this to {DEALER}, for new cases and those that are open?" in done.stderr
    assert len(list(rules.glob("complaints/applied/*/*.json"))) == applied


def test_an_unchanged_draft_applies_nothing(rules: Path) -> None:
    done = apply(rules, "--new-cases-only", "--yes", "--note", "as agreed")
    assert done.returncode == 0, done.stderr
    for choice in ("--new-cases-only", "--new-cases-only", "--rebase-open", "--rebase-open"):
        assert apply(rules, choice, "--yes").returncode == 0
    editions = read_rulebook(rules).editions[DEALER]
    assert [each.open_cases for each in editions] == ["keep", "rebase"], (
        "open cases may follow later, and only once"
    )
    assert "nothing to apply: the draft of sunrise/pudong is in force already" in (
        apply(rules, "--rebase-open", "--yes").stdout
    )


def test_a_draft_like_the_shipped_policy_applies_nothing(rules: Path) -> None:
    (drafts(rules) / "pudong.yaml").write_text(f"dealer: {DEALER}\n", encoding="utf-8")
    assert "nothing to apply" in apply(rules, "--rebase-open", "--yes").stdout
    assert not (rules / "complaints" / "applied").exists()


def test_another_dealers_wrong_draft_is_no_hindrance(rules: Path) -> None:
    (drafts(rules) / "berlin.yaml").write_text("dealer: [", encoding="utf-8")
    assert apply(rules, "--new-cases-only", "--yes").returncode == 0
    assert read_rulebook(rules).editions.keys() == {DEALER}


def test_there_is_no_way_around_a_wrong_edition(rules: Path) -> None:
    apply(rules, "--new-cases-only", "--yes")
    (path,) = rules.glob("complaints/applied/*/*.json")
    path.write_text("{}", encoding="utf-8")
    for arguments in (("check",), ("diff",), ("apply", DEALER, "--rebase-open", "--yes")):
        done = policy(rules, *arguments)
        assert done.returncode == 2
        assert f"{path}:1: dealer: Field required" in done.stderr


# --- beside a service --------------------------------------------------------------------------


@pytest.fixture
def complaints() -> Iterator[str]:
    """The address of complaints with an open case, which does not read the folder."""
    cases = Cases().reported(complaint_of("A"))
    decider = replace(DECIDER, policy=CaseRulebook())
    stored = [
        replace(each, policy_version=decider.policy.version_for(DEALER))
        for each in cases.known.values()
    ]
    with answering(decider, TRIAL, stored, SystemClock()) as url:
        yield url


def test_a_service_that_does_not_run_is_not_waited_for(rules: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = policy(rules, "apply", DEALER, "--rebase-open", "--yes", "--url", url, "--no-dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"not waiting: complaints at {url}: it does not answer\n")
    assert len(read_rulebook(rules).editions[DEALER]) == 1


def test_a_service_that_does_not_follow_is_not_waited_for_in_vain(
    rules: Path, complaints: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_cli, "STALLED_SECONDS", 0.0)
    monkeypatch.setattr(policy_cli, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(terminal, "TELL_EVERY_SECONDS", 0.0)
    done = policy(rules, "apply", DEALER, "--rebase-open", "--yes", "--url", complaints)
    assert done.returncode == 1
    assert "dry run over 1 open case:" in done.stdout
    assert f"{DEALER}: open cases brought over: 0 of 1\n" in done.stderr
    assert "1 of 1 open cases are still decided by other rules" in done.stderr
    assert "Does complaints read this folder (AFTERCARE_RULES_DIR)?" in done.stderr


def test_whoever_stops_waiting_loses_nothing(
    rules: Path, complaints: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PolicyClient, "followed", interrupted)
    done = policy(rules, "apply", DEALER, "--rebase-open", "--yes", "--url", complaints)
    assert done.returncode == 130
    assert "the service goes on, and the same command shows how far" in done.stdout
    assert len(read_rulebook(rules).editions[DEALER]) == 1


def test_what_a_service_refuses_is_said_in_its_words(rules: Path, complaints: str) -> None:
    (drafts(rules) / "other.yaml").write_text(
        "dealer: nowhere/else\nmemory: 400d\n", encoding="utf-8"
    )
    done = policy(rules, "diff", "nowhere/else", "--url", complaints)
    assert done.returncode == 1
    told = f"no dry run: complaints at {complaints} answers 404: Not known here: no such dealer"
    assert told in done.stderr
