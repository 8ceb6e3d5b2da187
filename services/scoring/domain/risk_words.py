"""How a customer's risk is told to staff. Pure: no sentence holds how long ago anything is."""

from collections.abc import Mapping
from datetime import date, datetime

from services.scoring.domain.risk import Ground, RiskChange, RiskCourse
from services.scoring.domain.wording import day_en, day_zh
from shared.contracts.made import made
from shared.contracts.scoring import OWN_RHYTHM, Risk, RiskStands
from shared.contracts.values import Bilingual

EN: Mapping[Risk, str] = {
    "active": "active",
    "due": "due",
    "at_risk": "at risk",
    "lost": "lost",
}
ZH: Mapping[Risk, str] = {
    "active": "活跃",
    "due": "应到店",
    "at_risk": "有流失风险",
    "lost": "已流失",
}


def risk_stands(way: RiskCourse) -> RiskStands | None:
    """How they stand at the end; None for who has no car here."""
    stands, following = way.stands, way.following
    if stands is None:
        return None
    ground = stands.ground
    since = _day(ground, stands.at)
    en = f"{_rhythm_en(ground)}; {EN[stands.risk]} since {day_en(since)}"
    zh = f"{_rhythm_zh(ground)}；{day_zh(since)}起{ZH[stands.risk]}"
    if following is not None:
        then = _day(ground, following.at)
        en += f", {EN[following.risk]} from {day_en(then)} on unless they come"
        zh += f"，如不到店，{day_zh(then)}起{ZH[following.risk]}"
    return RiskStands(
        risk=stands.risk,
        since=stands.at,
        next_risk=following.risk if following is not None else None,
        next_at=following.at if following is not None else None,
        words=made(Bilingual, en=en, zh=zh),
    )


def words_of_change(change: RiskChange) -> Bilingual:
    """What brought it about."""
    ground = change.ground
    day = _day(ground, change.at)
    if change.at == ground.seen_at:
        return Bilingual(
            en=f"Here on {day_en(day)}: active, after having been {EN[change.before]}",
            zh=f"{day_zh(day)}到店：由{ZH[change.before]}转为活跃",
        )
    parted = change.at == ground.at
    en = ", of the cars that they still have" if parted else ""
    zh = "（按仍持有的车辆计）" if parted else ""
    return Bilingual(
        en=f"{_rhythm_en(ground)}{en}: {EN[change.after]} from {day_en(day)} on, after having "
        f"been {EN[change.before]}",
        zh=f"{_rhythm_zh(ground)}{zh}：{day_zh(day)}起由{ZH[change.before]}转为{ZH[change.after]}",
    )


def _day(ground: Ground, at: datetime) -> date:
    """The local date of an instant that is told from this ground."""
    return ground.seen_on + (at - ground.seen_at)


def _rhythm_en(ground: Ground) -> str:
    days, last = ground.interval.days, day_en(ground.seen_on)
    if ground.interval.basis == OWN_RHYTHM:
        return f"Last here on {last}, with a visit about every {days} days"
    return f"Last here on {last}, without a rhythm of their own yet ({days} days are usual)"


def _rhythm_zh(ground: Ground) -> str:
    days, last = ground.interval.days, day_zh(ground.seen_on)
    if ground.interval.basis == OWN_RHYTHM:
        return f"上次到店{last}，约每{days}天到店一次"
    return f"上次到店{last}，尚无自身规律（通常{days}天）"
