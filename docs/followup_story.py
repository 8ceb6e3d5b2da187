"""One customer's year: what is reported of them, in both languages, for the page and its test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from docs.scoring_reports import CUSTOMER, DEALER, Happened
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.envelope import Event
from shared.contracts.followup import task_id
from shared.contracts.identifiers import document_version
from shared.contracts.identity import OwnershipEnded
from shared.contracts.intake import (
    ConsentGiven,
    SaleRecorded,
    SurveyAnswered,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from shared.contracts.scoring import ScoreChanged
from shared.contracts.subjects import TaskSubject, fact_about

CAR = "LFV3A23C8A3000001"
ZONE = "Asia/Shanghai"


def at(text: str) -> datetime:
    """`2025-11-10 17:00` as the clock in Shanghai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)


def local(moment: datetime) -> str:
    """An instant as the clock in Shanghai shows it."""
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def _reported(kind: type[Any], id_: str, told: dict[str, Any], on: str, *said: str) -> Happened:
    """`said`: what happened, in English and Chinese."""
    en, zh = said
    document = {
        "document_id": f"{DEALER}/cdk/{id_}",
        "version": document_version(int(at(on).timestamp() * 1000), "000000000001"),
    }
    return Happened(on, en, zh, _event(kind, document | told, on, 0))


def _said(kind: type[Any], sequence: int, told: dict[str, Any], on: str) -> Event[Any]:
    return _event(kind, told, on, sequence)


def _event(kind: type[Any], told: dict[str, Any], on: str, sequence: int) -> Event[Any]:
    data = kind.model_validate({"customer_key": CUSTOMER, "dealer_id": DEALER} | told)
    name = told.get("document_id", f"{kind.__name__}/{sequence}")
    return Event(
        id=f"{name}:{on}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=at(on),
        data=data,
        sequence=sequence,
    )


def _outcome(on: str, number: str, about: str, outcome: str, *said: str) -> Happened:
    subject = TaskSubject.parse(about)
    document_id = f"{DEALER}/cdk/{subject.document_id}"
    task = task_id(CUSTOMER, str(subject._replace(document_id=document_id)))
    told = {"task_id": str(task), "at": at(on), "outcome": outcome}
    return _reported(TaskOutcomeRecorded, f"task-outcome/{number}", told, on, *said)


def _visit(on: str, number: str, en: str, zh: str, *declined: str) -> Happened:
    told = {
        "timezone": ZONE,
        "status": "closed",
        "opened_at": at(on) - timedelta(hours=4),
        "closed_at": at(on),
        "currency": "CNY",
        "vin": CAR,
        "lines": [{"line_no": "1", "op_code": "OIL", "pay_type": "customer", "amount": "600"}],
        "recommended": [{"code": code, "performed": False} for code in declined],
    }
    return _reported(VisitRecorded, f"visit/{number}", told, on, en, zh)


def _survey(on: str, number: str, kind: str, overall: int, *said: str) -> Happened:
    told = {"survey": kind, "at": at(on), "overall": overall}
    return _reported(SurveyAnswered, f"survey/{number}", told, on, *said)


def _case(
    on: str, sequence: int, en: str, zh: str, *, until: str | None = None, **instants: str
) -> Happened:
    received = at("2026-03-01 10:00")
    turn = {"at": received, "recorded_at": received, "stands": "open", "severity": "normal"}
    told = {
        "case_id": f"{DEALER}/cdk/complaint/K1",
        "case_no": "K1",
        "generation": 1,
        "status": "closed" if until else "open",
        "outcome": "satisfied" if until else None,
        "severity": "normal",
        "satisfied": until is not None,
        "received_at": received,
        "recorded_at": received,
        "closed_at": at(until) if until else None,
        "open_periods": [{"since": received, "until": at(until) if until else None}],
        "turns": [turn],
    } | {name: at(moment) for name, moment in instants.items()}
    return Happened(on, en, zh, _said(CaseStandingChanged, sequence, told, on))


