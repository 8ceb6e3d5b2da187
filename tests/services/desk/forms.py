"""Reads the forms of a page as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from tests.services.desk.rig import Browser


@dataclass
class SentForm:
    """A form, with what it sends if nobody changes anything; its buttons are left out."""

    action: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)

    async def send(self, browser: Browser, **changed: str) -> httpx.Response:
        """With these fields otherwise."""
        fields = {k: each for k, each in self.fields.items() if k != "csrf"}
        return await browser.post(self.action, **(fields | changed))


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[SentForm] = []
        self._form: SentForm | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: each or "" for name, each in attrs}
        if tag == "form":
            self._form = SentForm(said.get("action", ""), said.get("id", ""))
            self.found.append(self._form)
        if self._form is None:
            return
        name = said.get("name", "")
        match tag:
            case "input" if said.get("type") in ("radio", "checkbox"):
                if "checked" in said:
                    self._form.fields[name] = said.get("value", "on")
            case "input" if name:
                self._form.fields[name] = said.get("value", "")
            case "textarea":
                self._area = name
                self._form.fields[name] = ""
            case "select":
                self._select = name
            case "option" if self._select is not None:
                if "selected" in said or self._select not in self._form.fields:
                    self._form.fields[self._select] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area is not None:
            self._form.fields[self._area] += data


def forms_in(text: str) -> list[SentForm]:
    """All of a page, in order."""
    parser = _Forms()
    parser.feed(text)
    return parser.found


def form_in(text: str, begins: str) -> SentForm:
    """The one whose id, or else whose action, begins so. Raises `StopIteration`."""
    return next(
        each for each in forms_in(text) if each.id.startswith(begins) or begins in each.action
    )


def form_asking(text: str, command: str) -> SentForm:
    """The one that asks for this act. Raises `StopIteration`."""
    return next(each for each in forms_in(text) if each.fields.get("command") == command)
