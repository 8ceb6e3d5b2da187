"""Looks whether the files that a service follows have changed, while it runs."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import structlog

from shared.policies.edition import Edition
from shared.policies.folder import RulesFolder, Stamps
from shared.policies.rulebook import Rulebook
from shared.yaml_file import WrongFile

E = TypeVar("E", bound=Edition)
B = TypeVar("B", bound="Rulebook[Any]")

log = structlog.get_logger()


class RulesWatch(Generic[E, B]):
    """Asked every few seconds: names, sizes and times of the files, off the event loop.

    What is wrong is logged once per change, with file, line and field, and raised at every
    look as long as it lasts; what is wrong with a shadow is logged alone. `running` is what the
    service follows meanwhile; `show` is told of it once a day and at each change, for metrics
    alone.
    """

    def __init__(
        self,
        folder: RulesFolder[E, B],
        running: B,
        *,
        show: Callable[[B, datetime], None] = lambda rulebook, now: None,
    ) -> None:
        self._folder = folder
        self._running = running
        self._show = show
        self._seen: Stamps | None = None
        self._wrong: list[str] = []
        self._wrong_shadows: Sequence[str] = ()
        self._looked_on: date | None = None

    async def look(self, now: datetime) -> B | None:
        """Other rules than before, or None. Raises WrongFile as long as the files are wrong."""
        if self._looked_on != now.date():
            self._looked_on = now.date()
            self._show(self._running, now)
        found = await asyncio.to_thread(self._read)
        if found is not None:
            self._running = found
            self._show(found, now)
            log.info("rules changed", version=found.version, dealers=sorted(found.editions))
        return found

    def _read(self) -> B | None:
        seen, self._seen = self._seen, None
        try:
            self._seen = stamps = self._folder.stamps()
            if stamps == seen:
                if self._wrong:
                    raise WrongFile(self._wrong)
                return None
            found = self._folder.rulebook(stamps)
            self._tell_wrong_shadows()
            if gone := list(_gone(self._running, found)):
                raise WrongFile(gone)
        except WrongFile as wrong:
            if wrong.lines != self._wrong:
                log.error("rules are wrong, the running ones stay", lines=wrong.lines)
            self._wrong = wrong.lines
            raise
        self._wrong = []
        # both are for the thread: where there are many editions they take their time
        is_other = found.version != self._running.version or found != self._running
        return found if is_other else None

    def _tell_wrong_shadows(self) -> None:
        wrong = self._folder.wrong_shadows
        if wrong and wrong != self._wrong_shadows:
            log.error("shadows are wrong, nothing is tried there", lines=list(wrong))
        self._wrong_shadows = wrong


def _gone(running: B, found: B) -> Iterator[str]:
    """A line for every edition in force that is no longer there: a half-mounted folder must not
    move deadlines."""
    for dealer_id, editions in running.editions.items():
        there = {edition.version for edition in found.editions.get(dealer_id, ())}
        for edition in editions:
            if edition.version not in there:
                at = edition.applied_at
                yield f"applied/: the edition of {dealer_id} of {at} is gone; none is ever removed"
