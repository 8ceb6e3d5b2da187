"""What all answers of the read endpoints have in common."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Frozen; what is written under a field is its description in the OpenAPI document."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, use_attribute_docstrings=True)
