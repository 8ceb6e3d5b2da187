"""The folders that are watched, as a YAML file has them.

folders:
  - name: pudong-dms
    path: /srv/sftp/pudong
    dealer_id: sunrise/pudong
    source: dms
    files:
      - match: "visits*.csv"
        mapping: generic-csv-visits
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.intake.adapters.feed_checks import FeedChecks
from services.intake.adapters.mappings import Mappings
from services.intake.domain.drops.names import FilesOfAMapping
from shared.contracts.followup import REPORTING_SOURCE
from shared.contracts.values import DealerId, SourceName
from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile, parse_yaml


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidFiles(_Said):
    """Files that one mapping reads."""

    match: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
        BeforeValidator(_one_or_several),
        Field(min_length=1, max_length=50),
    ]
    """Patterns of names, such as `visits*.csv`, whatever the case."""
    mapping: str
    source: SourceName | None = None
    """None: that of the folder, else the mapping's."""


class SaidFolder(_Said):
    """A folder that is watched."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    """By which logs and metrics call it."""
    path: Path
    dealer_id: DealerId
    source: SourceName | None = None
    files: Annotated[tuple[SaidFiles, ...], Field(min_length=1, max_length=100)]
    """The first whose pattern fits counts; what fits none stays where it is."""
    still_seconds: Annotated[float, Field(ge=0, le=86_400)] = 30
    """How long a file must not have changed."""
    marker: Annotated[str, StringConstraints(pattern=r"^\.[A-Za-z0-9_-]{1,20}$")] | None = None
    """A file is complete when one beside it has its name and this, such as `.done`."""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] | None = 90
    """How long files that are done, and their accounts, stay; `null`: for ever."""


class DropsFile(_Said):
    """What the file holds."""

    folders: Annotated[tuple[SaidFolder, ...], Field(max_length=500)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFolder:
    """A folder that is watched."""

    name: str
    path: Path
    dealer: Dealer
    files: Sequence[FilesOfAMapping]
    still: timedelta
    marker: str | None
    keep: timedelta | None


def read_drops(path: Path | None, *, dealers: Dealers, mappings: Mappings) -> Sequence[DropFolder]:
    """The folders of a file; none without one. Raises `WrongFile` with a line for all that is
    wrong in it. Whether a folder is there does not matter: it may come later."""
    if path is None:
        return ()
    file = parse_yaml(path)
    said = file.as_model(DropsFile)
    wrong = list(_faults(said, FeedChecks(file, dealers, mappings)))
    if wrong:
        raise WrongFile(list(dict.fromkeys(wrong)))
    return [_folder(each, dealers, mappings) for each in said.folders]


def _folder(said: SaidFolder, dealers: Dealers, mappings: Mappings) -> DropFolder:
    dealer = dealers.find(said.dealer_id)
    assert dealer is not None
    return DropFolder(
        name=said.name,
        path=said.path,
        dealer=dealer,
        files=[
            FilesOfAMapping(each.match, each.mapping, _source(said, each, mappings) or "")
            for each in said.files
        ],
        still=timedelta(seconds=said.still_seconds),
        marker=said.marker,
        keep=None if said.keep_days is None else timedelta(days=said.keep_days),
    )


def _faults(said: DropsFile, checks: FeedChecks) -> Iterator[str]:
    names, paths = set[str](), set[Path]()
    for number, folder in enumerate(said.folders):
        at: list[str | int] = ["folders", number]
        yield from checks.dealer(at, folder.dealer_id)
        if folder.name in names:
            yield checks.file.line([*at, "name"], "another folder has this name")
        if not folder.path.is_absolute():
            yield checks.file.line([*at, "path"], "write the whole path, from / on")
        if folder.path in paths:
            detail = "another entry has this folder: put what it takes under its `files`"
            yield checks.file.line([*at, "path"], detail)
        names.add(folder.name)
        paths.add(folder.path)
        for position, files in enumerate(folder.files):
            yield from _faults_of_files([*at, "files", position], folder, files, checks)


def _faults_of_files(
    at: list[str | int], folder: SaidFolder, files: SaidFiles, checks: FeedChecks
) -> Iterator[str]:
    mapping = checks.mapping([*at, "mapping"], files.mapping)
    if isinstance(mapping, list):
        yield from mapping
        return
    source = files.source or folder.source or mapping.source
    if source is None:
        detail = "say the `source` here or of the folder: the mapping names none"
        yield checks.file.line([*at, "mapping"], detail)
    elif source == REPORTING_SOURCE:
        detail = "the source's name is kept for what Aftercare itself reports"
        yield checks.file.line(at, detail)


def _source(folder: SaidFolder, files: SaidFiles, mappings: Mappings) -> str | None:
    mapping = mappings.find(files.mapping)
    return files.source or folder.source or (mapping.source if mapping is not None else None)
