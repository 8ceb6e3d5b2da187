"""What is written down of who saw, exported and changed what."""

from typing import Literal, TypeAlias

TrailAct: TypeAlias = Literal[
    "signed_in",
    "sign_in_refused",
    "signed_out",
    "saw_customer",
    "saw_particulars",
    "saw_narrative",
    "searched",
    "exported",
    "printed",
    "reported",
]
"""`reported`: what intake was told; the document's id is what it is about."""
