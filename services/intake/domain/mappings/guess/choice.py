"""Which column fills which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.domain.mappings.guess.cells import are_times, shaped_like
from services.intake.domain.mappings.guess.sample import Sample, SeenColumn
from services.intake.domain.mappings.guess.vocabulary import LikelyField, Vocabulary, fields_of
from services.intake.domain.mappings.shape import NUMBERS, Group, Leaf

LISTS = ("lines", "products")
"""Lists of which a row of a table, or a part of a record, is an entry."""
NEARLY = "its heading is nearly one that is known"
BY_VALUES = "told from its values alone"


class ChosenColumn(NamedTuple):
    """A column of a field."""

    column: SeenColumn
    rank: int
    doubt: str = ""


@dataclass(slots=True)
class Choice:
    """What was found in a file, for one kind of report."""

    vocabulary: Vocabulary
    fields: Mapping[str, Leaf | Group]
    chosen: dict[str, list[ChosenColumn]] = field(default_factory=dict)
    times: dict[str, SeenColumn] = field(default_factory=dict)
    """Field -> the column with its time of day."""
    each: dict[str, str] = field(default_factory=dict)
    """List -> the path of its parts."""
    unused: list[SeenColumn] = field(default_factory=list)

    @property
    def score(self) -> int:
        """How much of the file is of this kind of report; by its number it is known most."""
        sure = [
            name
            for name, columns in self.chosen.items()
            if not columns[0].doubt and name in self.fields
        ]
        needs = sum("." not in name and self.fields[name].required for name in sure)
        return len(sure) + needs + 3 * (NUMBERS[self.vocabulary.report] in sure)


def chosen(sample: Sample, vocabulary: Vocabulary) -> Choice:
    """The columns of a file, as far as they can be told."""
    choice = Choice(vocabulary, fields_of(vocabulary.report))
    left: list[SeenColumn] = []
    for column in sample.columns:
        known = vocabulary.known(column.path)
        if known is not None and _take(choice, column, known, sample):
            continue
        whole = SeenColumn(column.full_path, "", column.cells)
        known = vocabulary.known(whole.path) if column.each else None
        if known is None or not _take(choice, whole, known, sample):
            left.append(column)
    for column in left:
        by_cells = shaped_like(column)
        near = vocabulary.nearly(column.path)
        if by_cells is not None and by_cells not in choice.chosen:
            known, doubt = LikelyField(by_cells, 0), BY_VALUES
        elif near is not None and near.field not in choice.chosen:
            known, doubt = near, NEARLY
        else:
            choice.unused.append(column)
            continue
        if not _take(choice, column, known, sample, doubt=doubt):
            choice.unused.append(column)
    for columns in choice.chosen.values():
        columns.sort(key=lambda one: one.rank)
    return choice


def best(sample: Sample, vocabularies: Sequence[Vocabulary]) -> Choice:
    """Of the kind of report that the file fits best; of two alike the first."""
    return max((chosen(sample, each) for each in vocabularies), key=lambda one: one.score)


def _take(
    choice: Choice, column: SeenColumn, known: LikelyField, sample: Sample, *, doubt: str = ""
) -> bool:
    name = known.field
    if name not in choice.fields:
        return False
    in_list = name.partition(".")[0] if name.partition(".")[0] in LISTS else ""
    if not sample.is_table:
        if bool(column.each) != bool(in_list):
            return False
        if in_list and choice.each.setdefault(in_list, column.each) != column.each:
            return False
    elif in_list == "products":
        return False
    elif in_list:
        choice.each.setdefault(in_list, ".")
    shape = choice.fields[name]
    is_instant = isinstance(shape, Leaf) and shape.read_as == "instant"
    if is_instant and are_times(column) and name not in choice.times:
        choice.times[name] = column
        return True
    choice.chosen.setdefault(name, []).append(ChosenColumn(column, known.rank, doubt))
    return True
