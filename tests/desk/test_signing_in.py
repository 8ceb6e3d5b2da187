"""Signing in, as staff do."""

import re

import pytest

from tests.desk.browsers import PHONE, Somebody
from tests.desk.given import BASE


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_is_for_everybody(somebody: Somebody, language: str) -> None:
    person = somebody(language=language)
    page = person.open("/sign-in")
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
    person.check()
    person.shoot(f"sign-in-{language}")


def test_a_wrong_password_is_told_and_the_name_stays(somebody: Somebody) -> None:
    person = somebody()
    page = person.open("/sign-in")
    page.fill("#username", "manager")
    page.fill("#password", "not their password")
    page.click("button.primary")
    page.get_by_role("alert").wait_for()
    assert page.input_value("#username") == "manager"
    person.check()


def test_whoever_signs_in_sees_what_they_wanted_to(somebody: Somebody) -> None:
    person = somebody(size=PHONE)
    person.sign_in("agent", to=f"{BASE}/today")
    assert person.page.url.endswith(f"{BASE}/today")
    person.page.locator("details.me summary").click()
    person.page.get_by_role("button", name=re.compile("Sign out|退出")).click()
    person.page.wait_for_url(re.compile("/sign-in"))
