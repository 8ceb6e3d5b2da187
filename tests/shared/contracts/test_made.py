"""What is made without being checked is what checking it would have made."""

from datetime import UTC, datetime

from services.scoring.domain.documents import Visit
from services.scoring.domain.facts import ScoringFacts
from shared.contracts.made import made, remade
from shared.contracts.scoring import Reason
from shared.contracts.values import Bilingual

WORDS = Bilingual(en="2 cars bought: 60 points", zh="购车2辆：60分")


def test_it_equals_what_is_checked_and_is_written_the_same() -> None:
    fields = {
        "axis": "value",
        "rule": "vehicle_bought",
        "points": 60,
        "count": 2,
        "form": None,
        "documents": ("sunrise/pudong/cdk/sale/D1",),
        "more_documents": 0,
        "words": WORDS,
    }
    checked, ours = Reason.model_validate(fields), made(Reason, **fields)
    assert ours == checked
    assert hash(ours) == hash(checked)
    assert ours.model_dump_json() == checked.model_dump_json()
    assert ours.model_fields_set == set(fields)
    assert ours.model_copy(update={"points": 1}).points == 1


def test_a_copy_with_changes_leaves_the_first_as_it_was() -> None:
    facts = ScoringFacts(customer_key="sunrise/pudong/cdk/C1")
    visit = Visit(version="1", at=datetime(2025, 1, 10, tzinfo=UTC), kind="visit")
    after = remade(facts, documents={"R1": visit}, stale=True)
    assert after == facts.model_copy(update={"documents": {"R1": visit}, "stale": True})
    assert (facts.documents, facts.stale) == ({}, False)
