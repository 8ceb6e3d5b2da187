"""The language in which views speak with a visitor."""

from functools import partial

from services.desk.api.desk import Desk
from services.desk.api.visitor import AtDealer
from services.desk.views.speech import Speech


def speech_of(desk: Desk, at: AtDealer) -> Speech:
    """That of who looks."""
    return Speech(at.visitor.language, partial(desk.pages.word, at.visitor.language))
