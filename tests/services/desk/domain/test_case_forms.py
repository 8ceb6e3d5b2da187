"""The form of a step: what is wrong with it, and which report it becomes."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.desk.domain.case_forms import FIELDS, NEEDED, StepForm
from services.desk.domain.commands import event_of
from services.desk.domain.users import User
from shared.contracts.feed_parts import StepName
from shared.contracts.feeds import ComplaintStepReported

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
CASE = "sunrise/pudong/cdk/complaint/K-1"
COMMAND = UUID(int=7)
USER = User(username="lin", name="Lin", staff_id="s-7", grants=("agent@sunrise/pudong",))


def form(step: StepName, **fields: str) -> StepForm:
    return StepForm(step=step, command=COMMAND, case_id=CASE, fields=fields)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (form("contacted"), {}),
        (form("contacted", at="2026-11-21T12:00"), {}),
        (form("contacted", at="2026-11-21T12:01"), {"at": "in_future"}),
        (form("contacted", at="yesterday"), {"at": "no_time"}),
        (form("called_back"), {"satisfied": "needed"}),
        (form("held", reason=" "), {"reason": "needed"}),
        (form("held", reason="parts", until="2026-11-21T11:59"), {"until": "not_after"}),
        (form("held", reason="parts", until="soon"), {"until": "no_time"}),
        (
            form("held", reason="parts", at="2026-11-21T10:00", until="2026-11-21T11:00"),
            {},
        ),
        (form("contacted", until="soon"), {}),
        (form("merged"), {"merged_into": "needed"}),
    ],
)
def test_what_is_wrong_is_told_by_field(sent: StepForm, wrong: dict[str, str]) -> None:
    assert sent.wrong(SHANGHAI, NOW) == wrong


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (form("contacted", at="2026-11-21T10:00"), {"at": "2026-11-21T02:00:00+00:00"}),
        (form("called_back", satisfied="no"), {"satisfied": False}),
        (form("called_back", satisfied="yes"), {"satisfied": True}),
        (form("promised", reason="loaner car"), {"reason": "loaner car"}),
        (form("answered", reason="new pads"), {"reason": "new pads"}),
        (form("resolved", reason="pads changed"), {"reason": "pads changed"}),
        (
            form("called_back", satisfied="yes", reason="thanks us"),
            {"satisfied": True, "reason": "thanks us"},
        ),
        (form("regraded", severity="major"), {"severity": "major"}),
        (form("reassigned", assigned_to=" s-9 "), {"assigned_to": "s-9"}),
        (form("demanded", reason="return"), {"reason": "return"}),
        (
            form("held", reason="parts", until="2026-11-22T00:00"),
            {"reason": "parts", "until": "2026-11-21T16:00:00+00:00"},
        ),
        (form("contacted", reason="not asked for"), {}),
    ],
)
def test_it_becomes_a_report(sent: StepForm, said: dict[str, object]) -> None:
    command = sent.report("sunrise/pudong", SHANGHAI)
    assert command.data == {"case_id": CASE, "step": sent.step, **said}
    event = event_of(command, USER, NOW, timed="at" not in command.data)
    report = ComplaintStepReported.model_validate(event.data)
    assert (report.step_id, report.by) == (str(COMMAND), "s-7")


def test_a_merge_names_the_other_case_by_its_id() -> None:
    other = "sunrise/pudong/desk/complaint/D-1"
    command = form("merged", merged_into="D-1").report(
        "sunrise/pudong", SHANGHAI, merged_into=other
    )
    assert command.data == {"case_id": CASE, "step": "merged", "merged_into_id": other}


def test_whatever_is_needed_is_asked_for() -> None:
    assert all(needed in FIELDS[step] for step, needed in NEEDED.items())
