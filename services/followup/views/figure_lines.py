"""Which lines behind a dealer's figures are asked for, and what a page of them shows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from pydantic import JsonValue

from services.followup.domain import ranks
from services.followup.domain.leads.counts import COUNTED, because
from services.followup.views.satisfaction import title_of
from shared.contracts.http.followup_figures import (
    AnswerLine,
    DoneCustomer,
    DoneToday,
    ItemAnswered,
    LeadFigure,
    LeadLine,
    Leads,
    SurveyAnswers,
)
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade
from shared.contracts.surveys import SurveyKind
from shared.decider.asked_lines import FoundLines, RankRange, behind
from shared.decider.summary import Listed, keyed
from shared.time.months import month_begins

_BECAUSE = because("")  # type: ignore[arg-type] # what is before any reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnswers:
    """The answers to a survey in some months."""

    dealer_id: str
    months: range
    zone: tzinfo
    survey: SurveyKind
    item: str | None = None
    """With an answer to this item."""
    is_low: bool | None = None
    """None: whether low or not."""
    descending: bool = True

    @property
    def name(self) -> str:
        """The list of the survey."""
        return keyed(ranks.COUNTED, self.survey)

    @property
    def part(self) -> RankRange:
        """Those of the months."""
        return _of_months(self.months, self.zone)

    @property
    def is_sifted(self) -> bool:
        """Whether some of those of the months are not asked for."""
        return self.item is not None or self.is_low is not None

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether an answer of the months is asked for."""
        items = cast("list[tuple[str, int]]", line["items"])
        return self.is_low in (None, line["low"]) and (
            self.item is None or any(item == self.item for item, _ in items)
        )

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        asked = (self.survey, self.months.start, self.months.stop, self.item, self.is_low)
        return repr((self.dealer_id, *asked))

    def page(self, found: FoundLines, now: datetime, until: datetime | None) -> SurveyAnswers:
        """What is answered of the lines that were found."""
        return SurveyAnswers(
            dealer_id=self.dealer_id,
            survey=self.survey,
            answers=tuple(self._shown(line) for line in found.lines),
            after=found.following,
            as_of=until,
            behind_seconds=behind(now, until),
        )

    def _shown(self, listed: Listed) -> AnswerLine:
        line = cast("Mapping[str, Any]", listed.line)
        return AnswerLine(
            customer_key=listed.id,
            at=line["at"],
            points=line["overall"] / 10,
            low=line["low"],
            items=tuple(
                ItemAnswered(item=item, title=title_of(self.survey, item), points=tenths / 10)
                for item, tenths in line["items"]
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLeadLines:
    """The leads that came in some months."""

    dealer_id: str
    months: range
    zone: tzinfo
    figure: LeadFigure = "leads"
    """Those that count in it."""
    reason: LeadReason | None = None
    """Those that are lost for it."""
    channel: LeadChannel | None = None
    grade: Grade | None = None
    descending: bool = True

    @property
    def name(self) -> str:
        """The list of leads."""
        return keyed(ranks.COUNTED, ranks.LEADS)

    @property
    def part(self) -> RankRange:
        """Those of the months."""
        return _of_months(self.months, self.zone)

    @property
    def is_sifted(self) -> bool:
        """Whether some of those of the months are not asked for."""
        return self.figure != "leads" or bool(self.reason or self.channel or self.grade)

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether a lead of the months is asked for."""
        counts = cast("list[str]", line["counts"])
        return (
            self.figure in counts
            and (self.reason is None or because(self.reason) in counts)
            and self.channel in (None, line["channel"])
            and self.grade in (None, line["grade"])
        )

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        asked = (self.figure, self.reason, self.channel, self.grade)
        return repr((self.dealer_id, self.months.start, self.months.stop, *asked))

    def page(self, found: FoundLines, now: datetime, until: datetime | None) -> Leads:
        """What is answered of the lines that were found."""
        return Leads(
            dealer_id=self.dealer_id,
            leads=tuple(_lead(line) for line in found.lines),
            after=found.following,
            as_of=until,
            behind_seconds=behind(now, until),
        )


def _lead(listed: Listed) -> LeadLine:
    line = cast("Mapping[str, Any]", listed.line)
    reasons = (each for each in line["counts"] if each.startswith(_BECAUSE))
    return LeadLine(
        customer_key=listed.id,
        at=line["at"],
        channel=line["channel"],
        grade=line["grade"],
        figures=tuple(each for each in COUNTED if each in line["counts"]),
        lost_because=next((each.removeprefix(_BECAUSE) for each in reasons), None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDone:
    """The customers with whom a person is done today."""

    dealer_id: str
    person: str
    now: datetime
    zone: tzinfo
    descending: bool = True
    is_sifted: bool = False

    @property
    def name(self) -> str:
        """The list of the person."""
        return keyed(ranks.DONE, ranks.key_of(self.person))

    @property
    def part(self) -> RankRange:
        """From the dealer's midnight on."""
        return RankRange(ranks.minute_rank(datetime.combine(self._today, time(), self.zone)))

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """All of them."""
        return True

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        return repr((self.dealer_id, self.person, self._today.isoformat()))

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def page(self, found: FoundLines, now: datetime, until: datetime | None) -> DoneToday:
        """What is answered of the lines that were found."""
        since = datetime(1970, 1, 1, tzinfo=UTC)
        return DoneToday(
            dealer_id=self.dealer_id,
            person=self.person,
            customers=tuple(
                DoneCustomer(customer_key=each.id, at=since + timedelta(minutes=each.rank))
                for each in found.lines
            ),
            after=found.following,
            as_of=until,
            behind_seconds=behind(now, until),
        )


def _of_months(months: range, zone: tzinfo) -> RankRange:
    first, behind_last = (month_begins(each, zone) for each in (months.start, months.stop))
    return RankRange(ranks.minute_rank(first), ranks.minute_rank(behind_last))
