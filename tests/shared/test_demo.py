"""The demo's account finds what is lost, late, wrong or too much."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deploy.local.demo_account import READ_BY, Balance, Ledger, Place, held_by, missing
from deploy.local.intake_client import Item, Problem
from deploy.local.sample import FeedLine
from deploy.local.sample.feed import Expected
from services.complaints import app as complaints
from services.complaints.settings import ComplaintSettings
from services.followup import app as followup
from services.followup.settings import FollowUpSettings
from services.scoring import app as scoring
from services.scoring.settings import ScoringSettings
from shared.contracts import intake
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskOutcomeReported,
    VisitReported,
)

ANNA, BRUNO = "sunrise/berlin/dms/1", "sunrise/berlin/dms/2"
BALANCED = Balance(
    sent=3,
    accepted=1,
    duplicate=1,
    rejected=1,
    due=2,
    missing=(),
    concerning_nobody=0,
    not_registered=(),
    surprises=(),
    dead_letters=2,
    dead_letters_expected=2,
    unexpected_dead_letters=(),
    alarms_from_history=0,
)


def line(kind: str = VisitReported.TYPE, expected: Expected = "accepted") -> FeedLine:
    return FeedLine(
        at=datetime(2026, 11, 21, tzinfo=UTC),
        line=json.dumps({"type": kind}).encode(),
        expected=expected,
        about="visit closed",
        dealer_id="sunrise/berlin",
    )


def taken(document: str, version: str, *keys: str) -> Item:
    return Item(
        index=0, outcome="accepted", document_id=document, version=version, customer_keys=keys
    )


def test_what_is_due_is_the_newest_version_at_each_reader_for_each_customer() -> None:
    ledger = Ledger()
    ledger.add([line(), line()], [taken("ro/1", "2", ANNA, BRUNO), taken("ro/1", "1", ANNA)])
    assert ledger.due() == {
        Place("scoring", ANNA, "ro/1"): "2",
        Place("followup", ANNA, "ro/1"): "2",
        Place("scoring", BRUNO, "ro/1"): "2",
        Place("followup", BRUNO, "ro/1"): "2",
    }


def test_a_rejected_line_is_due_nowhere() -> None:
    ledger = Ledger()
    ledger.add(
        [FeedLine(datetime(2026, 11, 21, tzinfo=UTC), b'{"cut', "rejected", "cut off", "a/b")],
        [Item(index=0, outcome="rejected")],
    )
    assert ledger.due() == {}
    assert ledger.surprises() == []


def test_what_concerns_nobody_is_looked_for_in_the_register() -> None:
    ledger = Ledger()
    ledger.add([line(), line()], [taken("ro/1", "1"), taken("ro/2", "1", ANNA)])
    assert ledger.concerning_nobody() == {"ro/1"}


def test_an_outcome_that_the_feed_did_not_expect_is_a_surprise() -> None:
    ledger = Ledger()
    refused = Item(index=0, outcome="rejected", problem=Problem(title="The event is not valid"))
    ledger.add([line()], [refused])
    assert ledger.surprises() == [
        "visit closed: expected accepted, was rejected (The event is not valid)"
    ]


@pytest.mark.parametrize(("held", "lost"), [("1", True), ("2", False), ("3", False), (None, True)])
def test_an_older_version_is_missing_and_a_newer_one_is_not(held: str | None, lost: bool) -> None:
    place = Place("scoring", ANNA, "ro/1")
    there = {place: held} if held is not None else {}
    assert missing({place: "2"}, there) == ([place] if lost else [])


def test_a_case_is_held_for_its_customer() -> None:
    aggregates = [(f"{ANNA}|case/1", {"case/1": "1", "step/1": "2"})]
    assert held_by("complaints", aggregates) == {
        Place("complaints", ANNA, "case/1"): "1",
        Place("complaints", ANNA, "step/1"): "2",
    }


def test_an_account_balances_when_nothing_is_wrong() -> None:
    assert BALANCED.balanced and BALANCED.trouble == []
    assert BALANCED.in_words()[-1] == "everything is accounted for"


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        (replace(BALANCED, sent=4), "intake did not answer for every event"),
        (replace(BALANCED, surprises=("s",)), "not as the feed expects: s"),
        (
            replace(BALANCED, missing=(Place("scoring", ANNA, "ro/1"),)),
            f"missing at scoring: ro/1 of {ANNA}",
        ),
        (replace(BALANCED, not_registered=("ro/9",)), "not in intake's register: ro/9"),
        (
            replace(BALANCED, dead_letters=3, unexpected_dead_letters=("w",)),
            "unexpected dead letter: w",
        ),
        (replace(BALANCED, dead_letters=1), "1 of 2 dead letters of the unreadable record"),
        (replace(BALANCED, dead_letters=3), "3 of 2 dead letters of the unreadable record"),
        (replace(BALANCED, alarms_from_history=5), "importing history raised 5 alarms"),
    ],
)
def test_what_is_wrong_is_named(wrong: Balance, trouble: str) -> None:
    assert not wrong.balanced
    assert wrong.trouble == [trouble]
    assert wrong.as_json()["balanced"] is False


def test_the_account_asks_every_service_for_what_it_reads() -> None:
    recorded: dict[type[AnyReport], type[intake.Recorded]] = {
        SaleReported: intake.SaleRecorded,
        VisitReported: intake.VisitRecorded,
        ComplaintReported: intake.ComplaintFiled,
        ComplaintStepReported: intake.ComplaintStepTaken,
        SurveyReported: intake.SurveyAnswered,
        ReferralReported: intake.ReferralMade,
        ConsentReported: intake.ConsentGiven,
        TaskOutcomeReported: intake.TaskOutcomeRecorded,
    }
    reads = {
        "scoring": scoring.machine(ScoringSettings()).reads,
        "followup": followup.machine(FollowUpSettings()).reads,
        "complaints": complaints.machine(ComplaintSettings()).reads,
    }
    assert {
        report.TYPE: tuple(name for name, read in reads.items() if message in read)
        for report, message in recorded.items()
    } == READ_BY
