"""What attempts say of themselves, in both languages. Pure."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.contracts.feed_parts import Channel
from shared.contracts.values import Bilingual

BY: Mapping[Channel, Bilingual] = {
    "phone": Bilingual(en="by phone", zh="电话"),
    "sms": Bilingual(en="by text message", zh="短信"),
    "email": Bilingual(en="by e-mail", zh="电子邮件"),
    "post": Bilingual(en="by post", zh="信函"),
    "app": Bilingual(en="in the app", zh="App 消息"),
}
"""Channel -> by which way."""


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def tried(tries: int, again_at: datetime | None, zone: ZoneInfo) -> Bilingual:
    """Not reached so often; when it is tried again."""
    times = "once" if tries == 1 else f"{tries} times"
    if again_at is None:
        return Bilingual(en=f"Not reached, tried {times}", zh=f"已联系 {tries} 次未果")
    when = _at(again_at, zone)
    return Bilingual(
        en=f"Not reached, tried {times}; to be tried again from {when}",
        zh=f"已联系 {tries} 次未果;{when} 起再次联系",
    )


def put_off(until: datetime, zone: ZoneInfo) -> Bilingual:
    """The customer asked to be contacted later."""
    when = _at(until, zone)
    return Bilingual(
        en=f"Put off by the customer; to be tried again from {when}",
        zh=f"客户要求改期;{when} 起再次联系",
    )


def by_another_way(channel: Channel, instead_of: Channel) -> Bilingual:
    """Nobody was reached in the first way."""
    first, now = BY[instead_of], BY[channel]
    return Bilingual(
        en=f"Now {now.en}, as they were not reached {first.en}",
        zh=f"{first.zh}未联系上,改用{now.zh}",
    )


def number_is_wrong(channel: Channel) -> Bilingual:
    """There is another way."""
    now = BY[channel]
    return Bilingual(
        en=f"{now.en.capitalize()}, as the number known is wrong",
        zh=f"已知号码有误,改用{now.zh}",
    )


def waits_for_number() -> Bilingual:
    """There is no other way."""
    return Bilingual(
        en="The number known is wrong, and there is no other way: waits until it is corrected",
        zh="已知号码有误且无其他联系方式:待资料更正后再联系",
    )


def claimed_by_others(others: int) -> Bilingual:
    """Whose claims came later."""
    more = "another person" if others == 1 else f"{others} others"
    return Bilingual(
        en=f"Claimed by {more} as well: who claimed it first has it",
        zh=f"另有 {others} 人也认领:以先认领者为准",
    )
