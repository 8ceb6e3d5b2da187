"""A realistic feed of three dealers, the same for a seed: two years of history, then live days.

`live(start=…)` goes on where `history(until=…)` of the same seed and moment ended.
"""

from deploy.sandbox.feed.feed import FeedLine
from deploy.sandbox.feed.history import history
from deploy.sandbox.feed.live import live

__all__ = ["FeedLine", "history", "live"]
