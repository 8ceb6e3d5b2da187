"""Editions as files: one each, self-contained, written once and never changed.

The rules are in it complete, as they were when it was applied (for complaints, its compiled
calendar too), so neither a draft nor another release of what ships changes what was applied.
"""

import json
import os
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.contracts.values import DealerId
from shared.policies.edition import Edition
from shared.policies.paths import RulesPaths
from shared.yaml_file import WrongFile, parse_yaml

E = TypeVar("E", bound=Edition)


class Applied(BaseModel, Generic[E]):
    """What one file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    dealer: DealerId
    note: Annotated[str, Field(max_length=500)] = ""
    """Who applied it and why, in the operator's words."""
    seal: str
    """Of the edition as it was written: tells whether anybody changed the file since."""
    edition: E

    @property
    def applied_at(self) -> datetime:
        assert self.edition.applied_at is not None
        return self.edition.applied_at


def read_edition(path: Path, kind: type[E]) -> Applied[E]:
    """Raises WrongFile for what is no edition, is in a wrong place, or was changed."""
    model = Applied[kind]  # type: ignore[valid-type] # pydantic makes a model of each kind
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found: Applied[E] = model.model_validate(content)
    except OSError as error:
        raise WrongFile([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise WrongFile([f"{path}: is not UTF-8 text"]) from None
    except json.JSONDecodeError as error:
        raise WrongFile([f"{path}:{error.lineno}: is not JSON: {error.msg}"]) from None
    except ValidationError as error:
        parse_yaml(path).as_model(model)  # JSON is YAML, which knows the lines
        raise WrongFile([f"{path}: {error.error_count()} fields are wrong"]) from None
    if reason := _misplaced(path, found) or _changed(content, found):
        raise WrongFile([f"{path}:1: {reason}"])
    return found


def write_edition(paths: RulesPaths, dealer_id: str, edition: Edition, *, note: str = "") -> Path:
    """A new file, there as a whole or not at all. Raises OSError."""
    content = edition.model_dump(mode="json")
    assert edition.applied_at is not None
    directory = paths.applied_to(dealer_id)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / _file_name(edition.applied_at)
    if path.exists():
        raise FileExistsError(f"{path} is there already")
    applied = Applied[Edition](dealer=dealer_id, note=note, seal=_seal(content), edition=edition)
    whole = {**applied.model_dump(mode="json", exclude={"edition"}), "edition": content}
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    draft = directory / f".{path.name}.{os.getpid()}"
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _misplaced(path: Path, found: Applied[E]) -> str | None:
    if found.edition.applied_at is None:
        return "edition.applied_at: an edition that was applied says when"
    if path.parent.name != found.dealer.replace("/", "_"):
        return f"dealer: {found.dealer} has its editions in another folder"
    if path.name != _file_name(found.applied_at):
        return f"edition.applied_at: the file would be named {_file_name(found.applied_at)}"
    return None


def _changed(content: dict[str, object], found: Applied[E]) -> str | None:
    if _seal(content["edition"]) == found.seal:
        return None
    return "edition: was changed after it was applied; restore the file, and apply a new one"


def _file_name(applied_at: datetime) -> str:
    return f"{applied_at:%Y%m%dT%H%M%S}.{applied_at.microsecond // 1000:03d}Z.json"


def _seal(edition: object) -> str:
    """Of the JSON as it stands in the file, so that it does not depend on the release."""
    text = json.dumps(edition, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()
