"""The engine: makes a service of a `Decider`, on Kafka and MongoDB. This is its public face; the
modules below are its own, and nobody outside imports from them but its tests and measurements.

What a service is made of
    lifecycle      connects, serves HTTP, keeps gauges, drains; `serve` is all that an app.py calls
    worker         puts consumer, reconciler, sweep, scan, audit, summarizer together on `Ports`
    ports          what a worker meets the outside through
    reader         what endpoints may ask; snapshots answers it from the store
    lines          the lines of a list that an endpoint is asked for, page by page
    holdings       the endpoint that tells which documents are held
    holds          a read waits until what it shows holds documents that were reported
    census         gauges of what is stored, counted by one instance for all
    reload         another policy, between two turns
    shadows        the endpoint that tells what is tried beside a dealer's rules
    policies       the endpoints that try other rules on what is stored, and tell how far they are
    rehearsal      what services would come to on given records, without a broker or a database
    health         whether the consumer lives

A batch, from a poll to its commit
    1 subscribe    one batch subscriber on all topics, manual acknowledgement
    2 ownership    waits for its turn: batches, timers and audits each take one
    3 consume      holds back what waits for more of its partition (backlog), asks how far all has
                   been read (progress), makes events of records (validate), groups by aggregate
    4 reconcile    settles what an earlier turn left behind, then one round: load, plan, intents,
                   write, publish (messages), marks for summarize, remove the intents
      plan, emit   pure: join, decide, and the difference to what was said before
    5 consume      dead letters, then the offsets, last of all

Beside it, a page a turn
    sweep          what is due is decided again, oldest first; at low priority:
    policy_scan    what another policy has decided (policy_marks says of which partitions)
    audit          what is open, whatever its timer says
    summarize      lists and totals of what was written, in steps of their own, without a turn

What is stored
    aggregate      one document: facts, what was said, the next deadline; and the intents
    store          what is asked of a database; mongo_store answers, documents are its form
    summaries      lists and totals; mongo_summaries answers, summary_documents are their form
      entries      an aggregate's further lines: where they are, summary_slots; what they and all
                   else of a summary must be, summary_limits
      spread       how far to reach for a page of a list; known_spreads keeps that, and renews it

What must hold (tests/simulation proves it with faults at every step)
    - nothing is published that was not written; what was written is published, by an intent
    - offsets are committed when all before them is written and published, or a dead letter
    - an instance acts for its partitions only, and for one turn at a time
    - versions and sequences rise; an announcement stands as first said until it is withdrawn
    - nothing is announced that the topics, as far as they can be read, already disprove
    - lists and totals come to say exactly what the aggregates do: nothing counts twice
"""

from shared.runtime.census import Census, GaugeValue
from shared.runtime.endpoints import Routes
from shared.runtime.holds import holding, telling_holds
from shared.runtime.lifecycle import Runtime, serve
from shared.runtime.lines import PAGE_LIMIT, lines_listed
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.ports import Ports, Subscription
from shared.runtime.reader import Reader, customer_facts, customer_snapshot, known_dealer
from shared.runtime.rehearsal import Rehearsal
from shared.runtime.reload import PolicyWatch
from shared.runtime.shadows import shadow_routes
from shared.runtime.worker import Worker

__all__ = [
    "PAGE_LIMIT",
    "Census",
    "GaugeValue",
    "Ownership",
    "PolicyWatch",
    "Ports",
    "Pulse",
    "Reader",
    "Rehearsal",
    "Routes",
    "Runtime",
    "Subscription",
    "Worker",
    "customer_facts",
    "customer_snapshot",
    "holding",
    "known_dealer",
    "lines_listed",
    "serve",
    "shadow_routes",
    "telling_holds",
]
