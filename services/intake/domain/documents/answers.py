"""What answered forms and calls share: answers on a scale, of which the record tells points."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from services.intake.domain.findings import Finding
from shared.contracts.surveys import CSI_ITEMS, SSI_ITEMS, Scale, is_on, normalised

_KNOWN = frozenset((*CSI_ITEMS, *SSI_ITEMS))
"""Names that are nobody's own, so that they may be repeated."""


def off_scale(
    scale: Scale, *, overall: Decimal | None, answers: Mapping[str, Decimal], at: str
) -> Iterator[Finding]:
    """The answers that the scale does not have; `at`: the pointer of those to single questions."""
    detail = f"no answer on the scale {scale}; which scale it is, the field scale says"
    if overall is not None and not is_on(scale, overall):
        yield Finding("/overall", detail)
    wrong = [name for name, given in answers.items() if not is_on(scale, given)]
    for name in wrong:
        if name in _KNOWN:
            yield Finding(f"{at}/{name}", detail)
    if unnamed := sum(name not in _KNOWN for name in wrong):
        yield Finding(at, f"{unnamed} of them: {detail}" if unnamed > 1 else detail)


def in_points(scale: Scale, answers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Question -> the answer from 0 to 10."""
    return {name: normalised(given, scale) for name, given in answers.items()}
