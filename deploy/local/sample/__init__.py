"""A realistic feed of three dealers, the same for a seed: two years of history, then live days.

`live(start=…)` goes on where `history(until=…)` of the same seed and moment ended.
"""

from deploy.local.sample.feed import FeedLine
from deploy.local.sample.history import history
from deploy.local.sample.live import live

__all__ = ["FeedLine", "history", "live"]
