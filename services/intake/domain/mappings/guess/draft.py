"""A mapping as YAML, with comments for what it is not sure of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.mappings.guess.cells import days_read, decimal_comma
from services.intake.domain.mappings.guess.choice import LISTS, Choice, ChosenColumn
from services.intake.domain.mappings.guess.sample import Sample
from services.intake.domain.mappings.guess.yaml_text import flow, lines, scalar
from services.intake.domain.mappings.paths import alike
from services.intake.domain.mappings.shape import NUMBERS, Leaf
from services.intake.domain.mappings.values.cells import folded

MOST_WORDS = 12
"""A column of codes has few; one with more is none, and its words are not told."""
MOST_CHARACTERS = 20
_TOTALS = ["合计*", "总计*", "小计*", "total*", "subtotal*"]
_ENDINGS = ("closed_at", "voided_at")
_STANDS_FOR: Mapping[str, Sequence[tuple[str, str]]] = {
    "visit": (("voided_at", "voided"), ("closed_at", "closed")),
    "sale": (("delivered_at", "delivered"), ("delivered_on", "delivered")),
}
"""Kind of report -> what a status is told by where no column says it."""
_PHONE_ENDS = "/、;；,， "
Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MappingDraft:
    """A mapping to be looked through."""

    text: str
    """YAML."""
    doubts: int
    """How many things it is not sure of, or did not find."""


def draft_of(sample: Sample, choice: Choice, *, name: str, month_first: bool) -> MappingDraft:
    """`name`: of the file, for its title. `month_first`: where days could be read both ways."""
    writer = _Writer(sample, choice, month_first)
    body = list(writer.body())
    report = choice.vocabulary.report
    text = [
        "# A draft by `aftercare mapping guess`, from the headings and first records of a file.",
        "# Look at what is marked `?`; then `aftercare mapping check` and `aftercare mapping try`.",
        f"title_en: {scalar(f'{report.capitalize()} reports out of {name}')}",
        f"title_zh: {scalar(f'{name}')}",
        f"reads: {flow(_reads(sample))}",
        f"report: {report}",
        *body,
    ]
    return MappingDraft("\n".join(text) + "\n", sum("# ?" in line for line in body))


def _reads(sample: Sample) -> Mapping[str, object]:
    return sample.reads.model_dump(exclude_defaults=True, mode="json") | {
        "format": sample.reads.format
    }


class _Writer:
    def __init__(self, sample: Sample, choice: Choice, month_first: bool) -> None:
        self._sample = sample
        self._choice = choice
        self._month_first = month_first
        amounts = [
            one.column
            for name, columns in choice.chosen.items()
            for one in columns
            if _kind(choice, name) == "money"
        ]
        self._comma = decimal_comma(amounts)

    def body(self) -> Iterator[str]:
        if self._comma:
            yield 'decimal: ","  # amounts such as 1.234,50'
        yield from self._skip()
        yield "fields:"
        plain = [name for name in self._choice.fields if name.partition(".")[0] not in LISTS]
        number = NUMBERS[self._choice.vocabulary.report]
        for name in sorted(plain, key=lambda each: each != number):
            yield from self._field(name, name, indent=2)
        for each in LISTS:
            yield from self._list(each)
        yield from self._unused()

    def _skip(self) -> Iterator[str]:
        if not self._sample.is_table or not self._sample.columns:
            return
        number = self._choice.chosen.get(NUMBERS[self._choice.vocabulary.report], [])
        names = [self._sample.columns[0].path, *(one.column.path for one in number)]
        condition = {"column": list(dict.fromkeys(names)), "says": _TOTALS}
        yield "skip:"
        yield f"  - {flow(condition)}"

    def _list(self, name: str) -> Iterator[str]:
        inside = [each for each in self._choice.fields if each.startswith(f"{name}.")]
        if not any(each in self._choice.chosen for each in inside):
            return
        yield f"  {name}:"
        yield f"    each: {scalar(self._choice.each.get(name, '.'))}"
        yield "    fields:"
        for each in inside:
            short = each.partition(".")[2]
            if short == "line_no" and each not in self._choice.chosen:
                yield "      line_no: {counted: true}"
            else:
                yield from self._field(each, short, indent=6)

    def _field(self, name: str, short: str, *, indent: int) -> Iterator[str]:
        columns = self._choice.chosen.get(name)
        pad = " " * indent
        if columns is None:
            yield from self._without(name, short, pad)
            return
        rule, doubts = self._rule(name, columns)
        is_short = set(rule) == {"column"}
        written = list(lines(short, rule["column"] if is_short else rule, indent=indent))
        for doubt in dict.fromkeys(doubts):
            yield f"{pad}# ? {short}: {doubt}"
        yield from written

    def _rule(self, name: str, columns: Sequence[ChosenColumn]) -> tuple[Rule, list[str]]:
        paths = [one.column.path for one in columns]
        rule: Rule = {"column": paths[0] if len(paths) == 1 else paths}
        doubts = [one.doubt for one in columns if one.doubt]
        kind = _kind(self._choice, name)
        if kind in ("instant", "day"):
            self._add_days(name, columns, rule, doubts)
        words = self._codes(name)
        if words or kind == "boolean":
            self._add_words(name, words, columns, rule, doubts)
        if name == "customer.phones" and any(
            mark in text
            for one in columns
            for text in one.column.texts()
            for mark in _PHONE_ENDS[:-1]
        ):
            rule["split"] = _PHONE_ENDS
        return rule, doubts

    def _add_days(
        self, name: str, columns: Sequence[ChosenColumn], rule: Rule, doubts: list[str]
    ) -> None:
        formats: list[str] = []
        for one in columns:
            found = days_read(one.column, month_first=self._month_first)
            formats += found.formats
            doubts += [found.doubt] if found.doubt else []
        if formats:
            rule["formats"] = list(dict.fromkeys(formats))
        if name in self._choice.times:
            rule["time"] = self._choice.times[name].path
        if name == "promised_at":
            rule["whole_day"] = "ends"
        if name in _ENDINGS and "opened_at" in self._choice.chosen:
            rule["not_before"] = "opened_at"

    def _codes(self, name: str) -> Sequence[str]:
        shape = self._choice.fields[name]
        return shape.words if isinstance(shape, Leaf) else ()

    def _add_words(
        self,
        name: str,
        takes: Sequence[str],
        columns: Sequence[ChosenColumn],
        rule: Rule,
        doubts: list[str],
    ) -> None:
        vocabulary = self._choice.vocabulary
        seen = _words_in(columns)
        words = {
            word: meaning
            for word in seen
            if not _is_canonical(word, takes)
            and (meaning := vocabulary.meaning(name, word)) is not None
        }
        scripts = {_script(word) for word in words}
        for word, meaning in vocabulary.words.get(name, {}).items():
            if _script(word) in scripts and meaning is not None and not _among(word, words):
                words[word] = meaning
        strange = [w for w in seen if not _is_canonical(w, takes) and not _among(w, words)]
        if words:
            rule["words"] = words
        if strange and takes:
            few = [word for word in strange if len(word) <= MOST_CHARACTERS][:MOST_WORDS]
            named = ", ".join(scalar(word) for word in few) if len(strange) <= MOST_WORDS else ""
            told = f"the words {named}" if named else "the words of this column"
            doubts.append(f"say in `words` what {told} mean: {', '.join(takes)}")

    def _without(self, name: str, short: str, pad: str) -> Iterator[str]:
        """A field that is required, and no column is known for."""
        if not self._is_needed(name):
            return
        report = self._choice.vocabulary.report
        stands = [
            (one.column.path, means)
            for field, means in _STANDS_FOR.get(report, ())
            for one in self._choice.chosen.get(field, ())
        ]
        if name == "status" and stands:
            rule = {
                "cases": [{"column": path, "says": "*", "means": means} for path, means in stands],
                "default": "open",
            }
            yield f"{pad}# ? status: no column says it; it is told by the days"
            yield from lines("status", rule, indent=len(pad))
            return
        shape = self._choice.fields[name]
        takes = f" ({', '.join(shape.words)})" if isinstance(shape, Leaf) and shape.words else ""
        yield f"{pad}# ? {short}: …  # required, and no column is known for it: fill in{takes}"

    def _is_needed(self, name: str) -> bool:
        """Whether a document needs it; of a group that may be missing: if any of it was found."""
        if not self._choice.fields[name].required:
            return False
        group, _, _ = name.rpartition(".")
        return not group or any(each.startswith(f"{group}.") for each in self._choice.chosen)

    def _unused(self) -> Iterator[str]:
        times = [
            column for name, column in self._choice.times.items() if name not in self._choice.chosen
        ]
        unused = [*self._choice.unused, *times]
        if unused:
            yield "# Not used, for nothing is known of them:"
        for column in unused:
            yield f"#   {scalar(column.full_path)}"


def _kind(choice: Choice, name: str) -> str:
    shape = choice.fields[name]
    return shape.read_as if isinstance(shape, Leaf) else shape.whole or ""


def _words_in(columns: Sequence[ChosenColumn]) -> list[str]:
    texts = [text for one in columns for text in one.column.texts()]
    return list({folded(text): text for text in reversed(texts)}.values())[::-1]


def _script(word: str) -> str:
    return "han" if any("\u4e00" <= char <= "\u9fff" for char in word) else "other"


def _is_canonical(word: str, takes: Sequence[str]) -> bool:
    return alike(word) in map(alike, takes)


def _among(word: str, words: Mapping[str, object]) -> bool:
    return folded(word) in map(folded, words)
