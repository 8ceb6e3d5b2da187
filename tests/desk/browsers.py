"""Chromium, as staff use it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

from services.desk.domain.users import LANGUAGES, Language
from tests import PROJECT

VARIABLE = "AFTERCARE_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SCREENS = PROJECT / ".aftercare" / "screens"
"""Where pictures of all screens are after a run; git ignores it."""
WIDE, PHONE = (1280, 900), (390, 844)
PATIENCE_MS = 60_000
_QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It runs as whoever runs tests, who may be root, and speaks to nobody but the desk."""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def chromium() -> str | None:
    """Where it is; None where it is not."""
    named = os.environ.get(VARIABLE)
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launched(play: Playwright) -> Browser:
    """One for many pages. Pages that were left may be kept as they were, as for everybody."""
    return play.chromium.launch(
        executable_path=chromium(),
        args=list(_QUIETLY),
        ignore_default_args=["--disable-back-forward-cache"],
    )


def speaking(username: str, language: Language) -> str:
    """The name of the user with the same roles who speaks this language."""
    return username if language == LANGUAGES[0] else f"{username}-{language}"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at a browser of their own."""

    page: Page
    url: str
    password: str
    language: Language
    troubles: list[str]
    """What went wrong in it: errors of scripts, what a policy forbade, what was asked of others."""

    def sign_in(self, username: str, to: str = "/") -> None:
        """With the form; as somebody with these roles who speaks their language."""
        self.page.goto(f"{self.url}/sign-in?next={to}")
        self.page.fill("#username", speaking(username, self.language))
        self.page.fill("#password", self.password)
        self.page.click("button.primary")
        self.page.wait_for_url(re.compile(rf"^{re.escape(self.url)}(?!/sign-in)"))

    def open(self, path: str) -> Page:
        """A page of the desk."""
        self.page.goto(f"{self.url}{path}")
        return self.page

    def shoot(self, name: str) -> None:
        """A picture of the whole page, as it is before anybody scrolls."""
        self.page.evaluate("scrollTo(0, 0)")
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def check(self) -> None:
        """Nobody stumbles on this page, and nothing went wrong in it."""
        found: Any = Axe().run(
            self.page, options={"runOnly": _RULES, "resultTypes": ["violations"]}
        )
        told = [
            f"{each['id']} ({each['impact']}): {each['help']}: {node['html'][:200]}"
            for each in found.response["violations"]
            for node in each["nodes"][:3]
        ]
        assert not told, "\n".join(told)
        assert not self.troubles, "\n".join(self.troubles)


Somebody: TypeAlias = Callable[..., Staff]
"""Makes somebody at a browser of their own, as `staff` is told: `language`, `size`, `dark`,
`scripts`."""


@contextmanager
def staff(
    browser: Browser,
    url: str,
    password: str,
    *,
    language: Language = LANGUAGES[0],
    size: tuple[int, int] = WIDE,
    dark: bool = False,
    scripts: bool = True,
) -> Iterator[Staff]:
    """Somebody at a browser of their own, who has not signed in yet."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE_MS)
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None,
    )
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((url, "data:")) else troubles.append(asked.url),
    )
    try:
        yield Staff(page, url, password, language, troubles)
    finally:
        context.close()
