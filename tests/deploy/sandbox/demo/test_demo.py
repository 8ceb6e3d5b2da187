"""The demo's account finds what is lost, late, wrong or too much, and what was not announced."""

import json
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiokafka import ConsumerRecord
from rich.console import Console

from deploy.cli.topic_tail import Record
from deploy.sandbox.demo.account import READ_BY, Balance, HeldDocument, Ledger, held_by, missing
from deploy.sandbox.demo.browse import to_browse
from deploy.sandbox.demo.stories import Timeline, render_timeline, timelines
from deploy.sandbox.demo.summary import TopicRecord
from deploy.sandbox.demo.watch import LABELS, Origin, Watch
from deploy.sandbox.feed import FeedLine
from deploy.sandbox.feed.featured import CLIMBS
from deploy.sandbox.feed.feed import Expected
from deploy.sandbox.stack import fixed_ports
from services.complaints import app as complaints
from services.complaints.settings import ComplaintSettings
from services.followup import app as followup
from services.followup.settings import FollowUpSettings
from services.identity.domain.facts import READS as READ_BY_IDENTITY
from services.scoring import app as scoring
from services.scoring.settings import ScoringSettings
from shared.contracts import complaints as said_of_cases
from shared.contracts import feeds, intake
from shared.contracts.complaints import (
    CaseClosed,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    EscalationWithdrawn,
)
from shared.contracts.envelope import to_headers
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import problem
from shared.contracts.topics import DEAD_LETTERS, ESCALATIONS
from shared.platform.dead_letters import PREFIX
from shared.settings import ServiceSettings

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


def line(kind: str = feeds.VisitReported.TYPE, expected: Expected = "accepted") -> FeedLine:
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
        HeldDocument("scoring", ANNA, "ro/1"): "2",
        HeldDocument("followup", ANNA, "ro/1"): "2",
        HeldDocument("scoring", BRUNO, "ro/1"): "2",
        HeldDocument("followup", BRUNO, "ro/1"): "2",
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
    invalid = problem("invalid-event", "The event is not valid", 422)
    refused = Item(index=0, outcome="rejected", problem=invalid)
    ledger.add([line()], [refused])
    assert ledger.surprises() == [
        "visit closed: expected accepted, was rejected (The event is not valid)"
    ]


@pytest.mark.parametrize(("held", "lost"), [("1", True), ("2", False), ("3", False), (None, True)])
def test_an_older_version_is_missing_and_a_newer_one_is_not(held: str | None, lost: bool) -> None:
    place = HeldDocument("scoring", ANNA, "ro/1")
    there = {place: held} if held is not None else {}
    assert missing({place: "2"}, there) == ([place] if lost else [])


def test_a_case_is_held_for_its_customer() -> None:
    aggregates = [(f"{ANNA}|case/1", {"case/1": "1", "step/1": "2"})]
    assert held_by("complaints", aggregates) == {
        HeldDocument("complaints", ANNA, "case/1"): "1",
        HeldDocument("complaints", ANNA, "step/1"): "2",
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
            replace(BALANCED, missing=(HeldDocument("scoring", ANNA, "ro/1"),)),
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
        (
            replace(BALANCED, rise_announced=False),
            "not announced: C70001 moved from potential to quality",
        ),
        (
            replace(BALANCED, cases_otherwise=("K-SAVED: call back kept",)),
            "not announced: K-SAVED: call back kept",
        ),
    ],
)
def test_what_is_wrong_is_named(wrong: Balance, trouble: str) -> None:
    assert not wrong.balanced
    assert wrong.trouble == [trouble]
    assert wrong.as_json()["balanced"] is False


