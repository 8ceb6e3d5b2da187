"""The files of one watched folder: the only place that touches them. For a thread beside the event
loop, since a file system over a network may let one wait.

    PATH/NAME                            put there by the dealer's system
    PATH/.taken/TOKEN.file, TOKEN.json   taken: the file, and what has become of it so far
    PATH/.taken/TOKEN.told               put away, and its account may still have to be written anew
    PATH/archive/2026-11-29/NAME         done, beside it NAME.account.json and NAME.account.csv
    PATH/refused/2026-11-29/NAME         the same, of one that could not be taken

No link is followed, and nothing is overwritten. What is written is written whole: to a file of
another name, brought to the disk, renamed. Every call may raise `OSError`; its text has the
names of files, which are not told.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_hex

from services.intake.domain.drops.names import is_passed_over
from services.intake.domain.drops.taken_file import Room, TakenFile
from services.intake.domain.drops.watching import Stamp

TAKEN = ".taken"
ROOMS: tuple[Room, ...] = ("archive", "refused")
CHUNK_BYTES = 1_048_576
_FILE, _NOTE, _NEW, _TOLD = ".file", ".json", ".new", ".told"
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class NotAFile(Exception):
    """What was taken is a link, a folder or a device."""


class NotPlain(OSError):
    """What should be a folder of ours is a link, or something else."""


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What is in the folder."""

    files: Mapping[str, Stamp]
    """That may be taken."""
    markers: Mapping[str, Stamp]
    others: int = 0
    """Links and devices, which are never taken."""


