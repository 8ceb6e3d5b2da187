"""What a desk keeps, in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.desk.adapters.presence import THERE_FOR, PresentPerson
from services.desk.adapters.users import StoredUser
from services.desk.domain.attempts import limits_of
from services.desk.domain.sessions import Session
from services.desk.domain.trail import (
    NO_ENTRIES,
    Chain,
    TrailAct,
    TrailAsked,
    TrailEnd,
    TrailEntry,
    TrailNote,
    Verification,
    sequence_in,
)
from services.desk.domain.users import Language, User
from shared.time.clock import TimeSource


class MemoryUsers:
    """As `services.desk.adapters.users.Users` promises."""

    def __init__(self) -> None:
        self.by_name: dict[str, StoredUser] = {}

    async def find(self, username: str) -> StoredUser | None:
        return self.by_name.get(username)

    async def save(self, stored: StoredUser) -> None:
        self.by_name[stored.user.username] = stored

    async def learn(self, user: User) -> None:
        stored = self.by_name.get(user.username) or StoredUser(user=user)
        same = replace(user, language=stored.user.language)
        self.by_name[user.username] = replace(stored, user=same)

    async def speak(self, username: str, language: Language) -> None:
        if stored := self.by_name.get(username):
            user = replace(stored.user, language=language)
            self.by_name[username] = replace(stored, user=user)

    async def keep_password(self, username: str, password: str) -> None:
        if stored := self.by_name.get(username):
            self.by_name[username] = replace(stored, password=password)

    async def all(self) -> list[StoredUser]:
        return [self.by_name[name] for name in sorted(self.by_name)]


class MemorySessions:
    """As `services.desk.adapters.sessions.Sessions` promises."""

    def __init__(self) -> None:
        self.by_digest: dict[str, Session] = {}

    async def begin(self, session: Session) -> None:
        self.by_digest[session.digest] = session

    async def find(self, digest: str) -> Session | None:
        return self.by_digest.get(digest)

    async def used(self, digest: str, at: datetime) -> None:
        if found := self.by_digest.get(digest):
            self.by_digest[digest] = replace(found, used_at=at)

    async def speak(self, digest: str, language: Language) -> None:
        if found := self.by_digest.get(digest):
            self.by_digest[digest] = replace(found, user=replace(found.user, language=language))

    async def end(self, digest: str) -> None:
        self.by_digest.pop(digest, None)

    async def all_of(self, username: str) -> list[Session]:
        theirs = [each for each in self.by_digest.values() if each.user.username == username]
        return sorted(theirs, key=lambda each: each.used_at, reverse=True)

    async def end_all_of(self, username: str, *, but: str | None = None) -> int:
        theirs = [each.digest for each in await self.all_of(username) if each.digest != but]
        for key in theirs:
            del self.by_digest[key]
        return len(theirs)


class MemoryAttempts:
    """As `services.desk.adapters.attempts.SignInAttempts` promises."""

    def __init__(self) -> None:
        self.counts: dict[str, tuple[int, datetime]] = {}

    async def allow(self, username: str, address: str, now: datetime) -> timedelta | None:
        for what, limit in limits_of(username, address).items():
            count, began_at = self.counts.get(what, (0, now))
            if now >= began_at + limit.within:
                count, began_at = 0, now
            self.counts[what] = (count + 1, began_at)
            if count + 1 > limit.most:
                return began_at + limit.within - now
        return None

    async def succeeded(self, username: str, address: str) -> None:
        del self.counts[next(iter(limits_of(username, address)))]


@dataclass
class MemoryTrail:
    """As `services.desk.adapters.trail.Trail` promises, and `TrailRecord` beside it."""

    clock: TimeSource
    chain: Chain = field(default_factory=lambda: Chain(b"a key of the tests"))
    written: list[TrailEntry] = field(default_factory=list)

    @property
    def entries(self) -> list[tuple[str, str | None, str, str]]:
        """Who, at which dealer, did what, about what."""
        noted = (each.noted for each in self.written)
        return [(each.username, each.dealer_id, each.what, each.about) for each in noted]

    @property
    def end(self) -> TrailEnd:
        if not self.written:
            return NO_ENTRIES
        return TrailEnd(sequence=self.written[-1].sequence, mark=self.written[-1].mark)

    async def note(
        self,
        user: User,
        dealer_id: str | None,
        what: TrailAct,
        about: str,
        *,
        customer: str = "",
        how: str = "",
    ) -> None:
        noted = TrailNote(
            at=self.clock.now(),
            username=user.username,
            dealer_id=dealer_id,
            what=what,
            about=about,
            customer=customer,
            how=how,
        )
        self.written += self.chain.after(self.end, [noted])

    async def find(
        self, asked: TrailAsked, *, limit: int, before: int | None = None
    ) -> list[TrailEntry]:
        found = [each for each in reversed(self.written) if _is_asked(each.noted, asked)]
        return [each for each in found if before is None or each.sequence < before][:limit]

    async def verified(self, known: str | None = None) -> Verification:
        verification = Verification(self.chain)
        watched = {self.end.sequence} | (set() if known is None else {sequence_in(known)})
        for entry in self.written:
            verification.see(entry, frozenset(watched))
        verification.ends(self.chain.head(self.end), known)
        return verification


def _is_asked(noted: TrailNote, asked: TrailAsked) -> bool:
    return (
        asked.username in (None, noted.username)
        and asked.about in (None, noted.about, noted.customer or None)
        and asked.what in (None, noted.what)
        and (asked.dealer_ids is None or noted.dealer_id in asked.dealer_ids)
        and (asked.since is None or noted.at >= asked.since)
        and (asked.until is None or noted.at < asked.until)
    )


class MemoryPresence:
    """As `services.desk.adapters.presence.Presence` promises."""

    def __init__(self) -> None:
        self.tabs: dict[str, tuple[str, User, datetime]] = {}

    async def here(self, about: str, tab: str, user: User, now: datetime) -> None:
        self.tabs[tab] = about, user, now

    async def gone(self, tab: str) -> None:
        self.tabs.pop(tab, None)

    async def others(self, about: str, user: User, now: datetime) -> tuple[PresentPerson, ...]:
        there = {
            PresentPerson(who.username, who.name)
            for of, who, at in self.tabs.values()
            if of == about and at > now - THERE_FOR and who.username != user.username
        }
        return tuple(sorted(there, key=lambda each: (each.name, each.username)))

    async def others_at(
        self, abouts: Collection[str], user: User, now: datetime
    ) -> Mapping[str, tuple[PresentPerson, ...]]:
        found = {about: await self.others(about, user, now) for about in abouts}
        return {about: people for about, people in found.items() if people}
