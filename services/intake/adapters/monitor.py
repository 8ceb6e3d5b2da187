"""What is taken and refused is counted by feed, and each refusal logged by pointer and reason.

Nothing of an event's content is in a log line or a label: no value, no name of the sender's own
choosing, and no id.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple, Protocol, get_args

import structlog

from services.intake.domain.pointers import as_far_as_known
from services.intake.views.problems import reason_of
from shared.contracts.feeds import REPORTS
from shared.contracts.http.intake import Item, Outcome
from shared.contracts.http.problem import Problem
from shared.dealers.dealer import Dealers
from shared.platform import metrics

UNKNOWN = "unknown"
"""Stands for a dealer, a source or a type that is none of ours, or cannot be read."""
STATUSES = ("200", "202", "400", "401", "408", "409", "413", "415", "422", "429", "500", "503")
"""What `POST /v1/events` and `POST /v1/webhooks/…` are answered with."""
OTHER = "other"
"""Stands for the sources of a dealer beyond those that are told apart."""
SOURCES_TAKEN, SOURCES_REFUSED = 32, 8
"""How many sources of a dealer are told apart: of which something was taken, and others."""
_SENT_AGAIN = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
MOST_LOGGED = 20
"""The most lines that are logged of one request."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who reported an event, as far as it is known; `UNKNOWN` else."""

    dealer_id: str = UNKNOWN
    source: str = UNKNOWN
    type: str = UNKNOWN


NOBODY = Sender()


class _RefusalKind(NamedTuple):
    """What is counted and logged together."""

    sender: Sender
    reason: str


class Monitor(Protocol):
    """Is told what became of what."""

    def events(self, senders: Sequence[Sender], items: Sequence[Item]) -> None:
        """These events of one request became these items."""
        ...

    def request(self, problem: Problem) -> None:
        """A whole request was refused, unread or unreadable."""
        ...

    def published(self, types: Iterable[str]) -> None:
        """Messages of these types were acknowledged."""
        ...

    def conflict(self) -> None:
        """Another instance was first with something."""
        ...

    def clock_fast(self, events: int) -> None:
        """The clocks of those who sent as many events are ahead."""
        ...


class Unwatched:
    """Counts and logs nothing: what is tried does not happen."""

    def events(self, senders: Sequence[Sender], items: Sequence[Item]) -> None: ...

    def request(self, problem: Problem) -> None: ...

    def published(self, types: Iterable[str]) -> None: ...

    def conflict(self) -> None: ...

    def clock_fast(self, events: int) -> None: ...


class FeedMonitor:
    """Counts what became of events, and logs refusals. Strangers cannot make it name more than a
    few things."""

    def __init__(self, dealers: Dealers) -> None:
        self._taken: defaultdict[str, set[str]] = defaultdict(set)
        self._refused: defaultdict[str, set[str]] = defaultdict(set)
        metrics.begin(metrics.intake_requests, STATUSES)
        for dealer_id in (*(dealer.id for dealer in dealers.all()), UNKNOWN):
            _begin(dealer_id)

    def events(self, senders: Sequence[Sender], items: Sequence[Item]) -> None:
        """These events of one request became these items."""
        refusals: defaultdict[_RefusalKind, list[Problem]] = defaultdict(list)
        for sender, item in zip(senders, items, strict=True):
            feed = self._feed(sender, item.outcome)
            metrics.intake_events.labels(item.outcome, sender.type, sender.dealer_id).inc()
            metrics.intake_feed_events.labels(sender.dealer_id, feed, item.outcome).inc()
            if item.problem is not None:
                known = Sender(sender.dealer_id, feed, sender.type)
                refusals[_RefusalKind(known, reason_of(item.problem))].append(item.problem)
        _report(refusals)

    def request(self, problem: Problem) -> None:
        """A whole request was refused, unread or unreadable."""
        if problem.status in _SENT_AGAIN:
            return
        metrics.intake_feed_events.labels(UNKNOWN, UNKNOWN, "rejected").inc()
        _report({_RefusalKind(NOBODY, reason_of(problem)): [problem]})

    def published(self, types: Iterable[str]) -> None:
        """Messages of these types were acknowledged."""
        for type_, count in Counter(types).items():
            metrics.messages_published.labels("intake", type_).inc(count)

    def conflict(self) -> None:
        """Another instance was first with something."""
        metrics.conflicts.labels("intake").inc()

    def clock_fast(self, events: int) -> None:
        """The clocks of those who sent as many events are ahead."""
        metrics.clock_fast_events.labels("intake").inc(events)

    def _feed(self, sender: Sender, outcome: Outcome) -> str:
        """The source as it is labelled: bounded, whatever strangers call themselves."""
        dealer_id, source = sender.dealer_id, sender.source
        if UNKNOWN in (dealer_id, source):
            return UNKNOWN
        taken, refused = self._taken[dealer_id], self._refused[dealer_id]
        if source in taken:
            return source
        if outcome != "rejected" and len(taken) < SOURCES_TAKEN:
            taken.add(source)
            refused.discard(source)
        elif source not in refused:
            if len(refused) >= SOURCES_REFUSED:
                return OTHER
            refused.add(source)
        metrics.begin(metrics.intake_feed_events, [dealer_id], [source], get_args(Outcome))
        return source


def _begin(dealer_id: str) -> None:
    """All that can be counted of a dealer is there from the start, at 0."""
    outcomes = get_args(Outcome)
    metrics.begin(metrics.intake_feed_events, [dealer_id], [UNKNOWN], outcomes)
    metrics.begin(metrics.intake_events, outcomes, (*REPORTS, UNKNOWN), [dealer_id])


def _report(refusals: dict[_RefusalKind, list[Problem]]) -> None:
    for (sender, reason), found in refusals.items():
        metrics.intake_refused.labels(sender.dealer_id, sender.source, reason).inc(len(found))
    for (sender, reason), found in list(refusals.items())[:MOST_LOGGED]:
        log.warning(
            "refused",
            reason=reason,
            places=_pointers(found),
            dealer=sender.dealer_id,
            source=sender.source,
            type=sender.type,
            events=len(found),
        )
    if len(refusals) > MOST_LOGGED:
        log.warning("refused", more_reasons=len(refusals) - MOST_LOGGED)


def _pointers(found: Iterable[Problem]) -> dict[str, int]:
    """Where events are wrong, the most frequent pointers."""
    pointers = (as_far_as_known(place.pointer) for problem in found for place in problem.errors)
    return dict(Counter(pointers).most_common(MOST_LOGGED))
