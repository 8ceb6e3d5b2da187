"""What tests need of the project beside what they test. Production imports none of it.

clock       `ManualClock`: time that stands still until it is moved
store       `MemoryStore`: a store that passes the contract suite of the real one
publisher   `MemoryPublisher`: keeps the records that would be sent
reader      `MemoryReader`: what endpoints show, of facts that a test tells
summaries   lists and totals over summaries, as they are defined
deciders    `DeciderSpec`: given, when and then over any decider
"""
