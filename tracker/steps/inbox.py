"""Inbox 收件箱: a firm's manager opens one; what its system puts there is taken as their upload.

A file is seen, then taken once it was found unchanged for a while. Its row tells where it stands,
so that whoever is stopped in between is followed by somebody who carries on and takes nothing
twice. A reply beside the file is asked for whenever there is more to tell.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, String, case, cast, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, queue
from tracker.errors import Conflict, TrackerError, mark
from tracker.folders import Look
from tracker.models.cargo import Manifest
from tracker.models.inbox import Inbox, InboxFile
from tracker.models.people import User
from tracker.models.work import Job
from tracker.steps import by_itself, manifests

UNCHANGED_FOR = timedelta(seconds=30)
"""How long a file must have stood unchanged, between two looks, before it is taken."""
NAME_LENGTH = 255
NOBODYS = "unknown_folder"
TOLD_IN_FULL = "not_taken"
"""What the reply says of a file that was not taken; there is no more to come."""


def open_inbox(session: Session, user: User, now: datetime, *, commits_itself: bool) -> Inbox:
    """Open the firm's inbox: what comes in is this manager's upload from now on.

    Raises ``NotAllowed`` for anyone but a firm's manager, ``Conflict`` where one is open.
    """
    access.require(user, "open_inbox")
    if open_of(session, user) is not None:
        raise Conflict(
            mark("The inbox of your firm is open already."),
            mark("To let it act for another manager, close it first."),
        )
    assert user.firm_id is not None, f"{user.login} belongs to no firm"
    opened = Inbox(
        firm_id=user.firm_id, user_id=user.id, opened_at=now, commits_itself=commits_itself
    )
    session.add(opened)
    session.flush()
    _tell(session, user.login, "inbox.open", opened, now)
    return opened


def close(session: Session, user: User, now: datetime) -> None:
    """Close the firm's inbox, whoever opened it; what lies in the folder stays there.

    Raises ``NotAllowed`` for anyone but a firm's manager, ``Conflict`` where none is open.
    """
    access.require(user, "open_inbox")
    opened = open_of(session, user)
    if opened is None:
        raise Conflict(mark("The inbox of your firm is not open."))
    opened.closed_at = now
    session.flush()
    _tell(session, user.login, "inbox.close", opened, now)


def close_for(session: Session, person: User, now: datetime) -> None:
    """Close the inbox that acts as a person who is shut out."""
    for opened in session.scalars(every_open().where(Inbox.user_id == person.id)):
        opened.closed_at = now
        _tell(session, "system", "inbox.close", opened, now)
    session.flush()


def every_open() -> Select[Inbox]:
    """The inboxes that are open."""
    return select(Inbox).where(Inbox.closed_at.is_(None)).order_by(Inbox.id)


def open_of(session: Session, user: User) -> Inbox | None:
    """The open inbox of the person's firm, if there is one."""
    return session.scalar(every_open().where(Inbox.firm_id == user.firm_id))


def see(
    session: Session, inbox: Inbox, looks: Sequence[Look], held: set[int], now: datetime
) -> list[int]:
    """Keep what was found in the folder; the files (by id) that stood unchanged long enough.

    A file that was there at an earlier look and is gone was never taken, and is forgotten. What
    comes under the name of one that is held is seen once that one was taken.
    """
    query = select(InboxFile).where(InboxFile.inbox_id == inbox.id, InboxFile.state == "seen")
    known = {one.name_sha256: one for one in session.scalars(query)}
    ready = []
    for look in looks:
        one = known.get(look.name_sha256)
        if one is None:
            session.add(_seen(inbox, look, now))
        elif one.id in held:
            continue  # another file of the same name; the one before it goes first
        elif (one.size_bytes, one.changed_ns) != (look.size_bytes, look.changed_ns):
            _again(one, look, now)
        elif now - one.seen_at >= UNCHANGED_FOR:
            ready.append(one.id)
    session.flush()
    return ready


def changed(session: Session, key: int, look: Look, now: datetime) -> None:
    """Wait anew for a file that somebody wrote to while it was read."""
    _again(session.get_one(InboxFile, key), look, now)
    session.flush()


def forget(session: Session, keys: Sequence[int]) -> None:
    """Forget files that were taken away again before they were taken."""
    for key in keys:
        found = session.get(InboxFile, key)
        if found is not None and found.state == "seen":
            session.delete(found)
    session.flush()


def take(session: Session, key: int, sha256: str, kept_name: str, now: datetime) -> None:
    """Make a file whose bytes are kept an upload of whoever opened the inbox, once.

    The bytes of an upload that stands already are ``known``, and the reply speaks of that one. What
    the uploader may no longer do is not taken.
    """
    found = session.get_one(InboxFile, key)
    if found.state != "seen":
        return
    inbox = found.inbox
    assert inbox is not None, "a folder that is nobody's is never taken from"
    try:
        with session.begin_nested():
            access.require(inbox.user, "upload_manifest")
            manifest = manifests.store(
                session, inbox.user, found.file_name, sha256, found.size_bytes, now
            )
            by_itself.pushed(manifest, "inbox", commits_itself=inbox.commits_itself)
        found.state, found.manifest_id = "taken", manifest.id
    except Conflict as error:
        found.state, found.manifest_id = "known", int(str(error.values["number"]))
    except TrackerError:
        turn_away(session, key, "not_allowed", kept_name, now)
        return
    found.kept_name, found.taken_at = kept_name, now
    _ask_reply(session, found, now)


