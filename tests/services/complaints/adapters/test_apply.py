"""An edition applied while the service runs: what it does to open cases, and what it does not."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.policy.totals import SHOWN, DryRunSum
from services.complaints.app import rules_watch
from services.complaints.domain.dry_run import BREACHES, TRIAL
from services.complaints.domain.facts import CaseFacts
from services.complaints.domain.policy import POLICY_2123, ClockRule, ComplaintPolicy
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, OpenCases
from services.complaints.settings import ComplaintSettings
from shared.contracts.topics import ESCALATIONS
from shared.runtime import policies
from shared.runtime.aggregate import Emitted
from tests.services.complaints.given import DEALER, DECIDER, at, place
from tests.services.complaints.several import aggregate, complaint, taken
from tests.services.following import Following

OTHER_DEALER = "sunrise/berlin"


def changed(**targets: str) -> ComplaintPolicy:
    """The shipped policy with other targets."""
    clocks = (
        ClockRule.model_validate({**dict(rule), "target": targets.get(rule.name, rule.target)})
        for rule in POLICY_2123.clocks
    )
    return ComplaintPolicy(name="changed", clocks=tuple(clocks))


QUICKER = changed(contact="6h", answer="4h")


class Service(Following[CaseFacts, CaseRulebook]):
    """One instance of complaints that follows a folder of rules."""

    def __init__(self, folder: Path) -> None:
        decider = replace(DECIDER, policy=CaseRulebook())
        watch = rules_watch(decider, ComplaintSettings(rules_dir=folder))
        super().__init__(folder, decider, TRIAL, watch, at("0s"))

    async def when(self, elapsed: str) -> None:
        await self.until(at(elapsed))

    def edition(self, policy: ComplaintPolicy, open_cases: OpenCases) -> CaseEdition:
        return CaseEdition(applied_at=self.clock.now(), open_cases=open_cases, policy=policy)

    async def put_into_force(
        self, policy: ComplaintPolicy, open_cases: OpenCases, dealer: str = DEALER
    ) -> None:
        await self.apply(dealer, self.edition(policy, open_cases))

    async def rebased(self, policy: ComplaintPolicy) -> DryRunSum:
        """What an operator is told that a re-base would do now."""
        return await self.tried(DEALER, self.edition(policy, "rebase"))

    def said(self) -> list[dict[str, Any]]:
        """Everything on the topic of escalations so far."""
        return [
            json.loads(record.value or b"")
            for record in self.publisher.records
            if record.topic == ESCALATIONS.name
        ]

    async def emitted(self) -> dict[tuple[str, str], Emitted]:
        """What was last said, by case and subject."""
        found = await self.stored()
        return {
            (id_, about): entry
            for id_, each in found.items()
            for about, entry in each.emitted.items()
        }


def due(found: DryRunSum) -> list[tuple[str, str, datetime | None, datetime | None]]:
    """Case, clock, and when it is due and would be."""
    return [
        (
            each.name,
            move.output,
            datetime.fromisoformat(move.before) if move.before else None,
            datetime.fromisoformat(move.after) if move.after else None,
        )
        for each in found.first
        for move in each.differences
    ]


def moved(found: DryRunSum) -> dict[str, int]:
    """Clock -> how many would move."""
    return {clock: sum(found.of_rule(clock).values()) for clock in found.rules}


@pytest.fixture
async def service(tmp_path: Path) -> Service:
    """Five hours after four complaints: untouched, contacted in time, too late, and closed."""
    made = Service(tmp_path)
    await made.ownership.gained([0])
    await made.take(*(complaint(name) for name in ("A", "B", "C", "D")))
    await made.take(taken("B", "contacted", "10m"), taken("D", "answered", "15m"))
    await made.take(taken("D", "resolved", "20m"), taken("D", "called_back", "30m"))
    await made.when("3h")
    await made.take(taken("C", "contacted", "3h"))
    await made.when("5h")
    return made


def verdicts(emitted: dict[tuple[str, str], Emitted]) -> dict[tuple[str, str], Emitted]:
    return {
        subject: entry
        for subject, entry in emitted.items()
        if subject[1].startswith(("verdict/", "closed/", "breach/contact"))
    }


async def test_the_dry_run_tells_what_a_re_base_then_does(service: Service) -> None:
    told = await service.rebased(QUICKER)
    assert (told.judged, told.changed, told.with_effect[BREACHES]) == (3, 3, 3)
    assert moved(told) == {"answer": 3}
    assert due(told) == [(case_no, "answer/1", at("1d"), at("4h")) for case_no in ("A", "B", "C")]
    await service.put_into_force(QUICKER, "rebase")
    standing = [
        each["case_no"] for each in service.said() if each["policy_version"] == QUICKER.version
    ]
    assert set(standing) == {"A", "B", "C"}


async def test_the_dry_run_changes_nothing(service: Service) -> None:
    before = await service.emitted(), len(service.publisher.records)
    await service.rebased(QUICKER)
    assert (await service.emitted(), len(service.publisher.records)) == before


async def test_a_re_base_changes_no_verdict_and_notifies_nobody(service: Service) -> None:
    settled = verdicts(await service.emitted())
    assert {place(about) for _, about in settled} >= {
        "verdict/contact/1",
        "breach/contact/1",
        "closed/1",
    }
    before = len(service.said())
    await service.put_into_force(QUICKER, "rebase")
    assert verdicts(await service.emitted()) == settled, "byte for byte, and not said again"
    new = service.said()[before:]
    assert {each["clock"] for each in new} == {"answer"}
    assert [each["notified"] for each in new if "notified" in each] == [False] * 6


async def test_the_steps_after_a_re_base_do_notify(service: Service) -> None:
    await service.put_into_force(QUICKER, "rebase")
    before = len(service.said())
    await service.when("6h")
    steps = [each for each in service.said()[before:] if each["step"] == "general_manager"]
    assert [(each["case_no"], each["clock"], each["notified"]) for each in steps] == [
        (case_no, "answer", True) for case_no in ("A", "B", "C")
    ]


async def test_what_is_settled_at_once_by_a_re_base_is_not_told_loudly_later(
    service: Service,
) -> None:
    await service.put_into_force(QUICKER, "rebase")
    await service.take(taken("A", "answered", "5h 10m"))
    last = [each for each in service.said() if each.get("verdict")][-1]
    assert (last["clock"], last["verdict"], last["due_at"]) == (
        "answer",
        "broken",
        "2026-11-21T06:00:00.000Z",
    )


async def test_new_cases_only_leaves_open_ones_alone(service: Service) -> None:
    before, said = await service.emitted(), len(service.said())
    stored = {each.id: each for each in await service.store.page(dealer_id=None, after="", limit=9)}
    await service.put_into_force(QUICKER, "keep")
    assert (await service.emitted(), len(service.said())) == (before, said)
    for each in await service.store.page(dealer_id=None, after="", limit=9):
        assert (each.due_at, each.listing) == (stored[each.id].due_at, stored[each.id].listing)
        assert each.policy_version == service.decider.policy.version_for(DEALER)
    await service.take(complaint("E", "5h 1m"))
    await service.when("9h 1m")
    breaches = [each for each in service.said()[said:] if each["step"] == "breach"]
    assert [(each["case_no"], each["policy_version"]) for each in breaches] == [
        ("E", QUICKER.version)
    ]


async def test_all_open_cases_are_brought_over_and_counted(service: Service) -> None:
    edition = CaseEdition(applied_at=service.clock.now(), open_cases="rebase", policy=QUICKER)
    service.decider.policy = CaseRulebook(editions={DEALER: (edition,)})
    assert await service.progress(DEALER) == (3, 3)
    service.decider.policy = CaseRulebook()
    await service.put_into_force(QUICKER, "rebase")
    assert await service.progress(DEALER) == (3, 0)


async def test_another_dealers_edition_leaves_the_cases_as_they_are(service: Service) -> None:
    before = await service.store.page(dealer_id=None, after="", limit=9)
    await service.put_into_force(QUICKER, "rebase", dealer=OTHER_DEALER)
    assert await service.store.page(dealer_id=None, after="", limit=9) == before


async def test_a_longer_target_moves_and_breaches_nothing(service: Service) -> None:
    told = await service.rebased(changed(answer="3d"))
    assert (told.changed, told.with_effect[BREACHES]) == (3, 0)
    assert (await service.rebased(POLICY_2123)).changed == 0


async def test_a_clock_that_is_added_or_taken_away_moves_a_case(service: Service) -> None:
    fewer = ComplaintPolicy(name="fewer", clocks=POLICY_2123.clocks[:1])
    told = await service.rebased(fewer)
    assert told.changed == 3 and {each[3] for each in due(told)} == {None}
    extra = POLICY_2123.rules["answer"].model_copy(update={"name": "first_answer"})
    told = await service.rebased(ComplaintPolicy(name="more", clocks=(*POLICY_2123.clocks, extra)))
    assert told.changed == 3 and {each[2] for each in due(told)} == {None}
    assert told.with_effect[BREACHES] == 0


async def test_a_dry_run_keeps_the_first_few_cases_of_many(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "PAGE", 4)
    await service.take(*(complaint(f"M{number:02}", "5h") for number in range(20)))
    told = await service.rebased(QUICKER)
    assert (told.judged, told.changed, told.with_effect[BREACHES]) == (23, 23, 3)
    assert len(told.first) == SHOWN
    assert moved(told) == {"answer": 23, "contact": 20}


async def test_a_case_that_cannot_be_judged_does_not_hide_the_others(service: Service) -> None:
    found = await service.store.load([aggregate("A")])
    broken = found[aggregate("A")]
    facts = json.dumps({**json.loads(broken.facts), "documents": {"x": {"kind": "nonsense"}}})
    await service.store.save([replace(broken, version=broken.version + 1, facts=facts)])
    told = await service.rebased(QUICKER)
    assert (told.judged, told.unreadable) == (2, 1)


async def test_a_case_that_stands_still_moves_when_it_is_given_another_target(
    service: Service,
) -> None:
    await service.take(taken("A", "held", "5h"))
    told = await service.rebased(changed(answer="3d"))
    times = {each[0]: each[2:] for each in due(told)}
    assert times["A"] == (None, None)
    assert times["B"] == (at("1d"), at("3d"))