class DropDisk:
    """One folder."""

    def __init__(self, path: Path, *, marker: str | None) -> None:
        self._path = path
        self._marker = marker
        self._lock: int | None = None

    def is_mine(self) -> bool:
        """Whether this instance works in the folder. The kernel gives it to another one as soon as
        this one is gone."""
        taken = self._own_folder(TAKEN)
        if self._lock is not None:
            if _is_same(self._lock, taken / ".lock"):
                return True
            self.leave()  # the folder was taken away, and another put there
        lock = os.open(taken / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        except OSError:
            os.close(lock)
            raise
        self._lock = lock
        return True

    def leave(self) -> None:
        """Let another instance work here."""
        if self._lock is not None:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = None

    def look(self) -> FolderListing:
        """What is there. A file that vanishes meanwhile is not."""
        files, markers, others = dict[str, Stamp](), dict[str, Stamp](), 0
        with os.scandir(self._path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(found.st_mode):
                        continue
                    if not stat.S_ISREG(found.st_mode):
                        others += 1
                    elif self._marker and entry.name.casefold().endswith(self._marker.casefold()):
                        markers[entry.name] = _stamp(found)
                    elif not is_passed_over(entry.name, self._marker):
                        files[entry.name] = _stamp(found)
        return FolderListing(files, markers, others)

    def take(self, name: str) -> TakenFile | None:
        """Take a file out of the folder; None: another instance has it, or it is gone."""
        claim = TakenFile.of(token_hex(8), name)
        self.note(claim)
        try:
            (self._path / name).rename(self._file(claim.token))
        except OSError as error:
            with suppress(OSError):
                self._note(claim.token).unlink()
            if isinstance(error, FileNotFoundError):
                return None
            raise
        self._sync(self._path / TAKEN)
        return claim

    def drop_marker(self, name: str) -> None:
        """What said that a file is complete that was taken now says nothing."""
        (self._path / name).unlink(missing_ok=True)

    def claims(self) -> Mapping[str, Stamp | None]:
        """The tokens of what was taken; None: its file is not here any more, or not yet."""
        paths = sorted((self._path / TAKEN).iterdir())
        found: dict[str, Stamp | None] = {path.stem: None for path in paths if path.suffix == _NOTE}
        for path in paths:
            if path.suffix == _FILE:
                with suppress(FileNotFoundError):
                    found[path.stem] = _stamp(path.lstat())
            elif path.suffix == _NEW:
                path.unlink(missing_ok=True)
        return found

    def read_note(self, token: str) -> TakenFile | None:
        """None: it is not there, or cannot be read."""
        return _read(self._note(token))

    def note(self, claim: TakenFile) -> None:
        """What has become of it so far."""
        self._write(self._note(claim.token), claim.model_dump_json().encode(), claim)

    def opened(self, claim: TakenFile) -> tuple[int, Stamp]:
        """The file that was taken, for the caller to close, and how it looks. Raises `NotAFile`."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            found = os.open(self._file(claim.token), flags)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                raise NotAFile from None
            raise
        seen = os.fstat(found)
        if not stat.S_ISREG(seen.st_mode):
            os.close(found)
            raise NotAFile
        return found, _stamp(seen)

    def put_away(self, claim: TakenFile) -> TakenFile:
        """Put the file where the claim says, or beside it where another has its name; noted
        before. Done twice, it is there once."""
        while True:
            to = self._place(claim) / claim.kept_as
            try:
                _move(self._file(claim.token), to)
            except FileExistsError:
                claim = claim.next_to()
                self.note(claim)
            except FileNotFoundError:  # it is there already, or somebody took it away
                return claim
            else:
                self._sync(to.parent)
                return claim

    def write_account(self, claim: TakenFile, ending: str, content: bytes) -> None:
        """Beside the file that was put away."""
        self._write(self._place(claim) / f"{claim.kept_as}{ending}", content, claim)

    def forget(self, claim: TakenFile) -> None:
        """It is done: what was noted of it is not needed any more."""
        self._note(claim.token).unlink(missing_ok=True)

    def has_account(self, claim: TakenFile, ending: str) -> bool:
        """Whether it is still beside the file that was put away."""
        assert claim.room is not None
        assert claim.day is not None
        folder = self._path / claim.room / claim.day.isoformat()
        return os.path.lexists(folder / f"{claim.kept_as}{ending}")

    def keep_told(self, claim: TakenFile) -> None:
        """It is done, and what was noted of it is needed later."""
        self._note(claim.token).replace(self._told(claim.token))

    def told(self) -> list[str]:
        """The tokens of those of which a note is kept."""
        return sorted(path.stem for path in (self._path / TAKEN).glob(f"*{_TOLD}"))

    def read_told(self, token: str) -> TakenFile | None:
        """None: it is not there, or cannot be read."""
        return _read(self._told(token))

    def note_told(self, claim: TakenFile) -> None:
        """What its account tells now."""
        self._write(self._told(claim.token), claim.model_dump_json().encode(), claim)

    def forget_told(self, token: str) -> None:
        """What was noted of it is not needed any more."""
        self._told(token).unlink(missing_ok=True)

    def clear(self, before: date) -> int:
        """Delete what was put away before that day; how many files."""
        deleted = 0
        for room in ROOMS:
            if not os.path.lexists(self._path / room):
                continue
            with os.scandir(self._own_folder(room)) as entries:
                days = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
            for day in days:
                if (found := _day(day.name)) is not None and found < before:
                    deleted += _emptied(Path(day.path))
        return deleted

    def _write(self, path: Path, content: bytes, claim: TakenFile) -> None:
        new = self._path / TAKEN / f"{claim.token}{_NEW}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(new, flags, 0o644), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        self._sync(path.parent)

    def _place(self, claim: TakenFile) -> Path:
        assert claim.room is not None
        assert claim.day is not None
        return self._own_folder(claim.room, claim.day.isoformat())

    def _own_folder(self, *names: str) -> Path:
        """A folder within this one, which is there then. Raises `NotPlain`."""
        path = self._path
        for name in names:
            path = path / name
            with suppress(FileExistsError):
                path.mkdir()
            if not stat.S_ISDIR(path.lstat().st_mode):
                raise NotPlain(errno.ENOTDIR, f"{names[0]} is a link, or no folder: remove it")
        return path

    def _file(self, token: str) -> Path:
        return self._path / TAKEN / f"{token}{_FILE}"

    def _note(self, token: str) -> Path:
        return self._path / TAKEN / f"{token}{_NOTE}"

    def _told(self, token: str) -> Path:
        return self._path / TAKEN / f"{token}{_TOLD}"

    @staticmethod
    def _sync(folder: Path) -> None:
        """A name that is in it stays in it, whatever happens to the power."""
        found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with suppress(OSError):  # some file systems have no such thing
                os.fsync(found)
        finally:
            os.close(found)


def _read(path: Path) -> TakenFile | None:
    with suppress(FileNotFoundError):
        return TakenFile.read(path.read_bytes())
    return None


def _move(path: Path, to: Path) -> None:
    """Raises `FileExistsError` where another file is there."""
    try:
        os.link(path, to, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samestat(path.lstat(), to.lstat()):
            raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(to):
            raise FileExistsError from None
        path.rename(to)
        return
    path.unlink()


def _is_same(descriptor: int, path: Path) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    return False


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _day(name: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(name)
    return None


def _emptied(folder: Path) -> int:
    """Deletes what is in it, and it; a folder in it stays. How many files."""
    deleted = 0
    with os.scandir(folder) as entries:
        paths = [entry.path for entry in entries if not entry.is_dir(follow_symlinks=False)]
    for path in map(Path, paths):
        with suppress(FileNotFoundError):
            path.unlink()
            deleted += 1
    with suppress(OSError):
        folder.rmdir()
    return deleted
