"""What every response of an endpoint is."""

from pydantic import BaseModel, ConfigDict


class Response(BaseModel):
    """What an endpoint answers."""

    model_config = ConfigDict(frozen=True)
