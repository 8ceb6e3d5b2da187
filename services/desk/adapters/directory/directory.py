"""Customers by their keys, and by what they are asked for."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import structlog
from pydantic import ValidationError

from services.desk.adapters.directory.remembered import Remembered
from services.desk.adapters.directory.secrets import Secrets
from services.desk.adapters.directory.writing import written_over
from services.desk.domain.find.asked import Sought
from services.desk.domain.find.documents import NUMBERED, KeptDocument, newest
from services.desk.domain.find.looking import SHARES, Looking, shares_of
from services.desk.domain.find.matches import MOST_HITS, Hit, Hits
from services.desk.domain.find.terms import Term, characters_of, of_document, terms_of
from services.desk.domain.people import CustomerCard
from shared.contracts.identifiers import aggregate_within, number_in
from shared.contracts.intake import ProfileRecorded
from shared.contracts.values import instant_text
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    Database,
    IndexModel,
    by_portions,
    transient,
)
from shared.platform.seal import SealedOtherwise
from shared.time.clock import TimeSource

CUSTOMERS, DOCUMENTS = "customers", "documents"
MOST_DOCUMENTS = 200
_AFTER_ALL_TIMES = "~"
_TOKENS = {share: "tokens" if share == 1 else f"tokens_{share}" for share in SHARES}
"""Share of all customers -> the field of a customer in it by which they are found."""

log = structlog.get_logger()


class Directory(Protocol):
    """Who customers are. Each call raises `TransientFailure`."""

    async def of(self, keys: Collection[str]) -> Mapping[str, CustomerCard]:
        """Those of them who are known, by key; as of a few seconds ago."""
        ...

    async def anew(self, key: str) -> CustomerCard | None:
        """One of them as of now; None: not known."""
        ...

    async def find(self, dealer_id: str, asked: Sought) -> Hits:
        """The customers of this dealer who may be meant."""
        ...

    async def documents(self, key: str) -> Sequence[KeptDocument]:
        """A customer's documents, the last ones first, `MOST_DOCUMENTS` at most."""
        ...


