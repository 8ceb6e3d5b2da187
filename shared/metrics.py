"""Every metric of Aftercare, declared and described in one place.

Labels are never customers, documents or anything personal. `dealer` is `group/dealer`.
"""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# --- every service ----------------------------------------------------------------------------

ready = Gauge("aftercare_ready", "1 when the service does its work (/health/ready), 0 when not.")

# --- the runtime: every service that consumes -------------------------------------------------

records_consumed = Counter(
    "aftercare_records_consumed", "Records taken from Kafka.", ["service", "topic"]
)
records_skipped = Counter(
    "aftercare_records_skipped", "Records of a type this service does not know.", ["service"]
)
dead_letters = Counter(
    "aftercare_dead_letters", "Records sent to the dead letters.", ["service", "topic"]
)
batch_seconds = Histogram(
    "aftercare_batch_seconds",
    "From a polled batch to its committed offsets.",
    ["service"],
    buckets=_FAST,
)
aggregates_written = Counter(
    "aftercare_aggregates_written", "Aggregate documents written.", ["service"]
)
messages_published = Counter(
    "aftercare_messages_published", "Messages acknowledged by the broker.", ["service", "type"]
)
conflicts = Counter(
    "aftercare_conflicts", "Batches decided again because another writer was first.", ["service"]
)
transient_failures = Counter(
    "aftercare_transient_failures", "Batches or pages tried again, by cause.", ["service", "cause"]
)
intents_settled = Counter(
    "aftercare_intents_settled", "Intents of a crashed owner that were settled.", ["service"]
)
timer_lateness_seconds = Histogram(
    "aftercare_timer_lateness_seconds",
    "How long after its instant a due aggregate was taken up.",
    ["service"],
    buckets=(0.1, 0.25, 0.5, 0.75, 1, 2, 5, 10, 60, 600, 3600),
)
aggregates_parked = Counter(
    "aftercare_aggregates_parked",
    "Aggregates set aside because decide raised or an output was refused.",
    ["service", "reason"],
)
partitions_owned = Gauge(
    "aftercare_partitions_owned", "Partitions this instance owns.", ["service"]
)
consumer_lag = Gauge(
    "aftercare_consumer_lag", "Records behind the high watermark, over all topics.", ["service"]
)
clock_fast_events = Counter(
    "aftercare_clock_fast_events", "Records from a source whose clock is ahead.", ["service"]
)

# --- intake ------------------------------------------------------------------------------------

intake_events = Counter(
    "aftercare_intake_events",
    "Events taken over HTTP, by outcome; type and dealer only where they are known ones.",
    ["outcome", "type", "dealer"],
)
intake_request_seconds = Histogram(
    "aftercare_intake_request_seconds",
    "From a request of POST /v1/events to its answer.",
    buckets=_FAST,
)
intake_requests = Counter(
    "aftercare_intake_requests", "Requests of POST /v1/events, by HTTP status.", ["status"]
)
