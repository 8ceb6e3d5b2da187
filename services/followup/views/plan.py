"""What is not to be done at present of a customer's plan: what comes later, and what is held back,
and why. Pure."""

from collections.abc import Iterable
from datetime import datetime

from services.followup.domain.conversation import Silence
from services.followup.domain.follow_ups import FollowUp
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.talks import evening_of
from services.followup.domain.wording import why
from shared.contracts.http.followup import ComingTask, ReasonWords, SuppressedTask
from shared.contracts.values import Bilingual


def coming_tasks(
    follow_ups: Iterable[FollowUp], policy: FollowUpPolicy, now: datetime
) -> tuple[ComingTask, ...]:
    """By the time they open, which lies in the dealer's hours."""
    shown = (_coming(each, policy, now) for each in follow_ups)
    return tuple(sorted(shown, key=lambda each: (each.opens_at, each.kind, each.document_id)))


def _coming(follow_up: FollowUp, policy: FollowUpPolicy, now: datetime) -> ComingTask:
    opens_at = max(follow_up.could_open_at, follow_up.known_at, now)
    if not follow_up.rule.urgent:
        opens_at = policy.hours.next_open(opens_at, follow_up.zone.key)
    due_at = follow_up.due_at
    if due_at <= opens_at:
        due_at = evening_of(opens_at, follow_up.zone, policy)
    return ComingTask(
        kind=follow_up.rule.kind,
        title_en=follow_up.rule.title_en,
        title_zh=follow_up.rule.title_zh,
        document_id=follow_up.document_id,
        vin=follow_up.vin,
        opens_at=opens_at,
        due_at=due_at,
        why=reason(why(follow_up, due_at)),
    )


def suppressed_tasks(silences: Iterable[Silence]) -> tuple[SuppressedTask, ...]:
    """What waits for something first, then what never opens; each by the time it is due."""
    shown = [_suppressed(each) for each in silences]
    in_order = sorted(shown, key=lambda each: (each.due_at, each.kind, each.document_id))
    return tuple(sorted(in_order, key=lambda each: each.until is None))


def _suppressed(silence: Silence) -> SuppressedTask:
    follow_up = silence.follow_up
    return SuppressedTask(
        kind=follow_up.rule.kind,
        title_en=follow_up.rule.title_en,
        title_zh=follow_up.rule.title_zh,
        document_id=follow_up.document_id,
        vin=follow_up.vin,
        due_at=follow_up.due_at,
        why=reason(why(follow_up, follow_up.due_at)),
        because=silence.because,
        why_not=reason(silence.words),
        since=silence.since,
        until=silence.until,
    )


def reason(words: Bilingual) -> ReasonWords:
    """As it is shown."""
    return ReasonWords(en=words.en, zh=words.zh)
