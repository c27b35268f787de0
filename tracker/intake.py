"""Intake 收件: look into the inboxes, take in what lies there, and lay the replies beside it.

Bytes first, then the row, then the file is moved and the reply written: whoever is stopped in
between leaves a held file and a row that tell the next one where to go on. Two at a time do no
harm: only one of them moves a file, and a row is taken once.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ingest.rows import Report
from tracker import blobs, folders
from tracker.db import Database
from tracker.errors import TooMuch
from tracker.folders import Look
from tracker.models.cargo import MENDED_STATES, Manifest
from tracker.models.inbox import Inbox, InboxFile
from tracker.models.people import Firm
from tracker.papers import failing, replies
from tracker.settings import Settings
from tracker.steps import by_itself, confirmations, inbox, manifests

log = structlog.get_logger()

MOST_AT_ONCE = 100
"""Files taken out of one inbox at one look."""
MOST_NOBODYS = 50
READ_STATES = ("checked", "refused", "committing", "committed", "withdrawn")
FAULTS: dict[type[OSError], str] = {
    FileNotFoundError: "no_folder",
    NotADirectoryError: "not_a_folder",
    PermissionError: "no_access",
}
"""What the system says of a folder that cannot be used -> what is kept of it."""


@dataclass(frozen=True)
class Opened:
    """A firm's inbox with its folder at hand."""

    database: Database
    settings: Settings
    inbox: Inbox
    folder: int
    now: datetime


def wanted(database: Database, settings: Settings) -> bool:
    """Whether there is anything to do in the inboxes that nobody is doing yet."""
    if settings.inbox is None:
        return False
    with database.reading() as session:
        if inbox.working(session):
            return False
        seen = select(InboxFile).join(Inbox).where(InboxFile.state == "seen")
        if any(
            (
                _any(session, inbox.untold()),
                _any(session, seen.where(Inbox.closed_at.is_(None))),
                _nobodys(session, settings.inbox),
            )
        ):
            return True
        inboxes = session.scalars(inbox.every_open()).all()
    return any(_lies_there(settings.inbox, one) for one in inboxes)


def sweep(database: Database, settings: Settings, now: datetime) -> None:
    """One look into every open inbox; each file stands or falls by itself.

    Raises ``OSError`` in the end for what only an administrator can mend, such as a full disk.
    """
    root = settings.inbox
    if root is None:
        return
    with database.reading() as session:
        inboxes = session.scalars(inbox.every_open()).all()
        strangers = _nobodys(session, root)
    if strangers:
        for name in database.transact(lambda session: inbox.nobodys(session, strangers, now)):
            log.warning("inbox.unknown_folder", name=name)
    wrong: list[OSError] = []
    for one in inboxes:
        fault, waiting = "", one.waiting
        try:
            with _opened(database, settings, one, now) as opened:
                waiting = _look(opened)
        except tuple(FAULTS) as error:
            fault = next(word for kind, word in FAULTS.items() if isinstance(error, kind))
            log.warning("inbox.fault", inbox=one.id, fault=fault)
        except OSError as error:
            log.exception("inbox.failed", inbox=one.id)
            wrong.append(error)
        if (fault, waiting) != (one.fault, one.waiting):
            database.transact(_stands(one.id, fault, waiting), ledger=False)
    database.transact(lambda session: inbox.ask_replies(session, now), ledger=False)
    if wrong:
        raise wrong[0]


def reply(database: Database, settings: Settings, key: int) -> tuple[str, str]:
    """Move a taken file to where it stays and write its reply; what was told before, and now.

    Raises ``OSError`` where the folder cannot be written to.
    """
    assert settings.inbox is not None, "a reply is asked for beside a file of an inbox"
    with database.reading() as session:
        found = session.get_one(InboxFile, key)
        owner = found.inbox
        assert owner is not None, "a folder that is nobody's gets no reply"
        before, stands = found.told, inbox.stands(found)
        told, report = _told(session, settings, found)
        where = folders.NOT_TAKEN if found.state == "not_taken" else folders.TAKEN
        name, number = found.kept_name, found.id
    with folders.inside(settings.inbox, owner.firm.uscc) as folder:
        folders.prepare(folder)
        folders.put(folder, number, where, name)
        book = name + replies.AS_BOOK
        if report is not None and told.failing_rows:
            folders.write(folder, where, book, failing.failing(report))
        else:
            folders.remove(folder, where, book)
        folders.write(folder, where, name + replies.AS_TEXT, replies.as_text(told))
        folders.write(folder, where, name + replies.AS_JSON, replies.as_json(told))
    return before, stands


def _stands(key: int, fault: str, waiting: int) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        one = session.get_one(Inbox, key)
        one.fault, one.waiting = fault, waiting

    return work


@contextmanager
def _opened(database: Database, settings: Settings, one: Inbox, now: datetime) -> Iterator[Opened]:
    assert settings.inbox is not None
    with folders.inside(settings.inbox, one.firm.uscc, make=True) as folder:
        folders.prepare(folder)
        yield Opened(database, settings, one, folder, now)


