"""What keeps a matter from being said at a moment, by what the customer wants and said. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.followup.domain.circumstances import Circumstances, open_channels
from services.followup.domain.documents import Consent
from services.followup.domain.talks import Cause, Matter
from shared.contracts.feed_parts import Channel

_LEFT_OPEN = ("not_reached", "wrong_number", "postponed")
"""Outcomes after which there is still something to say."""


def refused(matter: Matter, circumstances: Circumstances, now: datetime) -> Cause | None:
    """Whether the customer does not want that, or not in any way that there is."""
    given = circumstances.allowed_at(now)
    if refuses(matter, given):
        return Cause("do_not_contact", of=given.at)
    if not ways_to(matter, given):
        return Cause("opted_out", of=given.at)
    return None


def refuses(matter: Matter, given: Consent) -> bool:
    """Whether the customer wants no contact, and this is one that they do not want either."""
    rule = matter.follow_up.rule
    return given.do_not_contact and not rule.despite_refusal and not matter.internal


def ways_to(matter: Matter, given: Consent) -> Sequence[Channel]:
    """The channels that lead there, the best first."""
    if matter.internal or not given.opt_outs:
        return matter.channels
    return open_channels(matter.channels, given)


def silenced(matter: Matter, circumstances: Circumstances, now: datetime) -> Cause | None:
    """Whether it would be selling to somebody who complains."""
    span = circumstances.complaint_at(now) if matter.selling else None
    return Cause("complaint_open", span.until, span.since) if span is not None else None


def answered(matter: Matter, circumstances: Circumstances, now: datetime) -> bool:
    """Whether somebody has talked to them of it before it was to be said."""
    return any(
        matter.counted_until < outcome.at <= now and outcome.outcome not in _LEFT_OPEN
        for outcome in circumstances.outcomes.get(matter.task, ())
    )
