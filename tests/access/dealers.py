"""Two dealers of one group and one of another, what marks whatever is theirs, and their keys."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args

from shared.auth.keys import ApiKey, ShownKey, digest_of
from shared.auth.principal import Grant
from shared.auth.scopes import Scope
from shared.contracts.envelope import Event
from shared.dealers.dealer import Dealer, Dealers
from shared.platform.doorman import Doorman, Tokens
from shared.testing.clock import ManualClock
from shared.testing.keys import MemoryKeys

E = TypeVar("E", bound=Event[Any])

MINE, SISTER, STRANGER = "sunrise/pudong", "sunrise/berlin", "moonrise/pudong"
SOURCES: Mapping[str, str] = {MINE: "cdk", SISTER: "berlinonly", STRANGER: "moononly"}
"""The source of all that is a dealer's: it is in every key and id."""
MARKS: Mapping[str, tuple[str, ...]] = {
    MINE: ("PUDONG-ONLY",),
    SISTER: (SISTER, "berlinonly", "BERLIN-ONLY"),
    STRANGER: (STRANGER, "moononly", "MOON-ONLY"),
}
"""What stands in texts of a dealer's, and nowhere else; the last is in free words."""
EVERY: tuple[Scope, ...] = get_args(Scope)
DEALERS = Dealers(
    [
        Dealer(id=MINE, name="Pudong", timezone="Asia/Shanghai", currency="CNY", region="CN"),
        Dealer(id=SISTER, name="Berlin", timezone="Asia/Shanghai", currency="CNY", region="CN"),
        Dealer(id=STRANGER, name="Moon", timezone="Asia/Shanghai", currency="CNY", region="CN"),
    ]
)
_FREE = frozenset({"by", "category", "assigned_to", "owner"})


def theirs(event: E, dealer_id: str) -> E:
    """The same, told of a customer of this dealer's, with its marks."""
    moved = _moved(event.data.model_dump(mode="json"), dealer_id)
    return event._replace(
        id=f"{event.id}:{dealer_id}",
        key=_moved(event.key, dealer_id),
        dealer_id=dealer_id,
        data=type(event.data).model_validate(moved),
    )


def of_all(events: Iterable[E]) -> list[E]:
    """The same at each dealer."""
    return [theirs(event, dealer_id) for event in events for dealer_id in SOURCES]


def _moved(value: Any, dealer_id: str, name: str = "") -> Any:
    match value:
        case dict():
            return {each: _moved(value[each], dealer_id, each) for each in value}
        case list():
            return [_moved(each, dealer_id, name) for each in value]
        case str() if name in _FREE:
            return f"{MARKS[dealer_id][-1]} {value}"
        case str() if value == MINE:
            return dealer_id
        case str() if value.startswith(f"{MINE}/"):
            source, _, rest = value.removeprefix(f"{MINE}/").partition("/")
            return f"{dealer_id}/{SOURCES[dealer_id] if source == 'cdk' else source}/{rest}"
        case _:
            return value


def marks_in(text: str, of: str, *, asked: str = "") -> list[str]:
    """What is of that dealer's in a text, and was not in what was asked."""
    return [mark for mark in MARKS[of] if mark in text and mark not in asked]


class Holders:
    """Makes keys, and knows their holders."""

    def __init__(self, clock: ManualClock, tokens: Tokens | None = None) -> None:
        self.clock = clock
        self.keys = MemoryKeys()
        self.doorman = Doorman(self.keys, clock, tokens=tokens)

    def key(
        self,
        *scopes: Scope,
        dealers: Iterable[str] = (MINE,),
        source: str | None = None,
        expires_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> str:
        """The text of a key that may this."""
        number = len(self.keys.by_id)
        shown = ShownKey(f"key{number:07d}", f"{number:043d}")
        self.keys.by_id[shown.id] = ApiKey(
            id=shown.id,
            name="of a test",
            digest=digest_of(shown.secret),
            grant=Grant(scopes=frozenset(scopes), dealers=frozenset(dealers), source=source),
            created_at=self.clock.now() - timedelta(days=1),
            expires_at=expires_at,
            revoked_at=revoked_at,
        )
        return shown.text()

    def revoke(self, key_id: str) -> None:
        """From now on."""
        self.keys.by_id[key_id] = replace(self.keys.by_id[key_id], revoked_at=self.clock.now())


def bearer(key: str) -> dict[str, str]:
    """The header that shows it."""
    return {"authorization": f"Bearer {key}"}
