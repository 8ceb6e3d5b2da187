"""A folder of rules with a draft for complaints, and what operators do with it."""

from pathlib import Path

from tests.deploy.cli.policy_command import Done, policy

DEALER = "sunrise/pudong"
DRAFT = "dealer: sunrise/pudong\nclocks:\n  answer: {target: 4h}\n"
ROSTER = "dealer: sunrise/pudong\nroles:\n  responsible_person: [wang]\n  general_manager: [chen]\n"


def drafts(rules: Path) -> Path:
    return rules / "complaints" / "policies"


def apply(rules: Path, *arguments: str, **environment: str) -> Done:
    """Without a database."""
    without = ("--no-dry-run", "--no-wait")
    return policy(rules, "apply", DEALER, *arguments, *without, **environment)


def with_roster(rules: Path, text: str = ROSTER) -> None:
    (rules / "rosters").mkdir(exist_ok=True)
    (rules / "rosters" / "pudong.yaml").write_text(text, encoding="utf-8")
