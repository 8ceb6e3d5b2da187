"""Given what the register knows, when a report comes, then…"""

from datetime import timedelta

from services.intake.canonical import Submission, submissions
from services.intake.decide import Decision, Placement, decide, follow_case
from services.intake.facts import Row, placed_again
from shared.contracts.intake import ComplaintMoved, ComplaintStepTaken, SaleMoved, SaleRecorded
from tests.intake.given import (
    NOW,
    PUDONG,
    Data,
    at,
    complaint,
    customer,
    key,
    reported,
    sale,
    step,
    submitted,
    visit,
)

LATER = NOW + timedelta(hours=1)


def given(*asked: Submission) -> Row | None:
    """What the register knows after these, in order."""
    row = None
    for one in asked:
        row = decide(row, one, received_at=NOW).row
    return row


def when(row: Row | None, asked: Submission) -> Decision:
    return decide(row, asked, received_at=LATER)


def sent(decision: Decision) -> set[tuple[str, str]]:
    return {(type(told).__name__, told.customer_key) for told in decision.messages}


def modified(minutes: float, **more: object) -> Data:
    return visit(source_modified_at=at(minutes), **more)


def test_given_nothing_when_a_visit_comes_then_it_is_accepted_and_published() -> None:
    decision = when(None, submitted("visit", visit()))
    assert decision.outcome == "accepted"
    assert sent(decision) == {("VisitRecorded", key())}
    (told,) = decision.messages
    assert told.version == decision.row.version
    assert decision.row.customer_keys == {"customer": key()}
    assert (decision.row.first_received_at, decision.row.revision) == (LATER, 0)


def test_given_a_visit_when_it_is_repeated_then_nothing_happens() -> None:
    row = given(submitted("visit", visit()))
    decision = when(row, submitted("visit", visit()))
    assert (decision.outcome, decision.detail) == ("duplicate", "already known")
    assert decision.messages == ()
    assert decision.row is row


def test_given_a_visit_when_a_newer_version_comes_then_it_replaces_it() -> None:
    row = given(submitted("visit", modified(-60)))
    decision = when(row, submitted("visit", modified(-30, department="body")))
    assert decision.outcome == "accepted"
    assert row is not None
    assert decision.row.version > row.version
    assert decision.row.first_received_at == NOW, "the first receipt is that of the document"
    assert decision.row.updated_at == LATER
    assert len(decision.row.receipts) == 2


def test_given_a_newer_version_when_an_older_one_comes_then_it_is_not_published() -> None:
    row = given(submitted("visit", modified(-30)))
    decision = when(row, submitted("visit", modified(-60, department="body")))
    assert (decision.outcome, decision.detail) == ("duplicate", "a newer version is known")
    assert decision.messages == ()
    assert decision.row is row


def test_given_a_change_when_it_is_changed_back_then_that_is_accepted() -> None:
    changes = [modified(-60), modified(-50, department="body")]
    decision = when(
        given(*(submitted("visit", data) for data in changes)), submitted("visit", modified(-40))
    )
    assert decision.outcome == "accepted"


def test_given_a_visit_when_it_is_confirmed_later_then_what_lies_between_is_outdated() -> None:
    confirmed = when(given(submitted("visit", modified(-60))), submitted("visit", modified(-20)))
    assert confirmed.outcome == "duplicate"
    assert sent(confirmed) == {("VisitRecorded", key())}, "consumers learn of the newer version"
    between = when(confirmed.row, submitted("visit", modified(-40, department="body")))
    assert between.detail == "a newer version is known"


def test_given_another_customer_when_a_correction_comes_then_the_visit_moves() -> None:
    row = given(submitted("visit", modified(-60)))
    decision = when(row, submitted("visit", modified(-30, customer=customer("C2"))))
    assert sent(decision) == {("VisitMoved", key("C1")), ("VisitRecorded", key("C2"))}
    assert {told.version for told in decision.messages} == {decision.row.version}


def test_given_a_customer_when_the_visit_turns_internal_then_it_is_only_taken_back() -> None:
    row = given(submitted("visit", modified(-60)))
    internal = {"source_customer_id": "X", "kind": "internal"}
    decision = when(row, submitted("visit", modified(-30, customer=internal)))
    assert decision.outcome == "accepted"
    assert sent(decision) == {("VisitMoved", key("C1"))}
    assert decision.row.keys == frozenset()


