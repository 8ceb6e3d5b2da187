"""Looks for a customer among very many, of whom very many may be meant.

An index may have to read all who have a term before it tells any of them
(docs/operations/embedded.md). So every eighth customer, every 64th and every 512th stands in an
index of its own, too: how many have a term shows in a small share of all, and of what thousands
have some are found there. Of what few have all are read.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from services.desk.domain.find.asked import FEWEST_FIRST, NOT_ASKED_FOR, Meaning, Sought
from services.desk.domain.find.matches import MOST_HITS, Hit, Hits, hit
from services.desk.domain.find.terms import Term
from services.desk.domain.people import CustomerCard

SHARES = (512, 64, 8, 1)
"""Of how many customers one is looked at, in turn; each share is a part of the next."""
MOST_READ = 400
"""About how many who have a term are read to find who is meant: where there are more, whoever asks
has to say more."""
MOST_WORDS_ASKED_FOR = 8
"""By how many words customers are asked for at first; all that was typed says who is meant."""


def shares_of(customer_key: str) -> Sequence[int]:
    """Those that a customer is a part of."""
    number = int.from_bytes(sha256(customer_key.encode()).digest()[:8])
    return [share for share in SHARES if number % share == 0]


class Looking:
    """One search: asks for `terms` in a `share` of all, and again in the next, until it is over."""

    def __init__(self, asked: Sought) -> None:
        self._asked = asked
        self._whole = _terms(asked.whole)
        words = [_terms(ways) for ways in asked.words if not _may_be_anybody(ways)]
        self._words = sorted(words, key=_commonest)[:MOST_WORDS_ASKED_FOR]
        self._any, self._each = self._whole, [*map(_terms, asked.words)]
        self._shares = [*SHARES]
        self._looked_at: dict[str, Hit | None] = {}
        self._ranks: list[int] = []
        self._more = False
        self._common: frozenset[Term] = frozenset()
        self.asked_for = self._any.union(*self._each)
        """All of which it has to be told who has them."""

    @property
    def share(self) -> int:
        """One of `SHARES`."""
        return self._shares[0]

    @property
    def terms(self) -> frozenset[Term]:
        """Those to ask for next; none: it is over."""
        return self._whole.union(*self._words) if self._shares else frozenset()

    @property
    def questions(self) -> Sequence[frozenset[Term]]:
        """The same, by what is best asked for at once: by all that is rare, and by each of what is
        not (docs/operations/embedded.md)."""
        rare, common = self.terms - self._common, self.terms & self._common
        return [*filter(None, [rare]), *(frozenset([each]) for each in common)]

    @property
    def hits(self) -> Hits:
        """Who may be meant."""
        found = sorted(
            (each for each in self._looked_at.values() if each is not None),
            key=lambda each: each.order,
        )
        return Hits(tuple(found[:MOST_HITS]), self._more or len(found) > MOST_HITS)

    def add(self, hits: Iterable[Hit]) -> None:
        """These are meant, whatever else is found."""
        for each in hits:
            self._note(each.customer.customer_key, each)

    def saw(self, seen: Mapping[str, frozenset[Term]], read: Callable[[str], CustomerCard]) -> None:
        """The customers of this share who have any of `terms`: key -> what they have of
        `asked_for`. `read`: who somebody is."""
        for rank, key in sorted((min(map(_rank, has)), key) for key, has in seen.items()):
            if self._has_enough(rank):
                break
            if key not in self._looked_at and self._may_be_meant(seen[key]):
                self._note(key, hit(self._asked, read(key)))
        share = self._shares.pop(0)
        if self._shares:
            self._narrow(seen, times=share // self._shares[0])

    def _narrow(self, seen: Mapping[str, frozenset[Term]], *, times: int) -> None:
        """To the rarest of the words, and to what is not found yet and rare enough."""
        counts = [sum(not word.isdisjoint(has) for has in seen.values()) for word in self._words]
        rarest = [
            word for word, count in zip(self._words, counts, strict=True) if count == min(counts)
        ]
        if rarest and len(self._shares) == 1:
            rarest = [min(rarest, key=_commonest)]
        having = Counter(term for has in seen.values() for term in has)
        wanted = {term for term in self._whole.union(*rarest) if not self._has_enough(_rank(term))}
        left = frozenset(term for term in wanted if having[term] * times <= MOST_READ)
        self._more |= len(left) < len(wanted)
        self._common = frozenset(having)
        self._whole &= left
        self._words = [some for word in rarest if (some := word & left)]

    def _note(self, key: str, found: Hit | None) -> None:
        self._looked_at[key] = found
        if found is not None:
            insort(self._ranks, FEWEST_FIRST[found.by])

    def _has_enough(self, rank: int) -> bool:
        """Whether more are found than are shown, as sure as this or surer."""
        return len(self._ranks) > MOST_HITS and self._ranks[MOST_HITS] <= rank

    def _may_be_meant(self, has: frozenset[Term]) -> bool:
        return not self._any.isdisjoint(has) or all(not word.isdisjoint(has) for word in self._each)


def _rank(term: Term) -> int:
    return FEWEST_FIRST[term.kind]


def _commonest(word: frozenset[Term]) -> int:
    return max(map(_rank, word))


def _terms(ways: Sequence[Meaning]) -> frozenset[Term]:
    """Those of customers: numbers of documents are looked up elsewhere."""
    return frozenset(way.term for way in ways if way.term.kind != "document")


def _may_be_anybody(ways: Sequence[Meaning]) -> bool:
    return any(way.term.kind in NOT_ASKED_FOR for way in ways)
