"""A customer's time, walked once from its beginning: what is said when, and what is held back.

At each instant at which anything may turn, conversations go on, or end; then what could be said is
tried. What happens at an instant depends on what happened before it alone, never on the present.
"""

from bisect import insort
from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from services.followup.domain.attempts import Attempts, attempted
from services.followup.domain.circumstances import Circumstances
from services.followup.domain.closings import Ending
from services.followup.domain.hindrances import (
    answered,
    refused,
    refuses,
    silenced,
    ways_to,
)
from services.followup.domain.occasion import EVER
from services.followup.domain.offsets import days_after
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.talks import (
    MORE_THAN_A_DAY,
    Cause,
    Matter,
    Stage,
    Talk,
    TalkingPoint,
    are_near,
    by_order,
    evening_of,
    expired,
    first_due,
    latest_first,
    turns_of,
)

ON_ARRIVAL = "window had passed on arrival"
COMPLAINT_OPEN = "complaint_open"


class Walk:
    """Of these matters; `talks` are the conversations so far, in the order of their openings."""

    def __init__(
        self, matters: Iterable[Matter], circumstances: Circumstances, policy: FollowUpPolicy
    ) -> None:
        self.matters = sorted(matters, key=latest_first)
        self.talks: list[Talk] = []
        self.circumstances = circumstances
        self._policy = policy
        self._now = EVER
        self._ahead = list(self.matters)
        """What nobody could know of yet, the next last."""
        self._known: list[Matter] = []
        """What is known, and opens later."""
        self._waiting: list[Matter] = []
        """What could be said, by its order."""
        self._live: list[Talk] = []
        self._turns: list[datetime] = []
        self._seen: set[datetime] = set()
        self._contacted_at = EVER
        """When a task was last done in which the customer is contacted."""
        self._limited_at = EVER
        """When there was last one more conversation of the kind that comes once in a while."""
        for matter in self.matters:
            if matter.over_at > matter.opens_at:
                self._turn_at(matter.opens_at)
        first = self._turns[0] if self._turns else EVER
        for matter in self.matters:
            if first < matter.known_at < matter.over_at:
                self._turn_at(matter.known_at)

    def until(self, now: datetime) -> None:
        """Walk on, up to that moment."""
        while self._turns and self._turns[0] <= now:
            self._step(heappop(self._turns))

    def changes_after(self, now: datetime) -> datetime | None:
        """When any conversation is otherwise if nothing happens; walks on up to there."""
        self.until(now)
        open_now = list(self._live)
        before = (len(self.talks), [talk.state(now) for talk in open_now])
        due = min((talk.due_at for talk in open_now if talk.due_at > now), default=None)
        while self._turns and (due is None or self._turns[0] < due):
            turn = heappop(self._turns)
            self._step(turn)
            if (len(self.talks), [talk.state(turn) for talk in open_now]) != before:
                return turn
        return due

    def _turn_at(self, moment: datetime | None) -> None:
        if moment is not None and moment > self._now and moment not in self._seen:
            self._seen.add(moment)
            heappush(self._turns, moment)

    def _step(self, now: datetime) -> None:
        self._now = now
        for talk in self._live:
            if talk.turns_at <= now:
                self._go_on(talk, now)
        self._live = [talk for talk in self._live if talk.closing is None]
        self._take_up(now)
        while self._say(now) or self._join_early(now):
            pass
        for talk in self._live:
            if talk.turns_at <= now:
                self._await(talk, now)

    # What could be said.

    def _take_up(self, now: datetime) -> None:
        """What has become known by then, and what could be said."""
        while self._ahead and self._ahead[-1].known_at <= now:
            self._known.append(self._ahead.pop())
        later = []
        for matter in self._known:
            if matter.over_at <= now:
                self._is_over(matter, now)
            elif matter.opens_at <= now:
                insort(self._waiting, matter, key=by_order)
            else:
                later.append(matter)
        self._known = later

    def _say(self, now: datetime) -> bool:
        """Whether a conversation was opened, so that the others are to be looked at once more."""
        if not self._waiting:
            return False
        opened = False
        for matter in self._waiting:
            opened = self._try(matter, now)
            if opened:
                break
        self._waiting = [
            matter
            for matter in self._waiting
            if matter.stage is Stage.COMING or matter.stage is Stage.HELD
        ]
        return opened

    def _try(self, matter: Matter, now: datetime) -> bool:
        """Whether a conversation was opened for it."""
        if self._is_over(matter, now):
            return False
        cause = refused(matter, self.circumstances, now) or silenced(
            matter, self.circumstances, now
        )
        if cause is not None:
            return self._hold(matter, cause, now)
        if not matter.alone and not answered(matter, self.circumstances, now):
            talk = self._near(matter)
            if talk is None and matter.limited:
                cause = self._gap(matter, now)
                talk = self._limited() if cause is None else None
            if talk is not None:
                return self._join(matter, talk, now)
            if cause is None and matter.limited and any(talk.is_limited for talk in self._live):
                cause = Cause("other_conversation")
            if cause is not None:
                return self._hold(matter, cause, now)
        return self._open_in_hours(matter, now)

    def _join_early(self, now: datetime) -> bool:
        """Whether something that opens later was put into a conversation that is due then: what is
        owed is asked, or said, in its own time."""
        dues = [talk.due_at for talk in self._live if talk.has_room] if self._known else ()
        if not dues:
            return False
        days = timedelta(days=self._policy.merge_within_days + MORE_THAN_A_DAY)
        since, until = min(dues) - days, max(dues) + days
        joined = [
            matter
            for matter in self._known
            if matter.limited and since < matter.due_at < until and self._joins(matter, now)
        ]
        if joined:
            self._known = [matter for matter in self._known if matter.stage is Stage.COMING]
        return bool(joined)

    def _joins(self, matter: Matter, now: datetime) -> bool:
        talk = self._near(matter)
        if talk is None or now >= matter.due_at or matter.ended_by(now) is not None:
            return False
        known = self.circumstances
        if not matter.follow_up.is_for_them or answered(matter, known, now):
            return False
        if refused(matter, known, now) or silenced(matter, known, now):
            return False
        self._join(matter, talk, now)
        return True

    def _is_over(self, matter: Matter, now: datetime) -> bool:
        ending = matter.settled_by(now)
        if ending is not None:
            return self._give_up(matter, Cause("superseded", by=ending.because), ending.at)
        if not matter.follow_up.is_for_them:
            return self._give_up(matter, Cause("not_for_grade"), matter.opens_at)
        if now < matter.due_at or now <= matter.follow_up.opens_at:
            return False
        late = matter.follow_up.arrived_late_at
        if late is not None and matter.due_at <= late:
            self._record(matter, late)
        if matter.stage is not Stage.SAID:
            self._give_up(matter, Cause("window_passed", of=matter.due_at), matter.due_at)
        return True

    def _record(self, matter: Matter, arrived_at: datetime) -> None:
        """Imported history opens nothing: a window that had passed is recorded, if it was
        recent."""
        recorded = timedelta(days=self._policy.recorded_expired_days)
        unwanted = refused(matter, self.circumstances, arrived_at) is not None
        if unwanted or arrived_at - matter.due_at > recorded:
            return
        talk = expired(matter, arrived_at, ON_ARRIVAL)
        matter.stage, matter.talk = Stage.SAID, talk
        self.talks.append(talk)

    def _give_up(self, matter: Matter, cause: Cause, since: datetime) -> bool:
        if cause.because == "window_passed" and matter.cause is not None:
            cause = cause._replace(by=matter.cause.because)
        matter.stage, matter.cause, matter.since = Stage.OVER, cause, since
        return True

    def _hold(self, matter: Matter, cause: Cause, now: datetime) -> bool:
        if matter.cause is None or matter.cause.because != cause.because:
            matter.since = now
        matter.stage, matter.cause = Stage.HELD, cause
        self._turn_at(cause.until)
        if cause.because in ("do_not_contact", "opted_out"):
            self._turn_at(self.circumstances.allowed_until(now))
        return False

    def _near(self, matter: Matter) -> Talk | None:
        """The conversation that it is part of: its own, if that still goes on without it, else
        the first of those that are due about then."""
        if matter.talk is not None and matter.talk.closing is None:
            return matter.talk
        near = [
            talk
            for talk in self._live
            if talk.has_room and are_near(matter, talk, self._policy.merge_within_days)
        ]
        return min(near, key=first_due, default=None)

    def _gap(self, matter: Matter, now: datetime) -> Cause | None:
        """What comes once in a while, comes a while after any contact, and after another such
        conversation was opened."""
        contacted_at = max(self.circumstances.contacted_by(now), self._contacted_at)
        last = max(contacted_at, self._limited_at)
        until = days_after(last, self._policy.contact_gap_days, matter.follow_up.zone)
        if now >= until:
            return None
        goes_on = any(talk.is_limited for talk in self._live)
        if goes_on and self._limited_at >= contacted_at:
            return Cause("other_conversation", until, last)
        return Cause("recent_contact", until, last)

    def _limited(self) -> Talk | None:
        """That which is open of those that come once in a while."""
        return next((talk for talk in self._live if talk.is_limited and talk.has_room), None)

    def _open_in_hours(self, matter: Matter, now: datetime) -> bool:
        opens_at, zone = now, matter.follow_up.zone
        if not matter.follow_up.rule.urgent:
            opens_at = self._policy.hours.next_open(now, zone.key)
        if opens_at == now:
            self._open(matter, now)
            return True
        if matter.due_at <= opens_at and now < matter.due_at:
            matter.due_at = evening_of(opens_at, matter.follow_up.zone, self._policy)
        if matter.moved_from is None:
            matter.moved_from = now
        if matter.cause is not None:
            matter.cause = matter.cause._replace(until=opens_at)
        self._turn_at(opens_at)
        return False

    def _open(self, matter: Matter, now: datetime) -> None:
        talk = Talk(matter, now, matter.due_at, matter.cause, matter.moved_from)
        self.talks.append(talk)
        self._live.append(talk)
        self._join(matter, talk, now)

    def _join(self, matter: Matter, talk: Talk, now: datetime) -> bool:
        if matter.limited and not talk.is_limited:
            self._limited_at = now
        known = [topic for topic in talk.topics if topic.matter is matter]
        for topic in known:
            topic.joined_at, topic.ending = now, None
        if not known:
            talk.topics.append(TalkingPoint(matter, now, counts_from=matter.counted_until))
        matter.stage, matter.talk = Stage.SAID, talk
        talk.turns_at = now
        self._go_on(talk, now)
        if talk.closing is not None:
            self._live.remove(talk)
        return False

    # What is said.

    def _go_on(self, talk: Talk, now: datetime) -> None:
        """All that ends it, or parts of it, by then; of one instant in this order."""
        ways = ways_to(talk.first, self.circumstances.allowed_at(now))
        for topic in talk.topics:
            if topic.ending is None:
                topic.ending = self._ending(topic, talk, now)
                if topic.ending is None and not ways:
                    topic.ending = Ending(now, "cancelled", "opted_out")
        if talk.goes_on:
            talk.settle_due()
            self._attempt(talk, now)
        if not talk.goes_on:
            self._close(talk, now)
        if talk.attempts is not None:
            talk.channel = talk.attempts.channel
        elif ways:
            talk.channel = ways[0]

    def _ending(self, topic: TalkingPoint, talk: Talk, now: datetime) -> Ending | None:
        matter = topic.matter
        ending = matter.ended_by(now, topic.joined_at)
        if ending is not None:
            return ending
        if refuses(matter, self.circumstances.allowed_at(now)):
            return Ending(now, "cancelled", "do_not_contact")
        cause = silenced(matter, self.circumstances, now)
        if cause is not None:
            self._hold_again(matter, cause, now)
            return Ending(now, "cancelled", COMPLAINT_OPEN)
        if talk.expires_at(topic, self._policy) <= now:
            return Ending(now, "expired", "window passed")
        return None

    def _hold_again(self, matter: Matter, cause: Cause, now: datetime) -> None:
        matter.cause, matter.moved_from = None, None
        self._hold(matter, cause, now)
        insort(self._waiting, matter, key=by_order)

    def _attempt(self, talk: Talk, now: datetime) -> None:
        """What came of it so far."""
        talk.attempts = self._attempts(talk, None, now)
        if talk.attempts is None:
            return
        ending = talk.attempts.ending
        if ending is not None:
            for topic in talk.live:
                topic.ending = ending
                if ending.status == "done" and topic.matter.follow_up.rule.counts_as_contact:
                    self._contacted_at = max(self._contacted_at, ending.at)
        talk.due_at = max(talk.due_at, talk.attempts.due_at)

    def _close(self, talk: Talk, now: datetime) -> None:
        talk.close()
        if talk.attempts is not None and talk.attempts.ending is None:
            talk.attempts = self._attempts(talk, talk.closing, now)
        for topic in talk.topics:
            topic.matter.counted_until = now

    def _attempts(self, talk: Talk, ends: Ending | None, now: datetime) -> Attempts | None:
        known, first = self.circumstances, talk.first
        wrong = () if first.internal else known.wrong_numbers
        if not (known.outcomes or known.assignments or wrong):
            return None
        outcomes = [
            outcome
            for topic in talk.topics
            for outcome in known.outcomes.get(topic.matter.task, ())
            if outcome.at > topic.counts_from
        ]
        assignments = [
            said for topic in talk.topics for said in known.assignments.get(topic.matter.task, ())
        ]
        if not (outcomes or assignments or wrong):
            return None
        return attempted(
            outcomes,
            assignments,
            opens_at=talk.opened_at,
            due_at=talk.due_at if ends else min(topic.matter.due_at for topic in talk.live),
            ends=ends,
            zone=first.follow_up.zone,
            channels=lambda moment: ways_to(first, known.allowed_at(moment)),
            wrong_numbers=wrong,
            policy=self._policy,
            now=now,
            owner=first.follow_up.person,
        )

    def _await(self, talk: Talk, now: datetime) -> None:
        """Be there when it turns next: between its turns nothing of it changes."""
        turns = list(turns_of(talk, self.circumstances, self._policy, now))
        for turn in turns:
            self._turn_at(turn)
        talk.turns_at = min(turns, default=now)
