"""YAML files into models: what is wrong is told by file, line and field, never by value."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from shared.yaml_file import WrongFile, parse_yaml, read_yaml


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int
    on: str = ""


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    parts: dict[str, Part] = {}
    day: date | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.yaml"


def wrong(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile) as found:
        read_yaml(file, Whole)
    return [line.removeprefix(f"{file}:") for line in found.value.lines]


def test_scalars_are_read_as_people_mean_them(file: Path) -> None:
    file.write_text("name: 22:00\nparts: {a: {size: 1, on: yes}}\nday: 2026-12-31\n")
    found = read_yaml(file, Whole)
    assert (found.name, found.parts["a"].on) == ("22:00", "yes")
    assert found.day == date(2026, 12, 31)


def test_numbers_and_truths_are_still_such(file: Path) -> None:
    file.write_text("a: 12\nb: 1.5\nc: true\nd: ~\ne: 0x10\nf: 012\n")
    assert parse_yaml(file).content == {
        "a": 12,
        "b": 1.5,
        "c": True,
        "d": None,
        "e": "0x10",
        "f": "012",
    }


def test_aliases_and_merged_mappings_are_read(file: Path) -> None:
    file.write_text("name: x\nparts:\n  a: &a {size: 1, on: here}\n  b: {<<: *a, size: 2}\n")
    assert read_yaml(file, Whole).parts["b"] == Part(size=2, on="here")


def test_an_empty_file_has_no_fields(file: Path) -> None:
    assert wrong(file, "") == ["1: name: Field required"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nparts:\n  a:\n    size: big\n", "4: parts.a.size: Input should be a valid int"),
        ("name: x\nparts:\n  a:\n    on: here\n", "3: parts.a.size: Field required"),
        (
            "name: x\nparts:\n  a: {size: 1,\n    colour: red}\n",
            "4: parts.a.colour: there is no such field; there are size, on",
        ),
        ("name: x\nname: y\n", "2: the field name is here twice"),
        ("name: [\n", "2: "),
        ("name: !!python/object:os.system x\n", "1: "),
        ("parts: &p {a: *p}\nname: x\n", "1: "),
        ("name: x\n? [a, b]\n: c\n", "2: a key must be text or a number"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file: Path, text: str, told: str) -> None:
    assert wrong(file, text)[0].startswith(told)


def test_values_are_never_told(file: Path) -> None:
    assert "hunter2" not in "\n".join(wrong(file, "name: [hunter2]\nday: hunter2\n"))


def test_a_file_that_is_no_text_or_not_there(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    for path, told in ((file, "is not UTF-8 text"), (file.parent / "none", "cannot be read")):
        with pytest.raises(WrongFile, match=told):
            parse_yaml(path)


class Csv(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["csv"]
    delimiter: str = ""


class Xml(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["xml"]
    record: str


class Reading(BaseModel):
    reads: Annotated[Csv | Xml, Field(discriminator="format")]
    parts: dict[
        str,
        Annotated[
            Annotated[Part, Tag("(part)")] | Annotated[Csv, Tag("(csv)")],
            Discriminator(lambda value: "(csv)" if "format" in value else "(part)"),
        ],
    ] = {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "reads: {format: csv, delimter: x}\n",
            "1: reads.delimter: there is no such field; did you mean 'delimiter'?",
        ),
        (
            "reads: {format: xml, record: x, recrd: y}\n",
            "1: reads.recrd: there is no such field; did you mean 'record'?",
        ),
        (
            "reads: {format: csv}\nparts: {a: {sise: 1, size: 1}}\n",
            "2: parts.a.sise: there is no such field; did you mean 'size'?",
        ),
        (
            "reads: {format: csv}\nparts:\n  a: {format: csv, delimitr: x}\n",
            "3: parts.a.delimitr: there is no such field; did you mean 'delimiter'?",
        ),
    ],
)
def test_a_field_is_named_nearly_so_in_the_kind_that_is_meant(
    file: Path, text: str, told: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongFile) as found:
        read_yaml(file, Reading)
    assert [line.removeprefix(f"{file}:") for line in found.value.lines] == [told]
