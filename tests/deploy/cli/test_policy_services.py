"""`aftercare policy --service scoring|followup`: the same commands for the rules of customers."""

import asyncio
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from deploy.cli.readiness import what_keeps
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import start_service
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import document_version
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import VISITS
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from shared.policies.paths import RulesPaths
from shared.settings import MongoSettings
from tests.deploy.cli.policy_command import Done, policy
from tests.e2e.house import began
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime.on_servers import publisher_to

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

PREFIX = uuid4().hex[:8]
"""Other tests' records are on the topic."""


def customer(dealer: str, name: str) -> str:
    return f"{dealer}/cdk/{PREFIX}-{name}"


def visit(dealer: str, name: str) -> Record:
    """A car that was brought in yesterday."""
    closed_at = began() - timedelta(days=1)
    content = VisitRecorded(
        document_id=f"{dealer}/cdk/visit/{PREFIX}-{name}",
        version=document_version(1_700_000_000_000, "1"),
        customer_key=customer(dealer, name),
        dealer_id=dealer,
        timezone="Asia/Shanghai",
        status="closed",
        opened_at=closed_at - timedelta(hours=3),
        closed_at=closed_at,
        currency="CNY",
    )
    attributes = {
        "id": str(uuid4()),
        "type": content.TYPE,
        "source": "test",
        "specversion": "1.0",
        "recordedtime": instant_text(began()),
    }
    value, headers = content.model_dump_json().encode(), tuple(to_headers(attributes))
    return Record(VISITS.name, content.customer_key.encode(), value, headers)


def score(url: str, dealer: str, name: str) -> int | None:
    """A customer's score as scoring tells it; None: it knows nobody of that name yet."""
    answer = httpx.get(f"{url}/v1/customers/{quote(customer(dealer, name), safe='')}", timeout=30)
    found: int | None = answer.json()["score"] if answer.status_code == httpx.codes.OK else None
    return found


def shadow_is_followed(rules: Path, url: str, child: Child) -> None:
    """The draft is tried beside the rules; lists and totals of a real database tell what of it."""
    draft = RulesPaths(rules, "scoring").policies / "pudong.yaml"
    begun = policy(rules, "shadow", "set", str(draft))
    assert begun.returncode == 0, begun.stderr
    on = ("show", "--dealer", DEALER, "--url", url, "--format", "json", "--limit", "500")

    def told() -> dict[str, int]:
        done = policy(rules, "shadow", *on)
        found = json.loads(done.stdout)["first"] if done.returncode == 0 else []
        return {each["customer_key"]: each["by"] for each in found if each["output"] == "score"}

    mine = {customer(DEALER, name): 5 for name in "AB"}
    child.wait_until(lambda: mine.items() <= told().items(), within_seconds=PATIENCE_SECONDS)
    both = httpx.get(f"{url}/v1/customers/{quote(customer(DEALER, 'A'), safe='')}", timeout=30)
    assert both.json()["shadow"]["score"] == both.json()["score"] + 5
    assert policy(rules, "shadow", "drop", "--dealer", DEALER).returncode == 0


@pytest.mark.broker
def test_a_draft_is_tried_and_applied_while_scoring_runs(
    rules: Path, tmp_path: Path, broker: Broker, mongo_settings: MongoSettings
) -> None:
    draft = f"dealer: {DEALER}\nrules: {{recent_visit: {{points: 25}}}}\n"
    (RulesPaths(rules, "scoring").policies / "pudong.yaml").write_text(draft, encoding="utf-8")
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__PARTITIONS": "1",  # there are more: the broker knows how many
        "AFTERCARE_KAFKA__REPLICATION_FACTOR": str(broker.replication_factor),
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo_settings.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo_settings.database_prefix,
        "AFTERCARE_RULES_DIR": str(rules),
    }
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    child = start_service(
        "scoring", port=port, environment={**os.environ, **environment}, logs=tmp_path / "logs"
    )
    people = [(DEALER, "A"), (DEALER, "B"), ("sunrise/berlin", "C")]

    async def put() -> None:
        async with publisher_to(broker.settings()) as publisher:
            await publisher.publish([visit(*person) for person in people])

    def scores() -> list[int | None]:
        return [score(url, *person) for person in people]

    with running(child):
        child.wait_until(lambda: not what_keeps(url), within_seconds=PATIENCE_SECONDS)
        asyncio.run(put())
        child.wait_until(lambda: None not in scores(), within_seconds=PATIENCE_SECONDS)
        before = [each or 0 for each in scores()]
        on = (DEALER, "--service", "scoring", "--url", url)
        tried = policy(rules, "diff", *on)
        assert "  rules.recent_visit.points: 20 -> 25" in tried.stdout.splitlines(), tried.stderr
        # the broker may have customers of other tests, too
        assert re.search(r"^  of 2 of \d+ something would be different$", tried.stdout, re.M)
        assert "    score: 2 up (+10 points)" in tried.stdout.splitlines()
        shadow_is_followed(rules, url, child)
        done = policy(rules, "apply", *on, "--yes")
        assert re.search(
            rf"all \d+ customers of {DEALER} are decided by what is in force\n$", done.stdout
        ), done.stderr
        assert scores() == [before[0] + 5, before[1] + 5, before[2]]
