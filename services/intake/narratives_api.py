"""`GET /v1/narratives/…`: what was written of a document in free words, for who works on it.

An address of its own, not one below the document's: any number of a document may end in any word.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.intake.adapters.register import Register, row_of
from services.intake.domain.facts import Row
from services.intake.views.openapi import problems_of
from shared.contracts.values import Contract
from shared.platform.problems import Refusal, unknown


class Narrative(Contract):
    """What was written of a document. It is on no topic and in no log."""

    document_id: str
    narrative: str | None = Field(default=None, description="what the customer complained of")
    desired_outcome: str | None = Field(default=None, description="what the customer asks for")
    note: str | None = Field(default=None, description="what was noted of an attempt at a task")


def narratives_router(register: Register) -> APIRouter:
    """`GET /v1/narratives/{document_id}`."""
    router = APIRouter(tags=["documents"])

    @router.get(
        "/v1/narratives/{document_id:path}",
        summary="What was written of a document in free words",
        response_model=Narrative,
        responses=problems_of(404, 503),
    )
    async def narrative(
        document_id: Annotated[str, Path(description="as answered, its `%` percent-encoded")],
    ) -> Response:
        """Personal: give it only to who works on the case. 404 when nothing was written."""
        row = await row_of(register, document_id)
        if row is None:
            raise Refusal(unknown("no such document"))
        words = written(row)
        if not words:
            raise Refusal(unknown("nothing is written of this document"))
        told = Narrative.model_validate({**words, "document_id": row.document_id})
        return Response(
            told.model_dump_json(exclude_none=True),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return router


def written(row: Row) -> Mapping[str, str]:
    """Name -> text, of all that was written and not deleted."""
    if row.words is None:
        return {"narrative": row.narrative} if row.narrative else {}
    return {name: word.value for name, word in row.words.items() if isinstance(word.value, str)}
