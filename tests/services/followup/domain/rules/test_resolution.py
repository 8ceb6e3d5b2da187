"""Complaint call-back: at the resolution, due when complaints' clock is due, else in 3 days."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.followup.domain.shipped.voices import COMPLAINT_CALL_BACK
from tests.services.followup.domain.rules.known import Document, complaint, order, said, tasks

RESOLVED: Mapping[str, Any] = {"resolved_at": "2025-01-10 17:00"}


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((complaint("2025-01-08"),), [], id="not before it is resolved"),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED),),
            ["K1 opens 2025-01-10 17:00, due 2025-01-13 17:00"],
            id="else in 3 days",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED, call_back_due_at="2025-01-11 11:00"),),
            ["K1 opens 2025-01-10 17:00, due 2025-01-11 11:00"],
            id="by complaints' own clock",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED, call_back_due_at="2025-01-09 11:00"),),
            ["K1 opens 2025-01-10 17:00, due 2025-01-10 17:00"],
            id="a clock that had run out makes it due at once",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED, called_back_at="2025-01-12 10:00"),),
            ["K1 opens 2025-01-10 17:00, due 2025-01-13 17:00; 2025-01-12 10:00 done: called back"],
            id="called back, as complaints says",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED, spans=["2025-01-08", "2025-01-11 10:00"]),),
            [
                "K1 opens 2025-01-10 17:00, due 2025-01-13 17:00; "
                "2025-01-11 10:00 cancelled: case closed"
            ],
            id="the case is withdrawn before they were called back",
        ),
        pytest.param(
            (
                complaint(
                    "2025-01-08",
                    **RESOLVED,
                    called_back_at="2025-01-12 10:00",
                    spans=["2025-01-08", "2025-01-12 10:00"],
                ),
            ),
            ["K1 opens 2025-01-10 17:00, due 2025-01-13 17:00; 2025-01-12 10:00 done: called back"],
            id="the call-back ends the case",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED, spans=["2025-01-08", "2025-01-10 17:00"]),),
            ["K1 opens 2025-01-10 17:00, due 2025-01-13 17:00"],
            id="a case that complaints closes at its resolution is called back about all the same",
        ),
        pytest.param(
            (complaint("2025-01-08", resolved_at="2025-02-10 17:00", generation=2),),
            ["K1#2 opens 2025-02-10 17:00, due 2025-02-13 17:00"],
            id="resolved again after a reopening it is another call",
        ),
        pytest.param(
            (complaint("2025-01-08", **RESOLVED), complaint("2025-01-09", "K2", **RESOLVED)),
            [
                "K1 opens 2025-01-10 17:00, due 2025-01-13 17:00",
                "K2 opens 2025-01-10 17:00, due 2025-01-13 17:00",
            ],
            id="each case for itself",
        ),
    ],
)
def test_call_back(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("complaint_call_back", order("2024-12-01"), *given) == then


def test_it_is_urgent_and_made_despite_a_do_not_contact() -> None:
    assert (COMPLAINT_CALL_BACK.urgent, COMPLAINT_CALL_BACK.despite_refusal) == (True, True)


def test_it_names_the_case() -> None:
    assert said("complaint_call_back", complaint("2025-01-08", **RESOLVED)) == {"case": "K1"}
