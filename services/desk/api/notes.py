"""What was noted of attempts at a customer's tasks, for who tries next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fastapi import Request

from services.desk.api.asking import or_none
from services.desk.api.opening import note_opened
from services.desk.api.visitor import AtDealer, desk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNotes:
    """The notes of some attempts."""

    is_away: bool
    """Nothing of them can be told at present."""
    by_document: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, documents: Iterable[str]) -> list[str]:
        """Those of one attempt, by the ids of its reports."""
        return [self.by_document[each] for each in documents if each in self.by_document]


async def notes_of(request: Request, at: AtDealer, key: str, documents: Iterable[str]) -> ToldNotes:
    """Of this customer's attempts, by the ids of their reports. That somebody sees any is written
    down first. Raises `TransientFailure`."""
    wanted = [*dict.fromkeys(documents)]
    if not wanted:
        return ToldNotes(is_away=False)
    found = await or_none(desk_of(request).services.notes(at.user, wanted))
    if found is None:
        return ToldNotes(is_away=True)
    if found:
        await note_opened(request, at, "saw_narrative", key)
    return ToldNotes(is_away=False, by_document=found)
