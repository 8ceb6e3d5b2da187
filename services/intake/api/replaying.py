"""What was rejected goes the one path once more."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake.adapters.door import Aside
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.rejected.quarantine import Quarantine
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.rejected.again import (
    Again,
    EventsAgain,
    NotAgain,
    again,
    corrected,
    mapping_for,
)
from services.intake.domain.rejected.content import Came
from services.intake.domain.rejected.row import NOBODY, RejectedRow, Rejection
from services.intake.receive import Intake
from services.intake.views.rejected import rejection_again, replayed_event
from shared.contracts.http.intake import Item
from shared.contracts.http.intake_rejected import ReplayedEvent
from shared.dealers.dealer import Dealers
from shared.yaml_file import WrongFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How it is to be replayed."""

    mapping: str = ""
    """The name of another mapping than the one it came by."""
    strict: bool | None = None
    """None: as when it came."""
    validate: bool = False
    """Only say what would become of it."""


@dataclass(frozen=True, slots=True)
class _Sent:
    row: RejectedRow
    again: Again
    mapping: FeedMapping | None
    is_as_it_came: bool


class Replaying:
    """Replays. Any number may at once: what is sent twice is known the second time."""

    def __init__(
        self, quarantine: Quarantine, intake: Intake, *, mappings: Mappings, dealers: Dealers
    ) -> None:
        self._quarantine = quarantine
        self._intake = intake
        self._mappings = mappings
        self._dealers = dealers

    async def corrected(
        self, row: RejectedRow, body: object, wanted: Wanted, *, aside: Aside
    ) -> ReplayedEvent:
        """What became of it as somebody wrote it."""
        instead = corrected(body, row, mapping=wanted.mapping)
        if isinstance(instead, NotAgain):
            sent = _Sent(row, instead, None, is_as_it_came=False)
        else:
            sent = self._sent(row, instead, wanted, is_as_it_came=False)
        return (await self._replay([sent], wanted, aside))[0]

    async def as_they_came(
        self, found: Sequence[tuple[RejectedRow, Came | None]], wanted: Wanted, *, aside: Aside
    ) -> list[ReplayedEvent]:
        """What became of each. Raises `TransientFailure` where nothing is known of that; those that
        were taken are known already when they are replayed again."""
        is_as_it_came = not wanted.mapping
        sent = await aside(
            lambda: [
                self._sent(row, came, wanted, is_as_it_came=is_as_it_came) for row, came in found
            ]
        )
        return await self._replay(sent, wanted, aside)

    def _sent(
        self, row: RejectedRow, came: Came | None, wanted: Wanted, *, is_as_it_came: bool
    ) -> _Sent:
        if came is None:
            return _Sent(row, NotAgain("no key of ours opens it"), None, is_as_it_came=False)
        name = mapping_for(came, row, asked=wanted.mapping)
        try:
            mapping = self._mappings.find(name) if name else None
        except WrongFile:
            mapping = None
        dealer = self._dealers.find(row.dealer_id)
        return _Sent(
            row,
            again(came, row, mapping=mapping, dealer=dealer),
            mapping,
            is_as_it_came=is_as_it_came,
        )

    async def _replay(
        self, sent: Sequence[_Sent], wanted: Wanted, aside: Aside
    ) -> list[ReplayedEvent]:
        """Of each sender together, bound to what it may send."""
        together: dict[tuple[Feed | None, bool], list[int]] = defaultdict(list)
        for position, each in enumerate(sent):
            if isinstance(each.again, EventsAgain):
                strict = each.row.way.strict if wanted.strict is None else wanted.strict
                together[_feed_of(each), strict].append(position)
        items: dict[int, Sequence[Item]] = {}
        intake = self._intake.trial() if wanted.validate else self._intake
        for (only, strict), positions in together.items():
            events = {position: _events(sent[position].again) for position in positions}
            answered = iter(
                await intake.receive(
                    [event for some in events.values() for event in some],
                    aside=aside,
                    strict=strict,
                    only=only,
                )
            )
            for position, some in events.items():
                items[position] = [next(answered) for _ in some]
        return await self._noted(sent, items, wanted)

    async def _noted(
        self, sent: Sequence[_Sent], items: Mapping[int, Sequence[Item]], wanted: Wanted
    ) -> list[ReplayedEvent]:
        done, told = list[str](), list[ReplayedEvent]()
        in_vain: dict[str, Rejection | None] = {}
        for position, each in enumerate(sent):
            of_it = items.get(position, ())
            why = rejection_again(each.again, of_it, each.mapping)
            told.append(replayed_event(each.row.rejected_id, why, of_it))
            if why is None:
                done.append(each.row.rejected_id)
            else:
                is_new = each.is_as_it_came and not isinstance(each.again, NotAgain)
                in_vain[each.row.rejected_id] = why if is_new else None
        if not wanted.validate:
            await self._quarantine.replayed(done)
            await self._quarantine.tried(in_vain)
        return told


def _events(found: Again) -> Sequence[object]:
    return found.events if isinstance(found, EventsAgain) else ()


def _feed_of(sent: _Sent) -> Feed | None:
    """Whose the events may be: of who sent them. Of a source that is not known any of the dealer's;
    what came from nobody may be anybody's."""
    row = sent.row
    if row.dealer_id == NOBODY:
        return None
    return Feed(dealer_id=row.dealer_id, source=row.source or _source_said(sent.again))


def _source_said(found: Again) -> str:
    for event in _events(found):
        data = event.get("data") if isinstance(event, Mapping) else None
        said = data.get("source") if isinstance(data, Mapping) else None
        if isinstance(said, str):
            return said
    return ""
