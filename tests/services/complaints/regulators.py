"""Deadlines that regulators set: drafts that extend them, and a case's clocks."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from services.complaints.adapters.policy_file import read_draft
from services.complaints.domain.case import case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.facts import Filed
from services.complaints.domain.rulebook import CaseEdition
from services.complaints.views.deadline import explain
from shared.contracts.complaints import CaseMerged
from shared.policies.drafts import Draft
from tests.services.complaints.given import DEALER, RECEIVED, Case

SHANGHAI = ZoneInfo("Asia/Shanghai")


EXAMPLES = ("cn-12315", "cn-12345", "cn-sanbao", "cn-zhejiang")


def draft(folder: Path, text: str) -> Draft[CaseEdition]:
    path = folder / "pudong.yaml"
    path.write_text(f"dealer: {DEALER}\n{text}", encoding="utf-8")
    return read_draft(path, {}, RECEIVED)


def clock(case: Case, name: str, generation: int = 1) -> Clock:
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    standing = case_at(case.facts, filed, case.policy, case.now)
    [found] = [each for each in standing.clocks if each.key == f"{name}/{generation}"]
    return found


def clock_names(case: Case) -> list[str]:
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    return [each.key for each in case_at(case.facts, filed, case.policy, case.now).clocks]


def arithmetic(case: Case, name: str) -> tuple[list[str], list[str]]:
    """The lines of the arithmetic of a clock, in both languages."""
    filed = case.facts.complaint
    assert isinstance(filed, Filed)
    lines = explain(clock(case, name), filed).lines
    return [each.text.en for each in lines], [each.text.zh for each in lines]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def merged(case: Case) -> list[CaseMerged]:
    """What the case told the one that it was merged into."""
    return [said for said in case.said.values() if isinstance(said, CaseMerged)]
