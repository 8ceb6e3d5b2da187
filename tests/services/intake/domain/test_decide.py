"""Given what the register knows, when a report comes, then…"""

from datetime import timedelta

import pytest

from services.intake.domain.decide import RegisterDecision, decide
from services.intake.domain.facts import Row
from services.intake.domain.steps import MovedStep, follow_complaints
from services.intake.domain.submissions import Submission
from shared.contracts.intake import ComplaintMoved, ComplaintStepTaken, SaleMoved, SaleRecorded
from tests.services.intake.given import (
    NOW,
    PUDONG,
    Data,
    at,
    complaint,
    customer,
    key,
    merge,
    sale,
    step,
    submitted,
    target,
    visit,
)

LATER = NOW + timedelta(hours=1)


def given(*asked: Submission) -> Row | None:
    """What the register knows after these, in order."""
    row = None
    for one in asked:
        row = decide(row, one, received_at=NOW).row
    return row


def when(row: Row | None, asked: Submission) -> RegisterDecision:
    return decide(row, asked, received_at=LATER)


def sent(decision: RegisterDecision) -> set[tuple[str, str]]:
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
    assert len(decision.row.events) == 2


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


WAITING = f"{PUDONG}/cdk/doc/K1"
INTERNAL = {"source_customer_id": "X", "kind": "internal"}


def a_step(data: Data | None = None) -> Row:
    row = given(submitted("complaint-step", data or step()))
    assert row is not None
    return row


def a_case(data: Data | None = None) -> Row:
    row = given(submitted("complaint", data or complaint()))
    assert row is not None
    return row


def following(
    row: Row, *, case: Row | None, target: Row | None = None, published: tuple[str, ...] = ()
) -> MovedStep | None:
    return follow_complaints(row, case=case, target=target, now=LATER, published=published)


def placement(row: Row, *, case: Row | None, target: Row | None = None) -> MovedStep:
    found = following(row, case=case, target=target)
    assert found is not None
    return found


def merged_with(version_following: MovedStep) -> dict[str, str | None]:
    """Customer key -> the key that the step there merges with."""
    steps = [told for told in version_following.messages if isinstance(told, ComplaintStepTaken)]
    return {told.customer_key: told.merged_into_key for told in steps}


def test_given_a_waiting_step_when_its_complaint_has_a_customer_then_it_follows() -> None:
    version_following = placement(a_step(), case=a_case())
    assert {(type(told).__name__, told.customer_key) for told in version_following.messages} == {
        ("ComplaintMoved", WAITING),
        ("ComplaintStepTaken", key()),
    }
    assert version_following.row.version > a_step().version, (
        "it replaces what the old customer holds"
    )
    assert {told.version for told in version_following.messages} == {version_following.row.version}
    gone = next(told for told in version_following.messages if isinstance(told, ComplaintMoved))
    assert gone.case_id == f"{PUDONG}/cdk/complaint/K1"


def test_given_a_step_when_its_complaint_turns_internal_then_it_is_only_taken_back() -> None:
    version_following = placement(a_step(), case=a_case(complaint(customer=INTERNAL)))
    assert [type(told) for told in version_following.messages] == [ComplaintMoved]
    assert version_following.row.keys == frozenset()


def test_given_a_moved_step_when_it_is_repeated_then_nothing_happens() -> None:
    version_following = placement(a_step(), case=a_case())
    decision = when(version_following.row, submitted("complaint-step", step()))
    assert (decision.outcome, decision.messages) == ("duplicate", ())


def test_given_a_step_at_its_complaint_then_nothing_happens() -> None:
    row = a_step()
    assert following(row, case=None, published=tuple(row.keys)) is None
    there = placement(row, case=a_case()).row
    assert following(there, case=a_case(), published=(key(),)) is None


def test_given_a_lost_race_when_the_step_went_elsewhere_then_it_is_taken_back_there() -> None:
    there = placement(a_step(), case=a_case()).row
    version_following = following(there, case=a_case(), published=(WAITING, key()))
    assert version_following is not None
    assert version_following.row is there, "nothing is to be registered"
    (told,) = version_following.messages
    assert (type(told), told.customer_key) == (ComplaintMoved, WAITING)
    assert a_step().version < told.version == there.version


