"""docs/feeds.md and its Chinese sister: what a dealer's system may report, from the contracts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from deploy.cli import example
from docs.asyncapi import summary
from shared.contracts.feeds import REPORTS
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers

Language: TypeAlias = Literal["en", "zh"]
Schema: TypeAlias = Mapping[str, Any]

SHOWN_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""When the examples that are shown were made."""
WORDS: Mapping[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "feed_words.yaml").read_text("utf-8")
)
"""`field` or `Type.field` -> its meaning in both languages."""
PROSE: Mapping[Language, str] = {
    language: (Path(__file__).parent / "feeds_prose" / f"{language}.txt").read_text("utf-8")
    for language in ("en", "zh")
}
"""What stands before the types."""
_PLACE = {"en": 0, "zh": 1}
_HEADS = {"en": ("field", "", "accepts", "meaning"), "zh": ("字段", "", "取值", "含义")}
_DEALER = {"en": "sunrise/berlin", "zh": "sunrise/pudong"}
_REQUIRED = {"en": "required", "zh": "必填"}
_KINDS: Mapping[str, tuple[str, str]] = {
    "date-time": ("instant with its offset", "带时区偏移的时刻"),
    "date": ("day", "日期"),
    "string": ("text", "文本"),
    "integer": ("whole number", "整数"),
    "number": ("number", "数字"),
    "boolean": ("`true`, `false`", "`true`、`false`"),
    "object": ("names and values", "名称与值"),
}
_TITLES: Mapping[str, tuple[str, str]] = {
    "visit": ("A repair order", "维修工单"),
    "complaint": ("A complaint", "投诉"),
    "complaint-step": ("A step of a complaint", "投诉处理步骤"),
    "sale": ("A sale", "整车销售"),
    "consent": ("Consent and refusal", "同意与拒绝联系"),
    "survey": ("An answered survey", "满意度问卷"),
    "task-outcome": ("What came of a task", "任务结果"),
    "task-assignment": ("Whose task it is", "任务认领与指派"),
    "referral": ("A referral", "转介"),
    "lead": ("A lead", "潜客"),
    "customer": ("Particulars of a customer, corrected", "更正客户资料"),
    "customer-link": ("Whether two customers are one person", "两位客户是否同一人"),
}
_PARTS: Mapping[Language, str] = {"en": "Parts of reports", "zh": "组成部分"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A type of report, or what is within some."""

    name: str
    schema: Schema

    def words(self, field: str) -> list[str] | None:
        return WORDS.get(f"{self.name}.{field}") or WORDS.get(field)


def page(language: Language) -> str:
    """The whole page in one language."""
    lines = ["<!-- Generated from the contracts by `make docs`: do not edit. -->", ""]
    lines += PROSE[language].rstrip().splitlines()
    for name in example.NAMES:
        lines += _report(name, language)
    lines += ["", f"## {_PARTS[language]}"]
    for part in _parts():
        lines += ["", f"### {part.name}", "", *_table(part, language)]
    return "\n".join(lines) + "\n"


def without_words() -> list[str]:
    """Fields of which docs/feed_words.yaml does not tell the meaning."""
    every = [_Part(report.__name__, report.model_json_schema()) for report in REPORTS.values()]
    return [
        f"{part.name}.{field}"
        for part in (*every, *_parts())
        for field in part.schema["properties"]
        if part.words(field) is None
    ]


def _report(name: str, language: Language) -> Iterator[str]:
    dealer = read_dealers(EXAMPLE_DEALERS).find(_DEALER[language])
    assert dealer is not None
    shown = example.event(name, dealer, now=SHOWN_AT)
    report = REPORTS[shown["type"]]
    yield from ("", f"## {_TITLES[name][_PLACE[language]]}", "")
    yield f"`{report.TYPE}`" + (f": {summary(report)}" if language == "en" else "")
    yield ""
    yield from _table(_Part(report.__name__, report.model_json_schema()), language)
    yield from ("", "```json", *_compact(shown), "```")


def _compact(event: Mapping[str, Any]) -> Iterator[str]:
    """An event with a line for each field, and what is within in that line."""
    envelope = {name: value for name, value in event.items() if name != "data"}
    yield "{"
    for name, value in envelope.items():
        yield f'  "{name}": {json.dumps(value, ensure_ascii=False)},'
    yield '  "data": {'
    fields = [
        f'    "{name}": {json.dumps(value, ensure_ascii=False)}'
        for name, value in event["data"].items()
    ]
    yield ",\n".join(fields)
    yield "  }"
    yield "}"


def _parts() -> list[_Part]:
    found: dict[str, Schema] = {}
    for report in REPORTS.values():
        found |= report.model_json_schema().get("$defs", {})
    return [_Part(name, schema) for name, schema in found.items() if "properties" in schema]


def _table(part: _Part, language: Language) -> Iterator[str]:
    required = part.schema.get("required", ())
    yield "| " + " | ".join(_HEADS[language]) + " |"
    yield "|---|---|---|---|"
    for field, schema in part.schema["properties"].items():
        words = part.words(field)
        must = _REQUIRED[language] if field in required else ""
        meaning = words[_PLACE[language]] if words else ""
        yield f"| `{field}` | {must} | {_accepts(schema, language)} | {meaning} |"


def _accepts(schema: Schema, language: Language) -> str:
    """In words, with a link to what has fields of its own."""
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    return ", ".join(dict.fromkeys(_kind(kind, language) for kind in kinds))


def _kind(schema: Schema, language: Language) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{value}`" for value in values)
    if schema.get("type") == "array":
        return ("list of " if language == "en" else "列表：") + _kind(schema["items"], language)
    kind = schema.get("format", schema.get("type", "string"))
    limits = [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
    known = _KINDS.get(kind) or _KINDS.get(schema.get("type", "string"), ("text", "文本"))
    return known[_PLACE[language]] + (f" {'–'.join(limits)}" if len(limits) == 2 else "")
