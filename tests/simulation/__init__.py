"""A deterministic simulation of the runtime: its own code, a world in memory, faults by seed.

loop       an event loop whose time is virtual
network    every I/O step: how long it takes, and what becomes of it
broker     topics, and a consumer group with generations, offsets and rebalances
database   the store behind the network
instance   one process of the toy service: the real consumer, sweep, reconciler, pulse
workload   what a seed sends
witness    what must hold at every step
oracle     what must hold when all is quiet, computed from the log alone
story      one seed from start to end
"""
