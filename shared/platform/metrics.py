"""Every metric of Aftercare, declared and described in one place.

Labels are never customers, documents or anything personal. `dealer` is `group/dealer`.
"""

from collections.abc import Iterable
from itertools import product

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# --- every service ----------------------------------------------------------------------------

ready = Gauge("aftercare_ready", "1 when the service does its work (/health/ready), 0 when not.")

connections_closed = Counter(
    "aftercare_connections_closed",
    "Connections the service closed by itself, by why: a late header, a bad request, no room, TLS.",
    ["because"],
)

requests_refused = Counter(
    "aftercare_requests_refused",
    "Requests of whom we do not know (unauthenticated), or who may not (not allowed).",
    ["because"],
)
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
    "Aggregates set aside because decide raised, or an output or the document was refused.",
    ["service", "reason"],
)
partitions_owned = Gauge(
    "aftercare_partitions_owned", "Partitions this instance owns.", ["service"]
)
consumer_lag = Gauge(
    "aftercare_consumer_lag", "Records behind the high watermark, over all topics.", ["service"]
)
partitions_behind = Gauge(
    "aftercare_partitions_behind",
    "Owned partitions of which something is still unread; they take in facts and say nothing.",
    ["service"],
)
partitions_speaking_unread = Gauge(
    "aftercare_partitions_speaking_unread",
    "Alarm: owned partitions that were behind for so long that they speak all the same.",
    ["service"],
)
batch_failures_in_a_row = Gauge(
    "aftercare_batch_failures_in_a_row",
    "How often the batch in hand has failed since one went through.",
    ["service"],
)
policy_exchanges = Counter(
    "aftercare_policy_exchanges", "Policies taken up while running.", ["service"]
)
policy_refused = Counter(
    "aftercare_policy_refused",
    "Attempts to take up a policy that failed; the running one stays.",
    ["service"],
)
summary_lag_seconds = Gauge(
    "aftercare_summary_lag_seconds",
    "How long ago the oldest change was written that lists and totals do not show yet.",
    ["service"],
)
summary_partitions_left = Gauge(
    "aftercare_summary_partitions_left",
    "Partitions that are still to be gone through once for lists and totals.",
    ["service"],
)
summaries_failed = Counter(
    "aftercare_summaries_failed",
    "Aggregates that could not be summarized: lists and totals show them as they were.",
    ["service"],
)
policy_scan_partitions_left = Gauge(
    "aftercare_policy_scan_partitions_left",
    "Owned partitions that are still being brought to the current policy.",
    ["service"],
)
shadow_customers = Gauge(
    "aftercare_shadow_customers",
    "A dealer's customers by what the rules that are tried beside its own would make of them: "
    "`judged` are all, `changed` those of whom anything would be different, `grade_up`, "
    "`grade_down`, `points_won` and `points_lost` are counted of these.",
    ["service", "dealer", "effect"],
)
shadow_points = Gauge(
    "aftercare_shadow_points",
    "How many points more a dealer's customers would have together by the rules that are tried "
    "beside its own; below zero: less.",
    ["service", "dealer"],
)
observations_failed = Counter(
    "aftercare_observations_failed",
    "Written changes that the service's own metrics could not count.",
    ["service"],
)
audit_checked = Counter(
    "aftercare_audit_checked", "Open cases decided again to see whether all is right.", ["service"]
)
audit_passes = Counter("aftercare_audit_passes", "Passes through all open cases.", ["service"])
audit_repairs = Counter(
    "aftercare_audit_repairs",
    "Open cases that were not as their facts say, and were put right.",
    ["service", "fault"],
)
audit_last_run = Gauge(
    "aftercare_audit_last_run_timestamp_seconds",
    "When the audit last did its work, or began to wait for it; Unix time.",
    ["service"],
)
holds_seconds = Histogram(
    "aftercare_holds_seconds",
    "How long reads waited for the reports that they were to hold, by whether they held them in "
    "the end (true) or were answered without (false).",
    ["held"],
    buckets=_FAST,
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
intake_feed_events = Counter(
    "aftercare_intake_feed_events",
    "Events by the feed that reported them, a dealer's source, and by outcome. Of a dealer's "
    "sources the first ones are told apart, the others are `other`.",
    ["dealer", "source", "outcome"],
)
intake_refused = Counter(
    "aftercare_intake_refused",
    "Refused events, and requests that were refused as a whole, by feed and by why: the kind of "
    "problem, and roughly where the event is wrong. The log says where.",
    ["dealer", "source", "reason"],
)
intake_request_seconds = Histogram(
    "aftercare_intake_request_seconds",
    "From a request of POST /v1/events to its answer.",
    buckets=_FAST,
)
intake_requests = Counter(
    "aftercare_intake_requests",
    "Requests of POST /v1/events and POST /v1/webhooks, by HTTP status.",
    ["status"],
)
intake_webhooks = Counter(
    "aftercare_intake_webhooks",
    "Webhooks by name, and whether they were signed as they should be: genuine, unsigned, "
    "untimely or forged. Of a sender that cannot sign, whether it showed a key that may.",
    ["webhook", "verdict"],
)

intake_limited = Counter(
    "aftercare_intake_limited",
    "Requests that came up against a limit of their sender, a dealer where one is known to send: "
    "rate, requests or bytes in hand (429), imports (429), body, batch or file (413).",
    ["dealer", "limit"],
)
intake_bytes_in_flight = Gauge(
    "aftercare_intake_bytes_in_flight",
    "Bytes of bodies that are read or worked on, but for the first 64 kB of each.",
)

intake_imports = Gauge(
    "aftercare_intake_imports",
    "Imported files as stored, by state; every instance tells the same.",
    ["state"],
)
intake_import_records = Counter(
    "aftercare_intake_import_records",
    "What became of the records of imported files; `warned` ones are among the accepted and the "
    "duplicate.",
    ["outcome"],
)
intake_import_waiting_seconds = Gauge(
    "aftercare_intake_import_waiting_seconds",
    "How long the imported file has waited that was there first; 0: none waits.",
)

intake_rejected = Counter(
    "aftercare_intake_rejected_kept",
    "What was rejected and is kept, by what became of it: kept, again (it was kept already), "
    "replayed (taken after all), discarded, expired, dropped (there was no room).",
    ["outcome"],
)
intake_rejected_rows = Gauge(
    "aftercare_intake_rejected_rows",
    "What a dealer sent that was rejected and is kept now (`unknown`: of nobody in particular); "
    "every instance tells the same.",
    ["dealer"],
)
intake_drops = Gauge(
    "aftercare_intake_drops",
    "Files of a watched folder: waiting (new, or still written), taken (under way), unmatched (no "
    "pattern fits), no_file (links and devices, never taken). The instance that works there tells.",
    ["folder", "state"],
)
intake_dropped_files = Counter(
    "aftercare_intake_dropped_files",
    "Files of a watched folder that were put away, by where: archive or refused.",
    ["folder", "room"],
)
intake_drop_waiting_seconds = Gauge(
    "aftercare_intake_drop_waiting_seconds",
    "How long the file of a watched folder has waited, unchanged, that was there first.",
    ["folder"],
)
intake_drop_trouble = Gauge(
    "aftercare_intake_drop_trouble",
    "1 while something is wrong with a watched folder (/health/ready says what), 0 else.",
    ["folder"],
)

# --- followup: what is stored, told by the one instance that counts for all --------------------

tasks_open = Gauge(
    "aftercare_tasks_open", "Tasks to be done as stored, overdue ones included.", ["dealer"]
)
tasks_overdue = Gauge(
    "aftercare_tasks_overdue", "Tasks to be done that are past their due time.", ["dealer"]
)
tasks_of_role = Gauge(
    "aftercare_tasks_of_role",
    "Tasks to be done by the role of who is to do them: those that are not due yet are `open`, the "
    "others `overdue`. Of the roles with the fewest, beyond 20 of a dealer, the sum is `other`.",
    ["dealer", "role", "state"],
)

satisfaction_points = Gauge(
    "aftercare_satisfaction_points",
    "The mean of the overall answers to a survey (ssi, csi) of the dealer's present or last month, "
    "in points of ten; not there without answers.",
    ["dealer", "survey", "month"],
)
satisfaction_answers = Gauge(
    "aftercare_satisfaction_answers",
    "Answers to a survey in the dealer's present or last month.",
    ["dealer", "survey", "month"],
)

# --- complaints: what is stored, told by the one instance that counts for all -------------------

complaint_cases_open = Gauge(
    "aftercare_complaint_cases_open",
    "Cases of which something may still be owed, as stored.",
    ["dealer"],
)
complaint_cases_overdue = Gauge(
    "aftercare_complaint_cases_overdue",
    "Of the open cases those with a running clock past its deadline.",
    ["dealer"],
)
complaint_cases_due_today = Gauge(
    "aftercare_complaint_cases_due_today",
    "Of the open cases those whose next deadline is later today, by the dealer's local date.",
    ["dealer"],
)
complaints_of_week = Gauge(
    "aftercare_complaints_of_week",
    "Cases received in the last seven of the dealer's days, today included, by their severity now; "
    "duplicates that were merged are not among them. As the statistics endpoint tells.",
    ["dealer", "severity"],
)
complaints_of_week_closed = Gauge(
    "aftercare_complaints_of_week_closed", "Of the cases of the week those closed.", ["dealer"]
)
complaints_of_week_reopened = Gauge(
    "aftercare_complaints_of_week_reopened",
    "Of the cases of the week those reopened at least once.",
    ["dealer"],
)
complaint_clocks_of_week = Gauge(
    "aftercare_complaint_clocks_of_week",
    "Clocks of the cases of the week, by what became of them: kept, broken, running or ended.",
    ["dealer", "clock", "state"],
)

# --- complaints --------------------------------------------------------------------------------
# Counted as cases are written, so history that is imported counts when it comes in.

complaints_received = Counter(
    "aftercare_complaints_received",
    "Complaint cases that became known, imported history included; severity as it was then.",
    ["dealer", "severity", "channel"],
)
complaints_closed = Counter(
    "aftercare_complaints_closed",
    "Cases that came to their end with nothing left to do, imported history included.",
    ["dealer", "outcome"],
)
complaints_reopened = Counter(
    "aftercare_complaints_reopened",
    "Reopenings of cases, imported history included.",
    ["dealer"],
)
complaint_clocks = Counter(
    "aftercare_complaint_clocks",
    "Deadlines kept and broken, each when its clock was stopped, or its case closed or reopened; "
    "one that runs past its due time is in complaint_notices. A verdict corrected later is not "
    "counted again. Imported history included.",
    ["dealer", "clock", "verdict"],
)
complaint_clock_seconds = Histogram(
    "aftercare_complaint_clock_seconds",
    "From the start of a clock to its stop, elapsed time, when it is first known. Imported history "
    "included.",
    ["dealer", "clock"],
    buckets=(900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 259200, 432000, 864000, 2592000),
)
complaint_notices = Counter(
    "aftercare_complaint_notices",
    "Warnings, breaches and escalations announced; notified=no are for the record only.",
    ["dealer", "kind", "notified"],
)
complaint_withdrawals = Counter(
    "aftercare_complaint_withdrawals",
    "Notices, verdicts, closings and refusals taken back, as later reports disproved them.",
    ["dealer"],
)
complaint_steps_refused = Counter(
    "aftercare_complaint_steps_refused",
    "Reported steps that do not count, by why; said again after a change of rules, they count "
    "again.",
    ["dealer", "refusal"],
)
complaint_addressee_missing = Counter(
    "aftercare_complaint_addressee_missing",
    "Alarm: notices for a role that nobody has, sent to the fallback role or to nobody.",
    ["dealer", "role", "because"],
)
calendar_year_missing = Gauge(
    "aftercare_calendar_year_missing",
    "1: clocks of new complaints run into this year, and the dealer's calendar lacks its holidays.",
    ["dealer", "year"],
)
currency_without_rate = Gauge(
    "aftercare_currency_without_rate",
    "1: the policy of scoring has no rate for the dealer's currency, so money paid for service "
    "gives no points.",
    ["dealer", "currency"],
)


def begin(metric: Counter | Gauge | Histogram, *values: Iterable[str]) -> None:
    """Show all combinations of these values of its labels, at 0: what comes into being with its
    first event hides that event from `increase`."""
    for labels in product(*values):
        metric.labels(*labels)
