"""Blobs: bytes kept under their hash, whole or not at all, and checked when read."""

import hashlib
import io
from pathlib import Path

import pytest

from tracker import blobs
from tracker.errors import NotNow, NotThere, TooMuch

RAW = b"example" * 1000


def left_behind(home: Path) -> list[Path]:
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_hash(tmp_path: Path) -> None:
    sha256, size = blobs.store(tmp_path, io.BytesIO(RAW), len(RAW))
    assert (sha256, size) == (hashlib.sha256(RAW).hexdigest(), len(RAW))
    assert blobs.read(tmp_path, sha256) == RAW
    assert blobs.store(tmp_path, io.BytesIO(RAW), len(RAW)) == (sha256, size)
    assert left_behind(tmp_path) == [blobs.path(tmp_path, sha256)]


def test_too_much_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TooMuch, match="larger than 0 MB"):
        blobs.store(tmp_path, io.BytesIO(RAW), len(RAW) - 1)
    assert left_behind(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        del number
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tracker.blobs.os.fsync", full)
    with pytest.raises(NotNow, match="nothing was changed"):
        blobs.store(tmp_path, io.BytesIO(RAW), len(RAW))
    assert left_behind(tmp_path) == []


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file where the folder should be")
    with pytest.raises(NotNow):
        blobs.store(tmp_path, io.BytesIO(RAW), len(RAW))


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65])
def test_what_is_no_hash_is_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotThere):
        blobs.path(tmp_path, name)


def test_missing_bytes_are_said_and_altered_ones_never_given(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        blobs.read(tmp_path, "0" * 64)
    sha256, _ = blobs.store(tmp_path, io.BytesIO(RAW), len(RAW))
    blobs.path(tmp_path, sha256).write_bytes(b"altered")
    with pytest.raises(AssertionError, match="altered on disk"):
        blobs.read(tmp_path, sha256)