def _look(opened: Opened) -> int:
    """Look into one inbox; how many files are left for the next look.

    Raises ``PermissionError`` for a thing that cannot be moved, once the others are taken.
    """
    looks = folders.look(opened.folder)
    here, now = {look.name_sha256: look for look in looks}, opened.now
    some = looks[:MOST_AT_ONCE]
    held = set(folders.held(opened.folder))
    ready = opened.database.transact(
        lambda session: inbox.see(session, opened.inbox, some, held, now), ledger=False
    )
    with opened.database.reading() as session:
        query = select(InboxFile).where(InboxFile.inbox_id == opened.inbox.id)
        seen = session.scalars(query.where(InboxFile.state == "seen")).all()
    gone = []
    locked: PermissionError | None = None
    for one in seen:
        if one.id in held:
            _take(opened, one)
        elif one.name_sha256 not in here:
            gone.append(one.id)
        elif one.id in ready:
            try:
                mine = folders.hold(opened.folder, here[one.name_sha256], one.id)
            except PermissionError as error:
                locked = error
                continue
            if mine:
                _take(opened, one)
    if gone:
        opened.database.transact(lambda session: inbox.forget(session, gone), ledger=False)
    if locked:
        raise locked
    return len(looks) - len(some)


def _take(opened: Opened, one: InboxFile) -> None:
    """Take a held file in, or turn it away; its bytes are kept before its row says so."""
    look = folders.look_held(opened.folder, one.id)
    if look is None:
        return  # another worker is done with it
    reason, sha256 = _reason(opened, look), ""
    if not reason:
        try:
            with folders.read_held(opened.folder, one.id) as stream:
                limit = opened.settings.upload_limit_bytes
                sha256, _ = blobs.store(opened.settings.home, stream, limit)
        except TooMuch:
            reason = "too_large"
        except PermissionError:
            reason = "unreadable"
        except FileNotFoundError:
            return
    after = folders.look_held(opened.folder, one.id)
    if after is None:
        return
    if (after.size_bytes, after.changed_ns) != (one.size_bytes, one.changed_ns):
        opened.database.transact(
            lambda session: inbox.changed(session, one.id, after, opened.now), ledger=False
        )
        return
    where = folders.NOT_TAKEN if reason else folders.TAKEN
    name = _kept_name(opened, where, one)

    def work(session: Session) -> None:
        if reason:
            inbox.turn_away(session, one.id, reason, name, opened.now)
        else:
            inbox.take(session, one.id, sha256, name, opened.now)

    opened.database.transact(work)


def _reason(opened: Opened, look: Look) -> str:
    """Why a thing is not even opened; blank for a file."""
    if not look.plain:
        return "not_plain"
    return "too_large" if look.size_bytes > opened.settings.upload_limit_bytes else ""


def _kept_name(opened: Opened, where: str, one: InboxFile) -> str:
    """The file's own name, or one with its number where that was used before."""
    with opened.database.reading() as session:
        used = inbox.files_of(opened.inbox.firm_id).where(InboxFile.kept_name == one.file_name)
        taken = _any(session, used)
    if not taken and folders.free(opened.folder, where, one.file_name):
        return one.file_name
    name = PurePath(one.file_name)
    return f"{name.stem}~{one.id}{name.suffix}"


def _nobodys(session: Session, root: Path) -> list[Look]:
    """What lies among the inboxes, is no firm's, and was not told of yet."""
    try:
        with folders.inside(root) as folder:
            found = [Look(name, 0, 0, plain=False) for name in folders.names(folder)]
    except OSError:
        return []  # each inbox tells what is wrong with its folder
    firms = set(session.scalars(select(Firm.uscc)))
    told = select(InboxFile.name_sha256).where(InboxFile.inbox_id.is_(None))
    known = set(session.scalars(told))
    fresh = [one for one in found if one.name not in firms and one.name_sha256 not in known]
    return fresh[:MOST_NOBODYS]


def _lies_there(root: Path, one: Inbox) -> bool:
    """Whether an open inbox has to be made, cannot be looked into, or has something in it."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(folders.inside(root, one.firm.uscc))
            return bool(folders.look(folder) or one.fault or folders.held(folder))
        except OSError:
            return True  # the look itself says what is wrong


def _told(
    session: Session, settings: Settings, found: InboxFile
) -> tuple[replies.Told, Report | None]:
    """What there is to tell about a file now, and its reading where rows have to be mended."""
    told = replies.Told(
        file_name=found.file_name,
        size_bytes=found.size_bytes,
        taken_at=found.taken_at,
        state=inbox.TOLD_IN_FULL,
        reason=found.reason,
        known=found.state == "known",
    )
    manifest = found.manifest
    if manifest is None:
        return told, None
    told = replace(
        told,
        state=manifest.state,
        sha256=manifest.sha256,
        manifest=manifest.id,
        commits_itself=manifest.commits_itself,
        committed_at=manifest.committed_at,
        waiting=_waiting(session, manifest),
    )
    if manifest.state not in READ_STATES:
        return told, None
    preview = manifests.preview_of(session, manifest)
    told = replace(
        told,
        rows_read=preview.rows_read,
        rows={key: preview.counts[key] for key in replies.STATES if key in preview.counts},
        held_by=by_itself.held_by(session, manifest) if manifest.state == "checked" else {},
    )
    if manifest.state != "refused" and not set(MENDED_STATES) & set(preview.counts):
        return told, None
    report = manifests.read_stored(session, settings.home, manifest)
    book = found.kept_name + replies.AS_BOOK if failing.rows(report) else ""
    grave = tuple(one for one in report.problems if one.severity in by_itself.GRAVE)
    return replace(told, problems=grave, failing_rows=book), report


def _waiting(session: Session, manifest: Manifest) -> int:
    """How many rows wait to be confirmed, where they may be."""
    if manifest.state not in confirmations.OPEN_STATES:
        return 0
    waiting = confirmations.waiting(manifest).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def _any(session: Session, query: Select[InboxFile]) -> bool:
    return session.scalar(query.order_by(None).limit(1)) is not None
