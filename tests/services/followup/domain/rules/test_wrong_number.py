"""Data correction: when a number turns out wrong, due 3 days later, between colleagues."""

import pytest

from services.followup.domain.shipped.corrections import DATA_CORRECTION
from tests.services.followup.domain.rules.known import Document, corrected, order, reported, tasks
from tests.services.followup.given import at

CSI = "service_satisfaction/visit/R1"
WRONG = reported("2025-01-11", CSI, "wrong_number")
OPENS = "O1 opens 2025-01-11 17:00, due 2025-01-14 17:00"


def called(on: str, what: str, number: str, by: str | None) -> Document:
    """A later attempt at the same task."""
    name, outcome = reported(on, CSI, what, number)
    return name, outcome.model_copy(update={"channel": by})


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((WRONG,), [OPENS], id="at once"),
        pytest.param((reported("2025-01-11", CSI, "not_reached"),), [], id="not reached"),
        pytest.param(
            (WRONG, called("2025-01-12", "wrong_number", "O2", "sms")),
            [OPENS],
            id="found wrong twice, corrected once",
        ),
        pytest.param(
            (WRONG, called("2025-01-12", "wrong_number", "O2", "email")),
            [OPENS, "O2 opens 2025-01-12 17:00, due 2025-01-15 17:00"],
            id="the address is another thing",
        ),
        pytest.param(
            (WRONG, called("2025-01-12", "done", "O2", "phone")),
            [f"{OPENS}; 2025-01-12 17:00 done: reached"],
            id="reached by it after all",
        ),
        pytest.param((WRONG, called("2025-01-12", "done", "O2", "email")), [OPENS], id="by e-mail"),
        pytest.param(
            (
                WRONG,
                reported("2025-01-12", "data_correction/task-outcome/O1", "done", "O2"),
                reported("2025-02-11", CSI, "wrong_number", "O3"),
            ),
            [OPENS, "O3 opens 2025-02-11 17:00, due 2025-02-14 17:00"],
            id="corrected, and wrong again",
        ),
        pytest.param(
            (WRONG, corrected("2025-01-12", "phone", "sms")),
            [f"{OPENS}; 2025-01-12 17:00 done: corrected"],
            id="another is reported",
        ),
        pytest.param(
            (
                WRONG,
                corrected("2025-01-12", "phone", "sms"),
                reported("2025-02-11", CSI, "wrong_number", "O3"),
            ),
            [
                f"{OPENS}; 2025-01-12 17:00 done: corrected",
                "O3 opens 2025-02-11 17:00, due 2025-02-14 17:00",
            ],
            id="another is reported, and wrong again",
        ),
        pytest.param(
            (WRONG, corrected("2025-01-10", "phone", "sms")), [OPENS], id="reported before"
        ),
        pytest.param((WRONG, corrected("2025-01-12", "email")), [OPENS], id="another address"),
    ],
)
def test_data_correction(given: tuple[Document, ...], then: list[str]) -> None:
    found = tasks("data_correction", order("2025-01-10"), *given)
    assert [sentence.removeprefix("task-outcome/") for sentence in found] == then


def test_one_that_is_told_late_is_as_late_as_that() -> None:
    name, wrong = WRONG
    late = (name, wrong.model_copy(update={"late": at("2025-02-01")}))
    [sentence] = tasks("data_correction", order("2025-01-10"), late)
    assert "opens 2025-02-01 17:00, due 2025-01-14 17:00" in sentence


def test_nobody_is_contacted() -> None:
    assert (DATA_CORRECTION.contact, DATA_CORRECTION.counts_as_contact) == ("internal", False)