def turn_away(session: Session, key: int, reason: str, kept_name: str, now: datetime) -> None:
    """Do not take a file; the reason is told beside it, on the page and in the audit log."""
    found = session.get_one(InboxFile, key)
    if found.state != "seen" or found.inbox is None:
        return
    found.state, found.reason = "not_taken", reason
    found.kept_name, found.taken_at = kept_name, now
    audit.record(
        session,
        at=now,
        login=found.inbox.user.login,
        action="inbox.take",
        subject=f"inbox_file {found.id}",
        outcome="refused",
        detail={"reason": reason, "file_name": found.file_name},
    )
    _ask_reply(session, found, now)


def nobodys(session: Session, looks: Sequence[Look], now: datetime) -> list[str]:
    """Keep what lies among the inboxes and is no firm's, once each; the names that are new."""
    query = select(InboxFile.name_sha256).where(InboxFile.inbox_id.is_(None))
    known = set(session.scalars(query))
    fresh = [look for look in looks if look.name_sha256 not in known]
    for look in fresh:
        one = _seen(None, look, now)
        one.state, one.reason = "not_taken", NOBODYS
        session.add(one)
    session.flush()
    return [look.readable[:NAME_LENGTH] for look in fresh]


def untold() -> Select[InboxFile]:
    """The files there is more to tell about than their reply says."""
    stands = case(
        (InboxFile.state == "not_taken", TOLD_IN_FULL),
        else_=Manifest.state + ":" + cast(Manifest.readings, String),
    )
    return (
        select(InboxFile)
        .outerjoin(Manifest, Manifest.id == InboxFile.manifest_id)
        .where(InboxFile.inbox_id.is_not(None), InboxFile.state != "seen", InboxFile.told != stands)
        .order_by(InboxFile.id)
    )


def stands(found: InboxFile) -> str:
    """What there is to tell about a file now, in one word."""
    if found.manifest is None:
        return TOLD_IN_FULL
    return f"{found.manifest.state}:{found.manifest.readings}"


def ask_replies(session: Session, now: datetime, manifest_id: int | None = None) -> None:
    """Ask for the replies there is more to tell in, of one manifest or of all."""
    query = untold()
    if manifest_id is not None:
        query = query.where(InboxFile.manifest_id == manifest_id)
    for found in session.scalars(query):
        slot = _slot(found)
        state = session.scalar(select(Job.state).where(Job.slot == slot))
        if state is None or state in {"done", "dead"}:
            _ask_reply(session, found, now)


def tell_again(session: Session, manifest_id: int, now: datetime) -> None:
    """Ask for the replies of a manifest whose rows may have gone in since, under the same word.

    Also where one is under way: it may be about to tell what stood before.
    """
    for found in session.scalars(select(InboxFile).where(InboxFile.manifest_id == manifest_id)):
        found.told = ""
        _ask_reply(session, found, now)


def replied(session: Session, key: int, before: str, told: str, now: datetime) -> None:
    """Keep what the reply says by now.

    Where somebody else told something meanwhile, or more is to be told already, it is asked for
    again: the last word is then written by one alone.
    """
    found = session.get_one(InboxFile, key)
    alone = found.told == before
    found.told = told if alone else ""
    session.flush()
    session.refresh(found)
    if found.told != stands(found):
        _ask_reply(session, found, now)


def working(session: Session) -> bool:
    """Whether a look into the inboxes is asked for or under way."""
    busy = select(func.count()).where(
        Job.kind == "take_inbox", Job.state.in_(("waiting", "running"))
    )
    return bool(session.scalar(busy))


def files_of(firm_id: int | None) -> Select[InboxFile]:
    """What came into a firm's inboxes, the newest first."""
    return (
        select(InboxFile)
        .join(Inbox, Inbox.id == InboxFile.inbox_id)
        .where(Inbox.firm_id == firm_id)
        .order_by(InboxFile.id.desc())
    )


def _seen(inbox: Inbox | None, look: Look, now: datetime) -> InboxFile:
    return InboxFile(
        inbox_id=None if inbox is None else inbox.id,
        name_sha256=look.name_sha256,
        file_name=look.readable[:NAME_LENGTH],
        size_bytes=look.size_bytes,
        changed_ns=look.changed_ns,
        seen_at=now,
    )


def _again(found: InboxFile, look: Look, now: datetime) -> None:
    found.size_bytes, found.changed_ns, found.seen_at = look.size_bytes, look.changed_ns, now


def _slot(found: InboxFile) -> str:
    return f"reply_inbox:{found.id}:{found.asked}"


def _ask_reply(session: Session, found: InboxFile, now: datetime) -> None:
    found.asked += 1
    session.flush()
    queue.enqueue(session, "reply_inbox", _slot(found), {"file": found.id}, now)


def _tell(session: Session, login: str, action: str, inbox: Inbox, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        login=login,
        action=action,
        subject=f"inbox {inbox.id}",
        detail={"commits_itself": inbox.commits_itself},
    )
