"""What an output is about, within its aggregate: composed and parsed here alone.

    score                                   scoring: the customer's score
    grade/2026-11-21T02:05:00.000Z/general-quality      a change of grade
    risk/2026-11-21T02:05:00.000Z/active-due            a change of risk
    linked/visit/sunrise/pudong/crm/C-7     what is told to another customer, who is the same person
    delivery_thanks/sunrise/pudong/cdk/sale/D-1         followup: a task, and what it follows up
    filed/9c1185a5c5/sunrise/pudong/cdk/survey/S-1      that an answer is filed as a complaint
    warning/contact/1/9c1185a5c5            complaints: the only warning of a clock, in a generation
    warning.last_call/contact/1/9c1185a5c5  one of several
    breach/contact/1/3d7f0c2ab1
    step.group/contact/1/51e0b7d944/2       an escalation beyond the breach; its second repeat
    verdict/contact/1
    closed/1
    refused/S-7
    merged/sunrise/pudong/cdk/C-2|sunrise/pudong/cdk/complaint/K-2
    standing                                how the case stands
    claim/sunrise/persons/vin/pudong.LSV…   identity: what a customer tells a number or a car
    answer/sunrise/pudong/cdk/C-1           what that tells the customer
    links/sunrise/pudong/crm/C-7            what a customer tells another who may be the same person
    person                                  who else the customer is
    owner/LSV…                              a car that is not theirs any more
    referred/sunrise/pudong/cdk/referral/R-1    whom they were referred by, once they buy

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
ABOUT_THE_PERSON = "person"

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


class LinkedSubject(NamedTuple):
    """A customer's documents of one kind, told to another who is the same person."""

    kind: str
    to: str
    """The key of who is told."""

    def __str__(self) -> str:
        return f"linked/{self.kind}/{self.to}"

    @classmethod
    def parse(cls, about: str) -> Self:
        """What is told under this name, and to whom. Raises ValueError for any other name."""
        name, _, rest = about.partition("/")
        kind, _, to = rest.partition("/")
        if name != "linked" or not (kind and to):
            raise ValueError("not the name of documents that are told to who is the same")
        return cls(kind, to)


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


class FiledSubject(NamedTuple):
    """That a survey's answer is reported as a complaint."""

    survey_id: str
    instants: str
    """The digest of when it was answered and received, which are sealed."""

    def __str__(self) -> str:
        return f"filed/{self.instants}/{self.survey_id}"

    @classmethod
    def is_named(cls, about: str) -> bool:
        """Whether that is the name of one."""
        return about.startswith("filed/")

    @classmethod
    def parse(cls, about: str) -> Self:
        """Of which survey. Raises ValueError for the name of anything else."""
        kind, _, rest = about.partition("/")
        instants, _, survey_id = rest.partition("/")
        if kind != "filed" or len(instants) != 2 * _DIGEST_BYTES or not survey_id:
            raise ValueError("not the name of a complaint that is filed")
        return cls(survey_id, instants)


class ClaimSubject(NamedTuple):
    """What identity's aggregates tell each other: of what kind, and whom."""

    kind: Literal["claim", "answer", "links"]
    of: str
    """The key of who is told."""

    def __str__(self) -> str:
        return f"{self.kind}/{self.of}"

    @classmethod
    def parse(cls, about: str) -> Self:
        """What is told under this name. Raises ValueError for the name of nothing such."""
        kind, _, of = about.partition("/")
        match kind:
            case "claim" | "answer" | "links" if of:
                return cls(kind, of)
        raise ValueError("not the name of anything that identity tells itself")


class OwnershipSubject(NamedTuple):
    """That a car is not the customer's any more."""

    vin: str

    def __str__(self) -> str:
        return f"owner/{self.vin}"

    def document_id(self, customer_key: str) -> str:
        """The key of this fact, of that customer."""
        return f"{customer_key}/{self}"

    @classmethod
    def parse(cls, about: str) -> Self:
        """Which car that is. Raises ValueError for the name of anything else."""
        kind, _, vin = about.partition("/")
        if kind != "owner" or not vin:
            raise ValueError("not the name of an ownership that ended")
        return cls(vin)


class ReferredSubject(NamedTuple):
    """That a customer who was referred bought a car."""

    referral_id: str

    def __str__(self) -> str:
        return f"referred/{self.referral_id}"

    @property
    def document_id(self) -> str:
        """The key of this fact."""
        return f"{self.referral_id}/bought"

    @classmethod
    def parse(cls, about: str) -> Self:
        """By which referral. Raises ValueError for the name of anything else."""
        kind, _, referral_id = about.partition("/")
        if kind != "referred" or not referral_id:
            raise ValueError("not the name of a referral that led to a purchase")
        return cls(referral_id)


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
