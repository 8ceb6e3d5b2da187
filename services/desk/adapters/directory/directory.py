"""Customers by their keys, and by what they are asked for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import structlog
from pydantic import ValidationError

from services.desk.adapters.directory.remembered import Remembered
from services.desk.adapters.directory.secrets import Secrets
from services.desk.adapters.directory.writing import written_over
from services.desk.domain.find.asked import Meaning, Sought
from services.desk.domain.find.documents import NUMBERED, KeptDocument, newest
from services.desk.domain.find.matches import MOST_HITS, Hit, Hits, hit
from services.desk.domain.find.terms import of_document, terms_of
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
MOST_READ = 300
"""How many customers are looked at for one term: of more, whoever asks has to say more."""
MOST_DOCUMENTS = 200
_AFTER_ALL_TIMES = "~"

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
                [IndexModel([("tokens", ASCENDING)], name="tokens")]
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
        found: dict[str, Hit] = {}
        more = False
        for way in asked.ways:
            if way.term.kind == "document":
                found |= await self._by_document(dealer_id, way)
                continue
            token = self._secrets.token(dealer_id, way.term)
            query = {"tokens": token, "dealer": dealer_id}
            async with transient():
                rows = await self._customers.find(query).limit(MOST_READ).to_list(None)
            more |= len(rows) == MOST_READ
            hits = [hit(asked, self._read(row)) for row in rows if row["_id"] not in found]
            found |= {each.customer.customer_key: each for each in hits if each is not None}
            if len(found) > MOST_HITS:
                break
        ordered = tuple(sorted(found.values(), key=lambda each: each.order))
        return Hits(ordered[:MOST_HITS], more or len(ordered) > MOST_HITS)

    async def _by_document(self, dealer_id: str, way: Meaning) -> dict[str, Hit]:
        query = {"token": self._secrets.token(dealer_id, way.term), "dealer": dealer_id}
        async with transient():
            rows = await self._documents.find(query).limit(MOST_HITS).to_list(None)
        keys = {row["customer"] for row in rows}
        known = await self.of(keys)
        return {
            key: Hit(known.get(key) or CustomerCard(customer_key=key), "document") for key in keys
        }

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
        terms = terms_of(profile, number_in(key))
        tokens = sorted(self._secrets.token(profile.dealer_id, term) for term in terms)
        sealed = self._secrets.seal.seal(profile.model_dump_json().encode(), key)
        return row | {"tokens": tokens, "sealed": sealed}

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
