"""Mappings as files: what is wrong is told by file, line, field and nearest name."""

import os
from pathlib import Path

import pytest

from services.intake.adapters.mappings import SHIPPED, Mappings, read_mapping
from services.intake.domain.mappings.feed_mapping import FeedMapping, FieldRule
from shared.yaml_file import WrongFile

HEAD = """title_en: x
title_zh: x
reads: {format: csv}
report: visit
fields:
  ro_no: no
  status: {column: status, words: {"1": open, 2: closed}}
  opened_at: opened
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def wrong(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile) as found:
        read_mapping(file)
    return [line.removeprefix(f"{file}:") for line in found.value.lines]


def rule_of(mapping: FeedMapping, name: str) -> FieldRule:
    rule = mapping.fields[name]
    assert isinstance(rule, FieldRule)
    return rule


def test_a_mapping_is_read(file: Path) -> None:
    file.write_text(HEAD)
    assert rule_of(read_mapping(file), "status").words == {"1": "open", "2": "closed"}


@pytest.mark.parametrize(
    ("line", "where", "told"),
    [
        (
            "  colour: x",
            "9: fields.colour",
            "there are source_mod",
        ),
        (
            "  closd_at: x",
            "9: fields.closd_at",
            "did you mean 'closed_at'?",
        ),
        (
            "  vin: x",
            "9: fields.vin",
            "did you mean 'vehicle.vin'?",
        ),
        (
            "  vehicle.vim: x",
            "9: fields.vehicle.vim",
            "did you mean 'vehicle.vin'?",
        ),
        (
            "  dealer_id: x",
            "9: fields.dealer_id",
            "no record says this: who sends does",
        ),
        (
            "  customer: x",
            "9: fields.customer",
            "this is several fields, each with a rule of its own: source",
        ),
        (
            "  department: {colum: x}",
            "9: fields.department.colum",
            "did you mean 'column'?",
        ),
        (
            "  department: {column: x, as: txt}",
            "9: fields.department.as",
            "Input should be 'text'",
        ),
        (
            "  department: {column: x, as: money}",
            "9: fields.department.as",
            "this field cannot be read so; it can be read as day",
        ),
        (
            "  department: {column: x, formats: ['%Y-%m-%d']}",
            "9: fields.department.formats",
            "only of what is read as instant or day",
        ),
        (
            "  department: {}",
            "9: fields.department",
            "say where it comes from: a `column`, or a `default`",
        ),
        (
            "  department: {column: x, otherwise: y}",
            "9: fields.department.otherwise",
            "only beside `words`",
        ),
        (
            "  department: {column: x, words: {A: b, a: c}}",
            "9: fields.department.words.a",
            "another word means something else",
        ),
        (
            "  department: {column: x, default: true}",
            "9: fields.department.default",
            "this field is not true or false",
        ),
        (
            "  department: {column: 'a[b'}",
            "9: fields.department.column",
            "a path is names joined by '/'",
        ),
        (
            "  closed_at: {column: x, formats: [MM/DD/YYYY]}",
            "9: fields.closed_at.formats.0",
            "a format has a year and a day",
        ),
        (
            "  closed_at: {column: x, formats: ['%H:%M']}",
            "9: fields.closed_at.formats.0",
            "a format has a year and a day",
        ),
        (
            "  closed_at: {column: x, default: soon}",
            "9: fields.closed_at.default",
            "a day and time are wanted",
        ),
        (
            "  closed_at: {column: x, not_before: open}",
            "9: fields.closed_at.not_before",
            "names another instant of the same",
        ),
        (
            "  total: {column: x, default: much}",
            "9: fields.total.default",
            "an amount is wanted",
        ),
        (
            "  total: x\n  total.amount: y",
            "9: fields.total",
            "either this or total.amount, not both",
        ),
        (
            "  customer.kind: {column: x, words: {P: persona}}",
            "9: fields.customer.kind.words.P",
            "this field takes person, business, internal; did you mean 'person'?",
        ),
        (
            "  customer.kind: {column: x, words: {P: [person]}}",
            "9: fields.customer.kind.words.P",
            "one value is wanted here",
        ),
        (
            "  customer.kind: {column: x, words: {}, default: none}",
            "9: fields.customer.kind.default",
            "this field takes person",
        ),
        (
            "  customer.opt_outs: {column: x, words: {Y: [fax]}}",
            "9: fields.customer.opt_outs.words.Y",
            "this field takes phone, sms",
        ),
        (
            "  total.currency: x",
            "5: fields.total.amount",
            "this is required, and no rule fills it",
        ),
        (
            "  lines: x",
            "9: fields.lines",
            "this is a list: say `each` or `entries`",
        ),
        (
            "  department: {each: x, fields: {}}",
            "9: fields.department",
            "this is no list",
        ),
        (
            "  customer.opt_outs: {each: x, fields: {}}",
            "9: fields.customer.opt_outs",
            "this is a list of values",
        ),
        (
            "  lines: {each: ., fields: {line_no: x}}",
            "9: fields.lines.fields.pay_type",
            "this is required, and no rule",
        ),
        (
            "  lines: {each: ., fields: {line_no: x, pay_typ: y, pay_type: z}}",
            "9: fields.lines.fields.pay_typ",
            "did you mean 'pay_type'?",
        ),
        (
            "  lines: {each: ., feilds: {}}",
            "9: fields.lines.feilds",
            "did you mean 'fields'?",
        ),
        (
            "  lines: {entries: [{line_no: x, pay_type: {default: x}}]}",
            "9: fields.lines.entries.0.pay_type.default",
            "this field takes customer",
        ),
        (
            "skip: [{column: x, say: y}]",
            "9: skip.0.say",
            "did you mean 'says'?",
        ),
        (
            "zone: Asia/Shangai",
            "9: zone",
            "a time zone is an IANA name such as Asia/Shanghai; did you mean Asia/Shanghai?",
        ),
        (
            "as_they_are: true",
            "9: as_they_are",
            "only records of JSON can be documents already",
        ),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(
    file: Path, line: str, where: str, told: str
) -> None:
    found = wrong(file, HEAD + line + "\n")
    assert any(each.startswith(f"{where}: ") and told in each for each in found), found


def test_what_is_wrong_with_how_a_file_is_read(file: Path) -> None:
    assert wrong(file, HEAD.replace("format: csv", "format: csv, delimter: x")) == [
        "3: reads.delimter: there is no such field; did you mean 'delimiter'?"
    ]


def test_required_fields_without_a_rule_are_told_at_once(file: Path) -> None:
    text = HEAD.partition("  ro_no")[0] + "  department: x\n"
    assert wrong(file, text) == [
        f"5: fields.{name}: this is required, and no rule fills it"
        for name in ("ro_no", "status", "opened_at")
    ]


def test_a_mapping_extends_another_name_by_name(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "extends: chinese-workshop\ntitle_en: ours\nfields:\n"
        "  status: {words: {快修: in_progress}}\n  ro_no: {digits: 8}\n"
        "  customer.area: null\n  total: 总价\n"
    )
    mapping, shipped = read_mapping(own), read_mapping(SHIPPED / "chinese-workshop.yaml")
    assert mapping.title_en == "ours"
    assert mapping.title_zh == shipped.title_zh
    assert rule_of(mapping, "status").words == {
        **rule_of(shipped, "status").words,
        "快修": "in_progress",
    }
    assert rule_of(mapping, "ro_no").column == rule_of(shipped, "ro_no").column
    assert rule_of(mapping, "ro_no").digits == 8
    assert rule_of(mapping, "total").column == ("总价",)
    assert "customer.area" not in mapping.fields


def test_one_of_a_shipped_name_extends_the_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "jtt-1132.yaml").write_text("extends: jtt-1132\ntitle_en: ours\n")
    found = Mappings(tmp_path).find("jtt-1132")
    assert found is not None
    assert found.title_en == "ours"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("jtt-1123", "1: extends: there is no such mapping; did you mean 'jtt-1132'?"),
        ("../mine", "1: extends: there is no such mapping"),
        ("[a]", "1: extends: there is no such mapping"),
    ],
)
def test_what_is_extended_is_one_that_there_is(file: Path, name: str, told: str) -> None:
    (found,) = wrong(file, f"extends: {name}\n")
    assert found.startswith(told)


def test_mappings_that_extend_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b\n")
    (tmp_path / "b.yaml").write_text("extends: a\n")
    with pytest.raises(WrongFile, match="extend each other"):
        read_mapping(tmp_path / "a.yaml")


def test_a_folder_goes_before_what_ships(tmp_path: Path) -> None:
    (tmp_path / "star-ro.yaml").write_text(HEAD)
    (tmp_path / "mine.yaml").write_text(HEAD)
    mappings = Mappings(tmp_path)
    found = mappings.find("star-ro")
    assert found is not None
    assert found.title_en == "x"
    assert {"mine", "star-ro", "adf-leads"} <= set(mappings.names())
    assert list(mappings.names()) == sorted(set(mappings.names()))


def test_a_file_that_changes_counts_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD)
    mappings = Mappings(tmp_path)
    first = mappings.find("mine")
    assert mappings.find("mine") is first
    path.write_text(HEAD.replace("title_en: x", "title_en: changed"))
    os.utime(path, ns=(1, 1))
    changed = mappings.find("mine")
    assert changed is not None
    assert changed.title_en == "changed"
    path.unlink()
    assert mappings.find("mine") is None


def test_one_that_is_extended_and_changes_counts_too(tmp_path: Path) -> None:
    (tmp_path / "under.yaml").write_text(HEAD)
    (tmp_path / "own.yaml").write_text("extends: under\n")
    mappings = Mappings(tmp_path)
    assert mappings.find("own") is mappings.find("own")
    (tmp_path / "under.yaml").write_text(HEAD.replace("title_en: x", "title_en: changed"))
    found = mappings.find("own")
    assert found is not None
    assert found.title_en == "changed"


def test_one_wrong_file_is_the_fault_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("title_en: x\n")
    mappings = Mappings(tmp_path)
    assert mappings.find("star-ro") is not None
    with pytest.raises(WrongFile):
        mappings.find("bad")


@pytest.mark.parametrize("name", ["", "../star-ro", "star-ro.yaml", "Star-RO", "a/b", "x" * 200])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    assert Mappings(tmp_path).find(name) is None


def test_the_nearest_name() -> None:
    mappings = Mappings(None)
    assert mappings.nearest("chinese_workshp") == "chinese-workshop"
    assert mappings.nearest("Reynolds-RO") == "reynolds-ro"
    assert mappings.nearest("zzzzzz") == ""


def test_the_nearest_name_is_told_whatever_else_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "My Mapping.yaml").write_text(HEAD)
    assert Mappings(tmp_path).nearest("star_ro") == "star-ro"
    assert Mappings(tmp_path / "none").nearest("star_ro") == "star-ro"


def test_a_programs_own_file_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / ".mine.yaml").write_text(HEAD)
    assert ".mine" not in Mappings(tmp_path).names()


@pytest.mark.parametrize("name", ["My Mapping.yaml", "mine.yml"])
def test_a_file_whose_name_no_mapping_can_have_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(HEAD)
    with pytest.raises(WrongFile, match="name of a mapping"):
        Mappings(tmp_path).names()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongFile, match="cannot be read"):
        Mappings(tmp_path / "none").names()
