"""`aftercare policy diff --service scoring`: who would move, and by how many points."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import terminal
from deploy.cli.policy.totals import DryRunSum
from services.scoring import app
from services.scoring.domain.dry_run import TRIAL
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.contracts.http.policies import Compared, Difference, DryRunPage
from shared.policies.paths import RulesPaths
from tests.deploy.cli.policy_command import policy
from tests.e2e.house import began
from tests.services.following import Following
from tests.services.policies_served import answering
from tests.services.scoring.given import sale, survey, visit

DEALER = "sunrise/pudong"
DRAFT = """\
dealer: sunrise/pudong
loyalty_is_high_from: 30
rules:
  recent_visit: {points: 29}
  survey_answers: {points: 1, at_least: -2}
"""


def ago(days: int) -> str:
    """The date of that many days ago: an edition is applied at the clock of the computer."""
    return f"{began() - timedelta(days=days):%Y-%m-%d}"


COMES = [visit(ago(7), "R1"), visit(ago(5), "R2")]
STORIES: dict[str, list[Event[Any]]] = {
    "one-visit": [visit(ago(5), "R1")],
    "two-visits": COMES,
    "unhappy": [*COMES, survey(ago(4), overall=1)],
    "no-visit": [sale(ago(7))],
}


def of(name: str, event: Event[Any]) -> Event[Any]:
    key = f"{DEALER}/cdk/{name}"
    document_id = f"{event.data.document_id}/{name}"
    data = event.data.model_copy(update={"customer_key": key, "document_id": document_id})
    return event._replace(id=f"{document_id}:1", key=key, data=data)


@pytest.fixture
def scoring(tmp_path: Path) -> Iterator[str]:
    """The address of scoring with those customers."""
    service = app.service(ScoringSettings())
    following = Following(tmp_path, service, TRIAL, None, began() - timedelta(days=9))

    async def stored() -> list[Any]:
        await following.ownership.gained([0])
        for name, story in STORIES.items():
            await following.take(*(of(name, event) for event in story))
        return [replace(each, version=1) for each in (await following.stored()).values()]

    found = asyncio.run(stored())
    with answering(service, TRIAL, found, following.clock) as url:
        yield url


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = RulesPaths(tmp_path / "rules", "scoring").policies
    folder.mkdir(parents=True)
    (folder / "pudong.yaml").write_text(DRAFT, encoding="utf-8")
    return tmp_path / "rules"


def diff(rules: Path, url: str, *arguments: str) -> str:
    done = policy(rules, "diff", "--service", "scoring", "--url", url, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_tells_who_moves_and_by_how_many_points(rules: Path, scoring: str) -> None:
    lines = diff(rules, scoring).splitlines()
    assert lines[lines.index("dry run over 4 customers:") + 1 :] == [
        "  of 3 of 4 something would be different",
        "  grade general -> potential: 3",
        "  grade in all: general 4 -> 1, potential 0 -> 3",
        "  risk in all: active 4",
        "  points: +9 in the middle of those who win or lose any, from +9 to +13",
        "    +1 to +10: 2, +11 to +20: 1",
        "    grade: 3 up",
        "    recent_visit: 3 won (+27 points)",
        "    score: 3 up (+31 points)",
        "    survey_answers: 1 won (+4 points)",
        "    customer sunrise/pudong/cdk/unhappy general -> potential; 26 -> 39 (+13); "
        "recent_visit +9, survey_answers +4",
        "    customer sunrise/pudong/cdk/one-visit general -> potential; 26 -> 35 (+9); "
        "recent_visit +9",
        "    customer sunrise/pudong/cdk/two-visits general -> potential; 32 -> 41 (+9); "
        "recent_visit +9",
    ]


def test_of_many_those_who_differ_most_are_told(rules: Path, scoring: str) -> None:
    lines = diff(rules, scoring, "--limit", "1").splitlines()
    assert lines[-2] == "  the 1 who differ most (--limit says how many):"
    assert "/unhappy " in lines[-1]
    assert not [line for line in diff(rules, scoring, "--limit", "0").splitlines() if "cdk" in line]


def test_programs_are_told_the_same(rules: Path, scoring: str) -> None:
    (told,) = json.loads(diff(rules, scoring, "--format", "json", "--limit", "1"))
    found = told["dry_run"]
    assert (found["customers"], found["changed"], found["unreadable"]) == (4, 3, 0)
    assert found["moves"]["grade"] == [{"before": "general", "after": "potential", "customers": 3}]
    assert found["standing"]["grade"]["potential"] == {"before": 0, "after": 3}
    assert found["points_of_rules"]["recent_visit"] == {"won": 27}
    points = found["points"]
    assert (points["median"], points["most"], points["least"]) == (9, 13, 9)
    assert {"from": 11, "to": 20, "customers": 1} in points["bands"]
    assert {each["customer_key"] for each in found["first"]} == {f"{DEALER}/cdk/unhappy"}


def test_a_spreadsheet_has_a_row_for_everybody_who_would_change(rules: Path, scoring: str) -> None:
    text = diff(rules, scoring, "--format", "csv")
    rows = rows_of(text)
    assert [row["customer_key"].rsplit("/", 1)[1] for row in rows] == [
        "unhappy",
        "one-visit",
        "two-visits",
    ]
    assert {name: rows[0][name] for name in ("points", "grade_after", "because")} == {
        "points": "13",
        "grade_after": "potential",
        "because": "recent_visit +9, survey_answers +4",
    }
    assert len(diff(rules, scoring, "--format", "csv", "--limit", "2").splitlines()) == 3


def test_of_several_dealers_it_is_one_table(rules: Path, scoring: str) -> None:
    """Also of one who has no customers, or of nobody who has."""
    folder = RulesPaths(rules, "scoring").policies
    other = DRAFT.replace(DEALER, "sunrise/berlin")
    (folder / "berlin.yaml").write_text(other, encoding="utf-8")
    assert len(rows_of(diff(rules, scoring, "--format", "csv"))) == 3
    (folder / "pudong.yaml").unlink()
    text = diff(rules, scoring, "--format", "csv")
    assert rows_of(text) == []
    assert text.startswith("\ufeffcustomer_key,grade_before,")


def rows_of(text: str) -> list[dict[str, str]]:
    """As a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_long_one_tells_how_far_it_is_where_nobody_watches(
    rules: Path, scoring: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "TELL_EVERY_SECONDS", 0.0)
    done = policy(rules, "diff", "--service", "scoring", "--url", scoring)
    assert done.stderr == f"{DEALER}: trying it on customers: 4\n"


@pytest.mark.parametrize("wrong", [("--no-dry-run",), ("--service", "complaints")])
def test_there_is_no_table_without_customers(rules: Path, wrong: tuple[str, ...]) -> None:
    done = policy(rules, "diff", "--service", "scoring", "--format", "csv", *wrong)
    assert done.returncode == 2
    assert "--format csv is a table of customers" in done.stderr


def test_the_middle_of_many_is_found_from_their_counts_alone() -> None:
    found = DryRunSum()
    for page in range(3):
        changed = tuple(moved(f"{page}-{by}", by) for by in (-30, 2, 4))
        found.add(DryRunPage(judged=5, unreadable=0, changed=changed, next=None))
    assert (found.typical, min(found.by), max(found.by)) == (2, -30, 4)
    assert found.bands[(-1_000_000, -21)] == 3
    assert [each.name for each in found.first][:4] == ["0--30", "1--30", "2--30", "0-4"]


def moved(name: str, by: int) -> Compared:
    score = Difference(output="score", rule="score", effect="up", before="0", after=str(by), by=by)
    return Compared(name=name, differences=(score,), points=(0, by))
