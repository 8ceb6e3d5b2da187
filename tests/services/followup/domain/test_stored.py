"""What is kept of documents is read as it was written, whatever they say and who wrote it."""

import json
from typing import Any

from hypothesis import given as always
from hypothesis import strategies as some
from pydantic import TypeAdapter

from services.followup.domain.decide import condense, decide
from services.followup.domain.documents import CaseStands, Delivery, RepairOrder, Scored
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.values import Code, Term
from shared.decider.digests import Horizon
from tests.services.followup.given import (
    CAR,
    POLICY,
    advised,
    at,
    delivery,
    expected,
    job,
    survey,
    visit,
)
from tests.services.followup.given_others import case

FEW = FollowUpPolicy(horizon=Horizon(documents=1))
OF = "sunrise/pudong/cdk/"
BEFORE = {
    "customer_key": f"{OF}C1",
    "documents": {
        f"{OF}visit/R3": {
            "version": "1746090000001.000000000001",
            "kind": "visit",
            "opened_at": "2025-05-01T06:00:00Z",
            "timezone": "Asia/Shanghai",
            "vin": CAR,
        },
        f"{OF}C1/score": {
            "version": "00000000000000000003",
            "kind": "expected",
            "since": "2025-04-20",
            "expected_on": "2025-08-15",
            "vin": CAR,
        },
        f"{OF}task-outcome/O2": {
            "version": "1736672400001.000000000001",
            "kind": "outcome",
            "at": "2025-01-12T09:00:00Z",
            "task_id": "d9873ea5-1250-5f64-8402-4459ac788862",
            "outcome": "done",
        },
    },
    "digests": {
        "contact": (
            "@sale/D%201 1704445200001.000000000001 d 1704445200 =  Asia/Shanghai"
            f" {CAR} 12|"
            "@sale/D2 1709283600001.000000000001 d 1707123600 = 1707210000 Asia/Shanghai  "
            " 1709283600.001|"
            "@visit/R1 1736499600001.000000000001 v 1736499600 1736488800 =  Asia/Shanghai"
            f" {CAR} 9000|"
            "@visit/R2 1745139600001.000000000001 v 1745139600 1745128800 = 1745226000"
            f" Asia/Shanghai {CAR} 18000|"
        ),
        "nothing": "@visit/R4 1746090000001.000000000001 n|@visit/R9 1893488400001.000000000001 g|",
        "outcome": (
            "@task-outcome/O1 1736586000001.000000000001 o 1736586000 ="
            " d9873ea5-1250-5f64-8402-4459ac788862 postponed 2025-01-15 u7|"
        ),
    },
    "newest": {"contact": "@visit/R2", "outcome": "@task-outcome/O1"},
    "limits": "3653/1",
}
"""As followup wrote it before it knew of faults, surveys, cases and grades."""


def before() -> FollowUpFacts:
    return FollowUpFacts.model_validate_json(json.dumps(BEFORE))


def test_what_was_kept_before_is_read_and_says_what_it_said() -> None:
    facts = condense(before(), POLICY)
    assert facts.documents[f"{OF}visit/R2"] == RepairOrder(
        kind="visit",
        version="1745139600001.000000000001",
        opened_at=at("2025-04-20 14:00"),
        closed_at=at("2025-04-20 17:00"),
        late=at("2025-04-21 17:00"),
        timezone="Asia/Shanghai",
        vin=CAR,
        km=18000,
    )
    sold = facts.documents[f"{OF}sale/D 1"]
    assert isinstance(sold, Delivery)
    assert (sold.km, sold.used, sold.insured_until) == (12, False, None)
    undone = facts.documents[f"{OF}sale/D2"]
    assert isinstance(undone, Delivery)
    assert (undone.vin, undone.undone_at is not None) == (None, True)
    assert len(facts.versions()) == 10


def test_an_order_of_which_nothing_was_kept_counts_as_service() -> None:
    found = condense(before(), POLICY).documents[f"{OF}visit/R1"]
    assert isinstance(found, RepairOrder)
    assert (found.serviced, found.repaired, found.performed) == (True, False, ())


def test_a_day_that_was_kept_alone_counts_until_more_is_said() -> None:
    facts = before()
    kept = facts.documents[f"{OF}C1/score"]
    assert isinstance(kept, Scored)
    assert (str(kept.expected_on), kept.grade, kept.risk) == ("2025-08-15", None, None)
    told = join(facts, [expected("2025-08-15", "2025-04-20", 4, vin=CAR)])
    now = told.documents[f"{OF}C1/score"]
    assert isinstance(now, Scored)
    assert (str(now.expected_on), now.grade) == ("2025-08-15", "general")