class MongoDirectory:
    """In the desk's database."""

    def __init__(self, database: Database, secrets: Secrets, clock: TimeSource) -> None:
        """`clock`: the computer's."""
        self._customers, self._documents = database[CUSTOMERS], database[DOCUMENTS]
        self._secrets = secrets
        self._clock = clock
        self._remembered = Remembered()

    async def prepare(self) -> None:
        """Creates the indexes. Raises `TransientFailure`."""
        async with transient():
            await self._customers.create_indexes(
                [
                    IndexModel([(each, ASCENDING)], name=each, sparse=True)
                    for each in _TOKENS.values()
                ]
            )
            await self._documents.create_indexes(
                [
                    IndexModel([("token", ASCENDING)], name="token", sparse=True),
                    IndexModel([("place", ASCENDING)], name="place", sparse=True),
                ]
            )

    async def of(self, keys: Collection[str]) -> Mapping[str, CustomerCard]:
        now = self._clock.now()
        found = self._remembered.of(keys, now)
        wanted = [key for key in keys if key not in found]
        if wanted:
            rows = await by_portions(wanted, self._rows)
            read = {row["_id"]: self._read(row) for row in rows}
            for key in wanted:
                found[key] = read.get(key)
                self._remembered.remember(key, found[key], now)
        return {key: customer for key, customer in found.items() if customer is not None}

    async def anew(self, key: str) -> CustomerCard | None:
        self._remembered.forget([key])
        return (await self.of([key])).get(key)

    async def _rows(self, keys: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        async with transient():
            found: list[Mapping[str, Any]] = await self._customers.find(
                {"_id": {"$in": [*keys]}}
            ).to_list(None)
        return found

    async def find(self, dealer_id: str, asked: Sought) -> Hits:
        looking = Looking(asked)
        tokens = {term: self._secrets.token(dealer_id, term) for term in looking.asked_for}
        looking.add(await self._by_documents(dealer_id, asked))
        while looking.terms:
            await self._look(looking, tokens)
        return looking.hits

    async def _look(self, looking: Looking, tokens: Mapping[Term, bytes]) -> None:
        """In the next share of all customers."""
        field, terms = _TOKENS[looking.share], {token: term for term, token in tokens.items()}
        found = await asyncio.gather(
            *(self._having(field, [tokens[term] for term in some]) for some in looking.questions)
        )
        rows = {row["_id"]: row for some in found for row in some}
        seen = {
            key: frozenset(terms[each] for each in _tokens_in(row) if each in terms)
            for key, row in rows.items()
        }
        looking.saw(seen, lambda key: self._read(rows[key]))

    async def _having(self, field: str, tokens: Sequence[bytes]) -> Sequence[Mapping[str, Any]]:
        """Those who have any of them."""
        having = tokens[0] if len(tokens) == 1 else {"$in": [*tokens]}
        async with transient():
            found: list[Mapping[str, Any]] = await self._customers.find({field: having}).to_list(
                None
            )
        return found

    async def _by_documents(self, dealer_id: str, asked: Sought) -> Sequence[Hit]:
        """Whose the documents of this number are."""
        terms = {way.term for way in asked.whole if way.term.kind == "document"}
        tokens = [self._secrets.token(dealer_id, term) for term in terms]
        if not tokens:
            return []
        query = {"token": {"$in": tokens}}
        async with transient():
            rows = await self._documents.find(query).limit(MOST_HITS + 1).to_list(None)
        theirs: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            theirs[row["customer"]].append(row["document"])
        known = await self.of(theirs.keys())
        return [
            Hit(
                known.get(key) or CustomerCard(customer_key=key),
                "document",
                ids[0] if len(ids) == 1 else None,
            )
            for key, ids in theirs.items()
        ]

    async def documents(self, key: str) -> Sequence[KeptDocument]:
        place = {"$gt": aggregate_within(key, ""), "$lt": aggregate_within(key, _AFTER_ALL_TIMES)}
        async with transient():
            cursor = self._documents.find({"place": place}).sort("place", DESCENDING)
            rows = await cursor.limit(MOST_DOCUMENTS).to_list(None)
        return [_document(row) for row in rows]

    async def take(
        self, profiles: Sequence[ProfileRecorded], documents: Sequence[KeptDocument]
    ) -> None:
        """Keep these, but for those of which something newer is known. May be repeated.

        Raises `TransientFailure`: then nobody knows how many are kept.
        """
        newest_profiles: dict[str, ProfileRecorded] = {}
        for each in profiles:
            known = newest_profiles.get(each.customer_key)
            if known is None or known.version < each.version:
                newest_profiles[each.customer_key] = each
        await written_over(self._customers, [self._row(each) for each in newest_profiles.values()])
        await written_over(
            self._documents, [self._document_row(each) for each in newest([*documents])]
        )
        self._remembered.forget(newest_profiles)

    def _row(self, profile: ProfileRecorded) -> dict[str, Any]:
        key = profile.customer_key
        row: dict[str, Any] = {"_id": key, "dealer": profile.dealer_id, "version": profile.version}
        if _is_erased(profile):
            return row | {"tokens": [], "sealed": None}
        tokens = self._tokens(profile.dealer_id, terms_of(profile, number_in(key)))
        row |= {_TOKENS[share]: tokens for share in shares_of(key)}
        row["characters"] = self._tokens(profile.dealer_id, characters_of(profile))
        return row | {"sealed": self._secrets.seal.seal(profile.model_dump_json().encode(), key)}

    def _tokens(self, dealer_id: str, terms: Iterable[Term]) -> list[bytes]:
        return sorted(self._secrets.token(dealer_id, term) for term in terms)

    def _document_row(self, document: KeptDocument) -> dict[str, Any]:
        row: dict[str, Any] = {
            "_id": f"{document.document_id}|{document.customer_key}",
            "document": document.document_id,
            "customer": document.customer_key,
            "dealer": document.dealer_id,
            "version": document.version,
            "kind": document.kind,
            "at": document.at,
            "said": dict(document.said),
        }
        if document.kind != "gone":
            row["place"] = aggregate_within(document.customer_key, instant_text(document.at))
        if document.kind in NUMBERED:
            row["token"] = self._secrets.token(document.dealer_id, of_document(document.number))
        return row

    def _read(self, row: Mapping[str, Any]) -> CustomerCard:
        """What is sealed in another way, or was erased, is a customer of whom nothing is known."""
        key: str = row["_id"]
        if row["sealed"] is None:
            return CustomerCard(customer_key=key)
        try:
            opened = self._secrets.seal.open(bytes(row["sealed"]), key)
            profile = ProfileRecorded.model_validate_json(opened)
        except (SealedOtherwise, ValidationError) as error:
            log.warning("a customer cannot be opened", because=type(error).__name__)
            return CustomerCard(customer_key=key)
        return known_customer(profile)


def known_customer(profile: ProfileRecorded) -> CustomerCard:
    """As the desk shows them."""
    return CustomerCard(
        customer_key=profile.customer_key,
        name=profile.name,
        kind=profile.kind,
        phones=profile.phones,
        email=profile.email,
        language=profile.language,
        vehicles=profile.vehicles,
        profile=profile,
    )


def _tokens_in(row: Mapping[str, Any]) -> Iterator[bytes]:
    return chain(row["tokens"], row["characters"])


def _is_erased(profile: ProfileRecorded) -> bool:
    said = (profile.name, profile.phones, profile.email, profile.vehicles, profile.opt_outs)
    return not any(said)


def _document(row: Mapping[str, Any]) -> KeptDocument:
    return KeptDocument(
        document_id=row["document"],
        customer_key=row["customer"],
        dealer_id=row["dealer"],
        version=row["version"],
        kind=row["kind"],
        at=row["at"],
        said=row["said"],
    )
