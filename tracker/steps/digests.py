"""Digests 每日摘要: who wants one and where; each is a job of one person and one day."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.books import queue
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.mail import is_address
from tracker.models.people import DIGESTS, User


def choose(session: Session, user: User, email: str, language: str) -> None:
    """The person says where their digest goes and in which language; blank for none.

    Raises ``Refused`` for what is no address, and for a digest without one.
    """
    if email and not is_address(email):
        raise Refused(
            mark("“%(address)s” is no e-mail address."),
            mark("Write it as name@example.cn, with plain letters."),
            address=email,
        )
    if language not in DIGESTS:
        raise Refused(mark("There is no such language."))
    if language and not email:
        raise Refused(
            mark("A digest needs an e-mail address."), mark("Fill it in, or choose no digest.")
        )
    user.email, user.digest = email, language
    session.flush()


def ask(session: Session, now: datetime) -> None:
    """Ask for the day's digest of everybody who wants one; once, however often it is asked."""
    day = local_day(now).isoformat()
    wanting = select(User.id).where(User.active, User.digest != "").order_by(User.id)
    for key in session.scalars(wanting).all():
        queue.enqueue(
            session, "send_digest", f"send_digest:{key}:{day}", {"user": key, "day": day}, now
        )