def test_the_tasks_of_what_was_kept_before_are_those_that_they_were() -> None:
    contacts = {"documents": {}, "digests": {"contact": before().digests["contact"]}}
    kept = condense(before().model_copy(update=contacts), POLICY)
    story = [
        delivery("2024-01-05", "D 1", km=12),
        delivery("2024-02-05", "D2", vin=None, status="unwound", revised="2024-03-01"),
        visit("2025-01-10", "R1", km=9000),
        visit("2025-04-20", "R2", km=18000, received="2025-04-21"),
    ]
    told = join(FollowUpFacts(), story)
    for moment in ("2025-04-22", "2025-09-01", "2025-10-20"):
        ours, theirs = (decide(facts, {}, POLICY, at(moment)) for facts in (kept, told))
        assert ours.outputs == theirs.outputs
        assert ours.outputs


codes = some.text(min_size=1, max_size=40).filter(
    lambda text: _is(Code, text) and TypeAdapter(Code).validate_python(text) == text
)
terms = some.text(min_size=1, max_size=40).filter(
    lambda text: _is(Term, text) and TypeAdapter(Term).validate_python(text) == text
)


def _is(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValueError:
        return False
    return True


AWKWARD = ["=", "a,b", "%2C", "a b", "@x", "|", "-", "1736499600", "a=b", "前 轮,左"]
some_codes = some.lists(codes | some.sampled_from(AWKWARD), max_size=4, unique=True)


@always(some_codes, some_codes, some.lists(terms | some.sampled_from(AWKWARD), max_size=3))
def test_what_is_set_aside_comes_back_whatever_its_codes_and_items_are(
    jobs: list[str], others: list[str], items: list[str]
) -> None:
    story = [
        visit(
            "2025-01-10",
            "R1",
            lines=[job(code, fault=code, severe=True) for code in jobs],
            recommended=[advised(code) for code in others],
            insured_until="2025-02-28",
            inspection_on="2028-02-29",
            promised_at=at("2025-01-10 16:30"),
            comeback_of=f"{OF}visit/R 0,|",
        ),
        visit("2025-01-11", "R2", pays="goodwill"),
        delivery("2025-01-08", condition="used", insured_until="2026-01-07"),
        survey("2025-01-12", 3, "S1", items=dict.fromkeys(items, 4)),
        survey("2025-01-13", 0, "S2"),
        case("2025-01-14", "K1", ("2025-01-14", "2025-01-15"), ("2025-01-16", "2025-01-17")),
        case("2025-01-18", "K2", resolved="2025-01-19", call_back_due="2025-01-22"),
    ]
    facts = join(FollowUpFacts(), story)
    aside = condense(facts, FEW)
    assert len(aside.documents) < len(facts.documents)
    kept = FollowUpFacts.model_validate_json(aside.model_dump_json())
    assert condense(kept, POLICY).documents == facts.documents


def test_an_open_case_is_looked_at_however_many_others_there_are() -> None:
    """Else selling would go on for it."""
    story = [case("2020-01-01", "OLD", received="2020-01-01")]
    story += [
        case(f"2025-01-{day:02d}", f"K{day}", (f"2025-01-{day:02d}", f"2025-02-{day:02d}"))
        for day in range(1, 20)
    ]
    facts = condense(join(FollowUpFacts(), story), FEW)
    [left] = facts.documents.values()
    assert isinstance(left, CaseStands)
    assert left.spans[-1].until is None
    closed = case("2020-01-01", "OLD", ("2020-01-01", "2020-02-01"), revision=2)
    facts = condense(join(facts, [closed]), FEW)
    [left] = facts.documents.values()
    assert isinstance(left, CaseStands)
    assert left.at == at("2025-01-19")


def test_an_open_case_counts_however_long_before_it_was_received() -> None:
    facts = condense(join(FollowUpFacts(), [case("2009-01-01", received="2025-01-01")]), POLICY)
    assert len(facts.documents) == 1
    closed = case(
        "2009-01-01", "K1", ("2009-01-01", "2009-02-01"), received="2025-01-01", revision=2
    )
    facts = condense(join(facts, [closed]), POLICY)
    assert len(facts.documents) == 0
    assert len(facts.versions()) == 1
