"""How intake is put together."""

from typing import Any

import pytest

from services.intake import app
from services.intake.adapters.imports.upload import Uploads
from services.intake.api.callers import Callers
from services.intake.settings import IntakeSettings


@pytest.mark.parametrize("kind", [Uploads, Callers])
def test_doors_share_what_bounds_how_much_comes_in(
    kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def make(*args: Any, **kwargs: Any) -> object:
        made.append(kind(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(app, kind.__name__, make)
    app.compose(IntakeSettings())
    assert len(made) == 1
