"""What headings and words are known to mean: out of the mappings that there are, and lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NamedTuple

from services.intake.domain.mappings.feed_mapping import (
    EachRule,
    EntriesRule,
    FeedMapping,
    FieldRule,
    FieldRules,
    Meaning,
    ReportKind,
)
from services.intake.domain.mappings.paths import alike
from services.intake.domain.mappings.shape import Group, Leaf, ListShape, Shape, shape_of
from services.intake.domain.mappings.values.cells import folded

_CLOSE = 0.82
_ENDS = ("value", "amount", "number")
"""Of fields with parts, the one that one column fills."""


class LikelyField(NamedTuple):
    """What a heading is known to be."""

    field: str
    """Of an entry of a list with its name, such as `lines.pay_type`."""
    rank: int
    """Of several that fill a field, the lowest counts first."""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Of one kind of report."""

    report: ReportKind
    headings: Mapping[str, LikelyField]
    """By the heading, folded."""
    words: Mapping[str, Mapping[str, Meaning]]
    """Field -> word as it is written -> what it means."""

    def known(self, path: str) -> LikelyField | None:
        """By its heading, whatever its case, width and spaces; of a path by the end of it."""
        parts = [part for part in path.replace(".", "/").split("/") if part != "#text"]
        for start in range(len(parts)):
            found = self.headings.get(_joined(parts[start:]))
            if found is not None:
                return found
        return None

    def nearly(self, path: str) -> LikelyField | None:
        """By a heading that is written nearly so."""
        near = get_close_matches(_joined([path]), self.headings, n=1, cutoff=_CLOSE)
        return self.headings[near[0]]._replace(sure=False) if near else None

    def meaning(self, field: str, word: str) -> Meaning:
        """None: it is not known."""
        key = folded(word)
        known = self.words.get(field, {})
        return next((known[each] for each in known if folded(each) == key), None)


def vocabulary_of(
    report: ReportKind,
    mappings: Sequence[FeedMapping],
    headings: Mapping[str, Sequence[str]],
    words: Mapping[str, Mapping[str, Meaning]],
) -> Vocabulary:
    """`mappings`: of this kind; those of tables teach headings. `headings`, `words`: more of
    them, by field."""
    known: dict[str, LikelyField] = {}
    taught: dict[str, dict[str, Meaning]] = {}
    for field, names in headings.items():
        for rank, name in enumerate(names):
            known.setdefault(_joined([name]), LikelyField(field, rank))
    for mapping in mappings:
        for field, rule in _rules(mapping.fields, ""):
            taught.setdefault(field, {}).update(rule.words)
            for rank, column in enumerate(rule.column or ()):
                if mapping.reads.format in ("csv", "xlsx"):
                    known.setdefault(_joined([column]), LikelyField(field, rank))
    for field, meanings in words.items():
        taught.setdefault(field, {}).update(meanings)
    for field in fields_of(report):
        for end in ("", *_ENDS):
            known.setdefault(_joined([field, end]), LikelyField(field, 0))
        known.setdefault(_joined([field.rpartition(".")[2]]), LikelyField(field, 50))
    return Vocabulary(report, known, taught)


def fields_of(report: ReportKind) -> Mapping[str, Leaf | Group]:
    """What a column can fill, entries of lists with the name of the list."""
    return dict(_fillable(shape_of(report), ""))


def _fillable(shape: Shape, name: str) -> Iterator[tuple[str, Leaf | Group]]:
    match shape:
        case Leaf():
            yield name, shape
        case Group(whole=str()):
            yield name, shape
        case Group(fields=fields):
            for each, inner in fields.items():
                yield from _fillable(inner, f"{name}.{each}" if name else each)
        case ListShape(of=of):
            if isinstance(of, Leaf) or name.endswith("phones"):
                yield name, replace(of, required=shape.required)
            else:
                yield from _fillable(of, name)
        case _:
            return


def _rules(rules: FieldRules, prefix: str) -> Iterator[tuple[str, FieldRule]]:
    for name, rule in rules.items():
        match rule:
            case FieldRule():
                yield f"{prefix}{name}", rule
            case EachRule(fields=fields) if not name.endswith("phones"):
                yield from _rules(fields, f"{prefix}{name}.")
            case EntriesRule() | EachRule():
                continue


def _joined(parts: Sequence[str]) -> str:
    return "".join(alike(part) for part in parts).replace(".", "").replace("/", "")
