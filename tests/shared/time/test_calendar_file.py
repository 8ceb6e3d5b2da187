"""A calendar as a dealer writes it, and what is wrong with one by file, line and field."""

from datetime import UTC, date, datetime
from pathlib import Path

import holidays
import pytest

from shared.time.calendar import BusinessCalendar, Window
from shared.time.calendar_file import STATUTORY, Arrangements, compile_calendar
from shared.yaml_file import WrongFile, read_yaml

YEARS = range(2025, 2029)
WEEK = """timezone: Asia/Shanghai
week: {mon-fri: ["08:30-12:00", "13:00-17:30"], sat: ["09:00-24:00"]}
"""
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//dealer//closures//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20251224
DTEND;VALUE=DATE:20251227
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20260812
END:VEVENT
END:VCALENDAR
"""


def compiled(folder: Path, text: str) -> BusinessCalendar:
    path = folder / "pudong.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_calendar("pudong", path, YEARS)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(WrongFile) as found:
        compiled(folder, text)
    return [line.removeprefix(f"{folder}/") for line in found.value.lines]


def day(text: str) -> date:
    return date.fromisoformat(text)


def hours(calendar: BusinessCalendar, text: str) -> list[str]:
    return [str(window) for window in calendar.windows_on(day(text))]


def test_weekdays_are_named_one_by_one_in_ranges_or_lists(tmp_path: Path) -> None:
    found = compiled(
        tmp_path, 'timezone: UTC\nweek: {"tue,thu": ["09:00-10:00"], sat-sun: ["10:00-11:00"]}\n'
    )
    assert list(found.week) == ["tue", "thu", "sat", "sun"]
    assert found.covered_years is None


def test_the_first_that_speaks_of_a_date_counts(tmp_path: Path) -> None:
    """Openings, closures, make-up days, holidays, the week."""
    (tmp_path / "closures.ics").write_text(ICS)
    found = compiled(
        tmp_path,
        WEEK
        + "holidays: {country: CN}\n"
        + "closed: [2026-05-09, {from: 2026-08-03, to: 2026-08-07, why: inventory}, 2026-10-02]\n"
        + 'open: {2026-08-05: ["10:00-14:00"], 2026-10-03: ["10:00-12:00"]}\n'
        + "closed_in: [closures.ics]\n",
    )
    usual = ["08:30-12:00", "13:00-17:30"]
    assert hours(found, "2026-10-10") == usual, "a Saturday that is worked has Monday's hours"
    assert hours(found, "2026-10-17") == ["09:00-24:00"]
    assert hours(found, "2026-05-09") == [], "closed wins over the make-up day"
    assert hours(found, "2026-10-01") == []
    assert hours(found, "2026-10-03") == ["10:00-12:00"], "open wins over the holiday"
    assert hours(found, "2026-08-04") == []
    assert hours(found, "2026-08-05") == ["10:00-14:00"], "open wins over closed"
    assert hours(found, "2026-08-12") == [], "an event of one day"
    assert hours(found, "2027-12-24") == [], "an event that is repeated every year"
    assert hours(found, "2027-12-27") == usual, "the end of an event is not part of it"


def test_make_up_days_may_have_another_day_s_hours_or_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "work.ics").write_text(ICS.replace("20260812", "20260816"))
    found = compiled(
        tmp_path,
        WEEK + "holidays: {country: CN}\nmake_up_days: sat\nopen_in: [work.ics]\n",
    )
    assert hours(found, "2026-10-10") == ["09:00-24:00"]
    assert hours(found, "2026-08-16") == ["09:00-24:00"]


def test_years_whose_make_up_days_are_not_published_are_not_covered(tmp_path: Path) -> None:
    chinese = compiled(tmp_path, WEEK + "holidays: {country: CN}\n")
    assert chinese.covered_years == (2025, 2026)
    path = tmp_path / "pudong.yaml"
    earlier = compile_calendar("pudong", path, range(2023, 2028))
    assert earlier.covered_years == (2025, 2026), "of 2024 the package lacks days inside a break"
    german = compiled(tmp_path, WEEK + "holidays: {country: DE, subdivision: BE}\n")
    assert german.covered_years is None
    assert day("2027-03-08") in german.closed, "Women's Day is a holiday in Berlin alone"


def test_the_committed_arrangements_agree_with_the_package() -> None:
    """It knows the make-up days and the days off, but for weekend days inside a break."""
    package = holidays.country_holidays("CN", years=[2025, 2026])
    ours = read_yaml(STATUTORY / "cn.yaml", Arrangements).years
    work = {each for found in ours.values() for each in found.work}
    off = {each for found in ours.values() for span in found.off for each in span.days()}
    assert work == {each for each in package.weekend_workdays if each.year in ours}
    assert set(package) <= off
    assert all(each.weekday() >= 5 for each in off - set(package))
    assert not work & off


def test_a_compiled_calendar_survives_storage_with_its_version(tmp_path: Path) -> None:
    found = compiled(tmp_path, WEEK + "holidays: {country: CN}\n")
    again = BusinessCalendar.model_validate_json(found.model_dump_json())
    assert (again, again.version) == (found, found.version)
    assert again.is_open(datetime(2026, 10, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('week: {mon: ["09:00-10:00"]}\n', "pudong.yaml:1: timezone: Field required"),
        (WEEK.replace("Asia/Shanghai", "Asia/Pudong"), "pudong.yaml:1: timezone: a time zone is"),
        (
            WEEK + "hollidays: {country: CN}\n",
            "pudong.yaml:3: hollidays: there is no such field; did you mean 'holidays'?",
        ),
        (WEEK + "make_up_days: sun\n", "pudong.yaml:3: make_up_days: sun has no opening hours"),
        (WEEK + "holidays: {country: XX}\n", "pudong.yaml:3: holidays.country: no country"),
        (
            WEEK + "holidays:\n  country: DE\n  subdivision: XX\n",
            "pudong.yaml:5: holidays.subdivision: no part of DE",
        ),
        (WEEK + "closed: [2026-13-01]\n", "pudong.yaml:3: closed.0"),
        (WEEK + "closed: [{from: 2026-02-02, to: 2026-02-01}]\n", "an earlier to a later one"),
        (WEEK + "closed_in: [none.ics]\n", "pudong.yaml:3: closed_in.0: none.ics cannot be read"),
        (WEEK + "timezone: UTC\n", "pudong.yaml:3: the field timezone is here twice"),
        ("timezone: UTC\nweek: {mon: [22:00]}\n", "pudong.yaml:2: week.mon.0: a window is"),
        ('timezone: UTC\nweek: {mon: ["9-12"]}\n', "pudong.yaml:2: week.mon.0: a window is"),
        ('timezone: UTC\nweek: {mon: ["25:00-26:00"]}\n', "from 00:00 to 23:59"),
        ('timezone: UTC\nweek: {mon: ["12:00-12:00"]}\n', "at another time than it opens"),
        ("timezone: UTC\nweek: {mon: [], tue: []}\n", "pudong.yaml:2: week: the calendar never"),
        ("timezone: UTC\nweek: {monday: []}\n", "days of the week are written like mon"),
        ("timezone: UTC\nweek: {mon: [], mon-tue: []}\n", "mon is there twice"),
        ("timezone: UTC\nweek: {on: [}\n", "pudong.yaml:2: "),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_field(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in "\n".join(refused(tmp_path, text))


@pytest.mark.parametrize(
    ("ics", "message"),
    [
        ("hello\n", "closures.ics: is no iCalendar file that can be read"),
        (
            ICS.replace("DTSTART;VALUE=DATE:20260812", "DTSTART:20260812T080000Z"),
            "closures.ics: the event of 2026-08-12T08:00+00:00 is not of whole days",
        ),
        (
            ICS.replace("DTSTART;VALUE=DATE:20260812\n", ""),
            "closures.ics: is no iCalendar file that can be read",
        ),
    ],
)
def test_icalendar_files_that_cannot_be_used(tmp_path: Path, ics: str, message: str) -> None:
    (tmp_path / "closures.ics").write_text(ics)
    assert message in refused(tmp_path, WEEK + "closed_in: [closures.ics]\n")[0]


DAY = "DTSTART;VALUE=DATE:20260812\n"


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("DTEND;VALUE=DATE:20260810\n", "the event of 2026-08-12 (line 10, UID 2) ends before it"),
        ("DURATION:-P2D\n", "DURATION is below zero"),
        ("DURATION:PT12H\n", "the event of 2026-08-12 is not of whole days"),
        ("DTEND:20260813T120000Z\n", "the event of 2026-08-12 is not of whole days"),
        ("DTEND;VALUE=DATE:2026081\n", "(line 10, UID 2) has a DTEND that cannot be read"),
        ("DTEND;VALUE=DATE:20260814\nDURATION:P2D\n", "has both DTEND and DURATION"),
        ("DTEND;VALUE=DATE:20260814\nDTEND;VALUE=DATE:20260815\n", "has DTEND more than once"),
        ("DTEND;VALUE=DATE:20460814\n", "lasts longer than ten years"),
        ("RRULE:FREQ=YEARLY;UNTIL=20250101\n", "repeats until a day before it begins"),
        ("RRULE:FREQ=YEARLY;INTERVAL=0\n", "repeats zero times, or after no time"),
        ("RRULE:FREQ=DAILY;COUNT=0\n", "repeats zero times, or after no time"),
        ("RRULE:FREQ=SECONDLY\n", "repeats otherwise than by the day"),
        ("RRULE:FREQ=DAILY;BYHOUR=1,2\n", "repeats within a day"),
        ("RRULE:FREQ=YEARLYY\n", "has a RRULE that cannot be read"),
    ],
)
def test_an_event_that_cannot_be_meant_closes_nothing_and_is_refused(
    tmp_path: Path, event: str, message: str
) -> None:
    (tmp_path / "closures.ics").write_text(ICS.replace(DAY, DAY + event))
    [line] = refused(tmp_path, WEEK + "closed_in: [closures.ics]\n")
    assert line.startswith("closures.ics: ")
    assert message in line


@pytest.mark.parametrize("end", ["", "DTEND;VALUE=DATE:20260812\n", "DURATION:P1D\n"])
def test_an_event_of_one_day_in_all_its_spellings(tmp_path: Path, end: str) -> None:
    (tmp_path / "closures.ics").write_text(ICS.replace(DAY, DAY + end))
    found = compiled(tmp_path, WEEK + "closed_in: [closures.ics]\n")
    assert [each for each in found.closed if each.month == 8] == [day("2026-08-12")]


def test_a_cancelled_event_closes_nothing(tmp_path: Path) -> None:
    cancelled = ICS.replace("UID:2\n", "UID:2\nSTATUS:CANCELLED\n")
    (tmp_path / "closures.ics").write_text(cancelled)
    found = compiled(tmp_path, WEEK + "closed_in: [closures.ics]\n")
    assert day("2026-08-12") not in found.closed
    assert day("2026-12-24") in found.closed


def test_a_file_that_is_nested_too_deeply(tmp_path: Path) -> None:
    assert "nested too deeply" in refused(tmp_path, WEEK + "x: " + "[" * 3000 + "]" * 3000)[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongFile, match="cannot be read"):
        compile_calendar("none", tmp_path / "none.yaml", YEARS)


@pytest.mark.parametrize("text", ["08:30-12:00", "22:00-06:00", "00:00-24:00", "23:59-00:01"])
def test_windows_are_written_as_they_are_read(text: str) -> None:
    assert str(Window.parse(text)) == text
