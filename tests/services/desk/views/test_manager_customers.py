"""Grades and their movement, and leads, as the manager sees them."""

from collections.abc import Mapping

from services.desk.views.manager_customers import customers_shown, lead_rows
from shared.contracts.http.followup_leads import LeadMonths
from shared.contracts.http.scoring_months import Grades
from tests.access.dealers import MINE


def month(
    name: str, by_grade: Mapping[str, int], *moves: tuple[str, str, int]
) -> dict[str, object]:
    return {
        "month": name,
        "figures": {
            "customers": sum(by_grade.values()),
            "new": 1,
            "by_grade": by_grade,
            "by_risk": {"active": 1},
            "visits": 0,
            "paid": {},
            "value": 0,
            "grade_moves": [
                {"from": before, "to": after, "customers": customers}
                for before, after, customers in moves
            ],
            "risk_moves": [{"from": "active", "to": "due", "customers": 2}],
        },
    }


def test_grades_by_month_and_all_moves_between_them() -> None:
    before = month("2026-10", {"quality": 2}, ("general", "quality", 2), ("quality", "general", 1))
    now = month("2026-11", {"quality": 3, "general": 5}, ("general", "quality", 1))
    found = customers_shown(
        Grades.model_validate(
            {
                "dealer_id": MINE,
                "now": now,
                "months": [before, now],
                "as_of": None,
                "behind_seconds": None,
            }
        ),
        "en",
        str,
    )
    assert [each.month for each in found.months] == ["2026-10", "2026-11"], "the present one once"
    assert [(series.name, list(series.values)) for series in found.grades.series] == [
        ("Quality", [2, 3]),
        ("Potential", [0, 0]),
        ("General", [0, 5]),
    ]
    assert [
        (each.before, each.after, each.customers, each.is_up) for each in found.grade_moves
    ] == [
        ("quality", "general", 1, False),
        ("general", "quality", 3, True),
    ]
    assert [(each.after, each.customers, each.is_up) for each in found.risk_moves] == [
        ("due", 4, False)
    ]


def test_leads_of_the_last_month_come_first_and_empty_months_not_at_all() -> None:
    def leads(name: str, count: int, bought: int) -> dict[str, object]:
        figures = {
            **dict.fromkeys(("contacted", "quasi_lost", "lost", "approved", "falsely_lost"), 0),
            "leads": count,
            "bought": bought,
            "lost_because": {},
        }
        return {"month": name, "total": figures, "groups": []}

    found = LeadMonths.model_validate(
        {
            "dealer_id": MINE,
            "months": [leads("2026-09", 4, 1), leads("2026-10", 0, 0), leads("2026-11", 3, 2)],
            "as_of": None,
            "behind_seconds": None,
        }
    )
    assert [(row.month, row.bought_percent) for row in lead_rows(found)] == [
        ("2026-11", 67),
        ("2026-09", 25),
    ]