def test_given_a_cut_off_correction_when_the_complaint_comes_back_then_the_step_counts() -> None:
    """Else it would be missing there until the correction is sent again: a false alarm."""
    registered = placement(a_step(), case=a_case()).row
    away = a_case(complaint(source_modified_at=at(-30), customer=customer("C2")))
    back = a_case(complaint(source_modified_at=at(-20)))
    correction = submitted("complaint-step", step(source_modified_at=at(-40))).under(away, None)
    cut_off = when(registered, correction)
    strays = follow_complaints(
        cut_off.row, case=away, target=None, now=LATER, overtaken={key()}, before=registered
    )
    assert strays is not None
    version_following = placement(registered, case=back)
    for gone in (*cut_off.messages, *strays.messages):
        if isinstance(gone, ComplaintMoved):
            assert registered.version < gone.version < version_following.row.version


def test_given_a_merge_when_the_other_complaint_is_known_then_it_names_its_customer() -> None:
    at_case = placement(a_step(merge()), case=a_case())
    assert merged_with(at_case) == {key("C1"): None}
    version_following = placement(at_case.row, case=a_case(), target=a_case(target()))
    assert merged_with(version_following) == {key("C1"): key("C2")}
    assert not [told for told in version_following.messages if isinstance(told, ComplaintMoved)]
    assert version_following.row.version > at_case.row.version
    assert following(version_following.row, case=a_case(), target=a_case(target())) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"customer": customer("C3")}, key("C3")),
        ({"customer": INTERNAL}, None),
        ({"customer": None}, f"{PUDONG}/cdk/doc/K2"),
        ({"status": "voided"}, key("C2")),
    ],
)
def test_given_a_merge_when_the_other_complaint_changes_then_it_names_who_it_is_now(
    changes: Data, expected: str | None
) -> None:
    row = placement(a_step(merge()), case=a_case(), target=a_case(target())).row
    changed = a_case(target(source_modified_at=at(-30), **changes))
    version_following = placement(row, case=a_case(), target=changed)
    assert merged_with(version_following) == {key("C1"): expected}
    assert version_following.row.version > row.version


def test_given_a_merge_when_both_complaints_move_then_it_moves_once() -> None:
    row = placement(a_step(merge()), case=a_case(), target=a_case(target())).row
    moved = {"source_modified_at": at(-30), "customer": customer("C3")}
    version_following = placement(
        row, case=a_case(complaint(**moved)), target=a_case(target(**moved))
    )
    assert merged_with(version_following) == {key("C3"): key("C3")}
    assert [
        told.customer_key for told in version_following.messages if isinstance(told, ComplaintMoved)
    ] == [key("C1")]


def test_given_a_placed_merge_when_it_is_corrected_then_the_correction_is_newer() -> None:
    row = placement(a_step(merge()), case=a_case(), target=a_case(target())).row
    corrected = submitted("complaint-step", merge(source_modified_at=at(-59), by="u8"))
    decision = when(row, corrected.under(a_case(), a_case(target())))
    assert decision.outcome == "accepted"
    assert decision.row.version > row.version
    (told,) = decision.messages
    assert isinstance(told, ComplaintStepTaken)
    assert (told.version, told.merged_into_key) == (decision.row.version, key("C2"))


def test_the_narrative_is_registered_and_not_published() -> None:
    decision = when(None, submitted("complaint", complaint()))
    assert "narrative" in submitted("complaint", complaint()).words
    assert not any("Han Meimei" in told.model_dump_json() for told in decision.messages)


def test_given_a_row_without_content_when_its_time_is_reported_again_then_it_is_kept() -> None:
    """Hashes were made otherwise then, so that nobody can tell whether the content is another."""
    row = given(submitted("visit", visit()))
    assert row is not None
    legacy: Data = {"content": None, "content_hash": "f" * 32, "events": {}}
    before = row.model_copy(update=legacy)
    decision = when(before, submitted("visit", visit()))
    assert decision.outcome == "accepted"
    assert decision.row.content == row.content
    assert decision.row.version > row.version
    other = when(before, submitted("visit", modified(-90)))
    assert other.row is before, "an older content is another"


def test_given_a_row_of_before_events_were_kept_then_a_content_it_knows_is_a_repeat() -> None:
    row = given(submitted("visit", visit(source_modified_at=None)))
    assert row is not None
    first = submitted("visit", visit(source_modified_at=None))
    before = row.model_copy(update={"events": {}, "receipts": {first.content_hash: row.version}})
    other = before.model_copy(update={"content_hash": "f" * 32})
    assert when(other, first).outcome == "duplicate"
