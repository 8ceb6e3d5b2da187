"""What a service answers of the documents it holds."""

from shared.contracts.http.response import Response


class Holding(Response):
    """One aggregate and the documents its facts hold, moved ones included."""

    id: str
    documents: dict[str, str]
    """Document id -> version."""


class Holdings(Response):
    """A page; `next` is what to give as `after` for the next one."""

    items: list[Holding]
    next: str | None
