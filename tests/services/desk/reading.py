"""What people read of a page: its text, and what its fields and links are called."""

from html.parser import HTMLParser

READ = ("title", "placeholder", "aria-label", "alt", "data-key-words")
"""Attributes that are shown, or read out."""
UNREAD = frozenset({"script", "style", "kbd", "datalist", "textarea"})
VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "circle", "rect", "line", "polyline"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: text or "" for name, text in attrs}
        if not self._skipped and tag == "textarea":
            self.found += [said[name] for name in READ if said.get(name)]
        if self._skipped or tag in UNREAD or ("lang" in said and tag != "html"):
            if tag not in VOID:
                self._skipped.append(tag)
            return
        self.found += [said[name] for name in READ if said.get(name)]
        if tag == "input" and said.get("type") in ("submit", "button"):
            self.found.append(said.get("value", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and tag == self._skipped[-1]:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped and data.strip():
            self.found.append(" ".join(data.split()))


def read(page: str) -> list[str]:
    """All of it, in order, but for what is said in another language on purpose, and keys."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
