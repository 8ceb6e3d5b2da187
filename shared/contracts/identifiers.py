"""The identifiers all services agree on: customer keys, document ids, subjects, message ids."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote
from uuid import NAMESPACE_DNS, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "aftercare.dev")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
"""What stands for itself: most numbers."""


def _part(text: str) -> str:
    """`text` with everything but letters, digits and `-_.~` percent-encoded."""
    stripped = text.strip()
    return stripped if _PLAIN.fullmatch(stripped) else quote(stripped, safe="")


def customer_key(dealer_id: str, source: str, number: str) -> str:
    """`group/dealer/source/customer-number`: the key of every record about a customer."""
    return f"{dealer_id}/{source}/{_part(number)}"


def vin_key(dealer_id: str, source: str, vin: str) -> str:
    """`group/dealer/source/vin/VIN`: the key of a document that names a car but no customer."""
    return f"{dealer_id}/{source}/vin/{_part(vin)}"


def document_key(dealer_id: str, source: str, number: str) -> str:
    """`group/dealer/source/doc/number`: the key of a document that names neither."""
    return f"{dealer_id}/{source}/doc/{_part(number)}"


def lead_key(dealer_id: str, source: str, number: str) -> str:
    """`group/dealer/source/lead/number`: the key of a lead of whom no customer number is known."""
    return f"{dealer_id}/{source}/lead/{_part(number)}"


def dealer_of(key: str) -> str:
    """The `group/dealer` that a customer key or document id begins with."""
    group, dealer, _ = key.split("/", 2)
    return f"{group}/{dealer}"


def group_of(key: str) -> str:
    """The group that a dealer's id, a customer key or a document id begins with."""
    return key.partition("/")[0]


@lru_cache(maxsize=4_096)
def document_id(dealer_id: str, source: str, kind: str, *numbers: str) -> str:
    """`group/dealer/source/kind/number…`: one document, whatever its version."""
    return "/".join((dealer_id, source, kind, *(_part(number) for number in numbers)))


def profile_id(key: str) -> str:
    """`group/dealer/source/profile/number`: the profile of the customer of this key; that of who
    is known by a car alone ends with `profile/vin/VIN`."""
    dealer_id, source = dealer_of(key), source_of(key)
    return f"{dealer_id}/{source}/profile/{key.split('/', 3)[3]}"


def is_customer_key(key: str) -> bool:
    """Whether a record's key is a customer's; else it is a car's or a document's."""
    return key.count("/") == 3


def is_of_a_car(key: str) -> bool:
    """Whether a record's key is a car's: that of whoever is known by its VIN alone."""
    return key.count("/") == 4 and kind_in(key) == "vin"


def number_in(identifier: str) -> str:
    """The last number that a customer key or document id is made of, as the source writes it."""
    return unquote(identifier.rpartition("/")[2])


def kind_in(identifier: str) -> str:
    """What a document id names the document, such as `visit`; `vin` or `doc` in a key of such."""
    return identifier.split("/", 4)[3]


def source_of(identifier: str) -> str:
    """The source that a customer key or document id names."""
    return identifier.split("/", 3)[2]


PERSONS_DEALER = "persons"
"""In the place of a dealer, in the keys of what may tell a person; no dealer has this name."""


def telephone_key(group: str, scope: str, digest: str) -> str:
    """The key of what is known of a telephone number: by its digest, never by itself.

    `scope` is the dealer within the group who alone looks at it; empty: the group does.
    """
    return f"{group}/{PERSONS_DEALER}/tel/{_part(scope)}.{_part(digest)}"


def car_key(group: str, scope: str, vin: str) -> str:
    """The key of what is known of whose a car is; `scope` as of a telephone."""
    return f"{group}/{PERSONS_DEALER}/vin/{_part(scope)}.{_part(vin)}"


def car_of(key: str) -> str | None:
    """The VIN in the key of a car; None of a telephone number's."""
    kind, written = key.split("/", 3)[2:]
    return unquote(written.partition(".")[2]) if kind == "vin" else None


def is_of_persons(key: str) -> bool:
    """Whether a key is that of a telephone number or a car, and not a customer's."""
    return key.split("/", 2)[1] == PERSONS_DEALER


def aggregate_within(key: str, *names: str) -> str:
    """The id of an aggregate that is one thing of a customer's, such as a complaint case."""
    return "|".join((key, *names))


def customer_of(aggregate_id: str) -> str:
    """The customer key that an aggregate's messages are keyed by."""
    return aggregate_id.partition("|")[0]


def name_within(aggregate_id: str) -> str:
    """What of its customer's an aggregate is; empty where it is the customer."""
    return aggregate_id.partition("|")[2]


def as_composed(written: str, *, plain: int) -> str:
    """An id whose last part was percent-decoded on its way, as it was composed: its first `plain`
    parts need no encoding, and whatever follows is one number."""
    parts = written.split("/", plain)
    return "/".join((*parts[:plain], *(_part(number) for number in parts[plain:])))


def document_version(modified_ms: int, content_hash: str) -> str:
    """A version that sorts as text: milliseconds since 1970, then the hash of the content."""
    return f"{modified_ms:013d}.{content_hash[:12]}"


def succeeding_version(version: str, content_hash: str, received_ms: int) -> str:
    """Of a later content that the source says it changed at the same time as `version`.

    After the time comes when it was received, behind an `x`: that sorts after every hash, and
    after what was received before. So the order is the same for whoever reads several.
    """
    changed_ms, said = version.split(".")[:2]
    if said.startswith("x"):
        received_ms = max(received_ms, int(said[1:14]) + 1)
    return f"{changed_ms}.x{received_ms:013d}{content_hash[:8]}"


def modified_at(version: str) -> datetime:
    """When the source wrote that version of a document; ValueError for no such version."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(version.partition(".")[0]))


def subject_id(service: str, aggregate_id: str, about: str) -> UUID:
    """What an output is about, for ever the same; never of when it was noticed."""
    return uuid5(NAMESPACE, f"{service}\x1f{aggregate_id}\x1f{about}")


def message_id(subject: UUID, sequence: int) -> UUID:
    """The id of one message about a subject; a repeat of the message repeats the id."""
    return uuid5(subject, str(sequence))
