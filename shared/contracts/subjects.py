"""What an output is about, within its aggregate: composed and parsed here alone.

    score                                   scoring: the customer's score
    grade/2026-11-21T02:05:00.000Z/general-quality      a change of grade
    risk/2026-11-21T02:05:00.000Z/active-due            a change of risk
    delivery_thanks/sunrise/pudong/cdk/sale/D-1         followup: a task, and what it follows up
    warning/contact/1/9c1185a5c5            complaints: the only warning of a clock, in a generation
    warning.last_call/contact/1/9c1185a5c5  one of several
    breach/contact/1/3d7f0c2ab1
    step.group/contact/1/51e0b7d944/2       an escalation beyond the breach; its second repeat
    verdict/contact/1
    closed/1
    refused/S-7
    merged/sunrise/pudong/cdk/C-2|sunrise/pudong/cdk/complaint/K-2
    standing                                how the case stands

The digest in a notice's name is of the instants that it is sealed with: where a correction moves
one, the notice is another. Notices from before names had instants are named without.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import ClassVar, Literal, NamedTuple, Self

from shared.contracts.values import instant_text

ABOUT_THE_SCORE = "score"
ABOUT_THE_STANDING = "standing"

NoticeKind = Literal["warning", "breach", "step"]
"""`step`: an escalation, which a rung of the ladder beyond the breach makes."""
CaseSubjectKind = Literal[NoticeKind, "verdict", "closed", "refused", "merged", "standing"]

_DIGEST_BYTES = 5


class _ChangeOf(NamedTuple):
    at: datetime
    """Timezone-aware; counts to the millisecond."""
    before: str
    after: str


class GradeSubject(_ChangeOf):
    """A change of a customer's grade: another grade at the same instant is another change."""

    __slots__ = ()
    KIND: ClassVar[str] = "grade"

    def __str__(self) -> str:
        return f"{self.KIND}/{instant_text(self.at)}/{self.before}-{self.after}"

    @classmethod
    def parse(cls, about: str) -> Self:
        """The change of this name. Raises ValueError for the name of none."""
        kind, _, rest = about.partition("/")
        at, _, sides = rest.partition("/")
        before, _, after = sides.partition("-")
        if kind != cls.KIND or not (before and after):
            raise ValueError(f"not the name of a change of {cls.KIND}")
        try:
            found = cls(datetime.fromisoformat(at), before, after)
        except ValueError:
            raise ValueError(f"not the name of a change of {cls.KIND}") from None
        if str(found) != about:
            raise ValueError(f"not how a change of {cls.KIND} is named")
        return found


class RiskSubject(GradeSubject):
    """A change of how near a customer is to being lost, named as one of grade is."""

    __slots__ = ()
    KIND: ClassVar[str] = "risk"


def change_subject(about: str) -> GradeSubject:
    """The change of grade or of risk of this name. Raises ValueError for the name of none."""
    kind = RiskSubject if about.startswith(f"{RiskSubject.KIND}/") else GradeSubject
    return kind.parse(about)


class TaskSubject(NamedTuple):
    """A task of a customer: what kind, and which document it follows up."""

    kind: str
    document_id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.document_id}"

    @classmethod
    def parse(cls, about: str) -> Self:
        """The task of this name. Raises ValueError for the name of none."""
        kind, _, document_id = about.partition("/")
        if not (kind and document_id):
            raise ValueError("not the name of a task")
        return cls(kind, document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubject:
    """One thing that is said of a complaint case."""

    kind: CaseSubjectKind
    clock: str | None = None
    generation: int | None = None
    rung: str | None = None
    """Of a notice: its name on the ladder, where the kind alone does not say it."""
    step_id: str | None = None
    """Of a refusal: the step."""
    instants: str = ""
    """Of a notice: the digest of the instants that it is sealed with."""
    repeat: int = 0
    into: str | None = None
    """Of a merge: the aggregate that it leads to."""

    def __str__(self) -> str:
        match self.kind:
            case "warning" | "breach" | "step":
                kind = f"{self.kind}.{self.rung}" if self.rung is not None else self.kind
                name = f"{kind}/{self.clock}/{self.generation}"
                name = f"{name}/{self.instants}" if self.instants else name
                return f"{name}/{self.repeat}" if self.repeat else name
            case "verdict":
                return f"verdict/{self.clock}/{self.generation}"
            case "closed":
                return f"closed/{self.generation}"
            case "refused":
                return f"refused/{self.step_id}"
            case "merged":
                return f"merged/{self.into}"
            case "standing":
                return ABOUT_THE_STANDING

    @property
    def undated(self) -> str:
        """The name whatever the instants: of one such name the newest notice counts."""
        return str(replace(self, instants=""))

    @classmethod
    def parse(cls, about: str) -> Self:
        """The subject of this name. Raises ValueError for the name of none."""
        named, _, rest = about.partition("/")
        kind, _, rung = named.partition(".")
        match kind, rest.split("/"):
            case "warning" | "breach" | "step", [clock, generation, *more] if len(more) <= 2:
                instants = more.pop(0) if more and len(more[0]) == 2 * _DIGEST_BYTES else ""
                found = cls(
                    kind=kind,
                    rung=rung or None,
                    clock=clock,
                    generation=_number(generation),
                    instants=instants,
                    repeat=_number(more[0]) if more else 0,
                )
            case "verdict", [clock, generation]:
                found = cls(kind="verdict", clock=clock, generation=_number(generation))
            case "closed", [generation]:
                found = cls(kind="closed", generation=_number(generation))
            case "refused", [_, *_] if rest:
                found = cls(kind="refused", step_id=rest)
            case "merged", [_, *_] if rest:
                found = cls(kind="merged", into=rest)
            case "standing", [""]:
                found = cls(kind="standing")
            case _:
                raise ValueError("not the name of anything that complaints says")
        if str(found) != about:
            raise ValueError("not how anything that complaints says is named")
        return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("not a number, in the name of a subject")
    return int(text)


def digest_of(*instants: datetime) -> str:
    """What stands for these instants, timezone-aware, in the name of a notice."""
    text = "/".join(repr(instant.timestamp()) for instant in instants)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fact_about(name: str, about: str) -> str:
    """The key of what is said of a case or a customer, among the facts of who reads it."""
    return f"{name}/{about}"
