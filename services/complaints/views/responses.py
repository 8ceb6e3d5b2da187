"""What all answers of the read endpoints have in common."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.complaints import Why


class Answer(BaseModel):
    """Frozen; what is written under a field is its description in the OpenAPI document."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, use_attribute_docstrings=True)


class Words(Answer):
    """A sentence in both languages that staff read, with the dealer's local times."""

    en: str
    """In English."""
    zh: str
    """In Chinese."""

    @classmethod
    def of(cls, why: Why) -> Self:
        """The same words as a contract has them."""
        return cls(en=why.en, zh=why.zh)