def test_given_a_co_buyer_when_she_is_struck_off_then_the_sale_leaves_her_alone() -> None:
    parties = [{"role": "co_buyer", "customer": customer("C2")}]
    row = given(submitted("sale", sale(parties=parties)))
    decision = when(row, submitted("sale", sale(source_modified_at=at(-5))))
    assert sent(decision) == {("SaleMoved", key("C2")), ("SaleRecorded", key("C1"))}
    assert {type(told) for told in decision.messages} == {SaleMoved, SaleRecorded}


def test_given_a_correction_when_what_it_corrects_comes_again_then_it_takes_itself_back() -> None:
    """An attempt at the older report may have been published and then cut off."""
    row = given(submitted("visit", modified(-30, customer=customer("C2"))))
    decision = when(row, submitted("visit", modified(-60)))
    assert decision.outcome == "duplicate"
    assert sent(decision) == {("VisitMoved", key("C1"))}
    assert decision.messages[0].version == decision.row.version


def test_given_a_profile_when_it_is_repeated_then_it_is_not_published_again() -> None:
    profile = submissions(reported("visit", modified(-60)))[1]
    again = submissions(reported("visit", modified(-30)))[1]
    decision = when(given(profile), again)
    assert (decision.outcome, decision.messages) == ("duplicate", ())
    assert decision.row.version > decide(None, profile, received_at=NOW).row.version
    renamed = submissions(reported("visit", modified(-40, customer=customer(name="Old"))))[1]
    assert when(decision.row, renamed).messages == ()


def test_given_no_times_at_all_when_contents_differ_then_the_last_received_counts() -> None:
    contents = [modified(0, department=name) for name in "abc"]
    for data in contents:
        data["source_modified_at"] = None
    row = given(*(submitted("visit", data) for data in contents[:2]))
    assert when(row, submitted("visit", contents[2])).outcome == "accepted"
    assert when(row, submitted("visit", contents[0])).outcome == "duplicate"


def test_the_events_time_stands_in_for_the_sources() -> None:
    data = visit(source_modified_at=None)
    older = submitted("visit", data | {"department": "x"}, time=at(-60))
    newer = submitted("visit", data, time=at(-30))
    assert when(given(newer), older).outcome == "duplicate"
    assert when(given(older), newer).outcome == "accepted"


def a_step() -> Row:
    row = given(submitted("complaint-step", step()))
    assert row is not None
    return row


def following(customer_keys: dict[str, str]) -> Placement:
    placed = follow_case(a_step(), customer_keys, now=LATER, published={})
    assert placed is not None
    return placed


def test_given_a_waiting_step_when_its_complaint_has_a_customer_then_it_follows() -> None:
    placed = following({"customer": key()})
    waiting = f"{PUDONG}/cdk/doc/K1"
    assert {(type(told).__name__, told.customer_key) for told in placed.messages} == {
        ("ComplaintMoved", waiting),
        ("ComplaintStepTaken", key()),
    }
    assert placed.row.version > a_step().version, "it replaces what the old customer holds"
    assert {told.version for told in placed.messages} == {placed.row.version}
    gone = next(told for told in placed.messages if isinstance(told, ComplaintMoved))
    assert gone.case_id == f"{PUDONG}/cdk/complaint/K1"


def test_given_a_step_when_its_complaint_turns_internal_then_it_is_only_taken_back() -> None:
    placed = following({})
    assert [type(told) for told in placed.messages] == [ComplaintMoved]
    assert placed.row.keys == frozenset()


def test_given_a_moved_step_when_it_is_repeated_then_nothing_happens() -> None:
    placed = following({"customer": key()})
    decision = when(placed.row, submitted("complaint-step", step()))
    assert (decision.outcome, decision.messages) == ("duplicate", ())


def test_given_a_step_at_its_complaint_then_nothing_happens() -> None:
    row = a_step()
    published = dict.fromkeys(row.keys, row.version)
    assert follow_case(row, row.customer_keys, now=LATER, published=published) is None


def test_given_a_lost_race_when_the_step_went_elsewhere_then_it_is_taken_back_there() -> None:
    """The winner registered the very same version: only a newer one can replace it."""
    row = a_step()
    placed = follow_case(row, row.customer_keys, now=LATER, published={key("C9"): row.version})
    assert placed is not None
    assert placed.row.version == placed_again(row.version)
    assert {(type(told), told.customer_key) for told in placed.messages} == {
        (ComplaintMoved, key("C9")),
        (ComplaintStepTaken, f"{PUDONG}/cdk/doc/K1"),
    }


def test_the_narrative_is_registered_and_not_published() -> None:
    decision = when(None, submitted("complaint", complaint()))
    assert decision.row.narrative
    assert not any("Han Meimei" in told.model_dump_json() for told in decision.messages)
