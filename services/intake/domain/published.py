"""What intake keeps of the messages it published, and the messages made of it again.

The row tells the document, its version, its dealer and its customers; the rest of each message is
kept beside them as JSON, so that the same message, under the same id, can be published again.
"""

import json
from collections.abc import Mapping

from services.intake.domain.documents import BY_NOUN
from services.intake.domain.documents.naming import RecordFields
from services.intake.domain.facts import Row
from services.intake.domain.profiles.opt_outs import OPT_OUTS
from services.intake.domain.profiles.profile import PROFILE
from shared.contracts.identifiers import dealer_of
from shared.contracts.intake import ConsentGiven, CustomerMoved, Moved, ProfileRecorded, Recorded

RECORDED: Mapping[str, type[Recorded]] = {
    **{noun: kind.RECORDED for noun, kind in BY_NOUN.items()},
    OPT_OUTS: ConsentGiven,
    PROFILE: ProfileRecorded,
}
"""Kind of row -> what is published of it."""
_IN_THE_ROW = set(Recorded.model_fields)


def content_of(messages: Mapping[str, Recorded]) -> dict[str, str]:
    """Role -> what is kept of the message for the customer in that role."""
    return {
        role: message.model_dump_json(exclude=_IN_THE_ROW, exclude_none=True)
        for role, message in messages.items()
    }


def snapshots_of(row: Row) -> tuple[Recorded, ...]:
    """What was published of the document, to each of its customers.

    Raises `ValueError` when it is not kept, or not valid any more.
    """
    recorded, content = RECORDED[row.kind], row.content
    if content is None or row.customer_keys.keys() - content.keys():
        raise ValueError("its content is not kept")
    return tuple(
        recorded.model_validate_json(
            json.dumps({**json.loads(content[role]), **_fields(row, key, row.version)})
        )
        for role, key in row.customer_keys.items()
    )


def departures_of(row: Row) -> tuple[Moved, ...]:
    """What was published to the customers that the document was taken away from."""
    return tuple(moved(row, key=key, version=version) for key, version in row.left.items())


def moved(row: Row, *, key: str, version: str) -> Moved:
    """The message that takes a document away from the customer `key`."""
    fields = _fields(row, key, version)
    kind = BY_NOUN.get(row.kind)
    return CustomerMoved(**fields) if kind is None else kind.moved(fields, row.parent)


def _fields(row: Row, key: str, version: str) -> RecordFields:
    """The dealer is the customer's: a link is also told to the customer of another dealer."""
    return RecordFields(
        document_id=row.document_id, version=version, customer_key=key, dealer_id=dealer_of(key)
    )
