"""Values that people write as text in files, such as `2h` or `08:30-12:00`."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Written(ABC):
    """A value that pydantic reads from its text and writes as such: `parse` reads `str`."""

    __slots__ = ()

    HINT: ClassVar[str]
    """How it is written, for those who wrote something else."""

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is no such text."""

    @classmethod
    def read(cls, value: object) -> Self:
        """The value itself, or its text. Raises ValueError."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        raise ValueError(cls.HINT)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )
