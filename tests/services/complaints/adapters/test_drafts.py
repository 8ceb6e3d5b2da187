"""What operators write as a whole: drafts with their calendars, and the example to start from."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deploy.cli.policy.check import check
from services.complaints.adapters.calendars import read_calendars
from services.complaints.adapters.policies import KIND
from shared.dealers.dealer import Dealers
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.policies.paths import RulesPaths
from tests import PROJECT

EXAMPLE = PROJECT / "deploy" / "examples" / "rules"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEALERS = read_dealers(EXAMPLE_DEALERS)
CALENDAR = 'timezone: Asia/Shanghai\nweek: {mon-fri: ["09:00-17:00"]}\n'
DRAFT = "dealer: sunrise/pudong\ncalendar: pudong\nclocks:\n  answer: {target: 8 business hours}\n"


def write(folder: Path, **files: str) -> Path:
    """`policies__pudong="…"` is the content of complaints/policies/pudong.yaml."""
    for name, text in files.items():
        kind, _, stem = name.partition("__")
        path = folder / ("complaints" if kind == "policies" else "") / kind / f"{stem}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_example_is_for_every_dealer_of_the_demo_and_right() -> None:
    checked = check(EXAMPLE, KIND, DEALERS, NOW)
    assert checked.wrong == []
    assert checked.drafts.keys() == {dealer.id for dealer in DEALERS.all()}
    assert checked.rulebook.rosters.keys() == checked.drafts.keys()
    assert checked.rulebook.editions == {}
    assert list(checked.warnings) == [
        f"{EXAMPLE}/complaints/policies/pudong.yaml: clocks run into 2027, whose holidays the "
        "calendar pudong does not know"
    ], "and all roles have somebody"


def test_the_example_has_closures_of_another_calendar_program() -> None:
    calendar = check(EXAMPLE, KIND, DEALERS, NOW).drafts["sunrise/pudong"].edition.calendar
    assert calendar is not None
    assert {date(2026, 6, 30), date(2027, 6, 30), date(2027, 3, 16)} <= set(calendar.closed)
    assert date(2026, 10, 10) in calendar.special, "a make-up working day"


def test_what_is_compiled_for_some_years_covers_no_others(tmp_path: Path) -> None:
    holidays = CALENDAR + "holidays: {country: DE}\n"
    write(tmp_path, calendars__week=CALENDAR, calendars__germany=holidays)
    wrong: list[str] = []
    calendars = read_calendars(tmp_path / "calendars", NOW, wrong)
    assert wrong == []
    covered = {name: found and found.covered_years for name, found in calendars.items()}
    assert covered == {"week": None, "germany": (2024, 2025, 2026, 2027, 2028, 2029)}


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (
            CALENDAR + "holidays: {country: Germany}\n",
            "calendars/pudong.yaml:3: holidays.country: no country whose holidays are known",
        ),
        (
            CALENDAR + "closed_in: [x.ics]\n",
            "calendars/pudong.yaml:3: closed_in.0: x.ics cannot be",
        ),
        ("timezone: Shanghai\nweek: {}\n", "calendars/pudong.yaml:1: timezone: "),
    ],
)
def test_a_wrong_calendar_is_told_with_file_line_and_field(
    tmp_path: Path, calendar: str, said: str
) -> None:
    write(tmp_path, calendars__pudong=calendar, policies__pudong=DRAFT)
    wrong = KIND.drafts(RulesPaths(tmp_path, KIND.service), NOW).wrong
    assert wrong[0].startswith(f"{tmp_path}/{said}")
    assert (
        wrong[-1]
        == f"{tmp_path}/complaints/policies/pudong.yaml:2: calendar: the calendar pudong is wrong"
    )


def test_a_calendar_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, policies__pudong=DRAFT, calendars__shanghai=CALENDAR)
    assert KIND.drafts(RulesPaths(tmp_path, KIND.service), NOW).wrong == [
        f"{tmp_path}/complaints/policies/pudong.yaml:2: calendar: there is no calendar 'pudong' in "
        "calendars/, which has shanghai"
    ]


def test_a_calendar_of_another_time_zone_is_pointed_out(tmp_path: Path) -> None:
    berlin = CALENDAR.replace("Asia/Shanghai", "Europe/Berlin")
    write(tmp_path, policies__pudong=DRAFT, calendars__pudong=berlin)
    assert (
        f"{tmp_path}/complaints/policies/pudong.yaml: the calendar is in Europe/Berlin, "
        "the dealer in Asia/Shanghai"
    ) in check(tmp_path, KIND, DEALERS, NOW).warnings


def test_roles_that_nobody_has_are_pointed_out(tmp_path: Path) -> None:
    roster = (
        "dealer: sunrise/pudong\nroles:\n  responsible_person: {service: [wang]}\n"
        "  department_head: []\n"
    )
    write(tmp_path, policies__pudong="dealer: sunrise/pudong\n", rosters__pudong=roster)
    said = [line.partition(": ")[2] for line in check(tmp_path, KIND, DEALERS, NOW).warnings]
    assert said == [
        "nobody is responsible_person outside of service; nobody is told",
        "nobody is department_head on the roster; nobody is told",
        "nobody is general_manager on the roster; nobody is told",
        "nobody is group on the roster; nobody is told",
    ]


def test_a_roster_of_no_dealer_is_pointed_out(tmp_path: Path) -> None:
    write(tmp_path, rosters__x="dealer: sunrise/x\nroles: {group: [a]}\n")
    assert list(check(tmp_path, KIND, Dealers([]), NOW).warnings) == [
        "roster of sunrise/x: no such dealer in AFTERCARE_DEALERS_FILE"
    ]
