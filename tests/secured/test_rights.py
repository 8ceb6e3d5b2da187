"""Each user has the least that they need, and is told of each right that is taken back."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka.errors import KafkaError

from deploy.cli.address_file import SERVICES
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from deploy.cli.topics import provision_topics
from shared.contracts.topics import ALL
from shared.platform.errors import TransientFailure
from shared.platform.rights import Operation, Right, missing_rights, require_rights
from shared.settings import KafkaSettings
from tests.secured.broker import RIGHTS, SecuredBroker
from tests.servers import PATIENCE_SECONDS

pytestmark = pytest.mark.broker


async def until_missing(
    settings: KafkaSettings, rights: Sequence[Right], missing: Sequence[Right]
) -> None:
    """Waits until exactly these are missing: the broker learns of changes a moment later."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await told(settings, rights) != list(missing):  # noqa: ASYNC110 # a broker's state
            await asyncio.sleep(0.02)


async def told(settings: KafkaSettings, rights: Sequence[Right]) -> list[Right] | None:
    """None while the broker's first group has no coordinator yet, or one that begins."""
    try:
        return await missing_rights(settings, rights)
    except KafkaError as error:
        if not error.retriable:
            raise
        return None


@pytest.mark.parametrize("user", [*SERVICES, "operator"])
async def test_each_right_that_is_taken_back_is_told(secured: SecuredBroker, user: str) -> None:
    settings = secured.by_password(user)
    rights = sorted(RIGHTS[user], key=lambda each: each.kind, reverse=True)  # topics first
    await secured.allow(user, rights)
    await until_missing(settings, rights, [])
    for right in rights:
        await secured.forbid(user, right)
        await until_missing(settings, rights, [right])
        with pytest.raises(TransientFailure) as refused:
            await require_rights(settings, user, rights)
        wanted = f"not allowed: {right}; 'aftercare acls --service {user}' prints"
        assert str(refused.value).startswith(wanted)
        await secured.allow(user, [right])
    await until_missing(settings, rights, [])
    await require_rights(settings, user, rights)


async def test_who_creates_the_topics_may_do_that_and_no_more(bare: SecuredBroker) -> None:
    settings, rights = bare.by_password("topics"), RIGHTS["topics"]
    last = Right("topic", ALL[-1].name, "Create")
    await bare.allow("topics", [each for each in rights if each != last])
    await until_missing(settings, rights, [last])
    with pytest.raises(CannotRun) as refused:
        await provision_topics(settings, create=True)
    assert f"not allowed: {last}; {hint('acls --service topics')} prints" in str(refused.value)
    await bare.allow("topics", [last])
    await until_missing(settings, rights, [])
    await provision_topics(settings, create=True)
    assert {each.state for each in await provision_topics(settings, create=False)} == {"ok"}
    topics = [Right("topic", each.name, operation) for each in ALL for operation in _OTHERS]
    assert await missing_rights(settings, topics) == topics


_OTHERS: Sequence[Operation] = ("Read", "Write")


@pytest.mark.parametrize("user", SERVICES)
async def test_a_certificate_is_a_user_as_a_password_is(secured: SecuredBroker, user: str) -> None:
    await secured.allow(user, RIGHTS[user])
    await until_missing(secured.by_certificate(user), RIGHTS[user], [])
    stranger = secured.by_certificate("stranger")
    assert await missing_rights(stranger, RIGHTS[user]) == [
        *(each for each in RIGHTS[user] if each.kind == "topic"),
        *(each for each in RIGHTS[user] if each.kind == "group"),
    ]
