"""Points taken for each complaint."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import complaint


def test_it_weighs_from_its_receipt() -> None:
    assert points_of("complaints", complaint("2025-01-10")) == [
        ("2025-01-10", "2026-01-10", -15),
        ("2026-01-10", "2027-01-10", -7),
    ]


def test_and_not_while_it_is_withdrawn_or_part_of_another() -> None:
    for pause in ("withdrawn", "merged"):
        turns = (("2025-01-15", pause), ("2025-01-20", "open"))
        assert points_of("complaints", complaint("2025-01-10", "K1", *turns))[:2] == [
            ("2025-01-10", "2025-01-15", -15),
            ("2025-01-20", "2026-01-10", -15),
        ]