def _graded(on: str) -> Happened:
    told = {"score": 40, "value": 40, "loyalty": 10, "grade": "potential", "reasons": ()}
    en, zh = "scoring: a potential customer", "评分：潜力客户"
    return Happened(on, en, zh, _said(ScoreChanged, 1, told, on))


def _opts_out(on: str, channel: str, en: str, zh: str) -> Happened:
    told = {"at": at(on), "opt_outs": (channel,)}
    return _reported(ConsentGiven, "consent/N1", told, on, en, zh)


def _sells_the_car(on: str, en: str, zh: str) -> Happened:
    sale_id = f"{DEALER}/cdk/sale/D9"
    told = {
        "document_id": fact_about(sale_id, f"ownership/{CAR}"),
        "sale_id": sale_id,
        "vin": CAR,
        "ended_at": at(on),
        "because": "sold_on",
    }
    return Happened(on, en, zh, _said(OwnershipEnded, 1, told, on))


def _buys(on: str, en: str, zh: str) -> Happened:
    told = {
        "timezone": ZONE,
        "status": "delivered",
        "role": "buyer",
        "deal_date": on[:10],
        "delivered_at": at(on),
        "sale_type": "retail",
        "condition": "new",
        "vin": CAR,
        "insured_until": "2026-11-09",
    }
    return _reported(SaleRecorded, "sale/D1", told, on, en, zh)


YEAR: tuple[Happened, ...] = (
    _buys(
        "2025-11-10 16:00",
        "is handed their new car; it is insured until 9 November 2026",
        "提新车；保险到期日 2026-11-09",
    ),
    _graded("2025-11-10 16:05"),
    _outcome(
        "2025-11-11 10:30",
        "O1",
        "delivery_thanks/sale/D1",
        "done",
        "the thanks are said",
        "完成交车感谢",
    ),
    _survey("2025-11-15 11:00", "S1", "ssi", 9, "answers 9 of 10", "满意度评 9 分"),
    _visit(
        "2026-02-03 15:00",
        "R1",
        "first service; they decline new tyres",
        "首保；未做轮胎更换建议",
        "TYR",
    ),
    _outcome(
        "2026-02-04 10:00",
        "O2",
        "service_satisfaction/visit/R1",
        "done",
        "is asked how the service went",
        "完成售后回访",
    ),
    _case("2026-03-01 10:00", 1, "complains", "投诉"),
    _case(
        "2026-03-06 14:00",
        2,
        "the complaint is resolved; they are to be called back",
        "投诉已解决，需回访",
        resolved_at="2026-03-06 14:00",
        call_back_due_at="2026-03-09 18:00",
    ),
    _case(
        "2026-03-09 11:00",
        3,
        "is called back, and satisfied: the complaint is closed",
        "回访，客户满意，投诉结案",
        until="2026-03-09 11:00",
        resolved_at="2026-03-06 14:00",
        call_back_due_at="2026-03-09 18:00",
        called_back_at="2026-03-09 11:00",
    ),
    _outcome(
        "2026-03-12 10:00",
        "O3",
        "declined_work/visit/R1",
        "not_reached",
        "does not answer",
        "未接通",
    ),
    _outcome(
        "2026-03-13 16:00",
        "O4",
        "declined_work/visit/R1",
        "done",
        "will have the tyres done with the next service",
        "约定下次保养时更换轮胎",
    ),
    _opts_out("2026-07-24 12:00", "phone", "wants no more calls", "要求不再电话联系"),
    _visit("2026-07-30 16:00", "R2", "service, with new tyres", "保养并更换轮胎"),
    _survey("2026-08-01 20:00", "S2", "csi", 5, "answers 5 of 10", "满意度评 5 分"),
    _outcome(
        "2026-08-02 10:00",
        "O5",
        "low_answer/survey/S2",
        "done",
        "the manager has spoken to them",
        "经理已沟通",
    ),
    _sells_the_car("2026-10-20 12:00", "sells the car", "出售该车"),
)
"""In the order of time."""
THE_END = "2026-11-10 16:00"
