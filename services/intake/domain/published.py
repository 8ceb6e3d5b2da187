"""What intake keeps of the messages it published, and the messages made of it again. Pure.

A row tells the document, its version, its dealer and its customers; the rest of each message is
kept beside them as JSON, so that the same message, under the same id, can be published again.
"""

import json
from collections.abc import Mapping

from services.intake.domain.facts import Row
from services.intake.domain.profiles.opt_outs import OPT_OUTS
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.submissions import STEP
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintMoved,
    ComplaintStepTaken,
    ConsentGiven,
    CustomerMoved,
    Moved,
    ProfileRecorded,
    Recorded,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    TaskOutcomeRecorded,
    VisitMoved,
    VisitRecorded,
)

SNAPSHOTS: Mapping[str, type[Recorded]] = {
    "sale": SaleRecorded,
    "visit": VisitRecorded,
    "complaint": ComplaintFiled,
    STEP: ComplaintStepTaken,
    "consent": ConsentGiven,
    OPT_OUTS: ConsentGiven,
    "survey": SurveyAnswered,
    "task-outcome": TaskOutcomeRecorded,
    "referral": ReferralMade,
    PROFILE: ProfileRecorded,
}
"""Kind of document -> what is published of it."""
_TOLD_BY_THE_ROW = set(Recorded.model_fields)


def content_of(messages: Mapping[str, Recorded]) -> dict[str, str]:
    """Role -> what is kept of the message for the customer in that role."""
    return {
        role: message.model_dump_json(exclude=_TOLD_BY_THE_ROW, exclude_none=True)
        for role, message in messages.items()
    }


def snapshots_of(row: Row) -> tuple[Recorded, ...]:
    """What was published of the document, to each of its customers.

    Raises `ValueError` when it is not kept, or not valid any more.
    """
    kind, content = SNAPSHOTS[row.kind], row.content
    if content is None or row.customer_keys.keys() - content.keys():
        raise ValueError("its content is not kept")
    return tuple(
        kind.model_validate_json(json.dumps({**json.loads(content[role]), **_told(row, key)}))
        for role, key in row.customer_keys.items()
    )


def departures_of(row: Row) -> tuple[Moved, ...]:
    """What was published to the customers that the document was taken away from."""
    return tuple(moved(row, key=key, version=version) for key, version in row.left.items())


def moved(row: Row, *, key: str, version: str) -> Moved:
    """The message that takes a document away from the customer `key`."""
    common = {**_told(row, key), "version": version}
    match row.kind:
        case "sale":
            return SaleMoved(**common)
        case "visit":
            return VisitMoved(**common)
        case "complaint" | "complaint-step":
            return ComplaintMoved(**common, case_id=row.parent or row.document_id)
        case _:
            return CustomerMoved(**common)


def _told(row: Row, key: str) -> dict[str, str]:
    return {
        "document_id": row.document_id,
        "version": row.version,
        "customer_key": key,
        "dealer_id": row.dealer_id,
    }
