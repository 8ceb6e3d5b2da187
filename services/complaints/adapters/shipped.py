"""The policies that ship, by name: what a dealer's own may extend.

`2123` is in force everywhere until another is applied. The others, files in `examples/`, are
examples of deadlines that regulators set, and in force nowhere by themselves.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.complaints.domain.policy import POLICY_2123, ClockRule
from shared.policies.yaml_changes import Changes
from shared.yaml_file import WrongFile, parse_yaml

FOLDER = Path(__file__).parent / "examples"
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166."""


class ShippedPolicy(BaseModel):
    """Clocks to extend a policy by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_en: str
    title_zh: str
    working_days: Country | None = None
    """Whose statutory working days they count."""
    clocks: Mapping[str, ClockRule]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title_en: str
    title_zh: str
    working_days: Country | None = None
    clocks: Mapping[str, Mapping[str, Any]]


_2123 = ShippedPolicy(
    title_en="The 2123 rule", title_zh="2123 投诉处理规则", clocks=POLICY_2123.rules
)


def names() -> list[str]:
    """Of all that ship, 2123 first."""
    return [POLICY_2123.name, *sorted(path.stem for path in FOLDER.glob("*.yaml"))]


@lru_cache
def shipped(name: str) -> ShippedPolicy:
    """The policy of this name, one of `names()`."""
    return _2123 if name == POLICY_2123.name else _read(FOLDER / f"{name}.yaml")


def _read(path: Path) -> ShippedPolicy:
    file = parse_yaml(path)
    written = file.as_model(_Written)
    changes = Changes(file)
    clocks = changes.entries({}, written.clocks, ("clocks",), ClockRule)
    if changes.wrong:
        raise WrongFile(changes.wrong)
    return ShippedPolicy(
        title_en=written.title_en,
        title_zh=written.title_zh,
        working_days=written.working_days,
        clocks=TypeAdapter(dict[str, ClockRule]).validate_python(clocks),
    )
