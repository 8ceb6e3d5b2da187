"""A desk that runs with everything behind it, and Chromium; skipped where there is none."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.desk.browsers import (
    NAMES,
    VARIABLE,
    Somebody,
    chromium,
    launched,
    staff,
)
from tests.desk.working import desk_on
from tests.e2e.house import House
from tests.servers import running_broker


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything, with customers and complaints of a dealer in it. One for all tests of a process
    here: each acts on a customer of its own. It stops before others begin, as also when nothing
    happens it keeps a third of a core busy."""
    if chromium() is None:
        pytest.skip(f"needs Chromium: {' or '.join(NAMES)} on the path, or {VARIABLE}")
    directory = tmp_path_factory.mktemp("desk")
    with (
        running_broker(directory / "broker", "tansu") as broker,
        desk_on(broker, directory) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def browser(desk: House) -> Iterator[Browser]:
    """Of a module's own: as long as Playwright runs, nothing else of this process can run a loop,
    such as what starts and stops servers, and the tests of other modules."""
    with sync_playwright() as play:
        running = launched(play)
        yield running
        running.close()


@pytest.fixture
def somebody(browser: Browser, desk: House) -> Iterator[Somebody]:
    """Makes somebody at a browser of their own: `language`, `size`, `dark`, `scripts`."""
    assert desk.stack.sign_in is not None
    make = partial(staff, browser, desk.stack.urls["desk"], desk.stack.sign_in.password)
    with ExitStack() as stopping:
        yield lambda **how: stopping.enter_context(make(**how))
