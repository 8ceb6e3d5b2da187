"""What became of a portion of a file's records: counts, and what is to be mended. Never a value
that stood there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from services.intake.domain.imports.job import (
    MOST_FAULTS,
    FileFault,
    RecordCounts,
    TroubleKind,
)
from services.intake.domain.mappings.columns import column_of
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import PlaceInEvent, Problem

Became: TypeAlias = Converted | Refused | Skipped


class RecordTrouble(BaseModel):
    """A record that is to be looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    """Of the record in the file, from 1."""
    place: str
    kind: TroubleKind
    faults: tuple[FileFault, ...]
    more_faults: int = 0


class PortionAccount(BaseModel):
    """What became of a portion."""

    model_config = ConfigDict(frozen=True)

    records: int
    """Of the file; several may be one event."""
    counts: RecordCounts
    troubles: tuple[RecordTrouble, ...]


def account_of(
    outcomes: Sequence[Became], items: Sequence[Item], mapping: FeedMapping
) -> PortionAccount:
    """`items`: what intake answered to the events among `outcomes`, in their order."""
    answers = iter(items)
    counts: Counter[str] = Counter()
    troubles: list[RecordTrouble] = []
    for outcome in outcomes:
        match outcome:
            case Skipped():
                counts["skipped"] += 1
            case Refused():
                counts["refused"] += 1
                troubles.append(_trouble(outcome, "refused", outcome.errors))
            case Converted():
                item = next(answers)
                counts[item.outcome] += 1
                trouble = _of_event(outcome, item, mapping)
                if trouble is not None:
                    counts["warned"] += trouble.kind == "warned"
                    troubles.append(trouble)
    return PortionAccount(
        records=sum(_records_of(outcome) for outcome in outcomes),
        counts=RecordCounts(**counts),
        troubles=tuple(troubles),
    )


def within(
    troubles: Iterable[RecordTrouble], kept: dict[TroubleKind, int], most: int
) -> tuple[RecordTrouble, ...]:
    """The first of them that there is room for, where `kept` are there and `most` of each kind may
    be."""
    room = Counter(kept)
    chosen: list[RecordTrouble] = []
    for trouble in troubles:
        if room[trouble.kind] < most:
            room[trouble.kind] += 1
            chosen.append(trouble)
    return tuple(chosen)


def _records_of(outcome: Became) -> int:
    return 1 if isinstance(outcome, Skipped) else outcome.records


def _of_event(outcome: Converted, item: Item, mapping: FeedMapping) -> RecordTrouble | None:
    if item.problem is not None:
        notes = [*_of_problem(item.problem, mapping), *outcome.notes]
        return _trouble(outcome, "rejected", notes)
    notes = [*outcome.notes, *(_note(warning, mapping) for warning in item.warnings)]
    return _trouble(outcome, "warned", notes) if notes else None


def _of_problem(problem: Problem, mapping: FeedMapping) -> Iterator[MappingNote]:
    if not problem.errors or problem.detail:
        words = ": ".join(filter(None, (problem.title, problem.detail)))
        yield MappingNote("", "", words)
    for place in problem.errors:
        yield _note(place, mapping)


def _note(place: PlaceInEvent, mapping: FeedMapping) -> MappingNote:
    """What intake says of a place of the event, as it is said of a column."""
    field = place.pointer.removeprefix("/data").strip("/").replace("/", ".")
    return MappingNote(field, column_of(place.pointer, mapping), place.detail)


def _trouble(
    outcome: Converted | Refused, kind: TroubleKind, notes: Sequence[MappingNote]
) -> RecordTrouble:
    shown = notes[:MOST_FAULTS]
    return RecordTrouble(
        number=outcome.number,
        place=outcome.place,
        kind=kind,
        faults=tuple(map(FileFault.of, shown)),
        more_faults=len(notes) - len(shown),
    )
