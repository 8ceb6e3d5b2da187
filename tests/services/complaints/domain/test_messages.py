"""What readers of aftercare.escalations get: every message explains itself."""

import json
from typing import Any

import pytest

from tests.services.complaints.given import POLICY, place
from tests.services.complaints.several import Cases, case_id, complaint, customer, taken

OF_A_CASE = {
    "customer_key": customer("A"),
    "dealer_id": "sunrise/pudong",
    "case_id": case_id("A"),
    "case_no": "A",
    "policy_version": POLICY.version,
}
OF_THE_CLOCK = {
    **OF_A_CASE,
    "clock": "contact",
    "generation": 1,
    "due_at": "2026-11-21T04:00:00.000Z",
}


def messages() -> dict[str, dict[str, Any]]:
    """The last message of each kind in the life of one case."""
    cases = Cases().reported(complaint("A")).when("90m").when("2h")
    cases.reported(taken("A", "contacted", "3h"), taken("A", "answered", "-5m"))
    cases.reported(taken("A", "resolved", "4h"), taken("A", "withdrawn", "5h"))
    said = {each.type.removeprefix("dev.aftercare."): each for each in cases.said}
    cases.reported(taken("A", "contacted", "1h")).deliver()
    said["withdrawn"] = [each for each in cases.said if place(each.about) == "breach/contact/1"][-1]
    return {kind: json.loads(each.data) for kind, each in said.items()}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("deadline.warned.v1", {**OF_THE_CLOCK, "noticed_at": "2026-11-21T03:30:00.000Z"}),
        ("deadline.breached.v1", {**OF_THE_CLOCK, "noticed_at": "2026-11-21T04:00:00.000Z"}),
        ("withdrawn", {**OF_THE_CLOCK, "recipients": ["responsible_person", "department_head"]}),
        ("clock.stopped.v1", {**OF_A_CASE, "generation": 1, "verdict": "kept"}),
        ("case.closed.v1", {**OF_A_CASE, "generation": 1, "outcome": "withdrawn"}),
        ("complaint-step.refused.v1", {**OF_A_CASE, "refusal": "before_receipt"}),
    ],
)
def test_each_names_case_clock_due_whom_policy_and_why(kind: str, expected: dict[str, Any]) -> None:
    told = messages()[kind]
    assert {name: told[name] for name in expected} == expected
    assert told["why"]["en"]
    assert any("\u4e00" <= char <= "\u9fff" for char in told["why"]["zh"])
    assert {"recipients", "addressees"} <= told.keys()


def test_a_withdrawal_repeats_what_it_takes_back() -> None:
    told = messages()["withdrawn"]
    assert told["withdrawn"]["clock"] == "contact"
    assert "This no longer holds" in told["why"]["en"]
    assert "Contact was due 2 h after receipt" in told["withdrawn"]["why"]["en"]
    assert told["addressees"] == told["withdrawn"]["addressees"]
