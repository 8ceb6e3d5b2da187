"""`aftercare tasks rehearse`: what a feed would open, by rule, and why not; nothing is sent."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.event_files import EventLine, each_line, read_lines
from deploy.cli.failures import CannotRun
from deploy.cli.tasks.rehearse import Rehearsed, moment_of, rehearse
from deploy.cli.tasks.services import Services, services_of
from deploy.cli.tasks.tally import in_all, in_words
from deploy.sandbox.feed import history
from tests.deploy.cli.command import aftercare

BERLIN, CHICAGO = "sunrise/berlin", "sunrise/chicago"
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
"""A Monday at eleven in Berlin."""
_Json = dict[str, Any]


@pytest.fixture(scope="module")
def services() -> Services:
    return services_of(None)


def event(kind: str, id_: str, **data: Any) -> _Json:
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "dms/test",
        "type": f"dev.aftercare.{kind}.reported.v1",
        "data": {"source": "dms", "dealer_id": BERLIN, **data},
    }


def sale(number: str, on: str, customer: str = "C1", **of_car: Any) -> _Json:
    return event(
        "sale",
        f"sale-{number}",
        deal_no=number,
        status="delivered",
        source_modified_at=f"{on}T12:00:00Z",
        deal_date=on,
        delivered_at=f"{on}T12:00:00Z",
        sale_type="retail",
        vehicle={"vin": f"WVWZZZ1JZXW000{number}", **of_car},
        price={"amount": "31500.00", "currency": "EUR"},
        customer={"source_customer_id": customer},
    )


def complaint(number: str, on: str, customer: str = "C1") -> _Json:
    return event(
        "complaint",
        f"complaint-{number}",
        case_no=number,
        received_at=f"{on}T10:00:00Z",
        source_modified_at=f"{on}T12:00:00Z",
        channel="phone",
        category="bill",
        severity="normal",
        customer={"source_customer_id": customer},
    )


def lines(*events: _Json | bytes) -> list[EventLine]:
    return [
        EventLine("feed", number, each if isinstance(each, bytes) else json.dumps(each).encode())
        for number, each in enumerate(events, start=1)
    ]


def found(services: Services, told: Iterable[EventLine], **more: Any) -> Rehearsed:
    return rehearse(told, services, NOW, **more)


def opened(rehearsed: Rehearsed) -> dict[str, int]:
    rules = in_all(rehearsed.tallies.values()).rules
    return {kind: rule.open for kind, rule in rules.items() if rule.open}


def test_what_is_due_opens_and_what_is_past_is_recorded(services: Services) -> None:
    rehearsed = found(
        services,
        lines(
            sale("101", "2026-11-29", "C1", insured_until="2027-11-28"),
            sale("102", "2026-10-15", "C2"),
            sale("103", "2023-10-15", "C3"),
        ),
    )
    rules = in_all(rehearsed.tallies.values()).rules
    assert rules["delivery_thanks"].open == 1
    assert rules["delivery_thanks"].expired == 1, "that of October; that of 2023 is nothing at all"
    assert rehearsed.tallies[BERLIN].customers == 3
    assert rehearsed.tallies[BERLIN].overdue == 0


def test_why_not_is_counted(services: Services) -> None:
    insured = sale("101", "2026-01-05", insured_until="2027-01-05")
    alone = found(services, lines(insured))
    complaining = found(services, lines(insured, complaint("K1", "2026-11-29")))
    assert opened(alone).get("insurance_renewal") == 1
    rule = complaining.tallies[BERLIN].rules["insurance_renewal"]
    assert (rule.open, rule.silent["complaint_open"]) == (0, 1)
    assert any("a complaint is open" in line for line in in_words(complaining.tallies))


def test_a_car_sold_on_ends_what_its_former_owner_would_have_heard(services: Services) -> None:
    first = sale("101", "2026-01-05", "C1", insured_until="2027-01-05")
    again = sale("101", "2026-11-20", "C2") | {"id": "again"}
    again["data"]["deal_no"] = "D2"
    assert opened(found(services, lines(first))).get("insurance_renewal") == 1
    assert "insurance_renewal" not in opened(found(services, lines(first, again)))


def test_wrong_lines_are_told_as_intake_tells_them(services: Services) -> None:
    unknown = sale("102", "2026-11-29")
    unknown["data"]["dealer_id"] = "sunrise/nowhere"
    account = found(services, lines(sale("101", "2026-11-29"), b"{cut", unknown)).account
    assert (account.sent, account.accepted) == (3, 1)
    assert [each.position for each in account.rejected] == ["feed:2", "feed:3"]
    assert "no such dealer here" in account.rejected[1].reason


def test_a_feed_that_opens_nothing_is_said_to(services: Services) -> None:
    assert [*in_words(found(services, lines()).tallies)] == [
        "no task would be open, and none comes later"
    ]


def test_one_dealer_alone_is_told_of(services: Services) -> None:
    elsewhere = sale("102", "2026-11-29")
    elsewhere["data"]["dealer_id"] = CHICAGO
    told = lines(sale("101", "2026-11-29"), elsewhere)
    assert set(found(services, told).tallies) == {BERLIN, CHICAGO}
    assert set(found(services, told, dealer=CHICAGO).tallies) == {CHICAGO}


def test_the_order_of_the_lines_makes_no_difference(services: Services) -> None:
    feed = history(seed=5, dealers=services.dealers.all(), until=NOW, events=1000)
    told = [EventLine("feed", number, each.line) for number, each in enumerate(feed[-200:])]
    forth, back = found(services, told), found(services, told[::-1])
    assert forth.tallies == back.tallies
    assert not forth.undecided
    assert in_all(forth.tallies.values()).tasks


def test_the_moment_is_a_day_an_instant_or_the_present() -> None:
    assert moment_of("", NOW) == NOW
    assert moment_of("2026-12-01", NOW) == datetime(2026, 12, 1, tzinfo=UTC)
    assert moment_of("2026-12-01T09:00:00+08:00", NOW) == datetime(2026, 12, 1, 1, tzinfo=UTC)
    for wrong in ("2026-12-01T09:00:00", "yesterday", "2026-13-01"):
        with pytest.raises(ValueError, match=r"."):
            moment_of(wrong, NOW)


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":1}\n\n{"b":2}\r\n',
        b'\xef\xbb\xbf{"a":1}\n{"b":2}',
        b'[{"a":1},\n{"b":2}]',
        b'{\n"a":1\n}\n{\n"b":2\n}\n',
        b"",
        b'\n\n{"a":1}\n',
    ],
    ids=["lines", "byte order mark", "array", "spread over lines", "empty", "blank lines first"],
)
def test_a_file_is_read_line_by_line_as_it_is_read_as_a_whole(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "feed"
    file.write_bytes(content)
    assert [*each_line([file])] == read_lines([file])


def test_a_file_that_is_none_or_no_feed_is_refused_once(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(b"a,b\n1,2\n")
    for file in (table, tmp_path / "none", tmp_path):
        with pytest.raises(CannotRun):
            [*each_line([file])]


def test_the_command_says_it_in_words_and_as_json(tmp_path: Path) -> None:
    file = tmp_path / "feed.ndjson"
    file.write_text("\n".join([json.dumps(sale("101", "2026-11-29")), "{cut"]))
    at = ("--at", "2026-11-30T10:00:00Z")
    said = aftercare("tasks", "rehearse", str(file), *at)
    assert said.returncode == 1
    assert f"{file}:2: rejected" in said.stdout
    assert "1 task would be open; for:" in said.stdout
    told = json.loads(aftercare("tasks", "rehearse", str(file), *at, "--json").stdout)
    assert told["tasks"] == {"open": 1, "overdue": 0}
    assert told["dealers"][BERLIN]["rules"]["delivery_thanks"]["open"] == 1
    for wrong in (("--at", "soon"), ("--dealer", "sunrise/nowhere")):
        assert aftercare("tasks", "rehearse", str(file), *wrong).returncode == 2
