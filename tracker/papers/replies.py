"""Replies 回执: what is laid beside a file of an inbox, for programs and for people. Pure.

The same is said twice: as JSON with the names the API uses, and as Chinese text. It is written
anew whenever there is more to tell, so that a system can poll it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.rows import Problem
from tracker.chinese import in_chinese
from tracker.db import SHANGHAI
from tracker.errors import mark

AS_JSON, AS_TEXT, AS_BOOK = ".回执.json", ".回执.txt", ".待改行.xlsx"
"""Ends of the names of what lies beside a file."""
MOST_PROBLEMS = 200
SAYINGS: dict[str, tuple[str, str, str]] = {
    "received": (mark("Taken in; it is being read and checked."), "", "system"),
    "checked": (
        mark("Checked: every row can go in."),
        mark("Open the upload on the page and commit it."),
        "person",
    ),
    "held": (
        mark("Checked: a person has to look at it before it goes in."),
        mark("Open the upload on the page and answer, correct or confirm; then commit it."),
        "person",
    ),
    "refused": (
        mark("No row of this file can go in as it is."),
        mark("Mend the file and put it into the inbox again, or correct it on the page."),
        "person",
    ),
    "committing": (mark("Checked; it is being committed."), "", "system"),
    "committed": (mark("Committed: its good rows count."), "", "nobody"),
    "waiting": (
        mark("Committed: its good rows count, but for those that change what stands."),
        mark("Open the upload on the page and confirm the changed rows; then commit it."),
        "person",
    ),
    "withdrawn": (mark("Withdrawn: nothing of it counts."), "", "nobody"),
    "not_taken": (mark("Not taken in: nothing of it counts."), "", "person"),
}
"""What stands -> what is said, how to go on, and who is waited for."""
REASONS: dict[str, tuple[str, str]] = {
    "not_plain": (
        mark("It is a folder, a link or a device, not a file of its own."),
        mark("Put the file itself into the inbox."),
    ),
    "too_large": (
        mark("It is larger than an upload may be."),
        mark("Split it into several files and upload each."),
    ),
    "unreadable": (
        mark("The tracker may not read it."),
        mark("Let the tracker's account read what you put in, and put it in again."),
    ),
    "not_allowed": (
        mark("Whoever opened the inbox may no longer upload."),
        mark("Let the firm's manager close the inbox and open it anew."),
    ),
    "unknown_folder": (
        mark("It lies among the inboxes, and no firm has this code."),
        mark("Name the folder by the firm's unified social credit code."),
    ),
}
"""Why a file was not taken -> what is said, and how to go on."""
STATES: dict[str, str] = {
    "new": mark("New"),
    "unchanged": mark("Unchanged"),
    "changed": mark("Changed"),
    "replaces": mark("Replaces an earlier one"),
    "contested": mark("Contested"),
    "doubled": mark("Twice in this file"),
    "refused": mark("To be mended"),
    "asked": mark("Please check"),
    "not_data": mark("Not data"),
    "file": mark("About the whole file"),
}
"""State of a row -> its word, as on the pages."""


@dataclass(frozen=True)
class Told:
    """Where a file stands."""

    file_name: str
    size_bytes: int
    taken_at: datetime | None
    state: str
    """A manifest's state, or ``not_taken``."""
    reason: str = ""
    """Why it was not taken."""
    known: bool = False
    """The same bytes stood already; what follows speaks of that earlier upload."""
    sha256: str = ""
    manifest: int | None = None
    commits_itself: bool = False
    rows_read: int = 0
    rows: Mapping[str, int] | None = None
    """State of a row -> how many; None while it is not read."""
    held_by: Mapping[str, int] | None = None
    """What leaves it to a person -> how many."""
    waiting: int = 0
    """Rows that change what stands and have not gone in; somebody confirms them first."""
    problems: tuple[Problem, ...] = ()
    """Those that keep a row, or the file, out."""
    failing_rows: str = ""
    """Name of the workbook with the rows to be mended."""
    committed_at: datetime | None = None


def as_json(told: Told) -> bytes:
    """The reply for programs; the same file, the same bytes."""
    message, mend, waits_for = _words(told)
    reply = {
        "file_name": told.file_name,
        "size_bytes": told.size_bytes,
        "sha256": told.sha256 or None,
        "taken_at": _iso(told.taken_at),
        "state": told.state,
        "reason": told.reason or None,
        "waits_for": waits_for,
        "message": message,
        "mend": mend,
        "known": told.known,
        "manifest": told.manifest,
        "commits_itself": told.commits_itself,
        "rows_read": told.rows_read,
        "rows": dict(told.rows or {}),
        "held_by": dict(told.held_by or {}),
        "waiting": told.waiting,
        "problem_count": len(told.problems),
        "problems": [one.as_json("zh") for one in told.problems[:MOST_PROBLEMS]],
        "failing_rows": told.failing_rows or None,
        "committed_at": _iso(told.committed_at),
    }
    return json.dumps(reply, ensure_ascii=False, indent=1).encode() + b"\n"


def as_text(told: Told) -> bytes:
    """The reply for people, in Chinese, marked so that every Windows program reads it rightly."""
    message, mend, _ = _words(told)
    lines = [f"{told.file_name}：{message}{mend}"]
    if told.known:
        lines.append(in_chinese(mark("The same file was there before; it counts once.")))
    if told.manifest is not None:
        lines.append(in_chinese(mark("Upload no. %(number)s"), number=told.manifest))
    for when, at in (
        (mark("Taken: %(at)s"), told.taken_at),
        (mark("Committed: %(at)s"), told.committed_at),
    ):
        if at is not None:
            lines.append(in_chinese(when, at=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"))
    if told.rows:
        parts = " + ".join(f"{in_chinese(STATES[key])} {n}" for key, n in told.rows.items())
        lines.append(
            in_chinese(mark("Rows read: %(all)s = %(parts)s"), all=told.rows_read, parts=parts)
        )
    if told.held_by:
        parts = "、".join(f"{in_chinese(STATES[key])} {n}" for key, n in told.held_by.items())
        lines.append(in_chinese(mark("Waits for a person because of: %(parts)s"), parts=parts))
    if told.waiting:
        lines.append(in_chinese(mark("Rows to be confirmed: %(count)s"), count=told.waiting))
    if told.failing_rows:
        lines.append(in_chinese(mark("Rows to be mended: %(name)s"), name=told.failing_rows))
    lines += [_line(one) for one in told.problems[:MOST_PROBLEMS]]
    if (more := len(told.problems) - MOST_PROBLEMS) > 0:
        lines.append(in_chinese(mark("%(count)s further problems stand on the page."), count=more))
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def _words(told: Told) -> tuple[str, str, str]:
    """What is said, how to go on, and who is waited for."""
    key = told.state
    if key == "checked" and told.held_by:
        key = "held"
    elif key == "committed" and told.waiting:
        key = "waiting"
    message, mend, waits_for = SAYINGS[key]
    said = in_chinese(message)
    if told.reason:
        why, mend = REASONS[told.reason]
        said += in_chinese(why)
    return said, in_chinese(mend) if mend else "", waits_for


def _line(one: Problem) -> str:
    place = f"{one.column or ''}{one.row or ''}"
    return f"- {f'[{place}] ' if place else ''}{one.message('zh')}；{one.remedy('zh')}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
