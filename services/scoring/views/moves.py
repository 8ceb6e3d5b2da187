"""Which moves from one grade, or risk, to another are asked for, and what a page shows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pydantic import JsonValue

from services.scoring.domain import ranks
from shared.contracts.http.scoring_moves import MoveLine, Moves, MovesOf
from shared.decider.asked_lines import FoundLines, RankRange, behind
from shared.decider.summary import keyed
from shared.time.months import month_begins


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedMoves:
    """The moves of a dealer's customers in some months."""

    dealer_id: str
    of: MovesOf
    months: range
    zone: tzinfo
    left: str | None = None
    """From this one alone."""
    reached: str | None = None
    """To this one alone."""
    descending: bool = True

    @property
    def name(self) -> str:
        """The list of moves from one grade, or risk, to another."""
        return keyed(ranks.MOVES, self.of)

    @property
    def part(self) -> RankRange:
        """Those of the months."""
        first, behind_last = self.months.start, self.months.stop
        return RankRange(
            ranks.move_rank(month_begins(first, self.zone)),
            ranks.move_rank(month_begins(behind_last, self.zone)),
        )

    @property
    def is_sifted(self) -> bool:
        """Whether some of those of the months are not asked for."""
        return self.left is not None or self.reached is not None

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether a move of the months is asked for."""
        return self.left in (None, line["before"]) and self.reached in (None, line["after"])

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        asked = (self.of, self.months.start, self.months.stop, self.left, self.reached)
        return repr((self.dealer_id, *asked))

    def page(self, found: FoundLines, now: datetime, until: datetime | None) -> Moves:
        """What is answered of the lines that were found."""
        return Moves(
            dealer_id=self.dealer_id,
            of=self.of,
            moves=tuple(
                MoveLine.model_validate({"customer_key": each.id, **each.line})
                for each in found.lines
            ),
            after=found.following,
            as_of=until,
            behind_seconds=behind(now, until),
        )
