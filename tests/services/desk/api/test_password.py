"""One's own password and sessions."""

from pathlib import Path

import pytest

from services.desk.adapters import passwords
from services.desk.adapters.passwords import hashed, is_theirs
from services.desk.adapters.users import StoredUser
from services.desk.domain.attempts import OF_USER_AND_ADDRESS
from tests.services.desk.rig import BASE, Browser, Rig

OLD, NEW = "the old password", "a very new password"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def _given(rig: Rig, browser: Browser) -> None:
    await rig.users.save(StoredUser(user=browser.user, password=await hashed(OLD)))


def _form(old: str = OLD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {
        "old_password": old,
        "new_password": new,
        "new_password_again": new if again is None else again,
    }


async def test_it_is_changed_and_everybody_else_is_signed_out(rig: Rig) -> None:
    async with rig.browser() as browser, rig.browser(username="anna") as anna:
        await _given(rig, browser)
        here = next(iter(rig.sessions.by_digest.values()))
        async with rig.browser(username="lin", session="another browser") as other:
            answer = await browser.post("/password", **_form())
            assert answer.headers["location"] == "/password?done=password"
            assert (await other.get(f"{BASE}/today")).status_code == 303
        assert "is changed" in (await browser.get("/password", done="password")).text
        assert (await anna.get(f"{BASE}/today")).status_code == 200
    assert here.digest in rig.sessions.by_digest
    stored = rig.users.by_name["lin"]
    assert await is_theirs(NEW, stored) and not await is_theirs(OLD, stored)
    assert ("lin", None, "changed_password", "") in rig.trail.entries


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param(_form(old="not it at all"), "This is not your password", id="old"),
        pytest.param(_form(new="short"), "At least 12 characters", id="short"),
        pytest.param(_form(again="another one"), "The two are not the same", id="differs"),
        pytest.param(_form(new=OLD), "This is the old one", id="same"),
        pytest.param(_form(new="aaaaaaaaaaaaaa"), "Too easily guessed", id="simple"),
        pytest.param(_form(new="my-name-is-lin-2026"), "Too easily guessed", id="name"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    rig: Rig, form: dict[str, str], words: str
) -> None:
    async with rig.browser() as browser:
        await _given(rig, browser)
        answer = await browser.post("/password", **form)
    assert answer.status_code == 422 and words in answer.text
    assert not any(value in answer.text for value in form.values())
    assert await is_theirs(OLD, rig.users.by_name["lin"])


async def test_who_has_found_a_screen_open_cannot_try_for_ever(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig.browser() as browser:
        await _given(rig, browser)
        monkeypatch.setattr(passwords, "_fits", lambda *_: False)
        for _ in range(OF_USER_AND_ADDRESS.most):
            assert (await browser.post("/password", **_form())).status_code == 422
        assert (await browser.post("/password", **_form())).status_code == 429


async def test_who_signs_in_elsewhere_has_none_here(rig: Rig) -> None:
    async with rig.browser() as browser:
        await rig.users.save(StoredUser(user=browser.user))
        assert "new_password" not in (await browser.get("/password")).text
        assert (await browser.post("/password", **_form())).status_code == 403


async def test_sessions_are_listed_and_the_others_ended(rig: Rig) -> None:
    async with (
        rig.browser() as browser,
        rig.browser(session="another browser") as other,
        rig.browser(username="anna") as anna,
    ):
        page = await browser.get("/password")
        assert page.text.count("last used") == 2 and page.text.count(">here<") == 1
        await browser.post("/password/elsewhere")
        assert (await other.get(f"{BASE}/today")).status_code == 303
        assert (await anna.get(f"{BASE}/today")).status_code == 200
        page = await browser.get("/password")
    assert page.text.count("last used") == 1 and "/password/elsewhere" not in page.text
