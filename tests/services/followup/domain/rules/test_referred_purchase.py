"""Referral thanks: when a referred customer buys, due 3 days later."""

import pytest

from tests.services.followup.domain.rules.known import Document, order, referred, tasks

THANKS = "F1 opens 2025-01-10 17:00, due 2025-01-13 17:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((referred("2025-01-10"),), [THANKS], id="bought"),
        pytest.param(
            (referred("2025-01-10"), referred("2025-03-10", "F2", whom="C8")),
            [THANKS, "F2 opens 2025-03-10 17:00, due 2025-03-13 17:00"],
            id="each of them",
        ),
        pytest.param(
            (referred("2025-01-10"), referred("2025-03-10", "F2")), [THANKS], id="one of them once"
        ),
    ],
)
def test_referral_thanks(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("referral_thanks", order("2024-12-01"), *given) == then