def test_the_account_asks_every_service_for_what_it_reads() -> None:
    recorded: dict[type[feeds.AnyReport], type[intake.Recorded]] = {
        feeds.SaleReported: intake.SaleRecorded,
        feeds.VisitReported: intake.VisitRecorded,
        feeds.ComplaintReported: intake.ComplaintFiled,
        feeds.ComplaintStepReported: intake.ComplaintStepTaken,
        feeds.SurveyReported: intake.SurveyAnswered,
        feeds.ReferralReported: intake.ReferralMade,
        feeds.ConsentReported: intake.ConsentGiven,
        feeds.TaskOutcomeReported: intake.TaskOutcomeRecorded,
        feeds.TaskAssignmentReported: intake.TaskAssigned,
        feeds.CustomerLinkReported: intake.CustomerLinkMade,
        feeds.CustomerReported: intake.CustomerCorrected,
        feeds.LeadReported: intake.LeadRecorded,
    }
    reads = {
        "scoring": scoring.decider(ScoringSettings()).reads,
        "followup": followup.decider(FollowUpSettings()).reads,
        "complaints": complaints.decider(ComplaintSettings()).reads,
        "identity": READ_BY_IDENTITY,
    }
    assert {
        report.TYPE: tuple(name for name, read in reads.items() if message in read)
        for report, message in recorded.items()
    } == READ_BY


# --- the featured cases -----------------------------------------------------------------------

DUE_AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def escalation(kind: str, subject: str, **data: object) -> TopicRecord:
    return TopicRecord(
        topic=ESCALATIONS.name,
        type=kind,
        key=ANNA,
        data={
            "dealer_id": "sunrise/pudong",
            "case_no": "K-CLIMBS",
            "clock": "answer",
            "generation": 1,
            "due_at": DUE_AT.isoformat(),
            "why": {"en": "Answer was due.", "zh": "答复客户[截止]。"},
            **data,
        },
        sequence=1,
        subject=subject,
        said_at=DUE_AT.isoformat(),
    )


def notice(kind: str, step: str, hours: int, **data: object) -> TopicRecord:
    at = DUE_AT + timedelta(hours=hours)
    fields: dict[str, object] = {
        "step": step,
        "at": at.isoformat(),
        "noticed_at": at.isoformat(),
        "recipients": ["group"],
        "addressees": [{"role": "group", "person": "sunrise-care", "because": "on_duty"}],
        "notified": True,
        **data,
    }
    return escalation(kind, step, **fields)


CLIMBED = (
    notice(DeadlineWarned.TYPE, "warning", -6),
    notice(DeadlineBreached.TYPE, "breach", 0, notified=False),
    notice(EscalationRaised.TYPE, "general_manager", 12),
    notice(EscalationRaised.TYPE, "group", 24),
    escalation(ClockStopped.TYPE, "verdict", verdict="broken", margin_seconds=-129_600),
    escalation(
        CaseClosed.TYPE,
        "closed",
        outcome="satisfied",
        kept=["contact", "call_back"],
        broken=["answer"],
    ),
)


def climbs(*records: TopicRecord) -> Timeline:
    return next(
        timeline
        for timeline in timelines(records, dealers=ServiceSettings().dealers().all())
        if timeline.featured is CLIMBS
    )


def test_a_featured_case_is_told_as_it_was_announced() -> None:
    timeline = climbs(*CLIMBED)
    assert timeline.missing == ()
    assert [message.text for message in timeline.messages] == [
        "answer is due in 6 h -> group:sunrise-care",
        "answer is due now (for the record only, told to nobody)",
        "answer is 12 h over -> group:sunrise-care",
        "answer is 24 h over -> group:sunrise-care",
        "answer broken, 36 h 0 min over",
        "satisfied; 2 kept, broken: answer",
    ]


@pytest.mark.parametrize("lost", range(len(CLIMBED)))
def test_each_message_of_a_featured_case_is_missed(lost: int) -> None:
    timeline = climbs(*CLIMBED[:lost], *CLIMBED[lost + 1 :])
    assert timeline.missing == (CLIMBS.ends[lost],)


def test_what_was_taken_back_does_not_stand() -> None:
    taken_back = escalation(EscalationWithdrawn.TYPE, "breach", about="breach/answer/1")
    timeline = climbs(*CLIMBED, taken_back)
    assert timeline.missing == ("breach of answer",)
    assert timeline.messages[-1].text == "breach of answer"


def test_a_case_of_which_nothing_was_announced_misses_everything() -> None:
    timeline = climbs()
    assert timeline.missing == CLIMBS.ends
    assert "Nothing was announced" in shown(timeline)


