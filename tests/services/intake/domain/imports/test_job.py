"""An import's life: what each step makes of each state, and what it refuses."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.imports import job as life
from services.intake.domain.imports.job import (
    KNOWN_AGAIN,
    STATES,
    ImportJob,
    PortionDone,
    RecordCounts,
    State,
    Wish,
)
from tests.services.intake.given import NOW, PUDONG

ME = "key/mine"
LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(days=1)


def job(state: State, **more: object) -> ImportJob:
    """Held by `me` where it runs; its file is there, and kept where it ended."""
    runs = state == "running"
    ended = state in ("done", "failed")
    fields = {
        "import_id": "a1",
        "dealer_id": PUDONG,
        "source": "cdk",
        "mapping": "visits",
        "mapping_digest": "d",
        "same": "s" if state in KNOWN_AGAIN else None,
        "state": state,
        "created_at": NOW,
        "updated_at": NOW,
        "owner": "me" if runs else None,
        "held_until": NOW + LEASE if runs else None,
        "file_until": LATER if ended else None,
        "ended_at": NOW if ended else None,
        "number": 7,
        "records": 7,
        "counts": RecordCounts(accepted=7),
    }
    return ImportJob.model_validate(fields | more)


def done(after: int, number: int) -> PortionDone:
    counts = RecordCounts(accepted=number - after)
    return PortionDone(
        after=after,
        number=number,
        records=number - after,
        counts=counts,
        kept={"warned": 1},
        bytes_read=10,
        seconds=0.5,
    )


@pytest.mark.parametrize(
    ("state", "wish", "becomes"),
    [
        ("waiting", "pause", "paused"),
        ("paused", "pause", "paused"),
        ("waiting", "resume", "waiting"),
        ("paused", "resume", "waiting"),
        ("failed", "resume", "waiting"),
        ("done", "resume", "waiting"),
        ("waiting", "cancel", "cancelled"),
        ("paused", "cancel", "cancelled"),
        ("failed", "cancel", "cancelled"),
        ("cancelled", "cancel", "cancelled"),
        ("running", "pause", "running"),
        ("running", "resume", "running"),
        ("running", "cancel", "running"),
    ],
)
def test_what_is_wished_comes_true(state: State, wish: Wish, becomes: State) -> None:
    found = life.wished(job(state), wish, NOW, by=ME)
    assert found is not None
    assert found.state == becomes


def test_all_else_that_may_be_wished_cannot_be() -> None:
    refused = {
        (state, wish)
        for state in STATES
        for wish in get_args(Wish)
        if life.wished(job(state), wish, NOW, by=ME) is None
    }
    assert refused == {
        ("arriving", "pause"),
        ("arriving", "resume"),
        ("arriving", "cancel"),
        ("done", "pause"),
        ("done", "cancel"),
        ("failed", "pause"),
        ("cancelled", "pause"),
        ("cancelled", "resume"),
    }


def test_what_runs_is_as_wished_at_its_next_checkpoint() -> None:
    for wish, becomes in (("pause", "paused"), ("cancel", "cancelled")):
        asked = life.wished(job("running"), wish, NOW, by=ME)  # type: ignore[arg-type] # words of the table
        assert asked is not None
        found = life.checkpoint(asked, "me", done(7, 9), NOW)
        assert found is not None
        assert (found.state, found.asked, found.owner, found.records) == (becomes, None, None, 9)


def test_a_cancelled_one_is_not_paused_or_resumed_instead() -> None:
    asked = life.wished(job("running"), "cancel", NOW, by=ME)
    assert asked is not None
    assert life.wished(asked, "pause", NOW, by=ME) is None
    assert life.wished(asked, "resume", NOW, by=ME) is None


def test_a_pause_may_be_taken_back_before_it_comes_true() -> None:
    asked = life.wished(job("running"), "pause", NOW, by=ME)
    assert asked is not None
    back = life.wished(asked, "resume", NOW, by=ME)
    assert back is not None and back.asked is None


def test_a_resumed_one_that_ended_begins_anew_and_a_paused_one_goes_on() -> None:
    for state, records in (("failed", 0), ("done", 0), ("paused", 7)):
        found = life.wished(job(state), "resume", NOW, by=ME)  # type: ignore[arg-type] # words of the table
        assert found is not None
        assert (found.records, found.number, found.counts.accepted) == (records,) * 3
        assert found.file_until is None and found.ended_at is None


@pytest.mark.parametrize("gone", [{"has_file": False}, {"file_until": NOW}])
def test_without_its_file_it_is_not_resumed(gone: dict[str, object]) -> None:
    assert life.wished(job("failed", **gone), "resume", NOW, by=ME) is None


def test_it_is_taken_where_it_waits_or_whoever_had_it_is_gone() -> None:
    for state in STATES:
        found = life.taken(job(state), "other", NOW, LEASE)
        assert (found is not None) == (state == "waiting")
    found = life.taken(job("running"), "other", NOW + LEASE, LEASE)
    assert found is not None
    assert (found.owner, found.held_until, found.number) == ("other", NOW + 2 * LEASE, 7)


def test_of_one_whose_owner_is_gone_what_was_asked_comes_true() -> None:
    found = life.taken(job("running", asked="pause"), "other", NOW + LEASE, LEASE)
    assert found is not None
    assert (found.state, found.owner) == ("paused", None)


def test_whoever_lost_it_changes_nothing() -> None:
    held = job("running")
    assert life.held_longer(held, "other", NOW, LEASE) is None
    assert life.released(held, "other", NOW) is None
    assert life.opened_by(held, "other", "d", NOW) is None
    assert life.checkpoint(held, "other", done(7, 9), NOW) is None
    assert life.ended(held, "other", NOW, keep=LEASE) is None
    assert life.failed(held, "other", NOW, because="x", keep=LEASE) is None
    assert life.held_longer(held, "me", NOW, LEASE) is not None


def test_a_portion_counts_once_whoever_notes_it_again() -> None:
    held = job("running")
    found = life.checkpoint(held, "me", done(7, 9), NOW)
    assert found is not None
    assert (found.number, found.records, found.counts.accepted) == (9, 9, 9)
    assert life.checkpoint(found, "me", done(7, 9), NOW) is found
    assert life.checkpoint(found, "me", done(7, 8), NOW) is None
    assert life.checkpoint(held, "me", done(8, 9), NOW) is None


def test_it_is_read_anew_where_the_mapping_is_another() -> None:
    held = job("running")
    assert life.opened_by(held, "me", "d", NOW) is held
    found = life.opened_by(held, "me", "e", NOW)
    assert found is not None
    assert (found.number, found.counts.accepted, found.mapping_digest) == (0, 0, "e")


def test_the_file_is_kept_where_something_is_to_be_mended() -> None:
    clean = life.ended(job("running"), "me", NOW, keep=LEASE)
    to_mend = job("running", counts=RecordCounts(refused=1))
    kept = life.ended(to_mend, "me", NOW, keep=LEASE)
    assert clean is not None and kept is not None
    assert (clean.file_until, kept.file_until) == (NOW, NOW + LEASE)
    assert life.without_file(kept, NOW) is None
    gone = life.without_file(clean, NOW)
    assert gone is not None and not gone.has_file
    deleted = life.file_deleted(gone)
    assert deleted is not None and deleted.file_until is None
    assert life.file_deleted(kept) is None


def test_what_failed_may_be_sent_again() -> None:
    found = life.failed(job("running"), "me", NOW, because="x", keep=LEASE)
    assert found is not None and found.same is None


@given(st.lists(st.integers(1, 500), max_size=20), st.data())
def test_however_often_portions_are_noted_the_sums_are_those_of_the_file(
    sizes: list[int], data: st.DataObject
) -> None:
    held, last = job("running", number=0, records=0, counts=RecordCounts()), 0
    for size in sizes:
        for _ in range(data.draw(st.integers(1, 3))):
            found = life.checkpoint(held, "me", done(last, last + size), NOW)
            assert found is not None
            held = found
        last += size
    assert held.records == held.counts.accepted == held.number == sum(sizes)
    assert held.kept.get("warned", 0) == len(sizes)


@pytest.mark.parametrize("state", STATES)
def test_what_goes_on_is_theirs_who_had_it_go_on(state: State) -> None:
    sent = job(state, sent_by="key/other")
    found = life.wished(sent, "resume", NOW, by=ME)
    goes_on = state in ("paused", "failed", "done")
    assert (found is not None and found.sent_by == ME) == goes_on
    wishes: tuple[Wish, ...] = ("pause", "cancel")
    for wish in wishes:
        asked = life.wished(sent, wish, NOW, by=ME)
        assert asked is None or asked.sent_by == "key/other"


def test_what_nobody_may_send_any_more_waits_for_somebody_who_may() -> None:
    found = life.without_leave(job("running", sent_by=ME), "me", NOW)
    assert found is not None
    assert (found.state, found.because, found.owner) == ("paused", life.NO_LEAVE, None)
    assert (found.number, found.same) == (7, "s"), "it goes on where it was"
    again = life.wished(found, "resume", NOW, by="key/other")
    assert again is not None
    assert (again.state, again.because, again.sent_by) == ("waiting", "", "key/other")


def test_whose_leave_ended_is_cancelled_where_that_was_asked() -> None:
    found = life.without_leave(job("running", asked="cancel"), "me", NOW)
    assert found is not None
    assert (found.state, found.because) == ("cancelled", "")


def test_only_who_works_on_it_sees_that_leave_has_ended() -> None:
    assert life.without_leave(job("running"), "other", NOW) is None
    for state in set(STATES) - {"running"}:
        assert life.without_leave(job(state, owner="me"), "me", NOW) is None
