"""The integrator's pages: both languages tell the same, and what they show to write can be used."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from services.intake.adapters.mappings import read_mapping
from services.intake.domain.mappings.feed_mapping import FieldRule
from services.intake.domain.mappings.reads import (
    ReadsCsv,
    ReadsJson,
    ReadsNdjson,
    ReadsXlsx,
    ReadsXml,
)
from tests import PROJECT

FEEDS = PROJECT / "docs" / "feeds"
NAMES = ("start", "mappings", "errors")


def page(name: str, language: str = "") -> str:
    return (FEEDS / f"{name}{language}.md").read_text("utf-8")


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_tell_the_same(name: str) -> None:
    english, chinese = page(name), page(name, ".zh-CN")
    for kind in ("sh", "yaml"):
        assert blocks(english, kind) == blocks(chinese, kind)
    for pattern in (r"^#+ ", r"^\| `", r"^- ", r"\]\("):
        counts = {len(re.findall(pattern, each, re.MULTILINE)) for each in (english, chinese)}
        assert len(counts) == 1, pattern


def test_the_mapping_that_is_shown_can_be_used(tmp_path: Path) -> None:
    whole, lines, products = blocks(page("mappings"), "yaml")
    path = tmp_path / "shown.yaml"
    path.write_text(whole + "  " + lines.replace("\n", "\n  "))
    assert read_mapping(path).report == "visit"
    sale: dict[str, Any] = {
        **yaml.safe_load(whole),
        "report": "sale",
        "fields": {
            "deal_no": "D",
            "status": "S",
            "deal_date": "C",
            "sale_type": "T",
            "vehicle.vin": "V",
            "customer.source_customer_id": "N",
            **yaml.safe_load(products),
        },
    }
    path.write_text(yaml.safe_dump(sale, allow_unicode=True))
    assert read_mapping(path).report == "sale"


def test_the_extension_that_is_shown_can_be_used(tmp_path: Path) -> None:
    [shown] = blocks(page("start"), "yaml")
    path = tmp_path / "ours.yaml"
    path.write_text(shown, "utf-8")
    found = read_mapping(path)
    assert "customer.area" not in found.fields
    rule = found.fields["ro_no"]
    assert isinstance(rule, FieldRule) and rule.column == ("委托单编号",)


def test_everything_that_a_field_can_say_is_told() -> None:
    told = set(re.findall(r"`([a-z_]+)`", page("mappings")))
    names = {field.alias or name for name, field in FieldRule.model_fields.items()}
    assert names <= told
    for reads in (ReadsCsv, ReadsXlsx, ReadsXml, ReadsJson, ReadsNdjson):
        assert reads.model_fields.keys() <= told | {"format"}, reads.__name__
        assert get_args(reads.model_fields["format"].annotation)[0] in told


def test_every_sample_that_is_named_is_there() -> None:
    named = re.findall(r"(?:try|guess|send|@)\s?([\w-]+\.(?:csv|xlsx|xml))", page("start"))
    assert named
    for name in named:
        assert (PROJECT / "deploy/examples/feeds" / name).exists(), name
