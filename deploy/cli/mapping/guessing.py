"""A draft of a mapping for a file, and the mapping that ships that knows most of its columns."""

from pathlib import Path
from typing import NamedTuple

from deploy.cli.failures import CannotRun
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.vocabulary import KINDS, vocabularies
from services.intake.domain.mappings.columns import missing_and_doubled, unused_headings
from services.intake.domain.mappings.feed_mapping import FeedMapping, ReportKind
from services.intake.domain.mappings.guess.choice import best
from services.intake.domain.mappings.guess.draft import MappingDraft, draft_of
from services.intake.domain.mappings.guess.opening import sample_file
from services.intake.domain.mappings.guess.sample import Sample
from services.intake.domain.mappings.reads import ReadsXml
from services.intake.domain.mappings.records import UnreadableFile
from services.intake.domain.mappings.shape import GIVEN, shape_of

_MOST_UNKNOWN = 0.25
"""Of the columns: a mapping that knows fewer is not worth to be named."""


class Guess(NamedTuple):
    """What was made of a file."""

    draft: MappingDraft
    fits: str
    """A mapping that there is, and that reads the file; empty: none does."""


def guess(path: Path, report: ReportKind | None, mappings: Mappings, *, month_first: bool) -> Guess:
    """Raises `CannotRun` where the file cannot be read, or has no record."""
    known = {name: mappings.find(name) for name in mappings.names()}
    there = {name: found for name, found in known.items() if found is not None}
    kinds = vocabularies(KINDS if report is None else (report,))
    names = [
        name
        for one in there.values()
        if isinstance(one.reads, ReadsXml)
        for name in one.reads.record
    ]
    try:
        with path.open("rb") as file:
            sample = sample_file(file, kinds, record_names=names)
    except UnreadableFile as error:
        raise CannotRun(f"{path}: {error}") from None
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from error
    if not sample.records:
        raise CannotRun(f"{path}: there is no record in it")
    choice = best(sample, kinds)
    draft = draft_of(sample, choice, name=path.name, month_first=month_first)
    return Guess(draft, _fitting(sample, there))


def _fitting(sample: Sample, mappings: dict[str, FeedMapping]) -> str:
    """The mapping that leaves fewest columns aside, if these are few."""
    if not sample.is_table:
        return _of_records(sample, mappings)
    headings = [column.path for column in sample.columns]
    unused = {
        name: len(unused_headings(headings, mapping))
        for name, mapping in mappings.items()
        if mapping.reads.format == sample.reads.format
        and not missing_and_doubled(headings, mapping)
    }
    name = min(unused, key=unused.__getitem__, default="")
    return name if name and unused[name] <= _MOST_UNKNOWN * len(headings) else ""


def _of_records(sample: Sample, mappings: dict[str, FeedMapping]) -> str:
    """Of XML, the mapping whose records are called so; of JSON, the one that takes canonical
    fields as they are."""
    reads = sample.reads
    if not isinstance(reads, ReadsXml):
        names = {column.full_path.partition("/")[0] for column in sample.columns}
        canonical = (
            name
            for name, mapping in mappings.items()
            if mapping.as_they_are
            and mapping.reads.format == reads.format
            and names <= shape_of(mapping.report).fields.keys() | GIVEN
        )
        return next(canonical, "")
    alike = (
        name
        for name, mapping in mappings.items()
        if isinstance(mapping.reads, ReadsXml) and set(mapping.reads.record) & set(reads.record)
    )
    return next(alike, "")
