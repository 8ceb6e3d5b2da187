"""The business panels of the dashboards show what the services say, on a real Prometheus, though
the service that counts was started anew amid the feed."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.identity import PersonChanged, PersonWithdrawn
from shared.contracts.topics import ESCALATIONS, PERSONS
from shared.settings import MongoSettings
from tests.e2e.house import House, Said, ago, house, reported, visit
from tests.e2e.prometheus import Prometheus, panels, program, prometheus
from tests.servers import Broker

BERLIN, PUDONG = "sunrise/berlin", "sunrise/pudong"
ZONES = {BERLIN: "Europe/Berlin", PUDONG: "Asia/Shanghai", "sunrise/chicago": "America/Chicago"}
NOTICES = {"deadline.warned": "warning", "deadline.breached": "breach", "escalation.raised": "step"}
Event = dict[str, Any]
Shown = dict[str, float]


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[tuple[House, Prometheus]]:
    program()  # before anything is started for nothing
    often = {"AFTERCARE_RUNTIME__COUNT_EVERY_SECONDS": "1"}
    directory = tmp_path_factory.mktemp("panels")
    with (
        house(directory / "house", own_broker, own_mongo, often) as running,
        prometheus(directory / "prometheus", running.stack.urls, key=running.stack.key) as asked,
    ):
        yield running, asked


def complaint(dealer: str, number: int, hours: float, **more: Any) -> Event:
    return reported(
        "complaint",
        f"{dealer}-{number}",
        **{
            "dealer_id": dealer,
            "case_no": f"K-{number}",
            "source_modified_at": ago(hours=hours),
            "received_at": ago(hours=hours),
            "channel": "phone",
            "category": "noise",
            "customer": {"source_customer_id": f"C-{number}"},
            **more,
        },
    )


def step(dealer: str, number: int, name: str, hours: float, **more: Any) -> Event:
    return reported(
        "complaint-step",
        f"{dealer}-{number}-{name}",
        **{
            "dealer_id": dealer,
            "case_no": f"K-{number}",
            "step_id": name,
            "step": name,
            "at": ago(hours=hours),
            "by": "staff-7",
            "source_modified_at": ago(hours=hours),
            **more,
        },
    )


def of_erika(number: int, customer: str, name: str = "Erika Beispiel", **more: Any) -> Event:
    """A visit of hers, under one of her numbers; or it was somebody else who has her telephone."""
    phone = {"number": "+4915112345678", "verified": True}
    event = visit(number, customer, **more)
    event["data"]["customer"] |= {"name": name, "phones": [phone]}
    return event


def first_half() -> list[Event]:
    """Cases of today and of the two weeks before, kept, broken, closed and running; tasks."""
    events = [
        complaint(dealer, number, hours, severity="major" if number % 3 == 0 else "normal")
        for dealer in (BERLIN, PUDONG)
        for number, hours in enumerate((0.5, 3, 30, 60, 100, 140, 190, 260))
    ]
    for dealer in (BERLIN, PUDONG):
        events += [step(dealer, 2, "contacted", 29.5), step(dealer, 2, "answered", 20)]
        events += [step(dealer, 3, "contacted", 50), step(dealer, 4, "withdrawn", 99)]
        events += [step(dealer, 1, "contacted", 4)]  # before receipt: it does not count
    events += [visit(number, f"V-{number}") for number in range(4)]
    events += [of_erika(10, "E-1"), of_erika(11, "E-2")]
    events.append(visit(9, "V-9", lines=[{"line_no": "1", "labour_amount": "much"}]))
    return events


def second_half() -> list[Event]:
    """Late reports, which take back what was said, and an end that was no end."""
    return [
        step(BERLIN, 1, "answered", 2.9),
        step(PUDONG, 5, "contacted", 139.9),
        step(PUDONG, 5, "resolved", 139.8),
        step(PUDONG, 5, "called_back", 139.7, satisfied=True),
        step(BERLIN, 4, "reopened", 50, reason="again"),
        complaint(BERLIN, 20, 1),
        complaint(PUDONG, 21, 26, channel="app"),
        of_erika(12, "E-2", "Max Beispiel", source_modified_at=ago(hours=2)),
    ]


class Truth:
    """What the services say: their endpoints, and what is on the topic."""

    def __init__(self, running: House) -> None:
        self._house = running
        self.said: Sequence[Said] = running.said(ESCALATIONS)

    def statistics(self, days: int) -> list[dict[str, Any]]:
        """The totals of all dealers, of so many of their days up to today."""
        found = []
        for dealer, zone in ZONES.items():
            today = datetime.now(ZoneInfo(zone)).date()
            asked = {"from": str(today - timedelta(days=days - 1)), "to": str(today)}
            answer = self._house.get("complaints", f"/v1/dealers/{dealer}/statistics", **asked)
            found.append(answer.json()["total"])
        return found

    def total(self, field: str, days: int) -> int:
        return sum(total[field] for total in self.statistics(days))

    def parts(self, field: str, days: int) -> Counter[str]:
        return Counter(name for total in self.statistics(days) for name in _each(total[field]))

    def clocks(self, state: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for total in self.statistics(7):
            found.update({clock: states[state] for clock, states in total["clocks"].items()})
        return found

    def deadlines(self) -> list[tuple[str, datetime | None]]:
        """The dealer and next deadline of every open case."""
        return [
            (dealer, datetime.fromisoformat(line["deadline"]) if line["deadline"] else None)
            for dealer in ZONES
            for line in self._house.get(
                "complaints", f"/v1/dealers/{dealer}/cases", limit=500
            ).json()["cases"]
        ]

    def tasks(self) -> list[str]:
        return [
            task["status"]
            for dealer in ZONES
            for task in self._house.get(
                "followup", f"/v1/dealers/{dealer}/tasks", limit=500
            ).json()["tasks"]
        ]

    def tasks_of_roles(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for dealer in ZONES:
            counts = self._house.get("followup", f"/v1/dealers/{dealer}/tasks/counts").json()
            found.update({role["of"]: role["open"] for role in counts["by_role"]})
        return found

    def persons(self) -> Shown:
        said = Counter(said.type for said in self._house.said(PERSONS))
        return {"told": said[PersonChanged.TYPE], "taken back": said[PersonWithdrawn.TYPE]}

    def of_type(self, noun: str) -> list[dict[str, Any]]:
        return [json.loads(said.value) for said in self.said if noun in said.type]


def _each(counts: dict[str, int]) -> Iterator[str]:
    for name, count in counts.items():
        yield from [name] * count


def expected_of_tasks(truth: Truth) -> dict[str, Shown]:
    """Of panels about what there is to do."""
    tasks = truth.tasks()
    to_do, overdue = len(tasks), tasks.count("overdue")
    return {
        "followup: To be done": {"tasks": to_do},
        "followup: Overdue": {"tasks": overdue},
        "followup: To be done, by role": dict(truth.tasks_of_roles()),
        "overview: Tasks to be done": {"tasks": to_do},
        "overview: Tasks overdue": {"tasks": overdue},
    }


def expected(truth: Truth) -> dict[str, Shown]:
    """Panel -> what it has to show."""
    now = datetime.now(UTC)
    deadlines = truth.deadlines()
    overdue = sum(due is not None and due < now for _, due in deadlines)
    due_today = sum(
        due is not None
        and due >= now
        and due.astimezone(ZoneInfo(ZONES[dealer])).date()
        == now.astimezone(ZoneInfo(ZONES[dealer])).date()
        for dealer, due in deadlines
    )
    kept, broken = truth.clocks("kept"), truth.clocks("broken")
    share = {
        clock: kept[clock] / (kept[clock] + broken[clock])
        for clock in kept.keys() | broken.keys()
        if kept[clock] + broken[clock]
    }
    notices = Counter(
        f"{kind}, notified {'yes' if content['notified'] else 'no'}"
        for noun, kind in NOTICES.items()
        for content in truth.of_type(noun)
    )
    taken_back = Counter(content["dealer_id"] for content in truth.of_type("escalation.withdrawn"))
    closed = Counter(content["outcome"] for content in truth.of_type("case.closed"))
    refused = Counter(
        f"{content['dealer_id']}: {content['refusal']}"
        for content in truth.of_type("complaint-step.refused")
    )
    severities = {f"received, {name}": n for name, n in truth.parts("by_severity", 7).items()}
    return {
        "complaints: Open": {"open": len(deadlines)},
        "complaints: Overdue": {"overdue": overdue},
        "complaints: Due today": {"due today": due_today},
        "complaints: Open cases": {
            "open": len(deadlines),
            "overdue": overdue,
            "due today": due_today,
        },
        "complaints: Received, last 7 days": {"received": truth.total("received", 7)},
        "complaints: Deadlines kept, last 7 days": {
            "kept": kept.total() / (kept.total() + broken.total())
        },
        "complaints: Kept, by clock": share,
        "complaints: Cases of the last 7 days": {
            **severities,
            "closed": truth.total("closed", 7),
            "reopened": truth.total("reopened", 7),
        },
        "complaints: Received, by severity": dict(truth.parts("by_severity", 300)),
        "complaints: Closed, by outcome; reopened": {
            **closed,
            "reopened": truth.total("reopened", 300),
        },
        "complaints: Notices, by kind": dict(notices),
        "complaints: Taken back": dict(taken_back),
        "complaints: Steps refused": {"steps": refused.total()},
        "complaints: Steps refused, by reason": dict(refused),
        "complaints: Nobody to tell": {"notices": 0},
        "complaints: Calendar years missing": {"years": 0},
        "identity: Persons, last hour": truth.persons(),
        **expected_of_tasks(truth),
        "overview: Cases open": {"cases": len(deadlines)},
        "overview: Cases overdue": {"cases": overdue},
        "overview: Refused, by reason": {f"{BERLIN} dms: invalid-event/lines": 1},
        "overview: Dead letters, last hour": {},
        "overview: Set aside, last hour": {},
    }


def different(asked: Prometheus, wanted: dict[str, Shown]) -> dict[str, tuple[Shown, Shown]]:
    """Panel -> what it shows and should; zeros may be missing, but no other number."""
    known, at = panels(), asked.last_scrape("complaints")
    found = {}
    for title, values in wanted.items():
        shown = {name: value for name, value in asked.shown(known[title], at).items() if value}
        right = {name: value for name, value in values.items() if value}
        if shown != pytest.approx(right, rel=1e-6):
            found[title] = (shown, right)
    return found


def send(running: House, events: list[Event], *, rejected: int = 0) -> None:
    answer = running.send(*events).json()
    assert (answer["accepted"], answer["rejected"]) == (len(events) - rejected, rejected), answer


def holds(running: House, count: int) -> bool:
    """Whether complaints has taken in so many documents, and said all that follows."""
    return (
        len(running.held("complaints")) == count
        and running.instance("complaints").gauge('aftercare_consumer_lag{service="complaints"}')
        == 0
    )


def test_every_business_panel_shows_what_the_services_say(
    aftercare: tuple[House, Prometheus],
) -> None:
    running, asked = aftercare
    half, rest = first_half(), second_half()
    cases = sum("complaint" in event["type"] for event in half)
    send(running, half, rejected=1)
    running.until(lambda: holds(running, cases))
    seen_until = datetime.now(UTC).timestamp()
    running.until(lambda: asked.scrapes_after("complaints", seen_until + 1))

    running.child("complaints").stop()
    running.child("complaints").restart()
    began = datetime.now(UTC).timestamp()
    running.instance("complaints").until_ready()
    running.until(lambda: asked.scrapes_after("complaints", began + 1))
    send(running, rest)
    cases += sum("complaint" in event["type"] for event in rest)
    running.until(lambda: holds(running, cases))
    running.until(lambda: Truth(running).persons()["taken back"] > 0)
    left: dict[str, tuple[Shown, Shown]] = {}

    def all_right() -> bool:
        left.clear()
        left.update(different(asked, expected(Truth(running))))
        return not left

    try:
        running.until(all_right)
    finally:
        assert not left, "panel: what it shows, and what it should"
    truth = Truth(running)
    assert len(truth.of_type("escalation.withdrawn")) > 0
    assert len({content["notified"] for content in truth.of_type("deadline.breached")}) > 0
    assert truth.total("reopened", 300) == 1


def test_panels_that_are_not_compared_here_tell_of_the_machinery_alone() -> None:
    uncompared = {
        title for title, panel in panels().items() if "aftercare_complaint" in str(panel["targets"])
    } - COMPARED
    assert uncompared == {
        "complaints: Time to the stop of a clock, p50 and p90",
        "complaints: Nobody to tell, by role",
        "complaints: Deadlines kept and broken",
    }


COMPARED = {
    f"complaints: {title}"
    for title in (
        "Open",
        "Overdue",
        "Due today",
        "Open cases",
        "Received, last 7 days",
        "Deadlines kept, last 7 days",
        "Kept, by clock",
        "Cases of the last 7 days",
        "Received, by severity",
        "Closed, by outcome; reopened",
        "Notices, by kind",
        "Taken back",
        "Steps refused",
        "Steps refused, by reason",
        "Nobody to tell",
        "Calendar years missing",
    )
} | {"overview: Cases open", "overview: Cases overdue"}
