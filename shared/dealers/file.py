"""The file of dealers: YAML, validated at start."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile, parse_yaml

EXAMPLE_DEALERS = Path(__file__).parent / "example.yaml"
"""Three dealers, to try things with."""


class DealersFile(BaseModel):
    """What such a file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealers: Annotated[tuple[Dealer, ...], Field(min_length=1)]


def read_dealers(path: Path) -> Dealers:
    """The dealers in a YAML file: `dealers: [{id: group/dealer, name: …, timezone: …}]`.

    Raises `WrongFile`, with the line and the field of what cannot be used.
    """
    file = parse_yaml(path)
    dealers = file.as_model(DealersFile).dealers
    seen = set[str]()
    repeated = []
    for position, dealer in enumerate(dealers):
        if dealer.id in seen:
            message = "an earlier dealer has the same id; give each dealer one of its own"
            repeated.append(file.line(["dealers", position, "id"], message))
        seen.add(dealer.id)
    if repeated:
        raise WrongFile(repeated)
    return Dealers(list(dealers))
