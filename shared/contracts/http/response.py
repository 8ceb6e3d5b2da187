"""What every response of an endpoint is."""

from pydantic import BaseModel, ConfigDict


class Response(BaseModel):
    """What an endpoint answers; built when it is first used."""

    model_config = ConfigDict(frozen=True, defer_build=True)
