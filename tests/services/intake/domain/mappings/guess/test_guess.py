"""A draft of a mapping: what headings and cells tell, and what it says that it does not know."""

import io
import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.intake.adapters.mappings import SHIPPED, read_mapping
from services.intake.adapters.vocabulary import SYNONYMS, Synonyms, vocabularies
from services.intake.domain.mappings.feed_mapping import FeedMapping, FieldRule
from services.intake.domain.mappings.guess.choice import best
from services.intake.domain.mappings.guess.draft import MappingDraft, draft_of
from services.intake.domain.mappings.guess.opening import sample_file
from services.intake.domain.mappings.guess.vocabulary import fields_of
from services.intake.domain.mappings.guess.yaml_text import flow, lines
from services.intake.domain.mappings.records import UnreadableFile
from shared.yaml_file import WrongFile, read_yaml

KINDS = vocabularies()


def draft(content: str | bytes, *, month_first: bool = False) -> MappingDraft:
    body = content if isinstance(content, bytes) else content.encode()
    sample = sample_file(io.BytesIO(body), KINDS, record_names=["RepairOrder"])
    return draft_of(sample, best(sample, KINDS), name="file.csv", month_first=month_first)


def read(found: MappingDraft, folder: Path) -> FeedMapping:
    path = folder / "draft.yaml"
    path.write_text(found.text, "utf-8")
    return read_mapping(path)


def rule(mapping: FeedMapping, name: str) -> FieldRule:
    found = mapping.fields[name]
    assert isinstance(found, FieldRule)
    return found


ENGLISH = "RO No,Opened,Closed,Cust No,Customer,Mobile,Chassis No,Mileage,Total\n"
GERMAN = "Auftragsnummer;Annahmedatum;Rechnungsdatum;Kundennummer;Halter;Telefon;FIN;Gesamt\n"


def test_headings_in_english(tmp_path: Path) -> None:
    found = read(draft(ENGLISH + "1,2026-01-05,2026-01-06,C1,K,1,W,5,2\n"), tmp_path)
    assert rule(found, "ro_no").column == ("RO No",)
    assert rule(found, "customer.source_customer_id").column == ("Cust No",)
    assert rule(found, "vehicle.vin").column == ("Chassis No",)
    assert rule(found, "closed_at").not_before == "opened_at"
    assert [case.means for case in rule(found, "status").cases] == ["closed"]


def test_headings_in_german_with_a_comma_before_decimals(tmp_path: Path) -> None:
    rows = "4711;13.04.2026;14.04.2026;88;K;+49 30 901820;W;1.234,50\n"
    found = read(draft(GERMAN + rows * 2), tmp_path)
    assert found.decimal == ","
    assert rule(found, "opened_at").formats == ("%d.%m.%Y",)


@pytest.mark.parametrize(
    ("day", "month_first", "formats", "is_sure"),
    [
        ("2026/1/5", False, (), True),
        ("20260105", False, (), True),
        ("13/04/2026", False, ("%d/%m/%Y",), True),
        ("04/13/2026", False, ("%m/%d/%Y",), True),
        ("13.04.26", False, ("%d.%m.%y",), True),
        ("04/13/2026 02:30 PM", False, ("%m/%d/%Y %I:%M %p",), True),
        ("03/04/2026", False, ("%d/%m/%Y",), False),
        ("03/04/2026", True, ("%m/%d/%Y",), False),
    ],
)
def test_the_order_of_days_is_told_from_cells(
    day: str, month_first: bool, formats: tuple[str, ...], is_sure: bool, tmp_path: Path
) -> None:
    found = draft(ENGLISH + f"1,{day},,C1,K,1,W,5,2\n" * 2, month_first=month_first)
    assert rule(read(found, tmp_path), "opened_at").formats == formats
    assert ("day or month first" not in found.text) is is_sure


def test_a_time_of_day_beside_its_day(tmp_path: Path) -> None:
    content = "维修单号,接车日期,接车时间,状态\n1,2026/1/5,09:05,结算\n2,2026/1/6,10:20,结算\n"
    found = rule(read(draft(content), tmp_path), "opened_at")
    assert (found.column, found.time) == (("接车日期",), ("接车时间",))


def test_what_headings_do_not_tell_cells_may() -> None:
    rows = "1,2026-01-05,沪A12345,LSVAU218XN2183294,k@example.com\n" * 2
    found = draft("RO No,Opened,x1,x2,x3\n" + rows).text
    for name, column in (("vehicle.plate", "x1"), ("vehicle.vin", "x2"), ("customer.email", "x3")):
        assert re.search(rf"# \? {re.escape(name)}: told from .*\n  {name}: .*{column}", found)


def test_title_lines_are_above_the_headings(tmp_path: Path) -> None:
    found = read(draft("Export of today,,\n,,\nRO No,Opened,Status\n1,2026-01-05,open\n"), tmp_path)
    assert found.reads.model_dump()["headings_in"] == 3


