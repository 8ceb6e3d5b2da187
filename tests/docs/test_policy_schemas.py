"""The schemas of drafts: what an editor accepts is what `aftercare policy check` reads."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.policy_schemas import schemas
from services.complaints.adapters.policies import KIND as COMPLAINTS
from services.followup.adapters.policies import kind as followup
from services.followup.domain.policy import FollowUpPolicy
from services.identity.adapters.policies import kind as identity
from services.identity.domain.policy import IdentityPolicy
from services.scoring.adapters.policies import kind as scoring
from services.scoring.domain.policy import ScoringPolicy
from shared.policies.kind import PolicyKind
from shared.policies.paths import SERVICES, RulesPaths
from shared.time.clock import SystemClock
from shared.yaml_file import parse_yaml
from tests import PROJECT

EXAMPLE = PROJECT / "deploy" / "examples" / "rules"
KINDS: dict[str, PolicyKind[Any, Any]] = {
    "complaints": COMPLAINTS,
    "scoring": scoring(ScoringPolicy()),
    "followup": followup(FollowUpPolicy()),
    "identity": identity(IdentityPolicy()),
}
VALIDATORS = {service: Draft202012Validator(schema) for service, schema in schemas().items()}
DEALER = "dealer: sunrise/pudong\n"
RIGHT = [
    ("complaints", "extends: [2123, cn-sanbao]\nclocks: {answer: {target: 4h}, call_back: null}\n"),
    ("complaints", "alarm_horizon: 3d\nclocks: {answer: {applies_when: {severity: null}}}\n"),
    ("complaints", "working_days: CN\n"),
    ("scoring", "rules: {referrals: {points: 12}}\ncurrency_per_point: {GBP: 12, USD: null}\n"),
    ("scoring", "survey_bands: [{overall_from: 5, points: 3}, {overall_from: 0, points: 0}]\n"),
    ("scoring", "rules: {referrals: {fades: [{up_to_days: 30, percent: 100}]}}\n"),
    ("followup", "rules: [{kind: next_service, due: {days: 3}}]\n"),
    ("followup", "rules: {delivery_thanks: null, next_service: {due: {at: '17:30'}}}\n"),
    ("followup", "postponed_until: 17:30\nservice_interval: {km: 7500}\n"),
    ("identity", "reach: group\ntelephone: {most_names: 2, kinds: [mobile]}\n"),
    ("identity", "vehicle: {roles: [buyer], links: false}\n"),
]
WRONG = [
    ("complaints", "clock: {}\n"),
    ("complaints", "clocks: {answer: {targt: 4h}}\n"),
    ("complaints", "clocks: {answer: {ladder: [{name: warning, at: '50%'}]}}\n"),
    ("complaints", "working_days: China\n"),
    ("scoring", "value_is_high_form: 60\n"),
    ("scoring", "margin: -1\n"),
    ("scoring", "rules: {referrals: {fades: [{percent: 100}]}}\n"),
    ("scoring", "rules: {referral: {points: 12}}\n"),
    ("followup", "rules: [{due: {days: 3}}]\n"),
    ("followup", "rules: {next_service: {channel: fax}}\n"),
    ("followup", "rules: []\n"),
    ("followup", "postponed_until: noon\n"),
    ("identity", "reach: world\n"),
    ("identity", "vehicle: {roles: [driver]}\n"),
    ("identity", "telephone: {most_names: 0}\n"),
]


def read(kind: PolicyKind[Any, Any], root: Path, text: str) -> list[str]:
    """What the reader of drafts finds wrong."""
    path = RulesPaths(root, kind.service).policies / "pudong.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return list(kind.drafts(RulesPaths(root, kind.service), SystemClock().now()).wrong)


def faults(service: str, path: Path) -> list[str]:
    """What an editor would underline."""
    return [error.message for error in VALIDATORS[service].iter_errors(parse_yaml(path).content)]


@pytest.mark.parametrize("service", SERVICES)
def test_the_examples_are_valid(service: str) -> None:
    paths = sorted(RulesPaths(EXAMPLE, service).policies.glob("*.yaml"))
    assert paths
    assert [faults(service, path) for path in paths] == [[]] * len(paths)
    assert KINDS[service].drafts(RulesPaths(EXAMPLE, service), SystemClock().now()).wrong == []
    Draft202012Validator.check_schema(schemas()[service])


@pytest.mark.parametrize(("service", "text"), RIGHT)
def test_what_may_be_written_is_accepted_by_both(service: str, text: str, tmp_path: Path) -> None:
    assert read(KINDS[service], tmp_path, DEALER + text) == []
    assert faults(service, RulesPaths(tmp_path, service).policies / "pudong.yaml") == []


@pytest.mark.parametrize(
    ("service", "text"),
    [
        *((service, DEALER + text) for service, text in WRONG),
        *((each, "{}\n") for each in SERVICES),
    ],
)
def test_what_must_not_be_is_refused_by_both(service: str, text: str, tmp_path: Path) -> None:
    assert read(KINDS[service], tmp_path, text) != []
    assert faults(service, RulesPaths(tmp_path, service).policies / "pudong.yaml") != []
