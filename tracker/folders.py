"""Folders 文件夹: a folder others write into, looked into and emptied without trusting a name.

Everything goes through the opened folder itself: no link is followed, a name is never a path, and
what is no plain file is never opened. A file is first held under a number of ours, out of the
writer's way, and only then read; whoever stops in between leaves it where the next one finds it.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import BinaryIO

TAKEN, NOT_TAKEN = "已收", "未收"
HELD = ".taking"
OURS = (TAKEN, NOT_TAKEN)
"""Folders inside an inbox that are ours to write into; ``HELD`` is the third, out of sight."""
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
"""Ends of names that programs give to what they have not finished writing."""
OWN = (".", "~$")
"""Beginnings of names that programs give to files of their own."""
MOST_LISTED = 10_000
"""Names read of one folder at a time; there may be more."""
NAME_BYTES = 180
"""Of a kept name: a reply's ending has to fit in after it, and 255 bytes is all a name may have."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Look:
    """A thing in a folder as it was found."""

    name: str
    """As the system gives it; bytes that are no text are escaped."""
    size_bytes: int
    changed_ns: int
    plain: bool
    """A file of its own: no folder, link or device, and under no other name as well."""

    @property
    def name_sha256(self) -> str:
        """What tells the name apart from all others."""
        return hashlib.sha256(os.fsencode(self.name)).hexdigest()

    @property
    def readable(self) -> str:
        """The name as people read it."""
        return readable(self.name)


def readable(name: str, most_bytes: int = NAME_BYTES) -> str:
    """The name as people read it: no sign that nobody sees, no path, no longer than it may be.

    Names that are no UTF-8 are those of older Windows programs, in GB18030.
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    text = "".join(sign for sign in text if sign.isprintable() and sign not in "/\\").strip(" .")
    suffix = _cut(PurePath(text).suffix, 20)
    stem = text.removesuffix(suffix)
    return _cut(stem, most_bytes - len(suffix.encode())) + suffix or "file"


@contextmanager
def inside(root: Path, *names: str, make: bool = False) -> Iterator[int]:
    """The folder of these names below the root, opened; with ``make`` those missing are made.

    Raises ``OSError`` as the system does: ``NotADirectoryError`` for a link among the names too.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            if make:
                _make(folder, name)
            inner = os.open(name, FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def names(folder: int) -> list[str]:
    """What stands in a folder and is not hidden, the first so many."""
    with os.scandir(folder) as listed:
        wanted = (one.name for one in listed if not hidden(one.name))
        return sorted(islice(wanted, MOST_LISTED))


def hidden(name: str) -> bool:
    """Whether a name says that it is a program's own, or not finished."""
    return name.startswith(OWN) or name.lower().endswith(UNFINISHED)


def look(folder: int) -> list[Look]:
    """What is to be taken out of an inbox, the longest unchanged first."""
    found = []
    for name in names(folder):
        if name in OURS:
            continue
        try:
            about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            continue  # taken away between the two questions
        found.append(_look(name, about))
    return sorted(found, key=lambda one: (one.changed_ns, one.name))


def hold(folder: int, found: Look, number: int) -> bool:
    """Move a thing out of the writer's way, under a number; whether it still was what was found.

    Another of its name may have come since: it is left where it is, to be looked at by itself.
    """
    with _below(folder, HELD) as held:
        try:
            about = os.stat(found.name, dir_fd=folder, follow_symlinks=False)
            if _look(found.name, about) != found:
                return False
            os.rename(found.name, str(number), src_dir_fd=folder, dst_dir_fd=held)
        except FileNotFoundError:
            return False
    return True


def held(folder: int) -> list[int]:
    """The numbers of what is held."""
    with _below(folder, HELD) as inner, os.scandir(inner) as listed:
        found = [one.name for one in islice(listed, MOST_LISTED)]
    return sorted(int(name) for name in found if name.isascii() and name.isdigit())


def look_held(folder: int, number: int) -> Look | None:
    """What is held under the number, as it stands now."""
    with _below(folder, HELD) as inner:
        try:
            about = os.stat(str(number), dir_fd=inner, follow_symlinks=False)
        except FileNotFoundError:
            return None
    return _look(str(number), about)


@contextmanager
def read_held(folder: int, number: int) -> Iterator[BinaryIO]:
    """The bytes of a plain file that is held."""
    with _below(folder, HELD) as inner:
        handle = os.open(str(number), PLAIN, dir_fd=inner)
    with os.fdopen(handle, "rb") as stream:
        yield stream


def put(folder: int, number: int, place: str, name: str) -> None:
    """Move what is held to where it stays; nothing happens where that was done before."""
    with _below(folder, HELD) as inner, _below(folder, place) as target:
        try:
            os.rename(str(number), name, src_dir_fd=inner, dst_dir_fd=target)
        except FileNotFoundError:
            return
        os.fsync(target)


def free(folder: int, place: str, name: str) -> bool:
    """Whether nothing of this name stands there."""
    with _below(folder, place) as target:
        try:
            os.stat(name, dir_fd=target, follow_symlinks=False)
        except FileNotFoundError:
            return True
    return False


def write(folder: int, place: str, name: str, raw: bytes) -> None:
    """Write a file of ours whole, over one of that name; a reader sees one or the other."""
    fresh = f".new-{os.getpid()}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    with _below(folder, place) as target:
        _remove(target, fresh)
        with os.fdopen(os.open(fresh, FRESH, 0o664, dir_fd=target), "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        os.rename(fresh, name, src_dir_fd=target, dst_dir_fd=target)
        os.fsync(target)


def remove(folder: int, place: str, name: str) -> None:
    """Remove a file of ours, if it is there."""
    with _below(folder, place) as target:
        _remove(target, name)


def prepare(folder: int) -> None:
    """Make the folders that are ours, where they are missing."""
    for name in (*OURS, HELD):
        _make(folder, name)


@contextmanager
def _below(folder: int, name: str) -> Iterator[int]:
    inner = os.open(name, FOLDER, dir_fd=folder)
    try:
        yield inner
    finally:
        os.close(inner)


def _make(folder: int, name: str) -> None:
    try:
        os.mkdir(name, 0o775, dir_fd=folder)
    except FileExistsError:
        return  # what stands there is opened next, and refused if it is no folder


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def _look(name: str, about: os.stat_result) -> Look:
    plain = stat.S_ISREG(about.st_mode) and about.st_nlink == 1
    return Look(name, about.st_size, about.st_mtime_ns, plain)


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
