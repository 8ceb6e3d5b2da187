"""The mapping that was typed, by its name or its file; for whom, and from where, it is tried."""

import re
from pathlib import Path
from typing import Annotated, TypeAlias, cast

import typer
from pydantic import TypeAdapter, ValidationError

from deploy.cli import configuration
from deploy.cli.failures import WrongConfiguration
from deploy.cli.mapping.trial import Situation
from deploy.cli.terminal import hint
from services.intake.adapters.mappings import Mappings, read_mapping
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.settings import IntakeSettings
from shared.contracts.values import SourceName
from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile

SOURCE = "my-dms"
"""What the source is called where neither the mapping nor who types names one."""
_IS_A_PATH = re.compile(r"[/\\]|\.ya?ml$")

NameOrFile: TypeAlias = Annotated[
    str, typer.Option("--mapping", help="Its name (`aftercare mapping list`), or a file.")
]


def settings() -> IntakeSettings:
    """As the environment has them. Raises `WrongConfiguration`."""
    return cast("IntakeSettings", configuration.checked("intake"))


def mapping_of(typed: str, mappings: Mappings) -> FeedMapping:
    """Raises `WrongConfiguration` with all that is wrong with it, `BadParameter` where there is
    none."""
    try:
        if _IS_A_PATH.search(typed):
            return read_mapping(Path(typed))
        found = mappings.find(typed)
        if found is None:
            raise typer.BadParameter(_no_such(typed, mappings), param_hint="--mapping")
        return found
    except WrongFile as error:
        raise WrongConfiguration(error.lines) from None


def path_of(typed: str, mappings: Mappings) -> Path:
    """The file of a mapping; raises as `mapping_of` does."""
    if _IS_A_PATH.search(typed):
        return Path(typed)
    try:
        path = mappings.path_of(typed)
        if path is None:
            raise typer.BadParameter(_no_such(typed, mappings), param_hint="NAME")
    except WrongFile as error:
        raise WrongConfiguration(error.lines) from None
    return path


def situation(asked: IntakeSettings, mapping: FeedMapping, dealer: str, source: str) -> Situation:
    """`dealer`, `source`: empty where nobody typed them. Raises `BadParameter`."""
    dealers = asked.dealers()
    name = source or mapping.source or SOURCE
    try:
        TypeAdapter(SourceName).validate_python(name)
    except ValidationError:
        wanted = "a source is of a-z, 0-9 and hyphens, 40 at most"
        raise typer.BadParameter(wanted, param_hint="--source") from None
    return Situation(dealer_of(dealer, dealers), dealers, name, asked.clock.clock().now())


def dealer_of(typed: str, dealers: Dealers) -> Dealer:
    """The first that is configured where nobody typed one. Raises `BadParameter`."""
    found = dealers.find(typed) if typed else dealers.all()[0]
    if found is None:
        known = ", ".join(dealer.id for dealer in dealers.all())
        wanted = f"there is no such dealer; there are {known}"
        raise typer.BadParameter(wanted, param_hint="--dealer")
    return found


def _no_such(typed: str, mappings: Mappings) -> str:
    near = mappings.nearest(typed)
    meant = f"; did you mean '{near}'?" if near else ""
    return f"there is no such mapping{meant} {hint('mapping list', data_dir='')} names all"
