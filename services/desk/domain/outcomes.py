"""What may be said of a call: which outcomes, which survey is asked, and whether a form says it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from services.desk.domain.messages import N_
from shared.contracts.feed_parts import Channel, TaskResult
from shared.contracts.identifiers import kind_in
from shared.contracts.surveys import CSI_ITEMS, SSI_ITEMS, SurveyKind

KEYS: Mapping[TaskResult, int] = {
    "done": 1,
    "not_reached": 2,
    "postponed": 3,
    "declined": 4,
    "wrong_number": 5,
    "renewed_elsewhere": 6,
    "approved_lost": 7,
    "not_lost": 8,
}
"""Outcome -> the digit that chooses it, the same on every card."""
ITEMS: Mapping[SurveyKind, Sequence[str]] = {"ssi": SSI_ITEMS, "csi": CSI_ITEMS}
CHANNELS: tuple[Channel, ...] = get_args(Channel)
MOST_NOTED = 4000
"""Characters of a note."""

_APPROVALS = frozenset({"lost_approval", "falsely_lost"})
_RENEWALS = frozenset({"insurance_renewal", "inspection"})
_SURVEYS: Mapping[str, SurveyKind] = {
    "delivery_satisfaction": "ssi",
    "service_satisfaction": "csi",
}
_USUAL: tuple[TaskResult, ...] = ("done", "not_reached", "postponed", "declined", "wrong_number")
_INTERNAL: tuple[TaskResult, ...] = ("done", "postponed")
_AMONG_OURSELVES = frozenset({"data_correction", "return_right", "lost_lead_bought"})
_NOBODY_ANSWERED: Collection[TaskResult] = frozenset({"not_reached", "wrong_number"})
_ANSWER = re.compile(r"10|[0-9]")

NONE_CHOSEN = N_("Choose what came of it.")
NOT_A_DAY = N_("A day from today on.")
NO_OVERALL = N_("Say how satisfied they are overall, too.")
NOBODY_TO_ANSWER = N_(
    "Nobody was reached who could have answered: take the answers out, or choose another outcome."
)
TOO_LONG = N_("At most 4,000 characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked:
    """A satisfaction survey that a conversation asks for."""

    survey: SurveyKind
    about_id: str | None
    """The order or sale that it is about."""

    @property
    def items(self) -> Sequence[str]:
        """Its steps, in the order of the process."""
        return ITEMS[self.survey]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySaid:
    """The answers to one, from 0 to 10."""

    asked: SurveyAsked
    overall: int
    items: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSaid:
    """What a form says of an attempt."""

    outcome: TaskResult
    channel: Channel | None
    next_contact_on: date | None
    note: str | None = field(repr=False)
    surveys: tuple[SurveySaid, ...]


class WronglySaid(Exception):
    """A form cannot be taken as it is."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems
        """Field -> what is wrong with it, in words."""


def offered(kinds: Collection[str]) -> tuple[TaskResult, ...]:
    """What may come of a conversation for these, in the order of its keys."""
    if not _APPROVALS.isdisjoint(kinds):
        return "postponed", "approved_lost", "not_lost"
    if _AMONG_OURSELVES.issuperset(kinds):
        return _INTERNAL
    if not _RENEWALS.isdisjoint(kinds):
        return (*_USUAL, "renewed_elsewhere")
    return _USUAL


def surveys_asked(purposes: Sequence[tuple[str, str]]) -> tuple[SurveyAsked, ...]:
    """Those that a conversation asks for, each kind once. `purposes`: kind and document id."""
    found: dict[SurveyKind, SurveyAsked] = {}
    for kind, document_id in purposes:
        survey = _SURVEYS.get(kind)
        if survey is not None and survey not in found:
            is_document = kind_in(document_id) in ("visit", "sale")
            found[survey] = SurveyAsked(
                survey=survey, about_id=document_id if is_document else None
            )
    return tuple(found.values())


def outcome_said(
    fields: Mapping[str, str],
    *,
    results: Collection[TaskResult],
    surveys: Sequence[SurveyAsked],
    today: date,
) -> OutcomeSaid:
    """What the fields of a form say. Raises `WronglySaid`."""
    problems: dict[str, str] = {}
    outcome = next((each for each in results if each == fields.get("outcome")), None)
    if outcome is None:
        problems["outcome"] = NONE_CHOSEN
    day = _day(fields.get("next_contact_on", ""), today)
    if day is None and fields.get("next_contact_on", "").strip():
        problems["next_contact_on"] = NOT_A_DAY
    note = fields.get("note", "").strip()
    if len(note) > MOST_NOTED:
        problems["note"] = TOO_LONG
    said = []
    for asked in surveys:
        items = dict(_answers(fields, asked))
        overall = _answer(fields.get(f"{asked.survey}-overall", ""))
        if overall is not None:
            said.append(SurveySaid(asked=asked, overall=overall, items=items))
        elif items:
            problems[f"{asked.survey}-overall"] = NO_OVERALL
    if said and outcome in _NOBODY_ANSWERED:
        problems[f"{said[0].asked.survey}-overall"] = NOBODY_TO_ANSWER
    if problems or outcome is None:
        raise WronglySaid(problems)
    return OutcomeSaid(
        outcome=outcome,
        channel=next((each for each in CHANNELS if each == fields.get("channel")), None),
        next_contact_on=day,
        note=note or None,
        surveys=tuple(said),
    )


def outcome_data(said: OutcomeSaid) -> Iterator[Mapping[str, object]]:
    """What is reported: of each survey one, of the same attempt; of none the attempt alone."""
    attempt: dict[str, object] = {"outcome": said.outcome}
    if said.channel is not None:
        attempt["channel"] = said.channel
    if said.next_contact_on is not None:
        attempt["next_contact_on"] = said.next_contact_on.isoformat()
    if said.note is not None:
        attempt["note"] = said.note
    if not said.surveys:
        yield attempt
    for place, each in enumerate(said.surveys):
        about = each.asked.about_id
        answered = {"survey": each.asked.survey, "overall": each.overall, "answers": each.items}
        more = {} if about is None else {"about_id": about}
        first = attempt if place == 0 else {k: attempt[k] for k in attempt if k != "note"}
        yield {**first, **answered, **more}


def _answers(fields: Mapping[str, str], asked: SurveyAsked) -> Iterator[tuple[str, int]]:
    for item in asked.items:
        given = _answer(fields.get(f"{asked.survey}-{item}", ""))
        if given is not None:
            yield item, given


def _answer(text: str) -> int | None:
    return int(text) if _ANSWER.fullmatch(text) else None


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day >= today else None
