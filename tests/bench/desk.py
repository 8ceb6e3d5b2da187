"""How long the desk takes to show Today, under half of what it bears, and what was decided of a
call; and how much a page weighs with all that it loads."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from deploy.cli.address_file import SERVICES
from deploy.sandbox.desk_access import SignIn
from deploy.sandbox.stack import any_ports, running_stack
from tests.bench.servers import Fresh, Servers
from tests.desk.given import BASE, given, place_of
from tests.e2e.house import ANY_HOUR, House
from tests.servers import Broker
from tests.services.desk.forms import form_in

CUSTOMERS = 500
PAGES = 200
SIDE_BY_SIDE = 4
OUTCOMES = 40
TODAY = f"{BASE}/today?whose=all"
MOST_BYTES = 100_000
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass(frozen=True, slots=True)
class DeskPages:
    """What staff wait for."""

    weights: Sequence[tuple[str, int]]
    """A page, and the bytes that are sent of it and of all that it loads."""
    borne: float
    """Pages a second, side by side."""
    today: Sequence[float]
    """Seconds from due to answered, at half of that, in order."""
    own_write: Sequence[float]
    """From an outcome that is sent to the page that shows its decision, one after another, in
    order."""


def pages(fresh: Fresh, customers: int = CUSTOMERS) -> DeskPages:
    """Of somebody who has signed in, at a dealer with so many customers who wait for a call."""
    with fresh() as servers, _house(servers) as running:
        given(running, customers)
        assert running.stack.sign_in is not None
        return asyncio.run(_measured(running.stack.urls["desk"], running.stack.sign_in))


@contextmanager
def _house(servers: Servers) -> Iterator[House]:
    environment = {**servers.environment(), "AFTERCARE_FOLLOWUP_POLICY_FILE": str(ANY_HOUR)}
    with running_stack(
        directory=servers.directory / "house",
        ports=any_ports(),
        environment=environment,
        only=SERVICES,
    ) as stack:
        broker = Broker("tansu", servers.settings.kafka.bootstrap_servers)
        yield House(stack, broker, servers.directory, environment)


async def _measured(url: str, sign_in: SignIn) -> DeskPages:
    async with httpx.AsyncClient(base_url=url, follow_redirects=True, timeout=60) as browser:
        await _sign_in(browser, sign_in)
        weights = [
            (name, await _weight(browser, path))
            for name, path in (
                ("Today", TODAY),
                ("a call", f"{BASE}/calls/{place_of(1)}"),
                ("a customer", f"{BASE}/customers/{place_of(1)}"),
                ("complaints", f"{BASE}/complaints"),
                ("the manager's figures", f"{BASE}/manager"),
                ("satisfaction", f"{BASE}/manager/satisfaction"),
                ("customers and leads", f"{BASE}/manager/customers"),
                ("finding", f"{BASE}/find"),
            )
        ]
        borne = await _borne(browser)
        today = await _at_rate(browser, borne / 2)
        own_write = [await _reported(browser, number) for number in range(1, OUTCOMES + 1)]
        return DeskPages(weights, borne, sorted(today), sorted(own_write))


async def _sign_in(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    form = form_in((await browser.get("/sign-in")).text, "/sign-in")
    said = {"username": sign_in.usernames[0], "password": sign_in.password}
    answer = await browser.post("/sign-in", data=form.fields | said)
    assert answer.status_code == 200, answer.status_code


async def _weight(browser: httpx.AsyncClient, path: str) -> int:
    page = await browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    loaded = [await browser.get(each) for each in sorted(set(_ASSET.findall(page.text)))]
    return sum(each.num_bytes_downloaded for each in (page, *loaded))


async def _borne(browser: httpx.AsyncClient) -> float:
    """Pages of Today a second, each asked for when another has come."""
    numbers = iter(range(PAGES))

    async def ask() -> None:
        for _ in numbers:
            assert (await browser.get(TODAY)).status_code == 200

    await browser.get(TODAY)
    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(SIDE_BY_SIDE)))
    return PAGES / (time.perf_counter() - began)


async def _at_rate(browser: httpx.AsyncClient, rate: float) -> list[float]:
    """How long Today takes, asked for at this rate."""
    began = time.perf_counter()

    async def ask(number: int) -> float:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        assert (await browser.get(TODAY)).status_code == 200
        return time.perf_counter() - due

    return await asyncio.gather(*map(ask, range(PAGES)))


async def _reported(browser: httpx.AsyncClient, number: int) -> float:
    """Seconds until the decision of a call that reached nobody is shown."""
    card = f"{BASE}/calls/{place_of(number)}"
    form = form_in((await browser.get(card)).text, "outcome-")
    began = time.perf_counter()
    answer = await browser.post(form.action or card, data=form.fields | {"outcome": "not_reached"})
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.status_code
    assert 'id="decision"' in answer.text
    return took
