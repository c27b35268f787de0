"""Anchors 锚点: the newest link of each day, kept in a plain file where the database cannot reach.

Lines are added at the end and synced, never rewritten: whoever rewrites the database afterwards
would have to rewrite this file too, and every mail that carried its lines.
"""

import fcntl
import os
from datetime import datetime
from pathlib import Path

from tracker.books.ledger import Head
from tracker.db import SHANGHAI, local_day
from tracker.verify.anchors import Anchor, lines, read


def keep(file: Path, head: Head, now: datetime) -> bool:
    """Add the day's line; False where the day has one, or the ledger has no entry yet.

    Raises ``OSError`` where the file cannot be written.
    """
    line = f"{_said(now, head.seq, head.hash)}\n"
    with file.open("ab+") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.seek(0)
        before = out.read()
        days = {local_day(one.kept_at) for one in lines(before) if one.kept_at}
        if head.seq == 0 or local_day(now) in days:
            return False
        torn = before and not before.endswith(b"\n")  # the power failed: its line stays as it is
        out.write(b"\n" * bool(torn) + line.encode())
        out.flush()
        os.fsync(out.fileno())
    return True


def kept(file: Path) -> list[Anchor]:
    """What was kept, the oldest first; nothing where none was kept yet."""
    return read(file) if file.exists() else []


def newest(file: Path) -> str:
    """The newest line, as the verifier reads it; nothing where none was kept yet."""
    told = [_said(one.kept_at, one.seq, one.hash) for one in kept(file) if one.kept_at]
    return told[-1] if told else ""


def _said(kept_at: datetime, seq: int, own_hash: str) -> str:
    return f"{kept_at.astimezone(SHANGHAI).isoformat(timespec='seconds')} {seq}:{own_hash}"
