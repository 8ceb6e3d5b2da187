"""What every answer of an endpoint is."""

from pydantic import BaseModel, ConfigDict


class Response(BaseModel):
    """The body of an answer, or a part of it: it does not change once it is made."""

    model_config = ConfigDict(frozen=True)
