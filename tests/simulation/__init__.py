"""A deterministic simulation of the runtime: its own code, a world in memory, faults by seed.

loop       an event loop whose time is virtual, and clocks that go with it
network    every I/O step: how long it takes, and what becomes of it
broker     topics, and a consumer group with generations, offsets and rebalances
database   the store behind the network
instance   one process of a service: the runtime's own worker
log        what came onto the source topics, as a naive reader takes it in
witness    what must hold at every step
hindsight  what must hold of everything that is said: the log did not disprove it
world      what a run is about; `worlds` has them all
story      one seed from start to end
lists      the toy service with lists and totals, and what must hold of them

The toy world: workload (what a seed sends), oracle (what must hold when all is quiet, computed
from the log alone). The world of complaints: reports (what dealers tell of their cases), senders
(who send it to processes of intake until they answer), cases and cases_oracle (what must hold
when all is quiet, computed from the accepted reports alone). The world of identity: persons (what
a seed reports of customers), persons_oracle (who they are, by that alone). The world of what
scoring makes of it: linked_world. The world of follow-ups: follow_ups (what is reported of
customers, by whomever), follow_ups_oracle (their tasks, and what is filed, by that alone).
"""
