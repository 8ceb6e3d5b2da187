"""What the runtime counts is there from the start of a service, at 0."""

from collections.abc import Iterable

from shared.platform import metrics


def begin_service(service: str, *, topics: Iterable[str], types: Iterable[str]) -> None:
    """With the topics that it reads and the types that it writes."""
    names, read = [service], list(topics)
    metrics.begin(metrics.records_consumed, names, read)
    metrics.begin(metrics.dead_letters, names, read)
    metrics.begin(metrics.messages_published, names, types)
    for metric in (
        metrics.records_skipped,
        metrics.aggregates_written,
        metrics.conflicts,
        metrics.intents_settled,
        metrics.policy_exchanges,
        metrics.policy_refused,
        metrics.observations_failed,
        metrics.audit_checked,
        metrics.audit_passes,
        metrics.clock_fast_events,
        metrics.batch_seconds,
        metrics.timer_lateness_seconds,
    ):
        metrics.begin(metric, names)
