"""Why a customer became a quality customer, and who is about to be lost: by name, with reasons.

Pure. Made from the records of the scores and grades topics, and the names on the profiles topic.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Group
from rich.table import Table
from rich.text import Text

from deploy.sandbox.demo.summary import TopicRecord, latest
from deploy.sandbox.feed.acquainted import RISING
from deploy.sandbox.feed.markets import market_of
from shared.contracts.identifiers import customer_key, dealer_of, number_in
from shared.contracts.scoring import GradeChanged, Reason, ScoreChanged
from shared.dealers.dealer import Dealer

SHOWN_LEAVING = 4
"""The most customers who are about to be lost that are shown."""
SOON = timedelta(days=30)
"""Who is lost this much later is about to be."""
NO_NAME = "(no name)"
_GRADES = {"quality": "quality 优质", "potential": "potential 潜力", "general": "general 一般"}
_RISE = ("potential", "quality")
_AXES = {"value": "value 价值", "loyalty": "loyalty 忠诚"}


@dataclass(frozen=True, slots=True)
class Risen:
    """A customer who moved from potential to quality, and what their points come from."""

    name: str
    dealer: Dealer
    change: GradeChanged
    score: ScoreChanged

    def as_json(self) -> dict[str, object]:
        """For programs; times are UTC."""
        return {
            "name": self.name,
            "change": self.change.model_dump(mode="json", exclude_none=True),
            "score": self.score.model_dump(mode="json", exclude_none=True),
        }


@dataclass(frozen=True, slots=True)
class Leaving:
    """A customer who is lost at `lost_at` if they do not come."""

    name: str
    dealer: Dealer
    lost_at: datetime
    score: ScoreChanged

    def as_json(self) -> dict[str, object]:
        """For programs; times are UTC."""
        return {
            "name": self.name,
            "customer_key": self.score.customer_key,
            "risk": self.score.risk.model_dump(mode="json") if self.score.risk else None,
            "next_visit": (
                self.score.next_visit.model_dump(mode="json") if self.score.next_visit else None
            ),
        }


def rising_key(dealers: Sequence[Dealer]) -> str:
    """The key of the customer whom the sample feed lets rise in the live days."""
    return customer_key(dealers[0].id, market_of(dealers[0].region).source, RISING)


def risen(
    records: Iterable[TopicRecord], *, names: Mapping[str, str], dealers: Sequence[Dealer]
) -> Risen | None:
    """That customer; None while their change does not stand."""
    key = rising_key(dealers)
    told = latest(record for record in records if record["key"] == key)
    changes = [
        found
        for found in told
        if isinstance(found, GradeChanged) and (found.before, found.after) == _RISE
    ]
    scores = [found for found in told if isinstance(found, ScoreChanged)]
    if not changes or not scores:
        return None
    change = max(changes, key=lambda found: found.changed_at)
    return Risen(names.get(key, NO_NAME), dealers[0], change, scores[-1])


def leaving(
    records: Iterable[TopicRecord],
    *,
    names: Mapping[str, str],
    dealers: Sequence[Dealer],
    now: datetime,
) -> list[Leaving]:
    """Who is at risk now and lost soon, those of the highest value first."""
    by_id = {dealer.id: dealer for dealer in dealers}
    found = [
        Leaving(
            names.get(score.customer_key, NO_NAME),
            by_id[score.dealer_id],
            score.risk.next_at,
            score,
        )
        for score in latest(records)
        if isinstance(score, ScoreChanged)
        and score.risk is not None
        and (score.risk.risk, score.risk.next_risk) == ("at_risk", "lost")
        and score.risk.next_at is not None
        and score.risk.next_at <= now + SOON
        and dealer_of(score.customer_key) in by_id
    ]
    found.sort(key=lambda one: (-one.score.value, one.lost_at, one.score.customer_key))
    return found[:SHOWN_LEAVING]


def render_risen(found: Risen) -> Group:
    """For a terminal: the change, then every reason down to its documents."""
    heading = Text(f"{found.name}: ", style="bold")
    heading.append(f"{_GRADES[found.change.before]} → {_GRADES[found.change.after]}")
    zone = found.dealer.zone
    when = f"{found.change.changed_at.astimezone(zone):%a %H:%M}"
    heading.append(f"  {found.dealer.name}, {when} {found.dealer.timezone}", style="dim")
    lines = [heading]
    if found.change.words is not None:
        lines.append(Text(f"  {found.change.words.en}"))
        lines.append(Text(f"  {found.change.words.zh}", style="dim"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for reason in found.score.reasons:
        table.add_row(f"  {reason.points:+d}", _AXES[reason.axis], _why(reason))
    return Group(*lines, table, Text())


def _why(reason: Reason) -> Text:
    text = Text(reason.rule if reason.words is None else reason.words.en)
    if reason.documents:
        numbers = ", ".join(number_in(document) for document in reason.documents)
        more = f" and {reason.more_documents} more" if reason.more_documents else ""
        text.append(f"  [{numbers}{more}]", style="dim")
    if reason.words is not None:
        text.append(f"\n{reason.words.zh}", style="dim")
    return text


def render_leaving(found: Sequence[Leaving]) -> Group:
    """For a terminal: each with the day on which they are lost, and why."""
    heading = Text(f"About to be lost, within {SOON.days} days 即将流失", style="bold")
    if not found:
        return Group(heading, Text("  nobody so far"), Text())
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        who = f"  {one.name}\n  {one.dealer.name}\n  {_GRADES[one.score.grade]}"
        day = f"{one.lost_at.astimezone(one.dealer.zone):%d %b %Y}"
        table.add_row(who, day, Text("\n").join(_told(one.score)))
    return Group(heading, table, Text())


def _told(score: ScoreChanged) -> Iterator[Text]:
    for words in (score.risk, score.next_visit):
        if words is not None:
            yield Text(words.words.en)
            yield Text(words.words.zh, style="dim")