def test_words_that_are_not_known_are_asked_for(tmp_path: Path) -> None:
    found = draft("RO No,Opened,Status\n1,2026-01-05,WIP\n2,2026-01-05,asleep\n")
    assert rule(read(found, tmp_path), "status").words["WIP"] == "in_progress"
    assert "# ? status: say in `words` what the words asleep mean: open," in found.text
    assert found.doubts == 1


def test_a_column_of_codes_that_are_many_is_not_told() -> None:
    rows = "".join(f"{number},2026-01-05,secret{number}\n" for number in range(20))
    assert "secret" not in draft("RO No,Opened,Status\n" + rows).text


def test_what_is_required_and_not_found_is_to_be_filled_in(tmp_path: Path) -> None:
    found = draft("RO No,Status\n1,closed\n2,closed\n")
    assert "# ? opened_at: …  # required" in found.text
    with pytest.raises(WrongFile, match="opened_at: this is required"):
        read(found, tmp_path)


def test_who_pays_is_never_made_up() -> None:
    found = draft("RO No,Opened,Labour,Parts\n1,2026-01-05,10,20\n").text
    assert "# ? pay_type: …  # required" in found
    assert "pay_type: " not in found.replace("# ? pay_type", "")


def test_sales_are_told_from_visits(tmp_path: Path) -> None:
    content = "Deal No,Contract Date,Delivery Date,VIN,Cust No\n1,2026-01-05,2026-01-09,W,C1\n"
    found = draft(content)
    assert "# ? sale_type: …" in found.text
    complete = MappingDraft(
        found.text.replace("fields:", "fields:\n  sale_type: {default: retail}"), 0
    )
    assert read(complete, tmp_path).report == "sale"


def test_lists_of_json_are_lines(tmp_path: Path) -> None:
    content = (
        '[{"orderNo": "1", "openDate": "2026-01-05", "status": "Posted", "vehicle": {"vin": "W"},'
        ' "jobs": [{"payType": "CP", "laborAmount": 5}, {"payType": "WP"}]}]'
    )
    found = read(draft(content), tmp_path)
    assert found.model_dump()["fields"]["lines"]["each"] == ("jobs",)
    assert rule(found, "vehicle.vin").column == ("vehicle/vin",)


def test_records_within_an_object_are_found(tmp_path: Path) -> None:
    content = '{"count": 1, "orders": [{"roNo": "1", "opened": "2026-01-05", "status": "open"}]}'
    assert read(draft(content), tmp_path).reads.model_dump()["records"] == "/orders"


def test_elements_of_xml_are_found(tmp_path: Path) -> None:
    order = (
        "<Order><RONumber>1</RONumber><OpenDate>2026-01-05</OpenDate><Status>open</Status></Order>"
    )
    found = read(draft(f"<Orders><Head/>{order * 2}</Orders>"), tmp_path)
    assert found.reads.model_dump()["record"] == ("Order",)
    assert rule(found, "ro_no").column == ("RONumber",)


def test_every_synonym_is_of_a_field_that_there_is() -> None:
    synonyms = read_yaml(SYNONYMS, Synonyms)
    for kind in KINDS:
        known = fields_of(kind.report)
        assert synonyms.headings.get(kind.report, {}).keys() <= known.keys(), kind.report
        for name, words in synonyms.words.get(kind.report, {}).items():
            assert set(words.values()) <= set(getattr(known[name], "words", ())), name
    some = fields_of("visit").keys()
    assert synonyms.headings["any"].keys() <= some


def test_shipped_mappings_teach_their_headings() -> None:
    visit = next(kind for kind in KINDS if kind.report == "visit")
    for column in read_mapping(SHIPPED / "chinese-workshop.yaml").fields["ro_no"].column or ():  # type: ignore[union-attr]
        found = visit.known(column)
        assert found is not None and found.field == "ro_no", column


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=2, max_size=5))
def test_whatever_stands_there_the_draft_is_yaml_or_the_file_is_refused(
    rows: list[list[str]],
) -> None:
    content = "\n".join(",".join(row) for row in [["RO No", "状态", *rows[0]], *rows])
    try:
        found = draft(content)
    except UnreadableFile:
        return
    assert found.text.startswith("# A draft")
    assert "\x1b" not in found.text


@given(st.binary(max_size=200))
def test_any_bytes_are_a_draft_or_refused(content: bytes) -> None:
    with suppress(UnreadableFile):
        assert draft(content).text


@given(st.dictionaries(CELLS, CELLS, min_size=1))
def test_what_is_written_reads_as_it_was(value: dict[str, str]) -> None:
    text = "\n".join(lines("name", value))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert yaml.safe_load(text) == {"name": value}
    assert yaml.safe_load(flow(value)) == value
