"""What an output of complaints is about, within its case: written and read here alone.

    warning/contact/1/9c1185a5c5            the only warning of a clock, in a generation
    warning.last_call/contact/1/9c1185a5c5  one of several
    breach/contact/1/3d7f0c2ab1
    step.group/contact/1/51e0b7d944/2       a step beyond the breach; its second repeat
    verdict/contact/1
    closed/1
    refused/S-7
    merged/sunrise/pudong/cdk/C-2|sunrise/pudong/cdk/complaint/K-2
    standing                                how the case stands

What a notice is sealed with is part of its name, as a digest of the instants: where a
correction moves one, the notice is another. `place` is the name without them. Notices that
were made before names had instants are named by their place.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Literal, Self

NoticeKind = Literal["warning", "breach", "step"]
SubjectKind = Literal[NoticeKind, "verdict", "closed", "refused", "merged", "standing"]

_DIGEST_BYTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing that is said of a case."""

    kind: SubjectKind
    clock: str | None = None
    generation: int | None = None
    step: str | None = None
    """Of the ladder, where the kind alone does not tell it; of a refusal, the step's id."""
    instants: str = ""
    """Of a notice: the digest of the instants that it is sealed with."""
    repeat: int = 0
    into: str | None = None
    """Of a merge: the aggregate that is told of it."""

    def __str__(self) -> str:
        match self.kind:
            case "warning" | "breach" | "step":
                kind = f"{self.kind}.{self.step}" if self.step is not None else self.kind
                name = f"{kind}/{self.clock}/{self.generation}"
                name = f"{name}/{self.instants}" if self.instants else name
                return f"{name}/{self.repeat}" if self.repeat else name
            case "verdict":
                return f"verdict/{self.clock}/{self.generation}"
            case "closed":
                return f"closed/{self.generation}"
            case "refused":
                return f"refused/{self.step}"
            case "merged":
                return f"merged/{self.into}"
            case "standing":
                return "standing"

    @property
    def place(self) -> str:
        """The name whatever the instants: what is said there now replaces what was said before."""
        return str(replace(self, instants=""))

    @classmethod
    def parse(cls, about: str) -> Self:
        """The subject of this name. Raises ValueError for the name of none."""
        named, _, rest = about.partition("/")
        kind, _, step = named.partition(".")
        match kind, rest.split("/"):
            case "warning" | "breach" | "step", [clock, generation, *more] if len(more) <= 2:
                instants = more.pop(0) if more and len(more[0]) == 2 * _DIGEST_BYTES else ""
                return cls(
                    kind=kind,
                    step=step or None,
                    clock=clock,
                    generation=int(generation),
                    instants=instants,
                    repeat=int(more[0]) if more else 0,
                )
            case "verdict", [clock, generation]:
                return cls(kind="verdict", clock=clock, generation=int(generation))
            case "closed", [generation]:
                return cls(kind="closed", generation=int(generation))
            case "refused", [_, *_]:
                return cls(kind="refused", step=rest)
            case "merged", [_, *_]:
                return cls(kind="merged", into=rest)
            case "standing", [""]:
                return cls(kind="standing")
        raise ValueError(f"not the name of anything that complaints says: {about[:80]}")


def digest_of(*instants: datetime) -> str:
    """What stands for these instants, timezone-aware, in the name of a notice."""
    text = "/".join(repr(instant.timestamp()) for instant in instants)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
