"""Who became a quality customer and why, and who is about to be lost: from the messages alone."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

from aiokafka import ConsumerRecord
from rich.console import Console, RenderableType

from deploy.sandbox.demo.customers import (
    SHOWN_LEAVING,
    leaving,
    render_leaving,
    render_risen,
    risen,
    rising_key,
)
from deploy.sandbox.demo.summary import TopicRecord
from deploy.sandbox.demo.watch import Watch
from shared.contracts.envelope import Message
from shared.contracts.scoring import (
    Grade,
    GradeChanged,
    GradeChangeWithdrawn,
    NextVisit,
    Reason,
    Risk,
    RiskStands,
    ScoreChanged,
)
from shared.contracts.topics import PROFILES
from shared.contracts.values import Bilingual
from shared.settings import ServiceSettings

DEALERS = ServiceSettings().dealers().all()
PUDONG = DEALERS[0]
KEY = rising_key(DEALERS)
NAMES = {KEY: "李伟"}
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def words(text: str) -> Bilingual:
    return Bilingual(en=text, zh=f"中文 {text}")


def received(message: Message, key: str, subject: str, sequence: int = 1) -> TopicRecord:
    return TopicRecord(
        topic=message.TOPIC.name,
        type=message.TYPE,
        key=key,
        data=message.model_dump(mode="json", exclude_none=True),
        sequence=sequence,
        subject=subject,
        said_at=NOW.isoformat(),
    )


def change(before: Grade = "potential", after: Grade = "quality", key: str = KEY) -> TopicRecord:
    told = GradeChanged(
        customer_key=key,
        dealer_id=PUDONG.id,
        before=before,
        after=after,
        changed_at=NOW,
        score=90,
        words=words("came once more"),
    )
    return received(told, key, f"change/{key}/{before}")


def score(
    key: str = KEY,
    risk: Risk | None = None,
    next_risk: Risk = "lost",
    *,
    days: int = 10,
    value: int = 50,
) -> TopicRecord:
    reason = Reason(
        axis="loyalty",
        rule="recent_visit",
        points=20,
        documents=(f"{PUDONG.id}/dms-cn/visit/R70001",),
        more_documents=2,
        words=words("the last visit"),
    )
    stands = None
    if risk is not None:
        at = NOW + timedelta(days=days)
        stands = RiskStands(
            risk=risk, since=NOW, next_risk=next_risk, next_at=at, words=words("stayed away")
        )
    day = NOW.date()
    told = ScoreChanged(
        customer_key=key,
        dealer_id=PUDONG.id,
        score=90,
        value=value,
        loyalty=40,
        grade="quality",
        reasons=(reason,),
        risk=stands,
        next_visit=NextVisit(
            since=day,
            expected_on=day,
            earliest_on=day,
            latest_on=day,
            basis="default",
            words=words("expected in spring"),
        ),
    )
    return received(told, key, f"score/{key}")


def shown(what: RenderableType) -> str:
    console = Console(file=StringIO(), width=140, color_system=None)
    console.print(what)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_who_rose_is_shown_by_name_with_every_reason_down_to_its_documents() -> None:
    found = risen([change(), score()], names=NAMES, dealers=DEALERS)
    assert found is not None
    text = shown(render_risen(found))
    for told in (
        "李伟",
        "potential 潜力 → quality 优质",
        "came once more",
        "+20",
        "the last visit",
        "中文 the last visit",
        "[R70001 and 2 more]",
    ):
        assert told in text


def test_nobody_rose_whose_change_is_another_or_was_taken_back() -> None:
    withdrawn = GradeChangeWithdrawn(
        customer_key=KEY, dealer_id=PUDONG.id, about="change", withdrawn_at=NOW
    )
    taken_back = received(withdrawn, KEY, f"change/{KEY}/potential", 2)
    elsewhere = f"{PUDONG.id}/dms-cn/C1"
    for records in (
        [score()],
        [change()],
        [change("general", "potential"), score()],
        [change(), taken_back, score()],
        [change(key=elsewhere), score(elsewhere)],
    ):
        assert risen(records, names=NAMES, dealers=DEALERS) is None


def key(number: int) -> str:
    return f"{PUDONG.id}/dms-cn/C{number}"


def test_who_is_worth_most_comes_first_and_who_is_not_soon_lost_is_not_there() -> None:
    records = [
        score(key(1), "at_risk", days=30),
        score(key(2), "at_risk", days=5),
        score(key(6), "at_risk", days=31),
        score(key(7), "at_risk", days=9, value=80),
        score(key(3), "due", "at_risk", days=1),
        score(key(4), "active", "due", days=1),
        score(key(5)),
    ]
    found = leaving(records, names={key(2): "王芳"}, dealers=DEALERS, now=NOW)
    assert [one.score.customer_key for one in found] == [key(7), key(2), key(1)]
    text = shown(render_leaving(found))
    for told in (
        "王芳",
        "(no name)",
        "25 Nov 2026",
        "stayed away",
        "expected in spring",
        "中文 stayed away",
    ):
        assert told in text


def test_no_more_are_shown_than_fit_on_a_screen_and_none_is_said() -> None:
    many = [score(key(number), "at_risk") for number in range(SHOWN_LEAVING + 2)]
    assert len(leaving(many, names={}, dealers=DEALERS, now=NOW)) == SHOWN_LEAVING
    assert "nobody so far" in shown(render_leaving([]))


def profile(content: bytes | None) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(
        topic=PROFILES.name,
        partition=0,
        offset=0,
        timestamp=0,
        timestamp_type=0,
        key=KEY.encode(),
        value=content,
        checksum=None,
        serialized_key_size=1,
        serialized_value_size=1,
        headers=(),
    )


def test_a_name_is_kept_as_long_as_the_profile_has_it() -> None:
    watch = Watch(say=lambda _: None)
    watch.take(profile(json.dumps({"name": "李伟"}).encode()))
    assert watch.names == NAMES
    assert not watch.received and not watch.counts
    watch.take(profile(json.dumps({"name": None}).encode()))
    assert watch.names == {}
    watch.take(profile(json.dumps({"name": "李伟"}).encode()))
    watch.take(profile(None))
    assert watch.names == {}