def test_the_reasons_are_in_chinese_where_that_is_spoken() -> None:
    text = shown(climbs(*CLIMBED))
    assert "Asia/Shanghai" in text
    assert "Sun 12:00  BREACH" in text
    assert text.count("答复客户[截止]。") == len(CLIMBED)
    at_berlin: TopicRecord = {
        **CLIMBED[0],
        "data": {**CLIMBED[0]["data"], "dealer_id": "sunrise/berlin"},
    }
    assert "答复客户" not in shown(climbs(at_berlin))


def shown(timeline: Timeline) -> str:
    file = StringIO()
    Console(file=file, width=100, color_system=None).print(render_timeline(timeline))
    return file.getvalue()


def test_what_services_announce_of_cases_has_a_label() -> None:
    on_escalations = {each.TYPE for each in said_of_cases.ALL if each.TOPIC == ESCALATIONS}
    assert on_escalations <= set(LABELS)


# --- what to look at --------------------------------------------------------------------------


def test_what_to_look_at_can_be_typed_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["aftercare", "demo", "--stay"])
    urls = {name: f"http://127.0.0.1:{port}" for name, port in fixed_ports(8100).services.items()}
    closed = escalation(
        CaseClosed.TYPE, "closed", case_id="sunrise/pudong/dms-cn/complaint/K-CLIMBS"
    )
    lines = list(to_browse(urls, [closed], Path("/tmp/a demo")))
    addresses = [line.split()[0] for line in lines if "http://" in line]
    case = f"{ANNA}%7Csunrise/pudong/dms-cn/complaint/K-CLIMBS"
    assert f"http://127.0.0.1:8104/v1/cases/{case}" in addresses
    assert {f"{url}/docs" for url in urls.values()} <= set(addresses)
    assert all(shlex.quote(address) == address for address in addresses)
    commands = [shlex.split(line.split("`")[1]) for line in lines if "`" in line]
    assert len(commands) == 2
    assert all(command[-2:] == ["--data-dir", "/tmp/a demo"] for command in commands)


def test_a_planted_record_is_told_as_such_and_lines_have_the_dealers_time() -> None:
    said: list[str] = []
    watch = Watch(say=said.append, zones={"sunrise/pudong": ZoneInfo("Asia/Shanghai")})
    watch.planted, watch.talkative = Origin("aftercare.visits", 3, 353), True
    for offset in (353, 354):
        watch.take(dead_letter(offset))
    watch.take(breach())
    assert ["on purpose: scoring could not process record" in line for line in said] == [
        True,
        False,
        False,
    ]
    assert "record 353 of aftercare.visits, partition 3: value: json_invalid" in said[0]
    assert said[2].startswith("Sun 06:05  sunrise/pudong")
    assert "contact due 2026-11-22 06:05 (for the record only" in said[2]


def dead_letter(offset: int) -> Record:
    values = {"service": "scoring", "topic": "aftercare.visits", "partition": "3"}
    values |= {"offset": str(offset), "reason": "value: json_invalid"}
    headers = tuple((f"{PREFIX}{name}", text.encode()) for name, text in values.items())
    return record(DEAD_LETTERS.name, headers, b"{")


def breach() -> Record:
    attributes = {
        "type": DeadlineBreached.TYPE,
        "subject": "s",
        "sequence": "1",
        "dealerid": "sunrise/pudong",
        "time": "2026-11-21T22:05:00.000Z",
    }
    data = {"case_no": "K1", "clock": "contact", "notified": False, "recipients": []}
    value = json.dumps({**data, "due_at": "2026-11-21T22:05:00.000Z"}).encode()
    return record(ESCALATIONS.name, tuple(to_headers(attributes)), value)


def record(topic: str, headers: tuple[tuple[str, bytes], ...], value: bytes) -> Record:
    return ConsumerRecord(
        topic=topic,
        partition=0,
        offset=0,
        timestamp=0,
        timestamp_type=0,
        key=b"k",
        value=value,
        checksum=None,
        serialized_key_size=1,
        serialized_value_size=len(value),
        headers=headers,
    )
